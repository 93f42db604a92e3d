import { defineConfig } from "@playwright/test";

/** Chromium asks its maker for updates and lists even when nobody drives it; a test wants no other host. */
const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];
/** Chromium refuses its sandbox to root, whom most containers run as. */
const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];

export default defineConfig({
  testDir: "tests",
  outputDir: "test-results/traces",
  // Without the name of the platform: the ARIA snapshots are the same everywhere.
  snapshotPathTemplate: "{testDir}/snapshots/{testFileName}/{arg}{ext}",
  fullyParallel: true,
  workers: 2,
  // A second try in CI only, and told as "flaky": its machines are shared and slow.
  retries: process.env["CI"] ? 1 : 0,
  timeout: 30_000,
  expect: { timeout: 5_000 },
  forbidOnly: true,
  reporter: [["list"], ["junit", { outputFile: "test-results/junit.xml" }]],
  use: {
    browserName: "chromium",
    viewport: { width: 1440, height: 900 },
    colorScheme: "light",
    locale: "en-GB",
    timezoneId: "UTC",
    trace: "retain-on-failure",
    actionTimeout: 10_000,
    launchOptions: { executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: [...quiet, ...sandbox] },
  },
});
