import base from "../playwright.config.ts";

/** One measurement at a time, without what tests record. */
export default {
  ...base,
  testDir: ".",
  testMatch: "*.bench.ts",
  outputDir: "../test-results/bench",
  workers: 1,
  retries: 0,
  timeout: 300_000,
  reporter: [["list"]],
  use: { ...base.use, trace: "off" as const },
};
