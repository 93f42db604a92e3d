import Axe from "@axe-core/playwright";
import { type Page, expect } from "@playwright/test";

/** Rules of WCAG 2.2 up to AA, and axe's own good practices. */
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

export async function expectAccessible(page: Page): Promise<void> {
  await expectNoViolation(new Axe({ page }).withTags(RULES));
}

/** The part of {@link expectAccessible} that another colour scheme can break; it takes a fraction of the time. */
export async function expectContrast(page: Page): Promise<void> {
  await expectNoViolation(new Axe({ page }).withRules(["color-contrast", "link-in-text-block"]));
}

async function expectNoViolation(axe: Axe): Promise<void> {
  const { violations } = await axe.analyze();
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

/** Half the window at twice the density, as the browser's own zoom makes it. The answer brings back what was. */
export async function zoom(page: Page): Promise<() => Promise<void>> {
  const session = await page.context().newCDPSession(page);
  const metrics = { width: 720, height: 450, deviceScaleFactor: 2, mobile: false };
  await session.send("Emulation.setDeviceMetricsOverride", metrics);
  await page.waitForFunction(() => window.devicePixelRatio === 2 && window.innerWidth === 720);
  return async () => {
    await session.send("Emulation.setDeviceMetricsOverride", { ...metrics, width: 1440, height: 900, deviceScaleFactor: 1 });
    await session.detach();
  };
}

const CONTROLS = "main :is(a, button, input, select, textarea, summary), [role=dialog] :is(button, input)";

/** Whatever can be pressed can be reached by scrolling: down the page, or within its own part of it. */
export async function expectControlsInWindow(page: Page): Promise<void> {
  const outside = await page.locator(CONTROLS).evaluateAll((controls) => {
    const scrolls = (element: Element) => ["auto", "scroll"].includes(getComputedStyle(element).overflowX);
    const within = (element: Element): boolean => element.parentElement !== null && (scrolls(element.parentElement) || within(element.parentElement));
    const isOutside = (control: Element) => {
      const { left, right, width } = control.getBoundingClientRect();
      return width > 1 && control.checkVisibility({ visibilityProperty: true }) && (left < -1 || right > window.innerWidth + 1);
    };
    return controls.filter((control) => isOutside(control) && !within(control)).map((control) => control.outerHTML.slice(0, 200));
  });
  expect(outside, "controls outside of the window").toEqual([]);
}

/** Where the visitor's own colours take the place of ours, a field without text is seen by its border alone. */
export async function expectControlsWithOutline(page: Page): Promise<void> {
  const invisible = await page.locator("main :is(input, select, textarea)").evaluateAll((controls) => {
    const isBare = (control: Element) => {
      const { appearance, borderTopStyle, borderTopWidth } = getComputedStyle(control);
      return appearance === "none" && (borderTopStyle === "none" || parseFloat(borderTopWidth) === 0);
    };
    // A field may have its border from the box around it.
    return controls
      .filter((control) => control.getBoundingClientRect().width > 1 && control.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
      .filter((control) => isBare(control) && isBare(control.parentElement ?? control))
      .map((control) => control.outerHTML.slice(0, 200));
  });
  expect(invisible, "fields without an outline in forced colours").toEqual([]);
}

/** What moves on the page just now, by the names of its elements. */
export async function runningAnimations(page: Page): Promise<string[]> {
  return await page.evaluate(() =>
    document
      .getAnimations()
      .filter((animation) => animation.playState === "running")
      .map(({ effect }) => (effect instanceof KeyframeEffect ? `${effect.target?.tagName.toLowerCase()} ${effect.target?.className}` : "?")),
  );
}

/** Handlers, styles and scripts in a document's text that a content security policy without exceptions refuses. */
export async function inlineCode(page: Page, html: string): Promise<string[]> {
  return await page.evaluate((text) => {
    const parsed = new DOMParser().parseFromString(text, "text/html");
    const elements = [...parsed.querySelectorAll("*")];
    const handlers = elements.filter((element) => element.getAttributeNames().some((name) => name === "style" || name.startsWith("on")));
    const scripts = [...parsed.scripts].filter((script) => script.type !== "application/json" && !script.hasAttribute("nonce"));
    return [...handlers, ...scripts, ...parsed.querySelectorAll("style:not([nonce])")].map((element) => element.outerHTML.slice(0, 200));
  }, html);
}

/** Bytes over the wire from now on, heads of the answers included. */
export async function countBytes(page: Page): Promise<() => number> {
  let bytes = 0;
  const session = await page.context().newCDPSession(page);
  // Bodies as they come over the wire; the headers are some 300 bytes a file.
  session.on("Network.dataReceived", ({ encodedDataLength }) => (bytes += encodedDataLength));
  await session.send("Network.enable");
  return () => bytes;
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
