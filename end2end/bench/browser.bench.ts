import type { APIRequestContext, Browser, BrowserContext, Page } from "@playwright/test";
import { Portal } from "../tests/support/portal.ts";
import { alive, expect, open, rows, test as base } from "../tests/support/test.ts";
import { median, millis, row } from "./figures.ts";
import { categories } from "./lighthouse.ts";

/** An uneven number, so that one of them is in the middle. */
const TIMES = 7;
/** What `write_catalog` of the crate `testkit` wrote; its size is in the table. */
const folder = process.env.CALLBOARD_BENCH_CATALOG;
const size = process.env.CALLBOARD_BENCH_SIZE ?? "?";

/** The shared portal is the generated catalog. */
const test = base.extend<object, { demo: Portal }>({
  demo: [
    async ({}, use) => {
      if (!folder) throw new Error("CALLBOARD_BENCH_CATALOG names no folder: run `make bench`");
      const portal = await Portal.start({ folder });
      await use(portal);
      await portal.remove();
    },
    { scope: "worker", timeout: 120_000 },
  ],
});

declare global {
  interface Window {
    /** When the first row of the list was painted, in ms since the navigation began. */
    rowsPainted: number | undefined;
    /** Milliseconds from each press or key to the next paint. */
    interactions: number[];
    shifted: number;
  }
}

test("figures in a browser", async ({ browser, demo }) => {
  const cold: number[] = [];
  const shifts: number[] = [];
  for (let time = 0; time < TIMES; time += 1) {
    const { context, page } = await visitor(browser, demo);
    await open(page, "/catalog");
    cold.push(await page.evaluate(() => window.rowsPainted ?? Number.NaN));
    shifts.push(await page.evaluate(() => window.shifted));
    await context.close();
  }
  row("browser: first rows of the list painted, cold", millis(median(cold)), `Backstage 1839 ms; 300 ms wanted (${size} entities)`);

  const { context, page } = await visitor(browser, demo);
  await open(page, "/catalog");
  const opened: number[] = [];
  // The first one fetches the page's module.
  for (let time = 0; time <= TIMES; time += 1) {
    const took = await press(page, time);
    if (time > 0) opened.push(took);
    await page.goBack();
    await expect(rows(page)).toHaveCount(50);
  }
  row("browser: press on an entity to its page, warm", millis(median(opened)), "Backstage 1445 ms; 100 ms wanted");

  await context.close();

  const longest: number[] = [];
  let interactions: number[] = [];
  for (let time = 0; time < TIMES; time += 1) {
    const { context, page } = await visitor(browser, demo);
    await interact(page);
    interactions = await page.evaluate(() => window.interactions);
    longest.push(Math.max(0, ...interactions));
    shifts.push(await page.evaluate(() => window.shifted));
    await context.close();
  }
  const visits = `50 ms wanted (of ${interactions.length} presses and keys, median of ${TIMES} visits: ${longest.join(", ")})`;
  row("browser: longest interaction to next paint", millis(median(longest)), visits);
  row("browser: layout shift", Math.max(...shifts).toFixed(4), "0.01 wanted");
});

for (const name of ["list", "entity"] as const) {
  for (const device of ["desktop", "mobile"] as const) {
    test(`lighthouse of ${name}, ${device}`, async ({ demo, request }) => {
      const address = name === "list" ? "/catalog" : await firstComponent(request);
      const scores = await categories(demo.url + address, device);
      row(`Lighthouse: ${name}, ${device}`, scores.map(({ score }) => score.toFixed(0)).join(" "), `95 wanted (${scores.map(({ title }) => title).join(", ")})`);
    });
  }
}

async function firstComponent(request: APIRequestContext): Promise<string> {
  // Lighthouse takes the tag `go` for a link that does not say where it leads.
  const answer = await request.get("/api/catalog/entities/by-query?filter=kind=component,metadata.tags=typescript&limit=1");
  const { items } = (await answer.json()) as { items: { metadata: { name: string } }[] };
  const name = items[0]?.metadata.name;
  if (!name) throw new Error("the catalog has no component");
  return `/catalog/default/component/${name}`;
}

/** Somebody who has never been here, with what measures in each of their documents. */
async function visitor(browser: Browser, portal: Portal): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ baseURL: portal.url });
  const page = await context.newPage();
  await page.addInitScript(() => {
    window.interactions = [];
    window.shifted = 0;
    const look = () => {
      if (!document.querySelector("main tbody tr")) return void requestAnimationFrame(look);
      // The frame after the one that has it comes when it was painted.
      requestAnimationFrame(() => (window.rowsPainted = performance.now()));
    };
    look();
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) {
        if (!entry.hadRecentInput) window.shifted += entry.value;
      }
    }).observe({ type: "layout-shift", buffered: true });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { interactionId: number })[]) {
        if (entry.interactionId) window.interactions.push(entry.duration);
      }
      // 16 ms is the least that a browser tells.
    }).observe({ type: "event", durationThreshold: 16, buffered: true } as PerformanceObserverInit);
  });
  return { context, page };
}

/** Presses the entity in a row, and says how many milliseconds later its page was painted. */
async function press(page: Page, at: number): Promise<number> {
  const link = rows(page).nth(at).getByRole("link").first();
  const name = (await link.innerText()).trim();
  const painted = page.evaluate(
    (wanted) =>
      new Promise<number>((resolve) => {
        let pressed = 0;
        const look = () => {
          if (document.querySelector("h1")?.textContent?.trim() !== wanted) return void requestAnimationFrame(look);
          requestAnimationFrame(() => resolve(performance.now() - pressed));
        };
        addEventListener(
          "pointerdown",
          (event) => {
            pressed = event.timeStamp;
            look();
          },
          { once: true },
        );
      }),
    name,
  );
  await link.click();
  return await painted;
}

/** Between two things that somebody does: nobody is quicker than that. */
const PAUSE_MS = 250;

/** What somebody does on the list: a filter, a word, the order, the palette. */
async function interact(page: Page): Promise<void> {
  await open(page, "/catalog");
  await page.getByRole("form", { name: "Filters" }).getByRole("checkbox").nth(3).click();
  await page.waitForTimeout(PAUSE_MS);
  await page.getByRole("searchbox", { name: "Filter" }).pressSequentially("order", { delay: 80 });
  await page.waitForTimeout(PAUSE_MS);
  await page.getByRole("columnheader", { name: "Owner" }).getByRole("link").click();
  await page.waitForTimeout(PAUSE_MS);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("gateway", { delay: 80 });
  await page.getByRole("dialog", { name: "Search" }).getByRole("option").first().waitFor();
  await page.keyboard.press("Escape");
  await alive(page);
  // Durations are handed over after the frames that they end with.
  await page.evaluate(async () => {
    for (let frame = 0; frame < 10; frame += 1) await new Promise(requestAnimationFrame);
  });
}
