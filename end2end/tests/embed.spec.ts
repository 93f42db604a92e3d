import type { BrowserContext, FrameLocator, Page } from "@playwright/test";
import type { Portal } from "./support/portal.ts";
import { Sites } from "./support/sites.ts";
import { expect, test as base } from "./support/test.ts";

const PORTAL = "portal.test";
const WIKI = "wiki.example.test";
const EVIL = "evil.example.test";
/** With which the wiki's backend has tokens made. */
const MINT = "a-token-of-the-wiki-0123456789";
const WEB = "/catalog/default/component/ledger";

/** A page of another site with a frame: posts a token into it, and notes what the frame says. */
function around(portal: string): string {
  return `<!doctype html><title>Wiki</title><h1>Runbook</h1>
<iframe name="callboard" title="Ledger in Callboard" style="width: 100%; height: 120px; border: 0"></iframe>
<script>
window.heard = [];
addEventListener("message", ({ origin, source, data }) => {
  if (origin !== ${JSON.stringify(portal)} || source !== frames.callboard) return;
  heard.push(data);
  if (data.type === "callboard:height") document.querySelector("iframe").style.height = data.height + "px";
});
window.say = (message) => frames.callboard.postMessage(message, ${JSON.stringify(portal)});
window.signIn = (fields) => {
  const form = Object.assign(document.createElement("form"), { method: "post", action: ${JSON.stringify(portal)} + "/embed/session", target: "callboard" });
  for (const [name, value] of Object.entries(fields)) form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  document.body.append(form);
  form.submit();
  form.remove();
};
</script>`;
}

interface Around {
  sites: Sites;
  portal: Portal;
  browser: BrowserContext;
  /** Has a token made for a user of the wiki, as its backend does. */
  mint: (sub: string) => Promise<string>;
  /** A page of a host that has the frame, in a window of its own. */
  visit: (host: string) => Promise<{ page: Page; frame: FrameLocator; heard: (type: string) => Promise<Record<string, unknown>[]> }>;
}

const test = base.extend<{ around: Around }>({
  around: async ({ startPortal }, use) => {
    const sites = await Sites.listen();
    const url = sites.origin(PORTAL);
    const portal = await startPortal({
      backend: { auth: { externalAccess: [{ type: "static", options: { token: MINT, subject: "wiki" } }] } },
      top: {
        app: { title: "Callboard", baseUrl: url },
        auth: { admins: ["user:default/boss"], providers: { oidc: { main: { metadataUrl: "https://id.test", clientId: "callboard", clientSecret: "a-secret-of-nobody-0123456789" } } } },
        embed: { parents: [{ origin: sites.origin(WIKI) }] },
      },
    });
    sites.proxy(PORTAL, Number(new URL(portal.url).port));
    for (const host of [WIKI, EVIL]) sites.serve(host, around(url));
    const browser = await sites.browse();
    await use({
      sites,
      portal,
      browser,
      mint: async (sub) => {
        const answer = await fetch(`${portal.url}/api/v1/embed/tokens`, {
          method: "POST",
          headers: { authorization: `Bearer ${MINT}`, "content-type": "application/json" },
          body: JSON.stringify({ sub, entity: "component:default/ledger" }),
        });
        expect(answer.status).toBe(201);
        const { token } = (await answer.json()) as { token: string };
        portal.secrets.add(token);
        return token;
      },
      visit: async (host) => {
        const page = await browser.newPage();
        await page.goto(sites.origin(host));
        const heard = async (type: string) =>
          (await page.evaluate(() => (window as unknown as { heard: Record<string, unknown>[] }).heard)).filter((message) => message["type"] === type);
        return { page, frame: page.frameLocator("iframe"), heard };
      },
    });
    for (const cookie of (await browser.cookies()).filter(({ name }) => name.includes("embedded"))) portal.secrets.add(cookie.value);
    await browser.close();
    await sites.close();
  },
});

async function signIn(page: Page, fields: Record<string, string>): Promise<void> {
  await page.evaluate((fields) => (window as unknown as { signIn: (fields: Record<string, string>) => void }).signIn(fields), fields);
}

async function say(page: Page, message: object): Promise<void> {
  await page.evaluate((message) => (window as unknown as { say: (message: object) => void }).say(message), message);
}

test("a site that may embed signs its user in, and height, route and theme follow", async ({ around }) => {
  const { page, frame, heard } = await around.visit(WIKI);
  await signIn(page, { token: await around.mint("user:default/mara"), theme: "dark" });
  await expect(frame.getByRole("heading", { level: 1, name: "ledger" })).toBeVisible();
  await expect(frame.locator("html")).toHaveClass(/\blive\b/);
  await expect(frame.getByRole("navigation", { name: "Main" }), "no sidebar").toHaveCount(0);
  await expect(frame.getByRole("banner"), "no header").toHaveCount(0);
  expect(await heard("callboard:ready")).toEqual([{ type: "callboard:ready", version: 1 }]);

  await expect(frame.locator("html")).toHaveAttribute("data-theme", "dark");
  await say(page, { type: "callboard:theme", theme: "light" });
  await expect(frame.locator("html")).toHaveAttribute("data-theme", "light");
  await say(page, { type: "callboard:theme", theme: "hot" });
  await expect(frame.locator("html")).toHaveAttribute("data-theme", "light");

  const tall = async () => (await frame.locator("body").boundingBox())?.height ?? 0;
  await expect.poll(async () => Math.abs((await page.locator("iframe").boundingBox())!.height - (await tall())), "the frame is as high as its page").toBeLessThan(2);
  expect(await frame.locator("html").evaluate((html) => html.scrollHeight - html.clientHeight), "nothing is left to scroll").toBeLessThan(2);

  await page.screenshot({ path: "test-results/pictures/embedded.png", fullPage: true });
  await frame.getByRole("link", { name: "Raw" }).click();
  await expect.poll(async () => (await heard("callboard:route")).at(-1)?.["path"]).toBe(`${WEB}/raw`);
  await say(page, { type: "callboard:navigate", path: WEB });
  await expect.poll(async () => (await heard("callboard:route")).at(-1)?.["path"]).toBe(WEB);
  await say(page, { type: "callboard:navigate", path: "//evil.example.test/" });
  await expect(frame.getByRole("heading", { level: 1, name: "ledger" })).toBeVisible();

  const unpartitioned = await frame.locator("body").evaluate(() => {
    document.cookie = "usual=1; SameSite=None; Secure";
    return document.cookie.includes("usual");
  });
  expect(unpartitioned, "third-party cookies are blocked here").toBe(false);
  const cookies = (await around.browser.cookies()).filter(({ name }) => name.includes("callboard"));
  expect(cookies.map(({ name, partitionKey, secure, httpOnly }) => ({ name, partitionKey, secure, httpOnly }))).toEqual([
    { name: "__Host-callboard-embedded", partitionKey: expect.stringContaining("example.test"), secure: true, httpOnly: true },
  ]);
});

test("a site that is not named is refused", async ({ around }) => {
  const { page, frame, heard } = await around.visit(EVIL);
  const [refused] = await Promise.all([
    page.waitForResponse((response) => response.url().endsWith("/embed/session")),
    signIn(page, { token: await around.mint("user:default/mara") }),
  ]);
  expect(refused.status()).toBe(403);
  await expect(frame.getByRole("heading", { level: 1 })).toHaveCount(0);
  await page.evaluate((address) => document.querySelector("iframe")!.setAttribute("src", address), `${around.sites.origin(PORTAL)}/embed${WEB}`);
  await page.waitForTimeout(500);
  expect(await heard("callboard:ready"), "nothing is told to it").toEqual([]);
  await expect(frame.getByRole("heading", { level: 1, name: "ledger" })).toHaveCount(0);
});

test("a token works once, and a user of the site becomes nobody else", async ({ around }) => {
  const { page, frame, heard } = await around.visit(WIKI);
  const token = await around.mint("user:default/mara");
  await signIn(page, { token });
  await expect(frame.getByRole("heading", { level: 1, name: "ledger" })).toBeVisible();
  const who = async () => await frame.locator("body").evaluate(async () => (await (await fetch("/embed/api/v1/identity/principal")).json()) as { principal: string });
  expect((await who()).principal).toBe("user:default/mara");
  const reach = await frame.locator("body").evaluate(async () => (await (await fetch("/embed/api/catalog/entities")).json()) as { metadata: { name: string } }[]);
  expect(reach.map((entity) => entity.metadata.name), "the entity, and the API that it provides").toEqual(["ledger-api", "ledger"]);

  await signIn(page, { token });
  await expect(frame.getByRole("heading", { level: 1, name: "You may not do this" })).toBeVisible();
  await expect.poll(async () => await heard("callboard:error")).toEqual([{ type: "callboard:error", status: 403, title: expect.stringContaining("You may not do this") }]);

  await signIn(page, { token: await around.mint("user:default/mara"), sub: "user:default/boss", user: "user:default/boss" });
  await expect(frame.getByRole("heading", { level: 1, name: "ledger" })).toBeVisible();
  expect((await who()).principal, "what the page adds says nothing").toBe("user:default/mara");

  const admin = await fetch(`${around.portal.url}/api/v1/embed/tokens`, {
    method: "POST",
    headers: { authorization: `Bearer ${MINT}`, "content-type": "application/json" },
    body: JSON.stringify({ sub: "user:default/boss", entity: "component:default/ledger" }),
  });
  expect(admin.status).toBe(403);
});

test("without a session the frame says so, and what to do", async ({ around }) => {
  const { page, frame, heard } = await around.visit(WIKI);
  await page.evaluate((address) => document.querySelector("iframe")!.setAttribute("src", address), `${around.sites.origin(PORTAL)}/embed${WEB}`);
  await expect(frame.getByRole("heading", { level: 1, name: "You are not signed in" })).toBeVisible();
  await expect.poll(async () => (await heard("callboard:error")).at(-1)?.["status"]).toBe(401);
});
