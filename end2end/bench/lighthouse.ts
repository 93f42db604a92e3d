import { chromium } from "@playwright/test";
import lighthouse, { desktopConfig } from "lighthouse";
import config from "../playwright.config.ts";
import { freePort } from "../tests/support/portal.ts";

export interface Score {
  title: string;
  /** From 0 to 100. */
  score: number;
}

/** Lighthouse's categories of a page, in a browser of its own with an empty cache. Its phone is slowed down as Lighthouse does it. */
export async function categories(url: string, device: "desktop" | "mobile"): Promise<Score[]> {
  const port = await freePort();
  const { executablePath, args = [] } = config.use?.launchOptions ?? {};
  const browser = await chromium.launch({ ...(executablePath && { executablePath }), args: [...args, `--remote-debugging-port=${port}`] });
  try {
    const result = await lighthouse(url, { port, output: "json", logLevel: "error" }, device === "desktop" ? desktopConfig : undefined);
    if (!result) throw new Error(`lighthouse gave no result for ${url}`);
    if (result.lhr.runtimeError) throw new Error(result.lhr.runtimeError.message);
    return Object.values(result.lhr.categories).map(({ title, score }) => ({ title, score: (score ?? 0) * 100 }));
  } finally {
    await browser.close();
  }
}
