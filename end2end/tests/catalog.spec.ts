import type { Page } from "@playwright/test";
import { column, countDocuments, expect, filtersOf, open, rows, test } from "./support/test.ts";

const facet = (page: Page, label: string) => page.getByRole("form", { name: "Filters" }).getByRole("checkbox", { name: new RegExp(`^${label}\\b`) });
const place = (page: Page) => page.getByRole("navigation", { name: "Pages of the list" }).getByRole("status");

test("a newcomer sees what there is, and how much of it", async ({ page }) => {
  await page.goto("/catalog");
  await expect(page).toHaveTitle("Catalog · Callboard");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Catalog");

  const kinds = page.getByRole("navigation", { name: "Kind" });
  await expect(kinds.getByRole("link", { name: /^Components\s*80$/ })).toHaveAttribute("aria-current", "page");
  await expect(kinds.getByRole("link", { name: /^All\s*220$/ })).toBeVisible();
  await expect(page.getByText("80 of 80")).toBeVisible();
  await expect(facet(page, "production")).toBeVisible();
  await expect(rows(page)).toHaveCount(50);

  const problems = await column(page, "Problems");
  expect(problems.slice(0, 4), "trouble sorts to the top").not.toContain("");
  expect(problems.slice(4).join(""), "and the rest is well").toBe("");
});

test("files that can not be read are said with the line to mend", async ({ page }) => {
  await open(page, "/catalog");
  await page.getByText("2 problems in catalog files").click();
  const problems = page.getByRole("region", { name: "Problems" });
  await expect(problems).toContainText(/gift-cards\/catalog-info\.yaml:15:\d+/);
  await expect(problems).toContainText(/sms-relay\/catalog-info\.yaml:\d+:\d+/);
});

test("facets narrow the list down in place, and the address keeps the view", async ({ page }) => {
  await open(page, "/catalog");
  const documents = countDocuments(page);

  await facet(page, "production").focus();
  await page.keyboard.press("Space");
  await expect(page.getByRole("link", { name: "Remove filter lifecycle is production" })).toBeVisible();
  await expect(facet(page, "production"), "the focus stays where the hand is").toBeFocused();

  await facet(page, "tier-1").check();
  await expect(rows(page)).toHaveCount(18);
  await expect(page.getByText("18 of 80")).toBeVisible();
  await expect(facet(page, "tier-1")).toBeFocused();
  expect(filtersOf(page)).toEqual(["filters[kind]=component", "filters[lifecycle]=production", "filters[tags]=tier-1"]);
  expect(documents(), "documents loaded").toBe(0);

  const names = await column(page, "Name");
  await page.reload();
  expect(await column(page, "Name"), "the same view after a reload").toEqual(names);
  await expect(facet(page, "tier-1")).toBeChecked();

  await page.getByRole("link", { name: "Remove filter lifecycle is production" }).click();
  await expect(facet(page, "production")).not.toBeChecked();
  await expect(rows(page)).toHaveCount(21);
});

test("the browser's way back leads through the views", async ({ page }) => {
  await open(page, "/catalog?filters[tags]=tier-1");
  await page.getByRole("navigation", { name: "Kind" }).getByRole("link", { name: /^APIs/ }).click();
  await expect(place(page)).toContainText("32 APIs");

  await page.goBack();
  await expect(facet(page, "tier-1")).toBeChecked();
  await expect(place(page)).toContainText("21 components");
  await page.goForward();
  await expect(place(page)).toContainText("32 APIs");
});

test("the list follows what is typed", async ({ page }) => {
  await open(page, "/catalog");
  const documents = countDocuments(page);
  const filter = page.getByRole("searchbox", { name: "Filter" });
  await filter.pressSequentially("checkout", { delay: 30 });
  await expect(page).toHaveURL(/filters%5Btext%5D=checkout|filters\[text\]=checkout/);
  await expect(rows(page).filter({ hasText: "checkout-api" })).toHaveCount(1);
  expect(await rows(page).count()).toBeLessThan(10);
  await expect(filter).toBeFocused();
  await expect(filter).toHaveValue("checkout");
  expect(documents(), "documents loaded").toBe(0);
});

test("what is typed before the page is alive is not lost", async ({ page }) => {
  await page.route("**/callboard_bg.wasm", async (route) => {
    await page.getByRole("searchbox", { name: "Filter" }).fill("ledger");
    await route.continue();
  });
  await open(page, "/catalog");
  await expect(rows(page)).toHaveCount(1);
  await expect(page.getByRole("searchbox", { name: "Filter" })).toHaveValue("ledger");
});

test("a head of the table sorts by its column, and turns it round", async ({ page }) => {
  await open(page, "/catalog");
  const head = page.getByRole("columnheader", { name: "Owner" });
  await head.getByRole("link").click();
  await expect(head).toHaveAttribute("aria-sort", "ascending");
  await expect(page).toHaveURL(/sort=owner/);
  const known = (owners: string[]) => owners.filter((owner) => !/no owner|does not exist/.test(owner));
  const ascending = known(await column(page, "Owner"));
  expect(ascending).toEqual([...ascending].sort((a, b) => a.localeCompare(b, "en")));

  await head.getByRole("link").click();
  await expect(head).toHaveAttribute("aria-sort", "descending");
  await expect(page).toHaveURL(/order=desc/);
  const descending = known(await column(page, "Owner"));
  expect(descending).toEqual([...descending].sort((a, b) => b.localeCompare(a, "en")));
});

test("a long list comes in pages", async ({ page }) => {
  await open(page, "/catalog?sort=name");
  await expect(place(page)).toContainText("1 to 50 of 80");
  const first = await column(page, "Name");
  await page.getByRole("link", { name: "Next" }).click();
  await expect(place(page)).toContainText("51 to 80 of 80");
  await expect(rows(page)).toHaveCount(30);
  const second = await column(page, "Name");
  expect(new Set([...first, ...second]).size, "each component once").toBe(80);

  await page.getByRole("link", { name: "Previous" }).click();
  await expect(place(page)).toContainText("1 to 50 of 80");
  await page.getByRole("group", { name: "Rows per page" }).getByRole("link", { name: "100" }).click();
  await expect(rows(page)).toHaveCount(80);
});

test("an empty list says what emptied it, and leads out", async ({ page }) => {
  await open(page, "/catalog?filters[lifecycle]=deprecated");
  await page.getByRole("searchbox", { name: "Filter" }).fill("chekout");
  await expect(page.getByRole("heading", { name: "Nothing matches “chekout” where lifecycle is deprecated" })).toBeVisible();
  await page.getByRole("link", { name: "Clear the filters" }).click();
  await expect(place(page)).toContainText("1 to 50 of 80");
  await expect(page.getByRole("searchbox", { name: "Filter" })).toHaveValue("");
});

test("the search of the top bar looks through all kinds", async ({ page }) => {
  await open(page, "/catalog/default/component/ledger");
  await page.getByRole("searchbox", { name: "Search the catalog" }).fill("checkout");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("navigation", { name: "Kind" }).getByRole("link", { name: /^All/ })).toHaveAttribute("aria-current", "page");
  await expect(rows(page).getByRole("link", { name: "checkout-api-v2" })).toBeVisible();
  await expect(rows(page).getByRole("link", { name: "checkout-db" })).toBeVisible();
});

test("stars are one press away, and listed", async ({ page }) => {
  await open(page, "/catalog?filters[kind]=component&filters[user]=all");
  const documents = countDocuments(page);
  const star = page.getByRole("button", { name: "Star ledger", exact: true });
  await page.getByRole("searchbox", { name: "Filter" }).fill("ledger");
  await expect(rows(page)).toHaveCount(1);
  await expect(star).toHaveAttribute("aria-pressed", "false");
  await star.click();
  await expect(star).toHaveAttribute("aria-pressed", "true");
  await rows(page).getByRole("link", { name: "ledger", exact: true }).focus();
  await page.keyboard.press("s");
  await expect(star, "`s` takes it away again").toHaveAttribute("aria-pressed", "false");
  await page.keyboard.press("s");
  await page.getByRole("radio", { name: /^Starred/ }).check();
  await page.getByRole("searchbox", { name: "Filter" }).fill("");
  await expect(page).not.toHaveURL(/ledger/);
  await expect(rows(page)).toHaveCount(1);
  expect(filtersOf(page)).toContain("filters[user]=starred");
  expect(documents(), "documents loaded").toBe(0);

  await page.reload();
  await expect(rows(page)).toHaveCount(1);
  await page.getByRole("link", { name: "Remove filter only starred" }).click();
  await expect(page.getByRole("radio", { name: "All" })).toBeChecked();
  await expect(page.getByText("80 of 80")).toBeVisible();
});

test("what my teams own asks for teams first, and lists it then", async ({ page }) => {
  await open(page, "/catalog?filters[kind]=component&filters[user]=owned");
  await expect(page.getByRole("heading", { name: "Which teams are yours?" })).toBeVisible();
  await page.getByRole("link", { name: "Choose my teams" }).click();
  await page.getByRole("checkbox", { name: "payments", exact: true }).check();
  await page.getByRole("button", { name: "Save" }).click();
  await open(page, "/catalog?filters[kind]=component&filters[user]=owned");
  expect(new Set(await column(page, "Owner")).size, "one owner").toBe(1);
  await expect(page.getByRole("radio", { name: /^Owned by my teams/ })).toBeChecked();
});

test("columns are chosen in place, kept by the address, and for all lists when asked", async ({ page }) => {
  await open(page, "/catalog");
  await page.getByRole("button", { name: "Columns" }).click();
  const columns = page.getByRole("group", { name: "Columns" });
  await columns.getByRole("checkbox", { name: "Lifecycle" }).uncheck();
  await expect(page.getByRole("columnheader", { name: "Lifecycle" })).toHaveCount(0);
  await columns.getByRole("checkbox", { name: "Namespace" }).check();
  await expect(page.getByRole("columnheader", { name: "Namespace" })).toBeVisible();
  await expect(page).toHaveURL(/columns=namespace/);
  await columns.getByRole("button", { name: "Keep for all lists" }).click();
  await expect(page).not.toHaveURL(/columns=/);
  await open(page, "/catalog?filters[kind]=api");
  await expect(page.getByRole("columnheader", { name: "Namespace" })).toBeVisible();
  await expect(page.getByRole("columnheader", { name: "Lifecycle" })).toHaveCount(0);
});

test("the filters of a phone stay open while one ticks", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page, "/catalog");
  await page.getByRole("button", { name: /^Filters/ }).click();
  const filters = page.getByRole("form", { name: "Filters" });
  await filters.getByRole("checkbox", { name: /^tier-1/ }).check();
  await expect.poll(() => filtersOf(page)).toContain("filters[tags]=tier-1");
  await filters.getByRole("checkbox", { name: /^production/ }).check();
  await expect.poll(() => filtersOf(page)).toContain("filters[lifecycle]=production");
  await page.keyboard.press("Escape");
  await expect(filters).toBeHidden();
});

test("the list can be had as a file", async ({ page }) => {
  await open(page, "/catalog?filters[tags]=tier-1");
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "CSV" }).click()]);
  expect(download.suggestedFilename()).toBe("catalog.csv");
  const text = await (await download.createReadStream()).toArray();
  const lines = Buffer.concat(text).toString("utf8").trimEnd().split("\r\n");
  expect(lines[0]).toContain("entityRef,name,title");
  expect(lines, "a head, and the 21 rows of the list").toHaveLength(22);
});
