import { column, expect, filtersOf, rows, test } from "./support/test.ts";
import { WITHOUT_SCRIPT } from "./support/trouble.ts";

test.use({ javaScriptEnabled: false });

test.beforeEach(({ trouble }) => trouble.expect(...WITHOUT_SCRIPT));

test("the list can be read, narrowed down, sorted and paged", async ({ page }) => {
  await page.goto("/catalog");
  await expect(rows(page)).toHaveCount(50);

  const filters = page.getByRole("form", { name: "Filters" });
  await filters.getByRole("checkbox", { name: /^production\b/ }).check();
  await filters.getByRole("checkbox", { name: /^tier-1\b/ }).check();
  await filters.getByRole("button", { name: "Apply" }).click();
  await expect(rows(page)).toHaveCount(18);
  expect(filtersOf(page)).toEqual(expect.arrayContaining(["filters[lifecycle]=production", "filters[tags]=tier-1"]));
  await expect(filters.getByRole("checkbox", { name: /^tier-1\b/ })).toBeChecked();

  await page.getByRole("link", { name: "Remove filter lifecycle is production" }).click();
  await expect(rows(page)).toHaveCount(21);
  await page.getByRole("columnheader", { name: "Owner" }).getByRole("link").click();
  await expect(page.getByRole("columnheader", { name: "Owner" })).toHaveAttribute("aria-sort", "ascending");
  await expect(rows(page), "sorting keeps the filter").toHaveCount(21);

  await page.getByRole("link", { name: "Clear", exact: true }).click();
  await page.getByRole("link", { name: "Next" }).click();
  await expect(rows(page)).toHaveCount(30);

  await page.getByRole("searchbox", { name: "Filter" }).fill("wallet");
  await page.keyboard.press("Enter");
  expect(await column(page, "Name")).toEqual(expect.arrayContaining([expect.stringContaining("wallet")]));
});

test("an entity is found by the search and read", async ({ page }) => {
  await page.goto("/catalog");
  await page.getByRole("searchbox", { name: "Search the catalog" }).fill("ledger");
  await page.keyboard.press("Enter");
  await rows(page).getByRole("link", { name: "ledger", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("ledger");
  await expect(page.getByRole("complementary", { name: "About" }).getByTitle("group:default/payments")).toBeVisible();
  await expect(page.getByRole("row", { name: /^owned by/ })).toBeVisible();
});

test("the colour scheme is switched by a form, and kept", async ({ page }) => {
  await page.goto("/catalog?filters[tags]=pci");
  const colour = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await colour();
  await page.getByRole("button", { name: /^Colour scheme/ }).click();
  await expect(page, "back where the visitor was").toHaveURL(/filters(\[|%5B)tags(\]|%5D)=pci/);
  const dark = await colour();
  expect(dark).not.toBe(light);
  await page.goto("/catalog/default/component/ledger");
  expect(await colour()).toBe(dark);
});

test("a narrow window has the navigation and the filters one press away", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto("/catalog");
  const navigation = page.getByRole("navigation", { name: "Main" });
  await expect(navigation).toBeHidden();
  await page.getByRole("button", { name: "Menu" }).click();
  await expect(navigation.getByRole("link", { name: "Catalog" }).first()).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(navigation).toBeHidden();

  await page.getByRole("button", { name: "Filters" }).click();
  const filters = page.getByRole("form", { name: "Filters" });
  await filters.getByRole("checkbox", { name: /^tier-1\b/ }).check();
  await filters.getByRole("button", { name: "Apply" }).click();
  await expect(rows(page)).toHaveCount(21);
});

test("stars and columns are kept by forms, and home shows them", async ({ page }) => {
  await page.goto("/catalog?filters[text]=ledger");
  await page.getByRole("button", { name: "Star ledger", exact: true }).click();
  await expect(page, "back where the visitor was").toHaveURL(/filters(\[|%5B)text(\]|%5D)=ledger/);
  await expect(page.getByRole("button", { name: "Star ledger", exact: true })).toHaveAttribute("aria-pressed", "true");

  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("group", { name: "Columns" }).getByRole("checkbox", { name: "Tags" }).uncheck();
  await page.getByRole("button", { name: "Show" }).click();
  await expect(page.getByRole("columnheader", { name: "Tags" })).toHaveCount(0);

  await page.goto("/");
  await page.getByRole("table", { name: "Starred" }).getByRole("link", { name: "ledger" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("ledger");
  await page.goto("/");
  await expect(page.getByRole("list", { name: "Lately" }).getByRole("link", { name: "ledger" })).toBeVisible();
});
