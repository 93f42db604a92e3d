import { alive, countDocuments, expect, open, rows, test } from "./support/test.ts";

test("who owns checkout-api is found in the list, and more on its page", async ({ page }) => {
  await open(page, "/catalog");
  await page.getByRole("searchbox", { name: "Filter" }).fill("checkout-api");
  const row = rows(page).filter({ has: page.getByRole("link", { name: "checkout-api", exact: true }) });
  await expect(row.getByTitle("group:default/payments")).toBeVisible();

  const documents = countDocuments(page);
  const chunk = page.waitForRequest((request) => request.url().endsWith(".wasm"));
  await row.getByRole("link", { name: "checkout-api", exact: true }).click();
  await chunk;
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("checkout-api");
  await expect(page).toHaveURL(/\/catalog\/default\/component\/checkout-api$/);
  await expect(page).toHaveTitle("checkout-api · Callboard");
  const about = page.getByRole("complementary", { name: "About" });
  await expect(about.getByTitle("group:default/payments")).toBeVisible();
  await expect(about).toContainText("Takes a cart to a paid order");
  await expect(about.getByRole("link", { name: "commerce" })).toBeVisible();
  await expect(about.getByRole("link", { name: "Service dashboard" })).toHaveAttribute("href", "https://grafana.acme.example/d/checkout-api");

  await page.getByRole("row", { name: /^provides/ }).getByRole("link", { name: "checkout-api-v2" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("checkout-api-v2");
  await expect(page.getByRole("row", { name: /^provided by/ }).getByRole("link", { name: "checkout-api", exact: true })).toBeVisible();
  await page.getByRole("navigation", { name: "Breadcrumb" }).getByRole("link", { name: "APIs" }).click();
  await expect(rows(page)).toHaveCount(32);
  expect(documents(), "documents loaded").toBe(0);
});

test("a page that is opened directly comes alive", async ({ page }) => {
  const answer = await page.goto("/catalog/default/component/checkout-api");
  expect(answer?.status()).toBe(200);
  await expect(page.getByRole("row", { name: /^consumes/ }).getByRole("link")).toHaveCount(6);
  await alive(page);
  const documents = countDocuments(page);
  await page.getByRole("row", { name: /^part of/ }).getByRole("link").click();
  await expect(page).toHaveURL(/\/catalog\/default\/system\/checkout$/);
  await expect(page.getByRole("row", { name: /^contains/ }).getByRole("link", { name: "checkout-api", exact: true })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("checkout-api");
  expect(documents(), "documents loaded").toBe(0);
});

test("an owner that does not exist is said, with what to do", async ({ page }) => {
  await open(page, "/catalog?filters[owner]=none");
  const row = rows(page).filter({ hasText: "seller-console" });
  await expect(row).toContainText(/no owner|does not exist/i);
  await row.getByRole("link", { name: "seller-console" }).click();
  const problems = page.getByRole("region", { name: "Problems" });
  await expect(problems).toContainText("seller-tools");
  await expect(problems).toContainText("does not exist");
  const owner = page.getByRole("row", { name: /^owned by/ });
  await expect(owner).toContainText("does not exist");
  await expect(owner.getByRole("link"), "nothing to follow").toHaveCount(0);
});

test("a reference to nothing and a name defined twice are said on their pages", async ({ page }) => {
  await open(page, "/catalog/default/component/b2b-import");
  await expect(page.getByRole("region", { name: "Problems" })).toContainText("edi-mailbox");
  await expect(page.getByRole("row", { name: /^depends on/ })).toContainText("does not exist");
  await open(page, "/catalog/default/component/currency-rates");
  await expect(page.getByRole("region", { name: "Problems" })).toContainText("price-importer/catalog-info.yaml");
});

test("a name that does not exist answers 404 and offers those that are near", async ({ page, trouble }) => {
  trouble.expect(/status (of )?404/);
  const answer = await page.goto("/catalog/default/component/chekout-api");
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole("heading", { name: "component default/chekout-api does not exist" })).toBeVisible();
  await alive(page);
  await page.getByRole("main").getByRole("link", { name: "checkout-api", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("checkout-api");
});

test("an address that is no page answers 404 and leads back", async ({ page, trouble }) => {
  trouble.expect(/status (of )?404/);
  const answer = await page.goto("/nowhere/at/all");
  expect(answer?.status()).toBe(404);
  await alive(page);
  await page.getByRole("link", { name: "Go to the catalog" }).click();
  await expect(rows(page)).toHaveCount(50);
});
