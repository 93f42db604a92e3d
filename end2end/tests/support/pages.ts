import type { Page } from "@playwright/test";
import type { Portal, PortalOptions } from "./portal.ts";
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
  /** True if `snapshots/quality.spec.ts` has what it says to assistive technology. */
  hasSnapshot?: boolean;
  /** A Callboard of its own, where the demo organisation does not come into the state. */
  portal?: PortalOptions;
  /** What brings the state about on the open page. Such a state is looked at, but is no first visit. */
  reach?: (page: Page, portal: Portal) => Promise<void>;
  /** What goes wrong in the browser on purpose. */
  trouble?: RegExp;
}

/** A page that does not exist is told so by its status, which the browser notes on the console. */
const MISSING = { status: 404, trouble: /status (of )?404/ };

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
  { name: "home", address: "/", heading: "Home", hasSnapshot: true },
  { name: "home-mine", address: "/", heading: "Home", reach: makeMine },
  { name: "home-new", address: "/", heading: "Home", portal: NO_ENTITY },
  { name: "catalog", address: "/catalog?filters[tags]=pci", heading: "Catalog", hasSnapshot: true },
  { name: "catalog-filtered", address: "/catalog?filters[lifecycle]=production&filters[tags]=tier-1", heading: "Catalog" },
  { name: "catalog-all", address: "/catalog?filters[kind]=all", heading: "Catalog" },
  { name: "catalog-columns", address: "/catalog?columns=namespace,type,system,tags,description", heading: "Catalog" },
  { name: "catalog-starred", address: "/catalog?filters[kind]=all&filters[user]=starred", heading: "Catalog", reach: makeMine },
  { name: "catalog-owned-without-teams", address: "/catalog?filters[user]=owned", heading: "Catalog" },
  { name: "catalog-empty", address: "/catalog?filters[text]=chekout", heading: "Catalog" },
  { name: "catalog-new", address: "/catalog", heading: "Catalog", portal: NO_ENTITY },
  { name: "palette", address: "/catalog", heading: "Catalog", reach: search },
  { name: "entity", address: "/catalog/default/component/checkout-api", heading: "checkout-api" },
  { name: "entity-problems", address: "/catalog/default/component/seller-console", heading: "seller-console", hasSnapshot: true },
  { name: "entity-hub", address: "/catalog/default/group/payments", heading: "payments" },
  { name: "entity-away", address: "/catalog/default/component/ledger", heading: "ledger", portal: {}, reach: stopServer, trouble: /\/api\/v1\/events/ },
  { name: "entity-missing", address: "/catalog/default/component/chekout-api", heading: "component default/chekout-api does not exist", hasSnapshot: true, ...MISSING },
  { name: "raw", address: "/catalog/default/component/seller-console/raw", heading: "seller-console", hasSnapshot: true },
  { name: "sources", address: "/catalog/sources", heading: "Sources", hasSnapshot: true },
  { name: "problems", address: "/catalog/problems", heading: "Problems", hasSnapshot: true },
  { name: "problems-filtered-out", address: "/catalog/problems?owner=group:default/finance&level=error", heading: "Problems" },
  { name: "problems-none", address: "/catalog/problems", heading: "Problems", portal: ALL_WELL },
  { name: "organization", address: "/catalog/organization", heading: "Organisation" },
  { name: "organization-found", address: "/catalog/organization?text=pay", heading: "Organisation" },
  { name: "unregister", address: "/catalog/default/component/checkout-api/unregister", heading: "Unregister checkout-api" },
  { name: "import", address: "/catalog-import", heading: "Import" },
  { name: "import-preview", address: "/catalog-import?targets=https://git.example/a.yaml%0Aftp://x", heading: "Import", hasSnapshot: true },
  { name: "settings", address: "/settings", heading: "Settings", hasSnapshot: true },
  { name: "no-page", address: "/docs/chekout-api", heading: "There is no page here", ...MISSING },
];

/** The Callboard that shows a view, and the whole address there. */
export async function portalOf(view: View, demo: Portal, startPortal: (options?: PortalOptions) => Promise<Portal>): Promise<{ portal: Portal; url: string }> {
  const portal = view.portal ? await startPortal(view.portal) : demo;
  return { portal, url: portal.url + view.address };
}

/** Tells what the state brings about on purpose. */
export function expectTrouble(view: View, trouble: Trouble): void {
  if (view.trouble) trouble.expect(view.trouble);
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
