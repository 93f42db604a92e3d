import type { Browser, Page } from "@playwright/test";
import { OpenIdProvider, sayWhoYouAre } from "./support/openid.ts";
import type { Portal } from "./support/portal.ts";
import { OF_PROVIDER } from "./support/pages.ts";
import { alive, expect, test as base } from "./support/test.ts";
import { WITHOUT_SCRIPT } from "./support/trouble.ts";

/** A Callboard that lets guests in, and at which one can sign in. */
const test = base.extend<{ open: Portal }>({
  open: async ({ startPortal, trouble }, use) => {
    trouble.expect(...OF_PROVIDER);
    const provider = await OpenIdProvider.listen();
    const portal = await startPortal({ top: { auth: { providers: { guest: {}, oidc: provider.configuration("main") } } } });
    await provider.serve(portal.url);
    await use(portal);
    await provider.close();
  },
});

async function signIn(page: Page, portal: Portal, user: string): Promise<void> {
  await page.goto(`${portal.url}/sign-in`);
  await page.getByRole("link", { name: "Continue with acme main" }).click();
  await sayWhoYouAre(page, user);
  await expect(page).toHaveURL(`${portal.url}/`);
}

/** Does something in another browser, of somebody else or of the same person. */
async function elsewhere(browser: Browser, act: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext();
  await act(await context.newPage());
  await context.close();
}

const star = (page: Page, name: string) => page.getByRole("button", { name: `Star ${name}`, exact: true });

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with script" : "without script", () => {
    test.use({ javaScriptEnabled });
    test.beforeEach(({ trouble }) => {
      if (!javaScriptEnabled) trouble.expect(...WITHOUT_SCRIPT);
    });
    const ready = async (page: Page): Promise<void> => {
      if (javaScriptEnabled) await alive(page);
    };

    test("stars and visits are taken over at sign-in, and follow the person to another browser", async ({ page, browser, open }) => {
      await page.goto(`${open.url}/catalog/default/component/checkout-api`);
      await ready(page);
      await star(page, "checkout-api").click();
      await expect(star(page, "checkout-api")).toHaveAttribute("aria-pressed", "true");
      await signIn(page, open, "mara");
      const cookies = (await page.context().cookies(open.url)).map((cookie) => cookie.name);
      expect(cookies, "the browser keeps no copy").not.toEqual(expect.arrayContaining(["stars"]));
      expect(cookies).not.toEqual(expect.arrayContaining(["recent"]));
      const starred = page.getByRole("table", { name: "Starred" });
      await expect(starred.getByRole("link", { name: "checkout-api" })).toBeVisible();

      await page.goto(`${open.url}/catalog/default/component/ledger`);
      await ready(page);
      const kept = page.waitForResponse((response) => response.request().method() !== "GET" && response.url().includes("/star"));
      await star(page, "ledger").click();
      await kept;
      await expect(star(page, "ledger")).toHaveAttribute("aria-pressed", "true");

      await elsewhere(browser, async (other) => {
        await signIn(other, open, "mara");
        const rows = other.getByRole("table", { name: "Starred" });
        for (const name of ["checkout-api", "ledger"]) {
          await expect(rows.getByRole("link", { name })).toBeVisible();
          await expect(other.getByRole("list", { name: "Lately" }).getByRole("link", { name })).toBeVisible();
        }
      });
      await elsewhere(browser, async (other) => {
        await signIn(other, open, "zoe");
        await expect(other.getByRole("heading", { name: "Starred" })).toBeVisible();
        await expect(other.getByRole("table", { name: "Starred" })).toHaveCount(0);
        await expect(other.getByRole("list", { name: "Lately" })).toHaveCount(0);
      });
    });

    test("a list is saved under a name, opened from Home, renamed and removed", async ({ page, open }) => {
      await page.goto(`${open.url}/catalog`);
      await expect(page.getByRole("button", { name: "Views" }), "nothing is kept for a guest").toHaveCount(0);
      await signIn(page, open, "mara");
      await page.goto(`${open.url}/catalog?filters[kind]=api&filters[lifecycle]=production`);
      await ready(page);
      await page.getByRole("button", { name: "Views" }).click();
      await page.getByRole("textbox", { name: "Save this list as" }).fill("APIs in use");
      await page.getByRole("button", { name: "Save", exact: true }).click();
      await expect(page.getByText("Saved. You find it under Views, and on Home.")).toBeVisible();
      await expect(page).toHaveURL(`${open.url}/catalog?filters[kind]=api&filters[lifecycle]=production`);

      await page.goto(`${open.url}/`);
      await ready(page);
      await page.getByRole("list", { name: "Views" }).getByRole("link", { name: "APIs in use" }).click();
      await expect(page.getByRole("link", { name: /^APIs\s*\d+$/ })).toHaveAttribute("aria-current", "page");
      await expect(page.getByRole("link", { name: "Remove filter lifecycle is production" })).toBeVisible();

      await ready(page);
      await page.getByRole("button", { name: "Views" }).click();
      await expect(page.getByRole("group", { name: "Saved views" }).getByRole("link", { name: "APIs in use" })).toHaveAttribute("aria-current", "page");
      await page.getByRole("link", { name: "Rename or remove" }).click();
      await page.getByRole("textbox", { name: "New name of APIs in use" }).fill("Our APIs");
      await page.getByRole("button", { name: "Rename" }).click();
      await expect(page.getByRole("link", { name: "Our APIs" })).toBeVisible();
      await page.getByRole("button", { name: "Remove Our APIs" }).click();
      await expect(page.getByRole("heading", { name: "You have no saved views" })).toBeVisible();
    });
  });
}
