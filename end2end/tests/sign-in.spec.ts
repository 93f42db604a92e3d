import type { BrowserContext, Page } from "@playwright/test";
import { BROKEN, OpenIdProvider, sayWhoYouAre } from "./support/openid.ts";
import type { Portal } from "./support/portal.ts";
import { expectAccessible } from "./support/quality.ts";
import { alive, expect, test as base } from "./support/test.ts";
import type { Trouble } from "./support/trouble.ts";

interface SignInFixtures {
  provider: OpenIdProvider;
  /** Starts a Callboard at which one signs in with these clients of the provider. */
  startClosed: (...names: string[]) => Promise<Portal>;
}

const test = base.extend<SignInFixtures>({
  provider: async ({ trouble }, use) => {
    const provider = await OpenIdProvider.listen();
    allow(trouble, provider);
    await use(provider);
    await provider.close();
  },
  startClosed: async ({ provider, startPortal }, use) => {
    await use(async (...names) => {
      const portal = await startPortal({ top: { auth: { providers: { oidc: provider.configuration(...names) } } } });
      await provider.serve(portal.url);
      return portal;
    });
  },
});

/** The provider is another host, and its pages want a font from a third. */
function allow(trouble: Trouble, provider: OpenIdProvider): void {
  const host = provider.host.replaceAll(".", "\\.");
  trouble.expect(new RegExp(`another host: http://${host}/`), /fonts\.googleapis\.com/, /^status 401: /, /console error: Failed to load resource.* 401/);
  // What its pages leave to be desired.
  trouble.expect(new RegExp(`^(console|status|failed).*http://${host}/`, "s"));
}

async function signIn(page: Page, portal: Portal, user: string, title = "acme main"): Promise<void> {
  await page.goto(`${portal.url}/sign-in`);
  await page.getByRole("link", { name: `Continue with ${title}` }).click();
  await sayWhoYouAre(page, user);
}

async function sessionCookie(context: BrowserContext): Promise<string | undefined> {
  return (await context.cookies()).find((cookie) => cookie.name === "callboard-session")?.value;
}

test("one signs in, comes back to the page, and signs out here and at the provider", async ({ page, startClosed }) => {
  const portal = await startClosed("main");
  await page.goto(`${portal.url}/catalog/default/component/checkout-api`);
  await expect(page).toHaveURL(/\/sign-in\?return=%2Fcatalog%2Fdefault%2Fcomponent%2Fcheckout-api$/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign in to Callboard");
  await expect(page.getByRole("navigation")).toHaveCount(0);
  const before = await sessionCookie(page.context());
  await page.getByRole("link", { name: "Continue with acme main" }).click();
  const atProvider = await sessionCookie(page.context());
  await sayWhoYouAre(page, "mara");
  await expect(page).toHaveURL(`${portal.url}/catalog/default/component/checkout-api`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("checkout-api");
  const after = await sessionCookie(page.context());
  expect(before, "nobody has a session before they begin").toBeUndefined();
  expect(after, "the id of the session changes with who it is").not.toBe(atProvider);

  await alive(page);
  await page.getByRole("link", { name: "Account of Mara Okonjo" }).click();
  const main = page.getByRole("main");
  await expect(main.getByRole("heading", { level: 1 })).toHaveText("Mara Okonjo");
  await expect(main).toContainText("mara.okonjo@acme.example");
  await expect(main).toContainText("payments");
  await expect(main.getByRole("link", { name: "mara" })).toHaveAttribute("href", /\/catalog\/default\/user\/mara$/);
  await expect(main.getByRole("listitem")).toHaveCount(1);

  await main.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: /yes/i }).click();
  await expect(page).toHaveURL(`${portal.url}/sign-in`);
  // What somebody has copied is worth nothing now.
  const stolen = await page.request.get(`${portal.url}/api/v1/identity/account`, { headers: { cookie: `callboard-session=${after}` } });
  expect(stolen.status()).toBe(401);
  await page.getByRole("link", { name: "Continue with acme main" }).click();
  await expect(page.locator("input[name=login]"), "the provider asks again").toBeVisible();
});

test("who has not signed in gets nothing of the catalog", async ({ page, startClosed }) => {
  const portal = await startClosed("main");
  for (const path of ["/api/catalog/entities", "/api/v1/catalog/entities?kind=component", "/api/v1/events", "/api/v1/identity/account"]) {
    const answer = await page.request.get(portal.url + path);
    expect(answer.status(), path).toBe(401);
  }
  for (const path of ["/catalog", "/catalog/sources", "/nothing", "/settings"]) {
    const answer = await page.request.get(portal.url + path, { maxRedirects: 0 });
    expect([answer.status(), answer.headers()["location"]], path).toEqual([303, `/sign-in?return=${encodeURIComponent(path)}`]);
  }
  const posted = await page.request.post(`${portal.url}/api/catalog/locations`, { data: { type: "url", target: "https://example.com/a.yaml" } });
  expect(posted.status()).toBe(401);
});

for (const broken of BROKEN) {
  test(`an ID token with a wrong ${broken} signs nobody in`, async ({ page, startClosed }) => {
    const portal = await startClosed(broken);
    await signIn(page, portal, "mara", `acme ${broken}`);
    await expect(page).toHaveURL(`${portal.url}/sign-in?error=denied`);
    await expect(page.getByRole("alert")).toContainText("not valid");
    expect((await page.request.get(`${portal.url}/api/v1/identity/account`)).status()).toBe(401);
    expect(portal.log).not.toContain("a-secret-of-the-tests");
  });
}

test("an address that is not verified makes nobody somebody else", async ({ page, startClosed }) => {
  const portal = await startClosed("main");
  // eve has told the provider that she is jonas.
  await signIn(page, portal, "eve");
  await page.goto(`${portal.url}/account`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Eve");
  await expect(page.getByRole("main")).toContainText("none; nothing in the catalog is known to be yours by it");
});

test("who is not on the list does not come in", async ({ page, startClosed }) => {
  const portal = await startClosed("listed");
  await signIn(page, portal, "zoe", "acme listed");
  await expect(page).toHaveURL(`${portal.url}/sign-in?error=not-allowed`);
  await expect(page.getByRole("alert")).toContainText("not on the list");
});

test("an answer of the provider counts once, in the browser that asked, and leads only to pages of ours", async ({ page, browser, startClosed }) => {
  const portal = await startClosed("main");
  let callback = "";
  page.on("request", (request) => {
    if (request.url().includes("/callback?")) callback = request.url();
  });
  await page.goto(`${portal.url}/auth/oidc-main/start?return=//evil.example/`);
  await sayWhoYouAre(page, "mara");
  await expect(page).toHaveURL(new RegExp(`^${portal.url}/(catalog.*)?$`));
  const again = await page.request.get(callback, { maxRedirects: 0 });
  expect(again.headers()["location"]).toBe("/sign-in?error=expired");
  const other = await browser.newContext();
  const elsewhere = await other.request.get(callback, { maxRedirects: 0 });
  expect(elsewhere.headers()["location"]).toBe("/sign-in?error=expired");
  await other.close();
});

test("one sees where one is signed in, and ends the others", async ({ page, browser, startClosed }) => {
  const portal = await startClosed("main");
  await signIn(page, portal, "mara");
  await expect(page.getByRole("link", { name: "Account of Mara Okonjo" })).toBeVisible();
  const other = await browser.newContext();
  const elsewhere = await other.newPage();
  await signIn(elsewhere, portal, "mara");
  await expect(elsewhere.getByRole("link", { name: "Account of Mara Okonjo" })).toBeVisible();

  await page.goto(`${portal.url}/account`);
  await expect(page.getByRole("main").getByRole("listitem")).toHaveCount(2);
  await page.getByRole("button", { name: "End", exact: true }).click();
  await expect(page.getByRole("status").filter({ hasText: "Ended" })).toBeVisible();
  await expect(page.getByRole("main").getByRole("listitem")).toHaveCount(1);
  expect((await other.request.get(`${portal.url}/api/v1/identity/account`)).status()).toBe(401);
  expect((await page.request.get(`${portal.url}/api/v1/identity/account`)).status()).toBe(200);
  await other.close();
});

test("a provider that is down or changes its keys", async ({ page, provider, startClosed, trouble }) => {
  // Nobody waits for the icon before the server stops.
  trouble.expect(/favicon\.svg/);
  const portal = await startClosed("main");
  await signIn(page, portal, "mara");
  await expect(page.getByRole("link", { name: "Account of Mara Okonjo" })).toBeVisible();
  // Other keys, and no memory of anybody.
  await provider.serve(portal.url);
  await page.context().clearCookies();
  await signIn(page, portal, "mara");
  await expect(page.getByRole("link", { name: "Account of Mara Okonjo" })).toBeVisible();
  await page.context().clearCookies();
  await page.goto(`${portal.url}/sign-in`);
  await provider.close();
  await portal.stopServer();
  await portal.startServer();
  await page.goto(`${portal.url}/auth/oidc-main/start`);
  await expect(page).toHaveURL(`${portal.url}/sign-in?error=provider`);
  await expect(page.getByRole("alert")).toContainText("can’t be reached");
});

test("one makes a token for a script, sees it once, and revokes it", async ({ page, playwright, startClosed }) => {
  const portal = await startClosed("main");
  await signIn(page, portal, "mara");
  await expect(page.getByRole("link", { name: "Account of Mara Okonjo" })).toBeVisible();
  await page.goto(`${portal.url}/account`);
  const tokens = page.getByRole("region", { name: "Tokens for scripts" });
  await expect(tokens).toContainText("You have none.");
  await tokens.getByLabel("Name").fill("ci");
  await tokens.getByLabel("Days until it ends").fill("30");
  await tokens.getByRole("checkbox", { name: "catalog:write" }).check();
  await expectAccessible(page);
  await tokens.getByRole("button", { name: "Create token" }).click();
  const secret = (await tokens.getByLabel("New token").textContent()) ?? "";
  expect(secret).toMatch(/^cb_[0-9a-f]{48}$/);
  await expect(tokens.getByRole("listitem")).toContainText("catalog:read, catalog:write");
  await expect(tokens.getByRole("listitem")).toContainText("never used");
  await expectAccessible(page);

  const script = await playwright.request.newContext({ extraHTTPHeaders: { authorization: `Bearer ${secret}` } });
  const who = await script.get(`${portal.url}/api/v1/identity/principal`);
  expect(await who.json()).toMatchObject({ principal: "user:default/mara", kind: "person", token: { name: "ci" } });

  await page.reload();
  await expect(tokens.getByRole("listitem")).toContainText("last used");
  expect(await page.content(), "it is shown once").not.toContain(secret);
  await tokens.getByRole("button", { name: "Revoke ci" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Revoked" })).toBeVisible();
  expect((await script.get(`${portal.url}/api/v1/identity/principal`)).status()).toBe(401);
  await script.dispose();
});
