import Axe from "@axe-core/playwright";
import { type Page, expect } from "@playwright/test";

/** Rules of WCAG 2.2 up to AA, and axe's own good practices. */
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new Axe({ page }).withTags(RULES).analyze();
  const found = violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.target.join(" ")}: ${node.html}`));
  expect(found, "violations found by axe").toEqual([]);
}

export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const { scrollWidth, clientWidth } = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return { scrollWidth, clientWidth };
  });
  expect(scrollWidth, "the page is no wider than its window").toBeLessThanOrEqual(clientWidth);
}

declare global {
  interface Window {
    layoutShifts: string[];
  }
}

/** From the next document on, notes whatever moves without having been asked to. */
export async function watchLayoutShifts(page: Page): Promise<void> {
  await page.addInitScript(() => {
    window.layoutShifts = [];
    const name = (node: Node | null | undefined) => (node instanceof Element ? `<${node.tagName.toLowerCase()} class="${node.className}">` : `${node?.nodeName}`);
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean; sources: { node?: Node }[] })[]) {
        if (!entry.hadRecentInput) window.layoutShifts.push(`${entry.value} ${entry.sources.map((source) => name(source.node)).join(" ")}`);
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
}

/** Reads what {@link watchLayoutShifts} noted, once the page has come to rest. */
export async function layoutShifts(page: Page): Promise<string[]> {
  return await page.evaluate(async () => {
    await document.fonts.ready;
    // Entries are handed over after the frame in which the shift was painted.
    for (let frame = 0; frame < 5; frame += 1) await new Promise(requestAnimationFrame);
    return window.layoutShifts;
  });
}

/** True if the element with the focus can be told from the others by its outline. */
export async function hasVisibleFocus(page: Page): Promise<boolean> {
  return await page.evaluate(() => {
    const focused = document.activeElement;
    if (!focused || focused === document.body) return false;
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(focused);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 1 && outlineColor !== "rgba(0, 0, 0, 0)";
  });
}
