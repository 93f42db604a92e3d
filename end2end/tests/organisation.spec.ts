import { expectAccessible, expectNoSidewaysScroll, layoutShifts, watchLayoutShifts } from "./support/quality.ts";
import { countDocuments, expect, open, rows, test } from "./support/test.ts";
import { WITHOUT_SCRIPT } from "./support/trouble.ts";

const ADDRESS = "/catalog/organization";

for (const colorScheme of ["light", "dark"] as const) {
  test(`the organisation is accessible and fits each window (${colorScheme})`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await open(page, ADDRESS);
    for (const width of [1440, 1024, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await expectNoSidewaysScroll(page);
      await expectAccessible(page);
    }
  });
}

test("the organisation reads the same to assistive technology as before", async ({ page }) => {
  await open(page, ADDRESS);
  await expect(page.getByRole("main")).toMatchAriaSnapshot({ name: "organisation.aria.yml" });
});

test("nothing moves while the organisation comes alive", async ({ page }) => {
  await watchLayoutShifts(page);
  await open(page, ADDRESS);
  expect(await layoutShifts(page)).toEqual([]);
});

test("from the organisation to a team, a person, and what they own through it", async ({ page }) => {
  await open(page, "/catalog");
  const documents = countDocuments(page);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Organisation" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Organisation");
  const groups = page.getByRole("region", { name: "Groups" });
  await groups.getByTitle("group:default/payments").click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("payments");
  const members = page.getByRole("region", { name: "Members" });
  await members.getByRole("row").nth(1).getByRole("link").first().click();
  await expect(page.getByRole("region", { name: "Teams" }).getByTitle("group:default/payments")).toBeVisible();
  const owned = page.getByRole("region", { name: "Owned components" });
  await expect(owned.getByTitle("component:default/checkout-api")).toBeVisible();
  await expect(owned.getByRole("row").nth(1).getByTitle("group:default/payments"), "through which team").toBeVisible();
  expect(documents(), "documents loaded").toBe(0);
});

test("the number of what a group owns leads to the list of it", async ({ page }) => {
  await open(page, ADDRESS);
  const line = page.getByRole("region", { name: "Groups" }).getByRole("listitem").filter({ has: page.getByTitle("group:default/payments") }).last();
  const owned = line.getByRole("link", { name: /^owns \d+$/ });
  const count = Number((await owned.innerText()).replace(/\D/g, ""));
  await owned.click();
  await expect(rows(page)).toHaveCount(count);
});

test("a part of the tree is closed and opened by keyboard", async ({ page }) => {
  await open(page, ADDRESS);
  const toggle = page.getByRole("region", { name: "Groups" }).locator("summary").first();
  const below = page.getByRole("region", { name: "Groups" }).locator("details").first().getByRole("list").first();
  await expect(below).toBeVisible();
  await toggle.focus();
  await page.keyboard.press("Enter");
  await expect(below).toBeHidden();
  await page.keyboard.press("Space");
  await expect(below).toBeVisible();
});

test("circles, a parent that does not exist, and groups without members are shown", async ({ page, startPortal }) => {
  const group = (name: string, parent?: string) => JSON.stringify({ apiVersion: "backstage.io/v1alpha1", kind: "Group", metadata: { name }, spec: { type: "team", parent, children: [] } });
  const files = { "catalog-info.yaml": [group("x", "y"), group("y", "x"), group("lost", "gone")].join("\n---\n") };
  const portal = await startPortal({ files });
  await open(page, portal.url + ADDRESS);
  const groups = page.getByRole("region", { name: "Groups" });
  await expect(groups.getByText("stands below itself")).toHaveCount(1);
  await expect(groups.getByText("parent does not exist")).toHaveCount(1);
  await expect(groups.getByText("nobody")).toHaveCount(3);
});

test.describe("without script", () => {
  test.use({ javaScriptEnabled: false });
  test.beforeEach(({ trouble }) => trouble.expect(...WITHOUT_SCRIPT));

  test("a group is found by its name, with what leads to it", async ({ page }) => {
    await page.goto(ADDRESS);
    const all = await page.getByRole("region", { name: "Groups" }).getByRole("listitem").count();
    await page.getByRole("searchbox", { name: "Find a group" }).fill("payments");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/organization\?text=payments$/);
    const groups = page.getByRole("region", { name: "Groups" });
    await expect(groups.getByTitle("group:default/payments")).toBeVisible();
    expect(await groups.getByRole("listitem").count()).toBeLessThan(all);
    await page.getByRole("link", { name: "Clear", exact: true }).click();
    await expect(groups.getByRole("listitem")).toHaveCount(all);
    await page.getByRole("group", { name: "Members" }).getByRole("link", { name: /^Without members/ }).click();
    await expect(page).toHaveURL(/members=none/);
  });
});
