import type { Page } from "@playwright/test";
import { expectAccessible, expectNoSidewaysScroll, layoutShifts, watchLayoutShifts } from "./support/quality.ts";
import { alive, expect, open, rows, test } from "./support/test.ts";

/** What a first visit may weigh in all, over the wire. */
const PAGE_BUDGET_BYTES = 310_000;

const WIDTHS = [1440, 1024, 390];

const PAGES = [
  { name: "home", address: "/", status: 200 },
  { name: "catalog", address: "/catalog?filters[tags]=pci", status: 200 },
  { name: "entity", address: "/catalog/default/component/seller-console", status: 200 },
  { name: "raw", address: "/catalog/default/component/seller-console/raw", status: 200 },
  { name: "not-found", address: "/catalog/default/component/chekout-api", status: 404 },
];

for (const { name, address, status } of PAGES) {
  test.describe(name, () => {
    test.beforeEach(({ trouble }) => {
      if (status >= 400) trouble.expect(new RegExp(`status (of )?${status}`));
    });

    for (const colorScheme of ["light", "dark"] as const) {
      test(`is accessible and fits each window (${colorScheme})`, async ({ page }) => {
        await page.emulateMedia({ colorScheme });
        await open(page, address);
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 900 });
          await expectNoSidewaysScroll(page);
          await expectAccessible(page);
        }
      });
    }

    test("reads the same to assistive technology as before", async ({ page }) => {
      await open(page, address);
      await expect(page.getByRole("main")).toMatchAriaSnapshot({ name: `${name}.aria.yml` });
    });

    test("a first visit is light, and asks only its own server", async ({ page }) => {
      const bytes = await countBytes(page);
      await open(page, address);
      await page.waitForLoadState("networkidle");
      console.log(`a first visit of ${name} takes ${bytes()} bytes`);
      expect(bytes()).toBeLessThanOrEqual(PAGE_BUDGET_BYTES);
    });

    test("nothing moves while the page comes alive", async ({ page }) => {
      await watchLayoutShifts(page);
      await open(page, address);
      expect(await layoutShifts(page)).toEqual([]);
    });

    test("the HTML keeps the content security policy", async ({ page, request }) => {
      const answer = await request.get(address);
      expect(answer.status()).toBe(status);
      const policy = answer.headers()["content-security-policy"] ?? "";
      expect(policy).toContain("'nonce-");
      expect(policy).not.toContain("'unsafe-inline'");
      await page.goto("about:blank");
      const inline = await page.evaluate((html) => {
        const parsed = new DOMParser().parseFromString(html, "text/html");
        const elements = [...parsed.querySelectorAll("*")];
        const handlers = elements.filter((element) => element.getAttributeNames().some((name) => name === "style" || name.startsWith("on")));
        const scripts = [...parsed.scripts].filter((script) => script.type !== "application/json" && !script.hasAttribute("nonce"));
        return [...handlers, ...scripts, ...parsed.querySelectorAll("style:not([nonce])")].map((element) => element.outerHTML.slice(0, 200));
      }, await answer.text());
      expect(inline).toEqual([]);
    });
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

/** Bytes over the wire from now on, heads of the answers included. */
async function countBytes(page: Page): Promise<() => number> {
  let bytes = 0;
  const session = await page.context().newCDPSession(page);
  // Bodies as they come over the wire; the headers are some 300 bytes a file.
  session.on("Network.dataReceived", ({ encodedDataLength }) => (bytes += encodedDataLength));
  await session.send("Network.enable");
  return () => bytes;
}
