import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "@playwright/test";
import type { Portal } from "./support/portal.ts";
import { expectAccessible, expectNoSidewaysScroll, hasVisibleFocus } from "./support/quality.ts";
import { alive, expect, open, test } from "./support/test.ts";
import { WITHOUT_SCRIPT } from "./support/trouble.ts";

function component(name: string, annotations: object = {}, spec: object = {}): string {
  return JSON.stringify({
    apiVersion: "backstage.io/v1alpha1",
    kind: "Component",
    metadata: { name, annotations },
    spec: { type: "service", lifecycle: "production", owner: "team", ...spec },
  });
}

const TEAM = JSON.stringify({ apiVersion: "backstage.io/v1alpha1", kind: "Group", metadata: { name: "team" }, spec: { type: "team", children: [] } });
const LINKS = {
  "backstage.io/edit-url": "https://git.example/edit/catalog-info.yaml",
  "backstage.io/view-url": "javascript:alert(1)",
};

/** Serves a catalog file with two components, to be registered by its URL. */
async function serveFile(): Promise<Server> {
  const text = [component("fresh", LINKS), component("beside")].join("\n---\n");
  const server = createServer((_, answer) => answer.end(text)).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return server;
}

/** A portal with `fresh` and `beside` from a registered URL, and `fan`, which depends on `fresh`, from a file. */
async function withRegistered(startPortal: (options: object) => Promise<Portal>, server: Server): Promise<Portal> {
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const files = { "catalog-info.yaml": [TEAM, component("fan", {}, { dependsOn: ["component:fresh"] })].join("\n---\n") };
  const portal = await startPortal({ files, backend: { reading: { allow: [{ host }] } } });
  const registered = await fetch(`${portal.url}/api/catalog/locations`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ type: "url", target: `http://${host}/catalog-info.yaml` }),
  });
  expect(registered.status).toBe(201);
  await expect.poll(async () => (await fetch(`${portal.url}/api/v1/catalog/entities/component/default/fresh`)).status).toBe(200);
  return portal;
}

let server: Server;
test.beforeEach(async () => void (server = await serveFile()));
test.afterEach(() => void server.close());

async function openMenu(page: Page): Promise<void> {
  await page.getByRole("button", { name: "More actions" }).click();
  await expect(page.getByRole("group", { name: "Actions on this entity" })).toBeVisible();
}

async function unregister(page: Page, url: string): Promise<void> {
  await openMenu(page);
  await page.getByRole("link", { name: "Unregister…" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Unregister fresh");
  const goes = page.getByRole("region", { name: "All that goes" });
  await expect(goes.getByRole("listitem")).toHaveText(["beside", "fresh"]);
  await expect(page.getByRole("region", { name: "What will refer to nothing" })).toContainText("fan depends on fresh");
  await page.getByRole("button", { name: "Unregister the location" }).click();
  await expect(page).toHaveURL(`${url}/catalog`);
  await expect(page.getByText("Unregistered. What only that location led to is gone.")).toBeVisible();
  await expect(page.getByRole("link", { name: "fan", exact: true })).toBeVisible();
  await expect(page.getByRole("link", { name: "beside", exact: true })).toHaveCount(0);
}

test("a registered location is unregistered after a look at what goes", async ({ page, startPortal }) => {
  const portal = await withRegistered(startPortal, server);
  await open(page, `${portal.url}/catalog/default/component/fresh`);
  await unregister(page, portal.url);
});

test("the page that unregisters is accessible and fits each window", async ({ page, startPortal }) => {
  const portal = await withRegistered(startPortal, server);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await open(page, `${portal.url}/catalog/default/component/fresh/unregister`);
    await expect(page.getByRole("main")).toMatchAriaSnapshot({ name: "unregister.aria.yml" });
    for (const width of [1440, 1024, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await expectNoSidewaysScroll(page);
      await expectAccessible(page);
    }
  }
});

test("what the configuration names is not offered to be unregistered", async ({ page }) => {
  await open(page, "/catalog/default/component/checkout-api/unregister");
  await expect(page.getByText("The configuration names its location")).toBeVisible();
  await expect(page.getByRole("main").getByRole("button")).toHaveCount(0);
  await page.getByRole("link", { name: "Back to the entity" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("checkout-api");
});

test("the menu is opened, walked through and closed by keyboard", async ({ page }) => {
  await open(page, "/catalog/default/component/checkout-api");
  const button = page.getByRole("button", { name: "More actions" });
  const menu = page.getByRole("group", { name: "Actions on this entity" });
  await button.focus();
  await page.keyboard.press("Enter");
  await expect(menu).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("Tab");
  await expect(menu.getByRole("button", { name: "Copy ref" })).toBeFocused();
  expect(await hasVisibleFocus(page)).toBe(true);
  await page.keyboard.press("Tab");
  await expect(menu.getByRole("button", { name: "Refresh" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(menu).toBeHidden();
  await expect(button).toBeFocused();
});

test("the menu copies the ref, has the source read again, and leads to where it is edited", async ({ page, context, startPortal }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const portal = await withRegistered(startPortal, server);
  await open(page, `${portal.url}/catalog/default/component/fresh`);
  await openMenu(page);
  const menu = page.getByRole("group", { name: "Actions on this entity" });
  await expect(menu.getByRole("link", { name: "Edit at the source" })).toHaveAttribute("href", LINKS["backstage.io/edit-url"]);
  await expect(menu.getByRole("link", { name: "View at the source" }), "no address of the web").toHaveCount(0);
  await menu.getByRole("button", { name: "Copy ref" }).click();
  await expect(menu.getByRole("button", { name: "Copied" })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("component:default/fresh");
  await menu.getByRole("button", { name: "Refresh" }).click();
  await expect(page.getByText("Its source is being read again.")).toBeVisible();
  await expect(page).toHaveURL(`${portal.url}/catalog/default/component/fresh`);
  await alive(page);
});

test.describe("without script", () => {
  test.use({ javaScriptEnabled: false });
  test.beforeEach(({ trouble }) => trouble.expect(...WITHOUT_SCRIPT));

  test("the menu opens, has the source read again, and leads to the page that unregisters", async ({ page, startPortal }) => {
    const portal = await withRegistered(startPortal, server);
    await page.goto(`${portal.url}/catalog/default/component/fresh`);
    await openMenu(page);
    await expect(page.getByRole("button", { name: "Copy ref" }), "needs a script").toHaveCount(0);
    await page.getByRole("button", { name: "Refresh" }).click();
    await expect(page.getByText("Its source is being read again.")).toBeVisible();
    await unregister(page, portal.url);
  });
});
