import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { open, test } from "./support/test.ts";

/**
 * Pictures of each page, to be looked at: in `pictures/`, which Git ignores. Those that the README shows are made anew in
 * `docs/pictures/` where `UPDATE_PICTURES=1`.
 */
const all = resolve(import.meta.dirname, "../pictures");
const shown = resolve(import.meta.dirname, "../../docs/pictures");

const CATALOG = "/catalog?filters[lifecycle]=production&filters[tags]=tier-1";
const ENTITY = "/catalog/default/component/checkout-api";

const PICTURES = [
  { name: "catalog-light", address: CATALOG, width: 1440, inReadme: true },
  { name: "catalog-dark", address: CATALOG, width: 1440, colorScheme: "dark", inReadme: true },
  { name: "catalog-middle", address: CATALOG, width: 1024 },
  { name: "catalog-narrow", address: CATALOG, width: 390, inReadme: true },
  { name: "catalog-wide", address: "/catalog?filters[kind]=all", width: 2560 },
  { name: "catalog-empty", address: "/catalog?filters[text]=chekout", width: 1440 },
  { name: "entity-light", address: ENTITY, width: 1440, inReadme: true },
  { name: "entity-dark", address: ENTITY, width: 1440, colorScheme: "dark" },
  { name: "entity-middle", address: ENTITY, width: 1024 },
  { name: "entity-narrow", address: ENTITY, width: 390 },
  { name: "entity-problems", address: "/catalog/default/component/seller-console", width: 1440 },
  { name: "entity-hub", address: "/catalog/default/group/payments", width: 1440 },
  { name: "not-found", address: "/catalog/default/component/chekout-api", width: 1440 },
] as const;

for (const picture of PICTURES) {
  test(`picture ${picture.name}`, async ({ page, trouble }) => {
    trouble.expect(/status (of )?404/);
    await page.setViewportSize({ width: picture.width, height: picture.width === 390 ? 844 : 900 });
    if ("colorScheme" in picture) await page.emulateMedia({ colorScheme: picture.colorScheme });
    await open(page, picture.address);
    await page.evaluate(() => document.fonts.ready);
    const folders = "inReadme" in picture && process.env.UPDATE_PICTURES === "1" ? [all, shown] : [all];
    for (const folder of folders) {
      await mkdir(folder, { recursive: true });
      await page.screenshot({ path: join(folder, `${picture.name}.png`), animations: "disabled" });
    }
  });
}
