import { execFile } from "node:child_process";
import { copyFile, mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { open, test } from "./support/test.ts";

/**
 * Pictures of each page, to be looked at: in `pictures/`, which Git ignores. Where `UPDATE_PICTURES=1`, those that the README
 * shows go to `docs/pictures/` too, made small by Debian's `pngquant`.
 */
const all = resolve(import.meta.dirname, "../pictures");
const shown = resolve(import.meta.dirname, "../../docs/pictures");

const CATALOG = "/catalog?filters[lifecycle]=production&filters[tags]=tier-1";
const ENTITY = "/catalog/default/component/checkout-api";

interface Picture {
  name: string;
  address: string;
  width: number;
  colorScheme?: "dark";
  inReadme?: boolean;
}

const PICTURES: Picture[] = [
  { name: "home-first", address: "/", width: 1440 },
  { name: "home-first-narrow", address: "/", width: 390 },
  { name: "catalog-no-teams", address: "/catalog?filters[user]=owned", width: 1440 },
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
  ...["sources", "problems", "settings", "import"].flatMap((name): Picture[] => {
    const address = { settings: "/settings", import: "/catalog-import?targets=https://git.example/a.yaml%0Aftp://x" }[name] ?? `/catalog/${name}`;
    return [
      { name: `${name}-light`, address, width: 1440 },
      { name: `${name}-dark`, address, width: 1440, colorScheme: "dark" },
      { name: `${name}-middle`, address, width: 1024 },
      { name: `${name}-narrow`, address, width: 390 },
    ];
  }),
  { name: "no-page", address: "/docs/chekout-api", width: 1440 },
];

for (const { name, address, width, colorScheme = "light", inReadme } of PICTURES) {
  const isPhone = width < 500;

  test.describe(name, () => {
    test.use({ colorScheme, isMobile: isPhone, hasTouch: isPhone, viewport: { width, height: isPhone ? 844 : 900 } });

    test("picture", async ({ page, trouble }) => {
      trouble.expect(/status (of )?404/);
      await open(page, address);
      await page.evaluate(() => document.fonts.ready);
      await mkdir(all, { recursive: true });
      const picture = join(all, `${name}.png`);
      await page.screenshot({ path: picture, animations: "disabled" });
      if (inReadme && process.env.UPDATE_PICTURES === "1") await show(picture, `${name}.png`);
    });
  });
}

async function show(picture: string, name: string): Promise<void> {
  await mkdir(shown, { recursive: true });
  const target = join(shown, name);
  await copyFile(picture, target);
  await promisify(execFile)("pngquant", ["--force", "--strip", "--output", target, "256", target]);
}
