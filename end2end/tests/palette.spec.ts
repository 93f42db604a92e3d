import { expectAccessible } from "./support/quality.ts";
import { countDocuments, expect, open, test } from "./support/test.ts";

test("an entity is found by parts of its name and with a slip, by keyboard alone", async ({ page }) => {
  await open(page, "/catalog");
  const documents = countDocuments(page);
  const palette = page.getByRole("dialog", { name: "Search" });
  const field = palette.getByRole("combobox");
  for (const [keys, typed, name] of [
    ["Control+k", "chekout-api", "checkout-api"],
    ["/", "ledger", "ledger"],
  ] as const) {
    await page.keyboard.press(keys);
    await expect(field).toBeFocused();
    await page.keyboard.type(typed);
    await expect(palette.getByRole("option", { selected: true })).toHaveText(new RegExp(`^${name}`));
    await page.keyboard.press("Enter");
    await expect(palette).toBeHidden();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
  }
  await page.keyboard.press("/");
  const recent = palette.getByRole("group", { name: "Recently visited" });
  await expect(recent.getByRole("option").nth(0)).toContainText("ledger");
  await expect(recent.getByRole("option").nth(1)).toContainText("checkout-api");
  await page.keyboard.press("ArrowDown");
  await expect(recent.getByRole("option").nth(1)).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("checkout-api");
  expect(documents()).toBe(0);
});

test("Esc closes it and gives the focus back; pages and the whole list are offered too", async ({ page }) => {
  await open(page, "/catalog");
  const palette = page.getByRole("dialog", { name: "Search" });
  const link = page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Problems" });
  await link.focus();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("sett");
  await expect(palette.getByRole("option", { name: "Settings" })).toBeVisible();
  await expect(palette.getByRole("option", { name: /^All entities that match/ })).toBeVisible();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page);
  }
  await page.keyboard.press("Escape");
  await expect(palette).toBeHidden();
  await expect(link).toBeFocused();
});

test("who types at once and presses Enter gets what is found", async ({ page }) => {
  await open(page, "/catalog");
  await page.keyboard.press("/");
  await page.keyboard.type("seller-consol");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("seller-console");
});

test("what is done and not gone to: the scheme, the link, the sources", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(page, "/catalog?filters[tags]=pci");
  const palette = page.getByRole("dialog", { name: "Search" });
  const choose = async (typed: string, name: string | RegExp) => {
    // What is found comes above the actions, and would move them under the pointer.
    const answered = page.waitForResponse((answer) => answer.url().includes("/catalog/search?") && new URL(answer.url()).searchParams.get("q") === typed);
    await page.keyboard.press("Control+k");
    await page.keyboard.type(typed);
    await answered;
    await expect(palette.getByRole("group", { name: "Actions" }).getByRole("option", { name })).toBeVisible();
    await palette.getByRole("group", { name: "Actions" }).getByRole("option", { name }).click();
  };
  const colour = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await colour();
  await choose("scheme", "Switch the colour scheme");
  await expect.poll(colour).not.toBe(light);
  await expect(palette).toBeHidden();

  await choose("link", /^Copy the link to this page/);
  await expect(palette.getByRole("option", { name: "Copy the link to this page copied" })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(page.url());
  await page.keyboard.press("Escape");

  await choose("read all", "Read all sources now");
  await expect(page.getByRole("status").filter({ hasText: "All sources are being read again." })).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sources");
});
