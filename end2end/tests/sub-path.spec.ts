import { countDocuments, expect, filtersOf, open, rows, test } from "./support/test.ts";
import { WITHOUT_SCRIPT } from "./support/trouble.ts";

test("all works below a path of the site", async ({ page, context, startPortal }) => {
  const portal = await startPortal({ basePath: "/portal" });
  const { origin } = new URL(portal.url);
  const outside: string[] = [];
  context.on("request", (request) => {
    if (!request.url().startsWith(`${portal.url}/`)) outside.push(request.url());
  });

  await open(page, `${portal.url}/catalog`);
  const documents = countDocuments(page);
  await page.getByRole("form", { name: "Filters" }).getByRole("checkbox", { name: /^tier-1\b/ }).check();
  await expect(rows(page)).toHaveCount(21);
  expect(filtersOf(page)).toContain("filters[tags]=tier-1");
  await rows(page).getByRole("link", { name: "checkout-api", exact: true }).click();
  await expect(page).toHaveURL(`${portal.url}/catalog/default/component/checkout-api`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("checkout-api");
  const links = await page.getByRole("link").evaluateAll((found) => found.map((link) => (link as HTMLAnchorElement).href));
  expect(links.filter((link) => link.startsWith(origin) && !link.startsWith(`${portal.url}/`))).toEqual([]);

  await portal.edit("services/checkout-api/catalog-info.yaml", "Takes a cart to a paid order", "Takes a basket");
  await expect(page.getByRole("main")).toContainText("Takes a basket");
  expect(documents(), "documents loaded").toBe(0);
  expect(outside, "requests outside the path").toEqual([]);
});

test.describe("without script", () => {
  test.use({ javaScriptEnabled: false });

  test("forms lead below the path too", async ({ page, startPortal, trouble }) => {
    trouble.expect(...WITHOUT_SCRIPT);
    const portal = await startPortal({ basePath: "/portal" });
    await page.goto(`${portal.url}/catalog`);
    await page.getByRole("form", { name: "Filters" }).getByRole("checkbox", { name: /^tier-1\b/ }).check();
    await page.getByRole("button", { name: "Apply" }).click();
    await expect(rows(page)).toHaveCount(21);
    await page.getByRole("button", { name: /^Colour scheme/ }).click();
    await expect(page).toHaveURL(new RegExp(`^${portal.url}/catalog\\?`));
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  });
});
