import { hostileCatalog, hostilePages } from "./support/hostile.ts";
import { expectAccessible, expectNoSidewaysScroll } from "./support/quality.ts";
import { expect, open, rows, test } from "./support/test.ts";

test("what a catalog file says stays text, and breaks no page", async ({ page, startPortal }) => {
  test.slow();
  const portal = await startPortal({ files: hostileCatalog });
  for (const [address, text] of hostilePages) {
    await test.step(address.slice(0, 60), async () => {
      await page.setViewportSize({ width: 1440, height: 900 });
      await open(page, portal.url + address);
      await expect(page.getByRole("main")).toContainText(text);
      await expectNoSidewaysScroll(page);
      await page.setViewportSize({ width: 390, height: 844 });
      await expectNoSidewaysScroll(page);
      expect(await page.title()).not.toBe("run");
      const links = await page.getByRole("link").evaluateAll((found) => found.map((link) => (link as HTMLAnchorElement).protocol));
      expect(links.filter((protocol) => !["http:", "https:", "mailto:"].includes(protocol))).toEqual([]);
    });
  }
  await open(page, `${portal.url}/catalog/default/component/markup`);
  await expectAccessible(page);
});

test("a list of 500 tags stays as high as any other", async ({ page, startPortal }) => {
  const portal = await startPortal({ files: hostileCatalog });
  await open(page, `${portal.url}/catalog`);
  const heights = await rows(page).evaluateAll((found) => found.map((row) => Math.round(row.getBoundingClientRect().height)));
  expect(new Set(heights).size, `heights of the rows: ${heights.join(", ")}`).toBe(1);
});
