import { alive, expect, open, test } from "./support/test.ts";

test("a newcomer finds who owns a service and its runbook, stars it, and finds it again", async ({ page }) => {
  await open(page, "/");
  await expect(page).toHaveTitle("Home · Callboard");
  await expect(page.getByText("Which teams are yours?")).toBeVisible();
  await expect(page.getByRole("navigation", { name: "Kinds" }).getByRole("link", { name: /^Components\s*80$/ })).toBeVisible();

  await page.getByRole("searchbox", { name: "Search everything" }).fill("checkout-api");
  await page.keyboard.press("Enter");
  await page.getByRole("row").getByRole("link", { name: "checkout-api", exact: true }).first().click();
  const about = page.getByRole("complementary", { name: "About" });
  await expect(about.getByTitle("group:default/payments")).toBeVisible();
  await expect(about.getByRole("link", { name: "Runbook" })).toHaveAttribute("href", "https://runbooks.acme.example/checkout-api");
  await alive(page);
  await page.getByRole("button", { name: "Star checkout-api" }).click();

  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Home" }).click();
  const starred = page.getByRole("table", { name: "Starred" });
  await expect(starred.getByRole("link", { name: "checkout-api" })).toBeVisible();
  await expect(page.getByRole("list", { name: "Lately" }).getByRole("link", { name: "checkout-api" })).toBeVisible();
  await page.reload();
  await expect(starred.getByRole("link", { name: "checkout-api" })).toBeVisible();
});

test("who has said their teams sees what needs them first", async ({ page }) => {
  await open(page, "/");
  await page.getByRole("link", { name: "Choose my teams" }).click();
  await page.getByRole("checkbox", { name: "payments", exact: true }).check();
  await page.getByRole("button", { name: "Save" }).click();
  await open(page, "/");
  await expect(page.getByRole("heading", { name: "Needs you" })).toBeVisible();
  await expect(page.getByText("Which teams are yours?")).toHaveCount(0);
  await expect(page.getByRole("table", { name: "What my teams own" }).getByRole("row")).not.toHaveCount(0);
});

test("what changes shows by itself", async ({ page, startPortal }) => {
  const portal = await startPortal();
  await open(page, `${portal.url}/`);
  await expect(page.getByRole("heading", { name: "Changed lately" })).toBeVisible();
  await portal.edit("services/checkout-api/catalog-info.yaml", "title: Runbook", "title: Run book");
  await expect(page.getByRole("complementary").getByText(/Changed metadata\.links/)).toBeVisible();
});
