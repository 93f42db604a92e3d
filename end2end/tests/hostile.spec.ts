import { CROWD, crowdedCatalog, hostileCatalog, hostilePages } from "./support/hostile.ts";
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
  for (const path of ["component/markup", "group/markup", "user/markup"]) {
    await open(page, `${portal.url}/catalog/default/${path}`);
    await expectAccessible(page);
  }
});

test("an entity with 500 tags shows some, and all when asked", async ({ page, startPortal }) => {
  const portal = await startPortal({ files: hostileCatalog });
  await open(page, `${portal.url}/catalog/default/component/many-tags`);
  const tags = page.getByRole("complementary", { name: "About" }).getByRole("link", { name: /^tag-/ });
  await expect(tags).toHaveCount(24);
  await expectAccessible(page);
  await page.getByText("476 more").click();
  await expect(tags).toHaveCount(500);
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
});

/** Elements of a page, and bytes of its HTML, that are enough however much there is to show. */
const MOST_ELEMENTS = 1_500;
const MOST_BYTES = 200_000;

test("an entity with 5,000 relations has a page like any other", async ({ page, request, startPortal }) => {
  test.slow();
  const portal = await startPortal({ files: crowdedCatalog });
  for (const [path, region, shown] of [
    ["system/hub", "Components", 15],
    ["group/crowd", "Owned components", 15],
    ["component/lost", "Relations", 24],
  ] as const) {
    await test.step(path, async () => {
      const address = `${portal.url}/catalog/default/${path}`;
      const html = await (await request.get(address)).text();
      expect(html.length, "bytes of the page").toBeLessThan(MOST_BYTES);
      await page.setViewportSize({ width: 1440, height: 900 });
      await open(page, address);
      const rows = page.getByRole("region", { name: region });
      await expect(path === "component/lost" ? rows.getByRole("row", { name: /^depends on/ }).getByTitle(/nowhere/) : rows.locator("tbody tr")).toHaveCount(shown);
      expect(await page.locator("main *").count(), "elements of the page").toBeLessThan(MOST_ELEMENTS);
      await expectNoSidewaysScroll(page);
      await expectAccessible(page);
      await page.setViewportSize({ width: 390, height: 844 });
      await expectNoSidewaysScroll(page);
    });
  }
  await expect(page.getByText("4997 more problems")).toBeVisible();
  await open(page, `${portal.url}/catalog/default/system/hub`);
  await page.getByRole("region", { name: "Components" }).getByRole("link", { name: `and ${CROWD - 15} more` }).click();
  await expect(page.getByText(`of ${CROWD}`, { exact: false }).first()).toBeVisible();
  await expect(page.getByRole("link", { name: "Remove filter part of system:default/hub" })).toBeVisible();
});

test("a list of 500 tags stays as high as any other", async ({ page, startPortal }) => {
  const portal = await startPortal({ files: hostileCatalog });
  await open(page, `${portal.url}/catalog`);
  const heights = await rows(page).evaluateAll((found) => found.map((row) => Math.round(row.getBoundingClientRect().height)));
  expect(new Set(heights).size, `heights of the rows: ${heights.join(", ")}`).toBe(1);
});
