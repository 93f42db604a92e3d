import type { Page } from "@playwright/test";
import { type View, VIEWS, expectTrouble, portalOf, visit } from "./support/pages.ts";
import { countBytes, expectAccessible, expectContrast, expectControlsInWindow, expectControlsWithOutline, expectNoSidewaysScroll, hasVisibleFocus, inlineCode, layoutShifts, runningAnimations, watchLayoutShifts, zoom } from "./support/quality.ts";
import { alive, expect, open, rows, test } from "./support/test.ts";
import { WITHOUT_SCRIPT } from "./support/trouble.ts";

/** What a first visit may weigh in all, over the wire. */
const PAGE_BUDGET_BYTES = 310_000;
/** Layout shift that nobody sees; a line of text that moves by its height is some 0.02. */
const LAYOUT_SHIFT_BUDGET = 0.01;
/** How many of a page's links are followed. */
const LINKS = 15;

for (const view of VIEWS) {
  test.describe(view.name, () => {
    test.beforeEach(({ trouble }) => expectTrouble(view, trouble));

    test("can be used in each window, scheme and zoom", async ({ page, demo, startPortal }) => {
      test.slow();
      await page.emulateMedia({ reducedMotion: "reduce" });
      const { portal } = await portalOf(view, demo, startPortal);
      await visit(page, view, portal);
      await expect(heading(page, view)).toBeAttached();
      await expect.poll(() => runningAnimations(page), "what moves although that is unwanted").toEqual([]);
      await test.step("windows and schemes", () => expectFitsAndAccessible(page));
      await test.step("zoom of 200 %", async () => {
        const back = await zoom(page);
        await expectNoSidewaysScroll(page);
        await expectControlsInWindow(page);
        await back();
      });
      await test.step("forced colours", async () => {
        await page.emulateMedia({ forcedColors: "active", colorScheme: "light" });
        await expectContrast(page);
        await expectControlsWithOutline(page);
        // What is open has the focus already, and a dialog may have no second place for it.
        if (!(await hasVisibleFocus(page))) await page.keyboard.press("Tab");
        expect(await hasVisibleFocus(page), "the focus can be seen").toBe(true);
      });
    });

    if (!view.reach) firstVisit(view);

    if (view.snapshot) {
      const { name, snapshot } = view;
      test("reads the same to assistive technology as before", async ({ page, demo, startPortal }) => {
        const { portal } = await portalOf(view, demo, startPortal);
        await visit(page, view, portal);
        await expect(page.getByRole(snapshot)).toMatchAriaSnapshot({ name: `${name}.aria.yml` });
      });
    }
  });
}

/** What holds for a page that somebody opens by its address. */
function firstVisit(view: View): void {
  test("a first visit is light, still, asks only its own server, and keeps the content security policy", async ({ page, demo, startPortal }) => {
    const { url } = await portalOf(view, demo, startPortal);
    const bytes = await countBytes(page);
    await watchLayoutShifts(page);
    const answer = await page.goto(url);
    if (!view.isPlain) await alive(page);
    await page.waitForLoadState("networkidle");
    console.log(`a first visit of ${view.name} takes ${bytes()} bytes`);
    expect.soft(bytes()).toBeLessThanOrEqual(PAGE_BUDGET_BYTES);
    const shifts = await layoutShifts(page);
    const shifted = shifts.reduce((sum, shift) => sum + parseFloat(shift), 0);
    expect.soft(shifted, `layout shift while the page comes alive: ${shifts.join("; ")}`).toBeLessThan(LAYOUT_SHIFT_BUDGET);

    expect(answer?.status()).toBe(view.status ?? 200);
    const policy = answer?.headers()["content-security-policy"] ?? "";
    expect(policy).toContain("'nonce-");
    expect(policy).not.toContain("'unsafe-inline'");
    const html = (await answer?.text()) ?? "";
    expect(await inlineCode(page, html)).toEqual([]);
    const modules = (html.match(/<link [^>]*\.wasm"[^>]*>/g) ?? []).filter((link) => !link.includes('rel="later"'));
    expect(modules, "modules are fetched after the first paint").toEqual([]);
  });

  test.describe("without script", () => {
    test.use({ javaScriptEnabled: false });

    test("it is there, and its links lead on", async ({ page, demo, startPortal, trouble, request }) => {
      trouble.expect(...WITHOUT_SCRIPT);
      const { url } = await portalOf(view, demo, startPortal);
      await page.goto(url);
      await expect(heading(page, view)).toBeVisible();
      const links = await linksOf(page);
      expect(links.length, "links").toBeGreaterThan(0);
      for (const link of links.slice(0, LINKS)) expect.soft((await request.get(link)).status(), link).toBe(200);
    });
  });
}

/** Axe wide and narrow, in both schemes; no sideways scroll in between either. */
async function expectFitsAndAccessible(page: Page): Promise<void> {
  for (const width of [1440, 1024, 390]) {
    await page.setViewportSize({ width, height: 900 });
    await expectNoSidewaysScroll(page);
    if (width === 1024) continue;
    await page.emulateMedia({ colorScheme: "light" });
    await expectAccessible(page);
    await page.emulateMedia({ colorScheme: "dark" });
    await expectContrast(page);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}

/** By its text, because what stands below an open dialog has no role. */
function heading(page: Page, view: View) {
  return page.locator("h1").filter({ hasText: view.heading });
}

/** Where the links lead within Callboard, each once; those of the page itself before those of the frame. */
async function linksOf(page: Page): Promise<string[]> {
  return await page.locator("body").evaluate((body) => {
    const links = [...body.querySelectorAll<HTMLAnchorElement>("main a[href]"), ...body.querySelectorAll<HTMLAnchorElement>("nav a[href]")];
    return [...new Set(links.filter((link) => link.origin === location.origin).map((link) => link.href))];
  });
}

test("nothing moves on the way from page to page", async ({ page }) => {
  await watchLayoutShifts(page);
  await open(page, "/catalog");
  // Pressed by script: what moves after a person's press does not count as a shift for half a second.
  await rows(page).getByRole("link", { name: "checkout-api", exact: true }).evaluate((link: HTMLElement) => link.click());
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("checkout-api");
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Catalog", exact: true }).evaluate((link: HTMLElement) => link.click());
  await expect(rows(page)).toHaveCount(50);
  expect(await layoutShifts(page)).toEqual([]);
});

test("a chosen scheme is there from the first paint", async ({ page, context, baseURL }) => {
  await context.addCookies([{ name: "theme", value: "dark", url: baseURL ?? "" }]);
  await page.goto("/catalog", { waitUntil: "commit" });
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await alive(page);
});
