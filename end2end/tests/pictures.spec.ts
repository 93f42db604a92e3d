import { execFile } from "node:child_process";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { type View, VIEWS, expectTrouble, portalOf, visit } from "./support/pages.ts";
import { expectNoSidewaysScroll } from "./support/quality.ts";
import { test } from "./support/test.ts";
import { WITHOUT_SCRIPT } from "./support/trouble.ts";

/**
 * Pictures of each page in each of its states, to be looked at: `index.html` of the folder shows them side by side. Where
 * `UPDATE_PICTURES=1`, those that the README shows go to `docs/pictures/` too, made small by Debian's `pngquant`.
 */
const all = resolve(import.meta.dirname, "../test-results/pictures");
const shown = resolve(import.meta.dirname, "../../docs/pictures");

const SCHEMES = ["light", "dark"] as const;
const WIDTHS = [1440, 1024, 390];

/** The pictures of the README, with the names that they have there. */
const README: Record<string, string> = {
  "catalog-filtered-1440-light": "catalog-light",
  "catalog-filtered-1440-dark": "catalog-dark",
  "catalog-filtered-390-light": "catalog-narrow",
  "entity-1440-light": "entity-light",
  "home-mine-1440-light": "home-light",
};

/** Of debug builds. */
const KIT: View = { name: "kit", address: "/kit", heading: "Kit" };

for (const view of VIEWS) {
  for (const isPhone of [false, true]) {
    const widths = WIDTHS.filter((width) => width < 500 === isPhone);

    test.describe(view.name, () => {
      test.use({ isMobile: isPhone, hasTouch: isPhone, viewport: { width: widths[0] ?? 0, height: isPhone ? 844 : 900 } });

      test(isPhone ? "pictures of a phone" : "pictures", async ({ page, demo, startPortal, trouble }) => {
        expectTrouble(view, trouble);
        const { portal, url } = await portalOf(view, demo, startPortal);
        // The first visit may keep the system's font, for nothing moves when ours comes late: the second one has it.
        await page.goto(url);
        await visit(page, view, portal);
        await page.evaluate(() => document.fonts.ready);
        await mkdir(all, { recursive: true });
        for (const width of widths) {
          await page.setViewportSize({ width, height: isPhone ? 844 : 900 });
          for (const colorScheme of SCHEMES) {
            await page.emulateMedia({ colorScheme });
            const name = nameOf(view, width, colorScheme);
            const picture = join(all, `${name}.png`);
            await page.screenshot({ path: picture, animations: "disabled" });
            if (README[name] && process.env.UPDATE_PICTURES === "1") await show(picture, `${README[name]}.png`);
          }
        }
      });
    });
  }
}

test.describe(KIT.name, () => {
  // As the server sends it: the assets may be of a release build, whose pages do not know this one.
  test.use({ javaScriptEnabled: false });

  test("pictures of all widgets", async ({ page, trouble }) => {
    trouble.expect(...WITHOUT_SCRIPT, /status (of )?404/);
    const answer = await page.goto(KIT.address);
    test.skip(answer?.status() === 404, "the server is a release build, which has no kit");
    await page.emulateMedia({ reducedMotion: "reduce" });
    await page.reload();
    await mkdir(all, { recursive: true });
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      for (const colorScheme of SCHEMES) {
        await page.emulateMedia({ colorScheme });
        await expectNoSidewaysScroll(page);
        await page.screenshot({ path: join(all, `${nameOf(KIT, width, colorScheme)}.png`), fullPage: true, animations: "disabled" });
      }
    }
  });
});

test("one sheet shows all pictures", async () => {
  const pictures = [...VIEWS, KIT].flatMap((view) => {
    const figures = WIDTHS.flatMap((width) => SCHEMES.map((scheme) => figure(nameOf(view, width, scheme), `${width} ${scheme}`)));
    return [`<h2>${view.name}</h2><p><code>${escape(view.address)}</code></p><div>${figures.join("")}</div>`];
  });
  const style = "body{font:14px system-ui;margin:24px}div{display:flex;flex-wrap:wrap;gap:12px;align-items:start}figure{margin:0}img{height:300px;border:1px solid #999}";
  await mkdir(all, { recursive: true });
  await writeFile(join(all, "index.html"), `<!doctype html><meta charset="utf-8"><title>Pages of Callboard</title><style>${style}</style>${pictures.join("\n")}\n`);
});

function nameOf(view: View, width: number, scheme: string): string {
  return `${view.name}-${width}-${scheme}`;
}

function figure(name: string, caption: string): string {
  return `<figure><a href="${name}.png"><img src="${name}.png" alt="${name}" loading="lazy"></a><figcaption>${caption}</figcaption></figure>`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

async function show(picture: string, name: string): Promise<void> {
  await mkdir(shown, { recursive: true });
  const target = join(shown, name);
  await copyFile(picture, target);
  await promisify(execFile)("pngquant", ["--force", "--strip", "--output", target, "256", target]);
}
