import { alive, countDocuments, expect, open, test } from "./support/test.ts";
import { WITHOUT_SCRIPT } from "./support/trouble.ts";

test("problems are narrowed down by owner and level, and the address says so", async ({ page }) => {
  await open(page, "/catalog");
  const documents = countDocuments(page);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Problems" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Problems");
  const all = await page.getByRole("main").getByRole("table").getByRole("row").count();
  await page.getByRole("combobox", { name: "Owner" }).selectOption("none");
  await expect(page).toHaveURL(/owner=none/);
  await expect.poll(() => page.getByRole("main").getByRole("table").getByRole("row").count()).toBeLessThan(all);
  await page.getByRole("group", { name: "Level" }).getByRole("link", { name: /^Errors/ }).click();
  await expect(page).toHaveURL(/owner=none&level=error/);
  await page.getByRole("link", { name: "Clear", exact: true }).click();
  await expect(page).toHaveURL(/\/catalog\/problems$/);
  await expect(page.getByRole("main").getByRole("table").getByRole("row")).toHaveCount(all);
  expect(documents()).toBe(0);
});

test("a source is read again at a press, and the page says so once", async ({ page }) => {
  await open(page, "/catalog/sources");
  await page.getByRole("button", { name: /^Read now: / }).first().click();
  await expect(page.getByRole("status").filter({ hasText: "The source is being read again." })).toBeVisible();
  await page.reload();
  await alive(page);
  await expect(page.getByText("The source is being read again.")).toHaveCount(0);
});

test("settings are kept, and there from the first paint", async ({ page }) => {
  await open(page, "/settings");
  await page.getByRole("radio", { name: /^Dark/ }).check();
  await page.getByRole("radio", { name: /^Compact/ }).check();
  await page.getByRole("radio", { name: /^Deutsch/ }).check();
  await page.getByRole("checkbox", { name: "payments", exact: true }).check();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Your settings are saved.")).toBeVisible();
  await expect(page.getByRole("checkbox", { name: "payments", exact: true })).toBeChecked();

  await page.goto("/catalog/sources", { waitUntil: "commit" });
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(page.locator("html")).toHaveAttribute("data-density", "compact");
  await alive(page);
  await expect(page.getByRole("main").locator("time").first()).toHaveAttribute("title", /^\d\d\.\d\d\.\d{4}, \d\d:\d\d UTC$/);
});

test("an address that is none offers what was meant", async ({ page, trouble }) => {
  trouble.expect(/status (of )?404/);
  await open(page, "/docs/chekout-api");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("There is no page here");
  await page.getByRole("main").getByRole("link", { name: "checkout-api", exact: true }).first().click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("checkout-api");
});

test.describe("without script", () => {
  test.use({ javaScriptEnabled: false });
  test.beforeEach(({ trouble }) => trouble.expect(...WITHOUT_SCRIPT));

  test("problems are narrowed down, a source is read again, settings are kept", async ({ page }) => {
    await page.goto("/catalog/problems");
    await page.getByRole("combobox", { name: "Owner" }).selectOption("none");
    await page.getByRole("button", { name: "Apply" }).click();
    await expect(page).toHaveURL(/owner=none/);
    await expect(page.getByRole("combobox", { name: "Owner" })).toHaveValue("none");

    await page.goto("/catalog/sources");
    await page.getByRole("button", { name: /^Read now: / }).first().click();
    await expect(page.getByText("The source is being read again.")).toBeVisible();

    await page.goto("/settings");
    await page.getByRole("radio", { name: /^Dark/ }).check();
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
    await expect(page.getByText("Your settings are saved.")).toBeVisible();
  });
});
