import type { Page } from "@playwright/test";
import { countDocuments, expect, open, test } from "./support/test.ts";

const FILE = "services/ledger/catalog-info.yaml";
const DESCRIPTION = "Double-entry record of every movement of money";
const PAGE = "/catalog/default/component/ledger";

/** Resolves to the time at which the page first shows the text. */
async function whenShown(page: Page, text: string): Promise<number> {
  return await page.evaluate(
    (wanted) =>
      new Promise<number>((resolve) => {
        const look = () => {
          if (!document.body.innerText.includes(wanted)) return;
          observer.disconnect();
          resolve(Date.now());
        };
        const observer = new MutationObserver(look);
        observer.observe(document.body, { subtree: true, childList: true, characterData: true });
        look();
      }),
    text,
  );
}

test("an edited file shows on open pages without a reload", async ({ page, context, startPortal }) => {
  const portal = await startPortal();
  await open(page, portal.url + PAGE);
  const list = await context.newPage();
  await open(list, `${portal.url}/catalog?filters[text]=ledger`);
  const documents = [countDocuments(page), countDocuments(list)];

  const shown = [whenShown(page, "Every cent, twice"), whenShown(list, "Every cent, twice")];
  const saved = Date.now();
  await portal.edit(FILE, DESCRIPTION, "Every cent, twice");
  const took = (await Promise.all(shown)).map((at) => at - saved);
  console.log(`an edit was on the entity's page after ${took[0]} ms, in the list after ${took[1]} ms`);
  expect(Math.max(...took)).toBeLessThan(3_000);
  expect(documents.map((count) => count())).toEqual([0, 0]);
});

test("a page whose module comes late shows what changed meanwhile", async ({ page, startPortal }) => {
  const portal = await startPortal();
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/split_care_view_*.wasm", async (route) => {
    await held;
    await route.continue();
  });
  const told = page.waitForResponse((answer) => answer.url().endsWith("/api/v1/events"));
  await page.goto(`${portal.url}/catalog/problems`);
  await told;
  await portal.edit(FILE, "\n  owner:", "\n owner:");
  await expect.poll(async () => await (await page.request.get(`${portal.url}/api/v1/catalog/problems`)).text()).toContain(FILE);
  await expect(page.getByRole("main"), "nothing is alive yet").not.toContainText(FILE);
  release();
  await expect(page.getByRole("main")).toContainText(FILE);
});

test("a broken edit keeps the last good version and says so, until it is mended", async ({ page, startPortal }) => {
  const portal = await startPortal();
  await open(page, portal.url + PAGE);
  const good = await portal.read(FILE);
  const problems = page.getByRole("region", { name: "Problems" });
  await expect(problems).toHaveCount(0);

  await portal.write(FILE, good.replace("\n  owner:", "\n owner:"));
  await expect(problems).toContainText(/ledger\/catalog-info\.yaml:\d+:\d+/);
  await expect(page.getByRole("main")).toContainText(DESCRIPTION);
  await expect(page.getByRole("row", { name: /^owned by/ })).toBeVisible();

  await portal.write(FILE, good);
  await expect(problems).toHaveCount(0);
  await expect(page.getByRole("main")).toContainText(DESCRIPTION);
});

test("an entity that goes away or comes back does so on the open page", async ({ page, startPortal, trouble }) => {
  trouble.expect(/status (of )?404/);
  const portal = await startPortal();
  await open(page, portal.url + PAGE);
  const good = await portal.read(FILE);
  await portal.write(FILE, good.replace("name: ledger\n", "name: ledger-renamed\n"));
  await expect(page.getByRole("heading", { name: "component default/ledger does not exist" })).toBeVisible();
  await portal.write(FILE, good);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("ledger");
});

test("the tabs of a browser share one event stream, and hand it on", async ({ page, context, startPortal }) => {
  const portal = await startPortal();
  let streams = 0;
  context.on("request", (request) => {
    if (request.url().endsWith("/api/v1/events")) streams += 1;
  });
  await open(page, portal.url + PAGE);
  const second = await context.newPage();
  await open(second, portal.url + PAGE);
  await portal.edit(FILE, DESCRIPTION, "First edit");
  for (const tab of [page, second]) await expect(tab.getByRole("main")).toContainText("First edit");
  expect(streams, "event streams of two tabs").toBe(1);

  await page.close();
  await expect.poll(() => streams, "the other tab takes over").toBe(2);
  await portal.edit(FILE, "First edit", "Second edit");
  await expect(second.getByRole("main")).toContainText("Second edit");
});

test("a page says when the server is away, and follows again when it is back", async ({ page, startPortal, trouble }) => {
  trouble.expect(/\/api\/v1\/events/);
  const portal = await startPortal();
  await open(page, portal.url + PAGE);
  const documents = countDocuments(page);
  await portal.stopServer();
  await expect(page.getByRole("status").filter({ hasText: /Not live since \d\d:\d\d/ })).toBeVisible();
  await expect(page.getByRole("main")).toContainText(DESCRIPTION);

  await portal.edit(FILE, DESCRIPTION, "Edited while nobody was there");
  await portal.startServer();
  await expect(page.getByText("Not live")).toBeHidden({ timeout: 15_000 });
  await expect(page.getByRole("status").filter({ hasText: "Live again" })).toBeVisible();
  await expect(page.getByRole("main")).toContainText("Edited while nobody was there");
  expect(documents(), "documents loaded").toBe(0);
});

test("what is pressed while the server is away comes when it is back", async ({ page, startPortal, trouble }) => {
  trouble.expect(/\/api\/v1\//, /\.wasm/);
  const portal = await startPortal();
  await open(page, `${portal.url}/catalog`);
  const documents = countDocuments(page);
  await portal.stopServer();
  await expect(page.getByText("Not live")).toBeVisible();
  await page.getByRole("navigation", { name: "Kind" }).getByRole("link", { name: /^APIs/ }).click();
  await expect(page.getByRole("alert")).toContainText("The server can’t be reached. What you see is its last answer.");
  await portal.startServer();
  await expect(page.getByText("Not live")).toBeHidden({ timeout: 15_000 });
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expect(page.getByRole("main").getByRole("link", { name: "checkout-api-v2", exact: true })).toBeVisible();

  await portal.stopServer();
  await expect(page.getByText("Not live")).toBeVisible();
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Settings" }).click();
  await expect(page.getByRole("heading", { level: 1 }), "the old page stays").toHaveText("Catalog");
  await portal.startServer();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Settings", { timeout: 15_000 });
  expect(documents(), "documents loaded").toBe(0);
});

test("an owner repairs a broken file, and sees its problem go without a reload", async ({ page, startPortal }) => {
  const portal = await startPortal();
  const good = await portal.read(FILE);
  await open(page, `${portal.url}/catalog`);
  const documents = countDocuments(page);
  await portal.write(FILE, good.replace("\n  lifecycle:", "\n  lifcycle:"));
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Problems" }).click();
  await page.getByRole("combobox", { name: "Owner" }).selectOption("group:default/payments");
  const problem = page.getByRole("main").getByRole("row", { name: /spec\.lifecycle is missing/ });
  await expect(problem).toContainText(/ledger\/catalog-info\.yaml:\d+:\d+/);
  // What the message says to do.
  await portal.write(FILE, good);
  await expect(problem).toHaveCount(0);
  await expect(page).toHaveURL(/owner=/);
  expect(documents(), "documents loaded").toBe(0);
});
