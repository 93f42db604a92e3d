import { type BrowserContext, type Page, test as base, expect } from "@playwright/test";
import { Portal, type PortalOptions } from "./portal.ts";
import { Trouble } from "./trouble.ts";

interface TestFixtures {
  /** Starts a Callboard for this test alone, to edit its files or to stop it. */
  startPortal: (options?: PortalOptions) => Promise<Portal>;
  /** Fails the test by anything in the browser that a developer would have to look into. */
  trouble: Trouble;
}

interface WorkerFixtures {
  /** The demo organisation, shared by tests that only read. Relative addresses lead to it. */
  demo: Portal;
}

export const test = base.extend<TestFixtures & { portals: Portal[] }, WorkerFixtures>({
  demo: [
    async ({}, use) => {
      const portal = await Portal.start();
      await use(portal);
      await portal.remove();
    },
    { scope: "worker" },
  ],
  baseURL: async ({ demo }, use) => await use(demo.url),
  portals: async ({}, use) => {
    const portals: Portal[] = [];
    await use(portals);
    await Promise.all(portals.map((portal) => portal.remove()));
  },
  startPortal: async ({ portals }, use) => {
    await use(async (options) => {
      const portal = await Portal.start(options);
      portals.push(portal);
      return portal;
    });
  },
  trouble: [
    async ({ context, demo, portals }, use) => {
      const trouble = new Trouble(() => new Set([demo, ...portals].map((portal) => new URL(portal.url).host)));
      trouble.watch(context);
      await use(trouble);
      await findSecrets(context, [demo, ...portals], trouble);
      expect(trouble.found, "trouble in the browser").toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** Session ids are secrets that portals check their logs for; no page tells one, nor any of the configuration. */
async function findSecrets(context: BrowserContext, portals: Portal[], trouble: Trouble): Promise<void> {
  const sessions = (await context.cookies()).filter((cookie) => cookie.name.includes("session"));
  const contents = await Promise.all(context.pages().map((page) => page.content().catch(() => "")));
  for (const { secrets } of portals) {
    for (const session of sessions) secrets.add(session.value);
    for (const secret of contents.flatMap((html) => secrets.toldBy(html))) trouble.add(`secret on a page: ${secret}`);
  }
}

/** Waits until the page answers by itself: from then on no document needs to be loaded. */
export async function alive(page: Page): Promise<void> {
  await expect(page.locator("html")).toHaveClass(/\blive\b/);
}

/** Opens a page and waits until it is alive. */
export async function open(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await alive(page);
}

/** Counts the documents that the page loads from now on. */
export function countDocuments(page: Page): () => number {
  let documents = 0;
  page.on("request", (request) => {
    if (request.isNavigationRequest()) documents += 1;
  });
  return () => documents;
}

/** The rows of the catalog's table, without its head. */
export function rows(page: Page) {
  return page.getByRole("region", { name: "Entities" }).getByRole("row").filter({ has: page.getByRole("cell") });
}

/** The texts of one column of the catalog's table. */
export async function column(page: Page, heading: string): Promise<string[]> {
  return await page.getByRole("region", { name: "Entities" }).getByRole("table").evaluate((table: HTMLTableElement, wanted) => {
    const heads = [...(table.tHead?.rows[0]?.cells ?? [])];
    const at = heads.findIndex((head) => head.innerText.trim() === wanted);
    if (at < 0) throw new Error(`the table has no column ${wanted}`);
    return [...(table.tBodies[0]?.rows ?? [])].map((row) => row.cells[at]?.innerText.trim() ?? "");
  }, heading);
}

/** The filters in the address, as `name=value`. */
export function filtersOf(page: Page): string[] {
  return [...new URL(page.url()).searchParams].map(([name, value]) => `${name}=${value}`);
}
