import { countDocuments, expect, open, test } from "./support/test.ts";
import { WITHOUT_SCRIPT } from "./support/trouble.ts";

test("each line of an entity says where it comes from", async ({ page }) => {
  await open(page, "/catalog/default/component/checkout-api");
  const documents = countDocuments(page);
  await page.getByRole("navigation", { name: "Parts of this entity" }).getByRole("link", { name: "Raw" }).click();
  await expect(page).toHaveURL(/\/catalog\/default\/component\/checkout-api\/raw$/);
  await expect(page).toHaveTitle("checkout-api, raw · Callboard");
  const line = (text: string) => page.getByRole("row").filter({ hasText: text });
  await expect(line("kind: Component")).toContainText("line");
  await expect(line("namespace: default").first()).toContainText("the default");
  await expect(line("uid:")).toContainText("given by the catalog");
  await page.getByRole("navigation", { name: "Parts of this entity" }).getByRole("link", { name: "Overview" }).click();
  await expect(page.getByRole("complementary", { name: "About" })).toBeVisible();
  expect(documents(), "documents loaded").toBe(0);
});

test("a change is a version, seen on the open page", async ({ page, startPortal }) => {
  const portal = await startPortal();
  await open(page, `${portal.url}/catalog/default/component/checkout-api/raw`);
  const versions = page.locator("section").filter({ has: page.getByRole("heading", { name: "Versions" }) });
  await expect(versions).toContainText("1 kept");
  await portal.edit("services/checkout-api/catalog-info.yaml", "Takes a cart", "Brings a cart");
  await expect(versions).toContainText("2 kept");
  await versions.getByText("1 field changed").click();
  await expect(versions.getByText("metadata.description")).toBeVisible();
  await expect(versions).toContainText("Brings a cart");
});

test.describe("without script", () => {
  test.use({ javaScriptEnabled: false });

  test("the raw tab can be read", async ({ page, trouble }) => {
    trouble.expect(...WITHOUT_SCRIPT);
    await page.goto("/catalog/default/component/checkout-api/raw");
    await expect(page.getByRole("row").filter({ hasText: "kind: Component" })).toContainText("line");
  });
});

test("an entity that does not exist has no raw tab, and says so once", async ({ page, trouble }) => {
  trouble.expect(/status (of )?404/);
  await open(page, "/catalog/default/component/chekout-api/raw");
  await expect(page.getByRole("heading", { name: /does not exist/ })).toHaveCount(1);
  await expect(page.getByRole("alert")).toHaveCount(0);
});
