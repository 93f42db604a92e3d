import { chromium } from "@playwright/test";
import lighthouse, { desktopConfig } from "lighthouse";
import config from "../playwright.config.ts";
import { freePort } from "../tests/support/portal.ts";
import { median } from "./figures.ts";

export interface Score {
  title: string;
  /** From 0 to 100. */
  score: number;
}

/** One run says little on a busy machine: Lighthouse's own advice is the median of several. */
const RUNS = 3;

/** Lighthouse's categories of a page, each the median of some runs. Its phone is slowed down as Lighthouse does it. */
export async function categories(url: string, device: "desktop" | "mobile"): Promise<Score[]> {
  const runs: Score[][] = [];
  for (let run = 0; run < RUNS; run += 1) runs.push(await one(url, device));
  return (runs[0] ?? []).map(({ title }, at) => ({ title, score: median(runs.map((scores) => scores[at]?.score ?? 0)) }));
}

/** In a browser of its own with an empty cache. */
async function one(url: string, device: "desktop" | "mobile"): Promise<Score[]> {
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
