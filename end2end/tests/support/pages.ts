import { type Page, expect } from "@playwright/test";
import { OpenIdProvider, sayWhoYouAre } from "./openid.ts";
import type { Portal, PortalOptions } from "./portal.ts";
import { alive } from "./test.ts";
import type { Trouble } from "./trouble.ts";

/** A page in one of its states. A new page is one line of the table below, and every check and picture walks over it. */
export interface View {
  /** Of its tests, its pictures and its ARIA snapshot. */
  name: string;
  address: string;
  /** The text of the heading of level 1, which says what the page is. */
  heading: string;
  /** Of the document; 200 where nothing is said. */
  status?: number;
  /** Comes without script: links and forms, and nothing that comes alive. */
  isPlain?: boolean;
  /** Has its say in `snapshots/quality.spec.ts`: the role of what is told to assistive technology. */
  snapshot?: "main" | "dialog";
  /** A Callboard of its own, where the demo organisation does not come into the state. At a `"closed"` one somebody must sign in. */
  portal?: PortalOptions | "closed";
  /** What brings the state about on the open page. Such a state is looked at, but is no first visit. */
  reach?: (page: Page, portal: Portal) => Promise<void>;
  /** What goes wrong in the browser on purpose. */
  trouble?: RegExp[];
}

/** A page that does not exist is told so by its status, which the browser notes on the console. */
const MISSING = { status: 404, trouble: [/status (of )?404/] };

/** What the pages of the sign-in's provider leave to be desired. */
export const OF_PROVIDER = [/another host: http:\/\/127\.0\.0\.1:/, /fonts\.googleapis\.com/, /^(console|status|failed).*127\.0\.0\.1:\d+\/(interaction|favicon)/s];

const WELL = `
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: { name: payments, description: Takes the money }
spec: { type: team, children: [] }
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: ledger, description: Keeps the books }
spec: { type: service, lifecycle: production, owner: payments }
`;
const ALL_WELL: PortalOptions = { files: { "catalog-info.yaml": WELL } };
const NO_ENTITY: PortalOptions = { files: {} };

export const VIEWS: View[] = [
  { name: "home", address: "/", heading: "Home", snapshot: "main" },
  { name: "home-mine", address: "/", heading: "Home", reach: makeMine },
  { name: "home-new", address: "/", heading: "Home", portal: NO_ENTITY },
  { name: "catalog", address: "/catalog?filters[tags]=pci", heading: "Catalog", snapshot: "main" },
  { name: "catalog-filtered", address: "/catalog?filters[lifecycle]=production&filters[tags]=tier-1", heading: "Catalog" },
  { name: "catalog-all", address: "/catalog?filters[kind]=all", heading: "Catalog" },
  { name: "catalog-columns", address: "/catalog?columns=kind,namespace,type,lifecycle,system,tags", heading: "Catalog" },
  { name: "catalog-starred", address: "/catalog?filters[kind]=all&filters[user]=starred", heading: "Catalog", reach: makeMine },
  { name: "catalog-owned-without-teams", address: "/catalog?filters[user]=owned", heading: "Catalog" },
  { name: "catalog-empty", address: "/catalog?filters[text]=chekout", heading: "Catalog", snapshot: "main" },
  { name: "catalog-new", address: "/catalog", heading: "Catalog", portal: NO_ENTITY, snapshot: "main" },
  { name: "palette", address: "/catalog", heading: "Catalog", reach: search, snapshot: "dialog" },
  { name: "entity", address: "/catalog/default/component/checkout-api", heading: "checkout-api", snapshot: "main" },
  { name: "entity-problems", address: "/catalog/default/component/seller-console", heading: "seller-console", snapshot: "main" },
  { name: "entity-hub", address: "/catalog/default/group/payments", heading: "payments" },
  { name: "entity-away", address: "/catalog/default/component/ledger", heading: "ledger", portal: {}, reach: stopServer, trouble: [/\/api\/v1\/events/] },
  { name: "entity-missing", address: "/catalog/default/component/chekout-api", heading: "component default/chekout-api does not exist", snapshot: "main", ...MISSING },
  { name: "catalog-away", address: "/catalog", heading: "Catalog", portal: {}, reach: askWhileAway, trouble: [/\/api\/v1\//], snapshot: "main" },
  { name: "catalog-error", address: "/catalog", heading: "Catalog", reach: fail, trouble: [/status (of )?500/] },
  { name: "problems-loading", address: "/catalog", heading: "Problems", reach: stall },
  { name: "raw", address: "/catalog/default/component/seller-console/raw", heading: "seller-console", snapshot: "main" },
  { name: "sources", address: "/catalog/sources", heading: "Sources", snapshot: "main" },
  { name: "problems", address: "/catalog/problems", heading: "Problems", snapshot: "main" },
  { name: "problems-filtered-out", address: "/catalog/problems?owner=group:default/finance&level=error", heading: "Problems", snapshot: "main" },
  { name: "problems-none", address: "/catalog/problems", heading: "Problems", portal: ALL_WELL, snapshot: "main" },
  { name: "organization", address: "/catalog/organization", heading: "Organisation" },
  { name: "organization-found", address: "/catalog/organization?text=pay", heading: "Organisation", snapshot: "main" },
  { name: "unregister", address: "/catalog/default/component/checkout-api/unregister", heading: "Unregister checkout-api" },
  { name: "import", address: "/catalog-import", heading: "Import", snapshot: "main" },
  { name: "import-preview", address: "/catalog-import?targets=https://git.example/a.yaml%0Aftp://x", heading: "Import", snapshot: "main" },
  { name: "validate", address: "/catalog-import/validate", heading: "Validate YAML", isPlain: true, snapshot: "main" },
  { name: "validate-errors", address: "/catalog-import/validate", heading: "Validate YAML", isPlain: true, reach: validate, snapshot: "main" },
  { name: "settings", address: "/settings", heading: "Settings", snapshot: "main" },
  { name: "no-page", address: "/docs/chekout-api", heading: "There is no page here", snapshot: "main", ...MISSING },
  { name: "sign-in", address: "/sign-in", heading: "Sign in to Callboard", isPlain: true, portal: "closed", snapshot: "main" },
  { name: "sign-in-refused", address: "/sign-in?error=not-allowed", heading: "Sign in to Callboard", isPlain: true, portal: "closed", snapshot: "main" },
  { name: "account", address: "/account", heading: "Mara Okonjo", isPlain: true, portal: "closed", reach: signIn, trouble: OF_PROVIDER, snapshot: "main" },
  { name: "audit", address: "/audit", heading: "Audit log", isPlain: true, portal: {}, reach: act },
  { name: "audit-empty", address: "/audit?principal=nobody", heading: "Audit log", isPlain: true },
  { name: "audit-new", address: "/audit", heading: "Audit log", isPlain: true, portal: ALL_WELL },
  { name: "audit-error", address: "/audit", heading: "Audit log", isPlain: true, reach: mistypeDay, trouble: [/status (of )?400/] },
  { name: "audit-denied", address: "/audit", heading: "Audit log", isPlain: true, portal: "closed", reach: signInDenied, trouble: [...OF_PROVIDER, /status (of )?403/] },
  { name: "views", address: "/views", heading: "Saved views", isPlain: true, portal: "closed", reach: saveViews, trouble: OF_PROVIDER, snapshot: "main" },
  { name: "views-none", address: "/views", heading: "Saved views", isPlain: true, portal: "closed", reach: signInForViews, trouble: OF_PROVIDER, snapshot: "main" },
  { name: "catalog-views", address: "/views", heading: "Catalog", isPlain: true, portal: "closed", reach: openViews, trouble: OF_PROVIDER },
  { name: "home-views", address: "/views", heading: "Home", isPlain: true, portal: "closed", reach: homeWithViews, trouble: OF_PROVIDER },
];

/** The Callboard that shows a view, and the whole address there. */
export async function portalOf(view: View, demo: Portal, startPortal: (options?: PortalOptions) => Promise<Portal>): Promise<{ portal: Portal; url: string }> {
  const portal = view.portal === "closed" ? await startClosed(startPortal) : view.portal ? await startPortal(view.portal) : demo;
  return { portal, url: portal.url + view.address };
}

async function startClosed(startPortal: (options?: PortalOptions) => Promise<Portal>): Promise<Portal> {
  const provider = await OpenIdProvider.listen();
  const portal = await startPortal({ top: { auth: { providers: { oidc: provider.configuration("main") } } } });
  portal.closeWith(provider);
  await provider.serve(portal.url);
  return portal;
}

/** Opens a view, and brings it into its state. */
export async function visit(page: Page, view: View, portal: Portal): Promise<void> {
  await page.goto(portal.url + view.address);
  if (!view.isPlain) await alive(page);
  await view.reach?.(page, portal);
}

/** Tells what the state brings about on purpose. */
export function expectTrouble(view: View, trouble: Trouble): void {
  if (view.trouble) trouble.expect(...view.trouble);
}

/** Stars, visits and teams, as whoever has used the pages for a while has them. */
async function makeMine(page: Page): Promise<void> {
  const value = {
    stars: "component:default/checkout-api|api:default/tracking-api|group:default/payments",
    recent: "component:default/seller-console|component:default/checkout-api|group:default/payments",
    teams: "group:default/payments|group:default/checkout",
  };
  const cookies = Object.entries(value).map(([name, value]) => ({ name, value, url: new URL("/", page.url()).href }));
  await page.context().addCookies(cookies);
  await page.reload();
  await page.locator("html.live").waitFor();
}

async function search(page: Page): Promise<void> {
  await page.keyboard.press("Control+k");
  const palette = page.getByRole("dialog", { name: "Search" });
  await palette.getByRole("combobox").fill("checkout");
  await palette.getByRole("option").first().waitFor();
}

async function stopServer(page: Page, portal: Portal): Promise<void> {
  await portal.stopServer();
  await page.getByText("Not live").waitFor();
}

async function signIn(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Continue with acme main" }).click();
  await sayWhoYouAre(page, "mara");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Mara Okonjo");
}

/** Somebody who may not read the page that they come back to. */
async function signInDenied(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Continue with acme main" }).click();
  await sayWhoYouAre(page, "mara");
  await page.getByRole("alert").waitFor();
}

/** What leaves entries of each outcome in the audit log. */
async function act(page: Page, portal: Portal): Promise<void> {
  for (const entity_ref of ["component:default/checkout-api", "group:default/payments"]) {
    await page.request.post(`${portal.url}/form/refresh-entity`, { form: { entity_ref }, maxRedirects: 0 });
  }
  const target = "https://git.acme.example/shop/blob/main/catalog-info.yaml";
  await page.request.post(`${portal.url}/api/catalog/locations`, { data: { type: "url", target } });
  await page.request.post(`${portal.url}/form/refresh-source`, { form: {}, maxRedirects: 0 });
  await page.reload();
}

/** A day that is none, as in an address that somebody wrote by hand. */
async function mistypeDay(page: Page, portal: Portal): Promise<void> {
  await page.goto(`${portal.url}/audit?from=yesterday`);
}

async function signInForViews(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Continue with acme main" }).click();
  await sayWhoYouAre(page, "mara");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Saved views");
}

/** Two views, as the form of the list saves them. */
async function saveViews(page: Page, portal: Portal): Promise<void> {
  await signInForViews(page);
  const views = { "APIs in production": "/catalog?filters%5Bkind%5D=api&filters%5Blifecycle%5D=production", "What payments must mend": "/catalog/problems?owner=group:default/payments" };
  for (const [name, path] of Object.entries(views)) {
    const saved = await page.request.post(`${portal.url}/api/v1/personal/views`, { data: { name, path } });
    // A state is brought about once for each picture of it.
    expect([201, 409]).toContain(saved.status());
  }
  await page.reload();
}

async function homeWithViews(page: Page, portal: Portal): Promise<void> {
  await saveViews(page, portal);
  for (const name of ["checkout-api", "ledger"]) await page.request.put(`${portal.url}/api/v1/personal/stars/component/default/${name}`);
  await page.goto(`${portal.url}/catalog/default/component/ledger`);
  await page.goto(`${portal.url}/`);
  await alive(page);
}

async function openViews(page: Page, portal: Portal): Promise<void> {
  await saveViews(page, portal);
  await page.goto(`${portal.url}/catalog?filters[kind]=api&filters[lifecycle]=production`);
  await alive(page);
  await page.getByRole("button", { name: "Views" }).click();
}

const BROKEN = `${WELL.trimStart().replace("payments, desc", "'the payments', desc")}---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: wallet
  tags: [PCI]
spec:
  type: service
  lifcycle: production
  owner: payments
`;

async function validate(page: Page): Promise<void> {
  await page.getByRole("textbox", { name: /^YAML/ }).fill(BROKEN);
  await page.getByRole("button", { name: "Validate" }).click();
  await page.getByRole("alert").waitFor();
}

/** The list of another kind, for which there is no answer. */
async function askWhileAway(page: Page, portal: Portal): Promise<void> {
  await stopServer(page, portal);
  await page.getByRole("navigation", { name: "Kind" }).getByRole("link", { name: /^APIs/ }).click();
  await page.getByRole("alert").waitFor();
}

/** The same, for which the server has a fault. */
async function fail(page: Page): Promise<void> {
  const problem = { type: "about:blank", title: "InternalServerError", status: 500, detail: "the server failed; its log has the cause under the request id", requestId: "01a207c111657641" };
  await page.route("**/api/v1/catalog/entities?*", (route) => route.fulfill({ status: 500, contentType: "application/problem+json", body: JSON.stringify(problem) }));
  await page.getByRole("navigation", { name: "Kind" }).getByRole("link", { name: /^APIs/ }).click();
  await page.getByRole("alert").waitFor();
}

/** A page that waits for its answer. */
async function stall(page: Page): Promise<void> {
  await page.route("**/api/v1/catalog/problem-groups*", () => undefined);
  const menu = page.getByRole("button", { name: "Menu" });
  if (await menu.isVisible()) await menu.click();
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Problems" }).click();
  await page.getByRole("status").filter({ hasText: "Loading" }).waitFor({ state: "attached" });
}
