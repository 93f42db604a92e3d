import { hasVisibleFocus } from "./support/quality.ts";
import { expect, open, rows, test } from "./support/test.ts";

test("`/` opens the palette, but only where no text is being typed", async ({ page }) => {
  await open(page, "/catalog");
  const palette = page.getByRole("dialog", { name: "Search" });
  const search = palette.getByRole("combobox");
  await page.keyboard.press("/");
  await expect(search).toBeFocused();
  await expect(search).toHaveValue("");
  await page.keyboard.type("a/b");
  await expect(search).toHaveValue("a/b");
  await page.keyboard.press("Escape");
  await expect(palette).toBeHidden();

  const filter = page.getByRole("searchbox", { name: "Filter" });
  await filter.focus();
  await page.keyboard.press("/");
  await expect(filter).toBeFocused();
  await expect(filter).toHaveValue("/");
});

test("the first stop leads past the navigation", async ({ page }) => {
  await open(page, "/catalog");
  await page.keyboard.press("Tab");
  const skip = page.getByRole("link", { name: "Skip to content" });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("main").locator(":focus")).toBeVisible();
});

for (const [what, address] of [["the list", "/catalog?filters[tags]=pci"], ["an entity", "/catalog/default/component/checkout-api"]] as const) {
  test(`each stop of ${what} is seen, in the order of reading`, async ({ page }) => {
    await open(page, address);
    const stops: { name: string; top: number; left: number }[] = [];
    for (;;) {
      await page.keyboard.press("Tab");
      const stop = await page.evaluate(() => {
        const focused = document.activeElement;
        if (!focused || focused === document.body) return undefined;
        const { top, left, width, height } = focused.getBoundingClientRect();
        const area = focused.closest("main") ? "main" : "frame";
        return { name: `${area}: ${focused.textContent?.trim() || focused.getAttribute("aria-label") || focused.tagName}`, top: top + scrollY, left, width, height };
      });
      if (!stop) break;
      expect(await hasVisibleFocus(page), `the focus is visible on ${stop.name}`).toBe(true);
      expect(stop.width * stop.height, `${stop.name} is on the screen`).toBeGreaterThan(0);
      stops.push(stop);
      expect(stops.length, "stops before the end").toBeLessThan(150);
    }
    expect(stops.length).toBeGreaterThan(15);
    const areas = stops.map(({ name }) => name.split(":")[0]);
    expect(areas.lastIndexOf("frame"), "the frame comes before the page").toBeLessThan(areas.indexOf("main"));
  });
}

test("`j` and `k` walk the rows, Enter opens, and the way back keeps the list", async ({ page }) => {
  await open(page, "/catalog?filters[tags]=pci&sort=name");
  const links = rows(page).first().getByRole("cell").nth(1).getByRole("link");
  await page.keyboard.press("j");
  await expect(links).toBeFocused();
  await page.keyboard.press("j");
  const second = rows(page).nth(1).getByRole("cell").nth(1).getByRole("link");
  await expect(second).toBeFocused();
  await page.keyboard.press("k");
  await expect(links).toBeFocused();
  await page.keyboard.press("j");
  const name = await second.innerText();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
  await expect(page.getByRole("main"), "the new page is read from its start").toBeFocused();
  await page.goBack();
  await expect(rows(page)).toHaveCount(7);
});

test("Esc closes the drawer and the filters of a narrow window, and gives the focus back", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page, "/catalog");
  for (const [name, opened] of [
    ["Menu", page.getByRole("navigation", { name: "Main" })],
    ["Filters", page.getByRole("form", { name: "Filters" })],
  ] as const) {
    const button = page.getByRole("button", { name });
    await expect(opened).toBeHidden();
    await button.focus();
    await page.keyboard.press("Enter");
    await expect(opened).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(opened).toBeHidden();
    await expect(button).toBeFocused();
  }
});

test("the colour scheme is switched in place, and kept", async ({ page }) => {
  await open(page, "/catalog");
  const colour = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await colour();
  await page.getByRole("button", { name: /Switch to dark/ }).press("Enter");
  await expect.poll(colour).not.toBe(light);
  const dark = await colour();
  await page.reload();
  expect(await colour()).toBe(dark);
  await page.getByRole("button", { name: /Switch to light/ }).press("Enter");
  await expect.poll(colour).toBe(light);
});
