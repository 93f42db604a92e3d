import { readFile } from "node:fs/promises";
import { OpenIdProvider, sayWhoYouAre } from "./support/openid.ts";
import { expectAccessible } from "./support/quality.ts";
import { expect, test } from "./support/test.ts";

test("an admin finds out who did what, narrows it down and takes it away", async ({ page, startPortal, trouble }) => {
  trouble.expect(/another host: http:\/\/127\.0\.0\.1:/, /fonts\.googleapis\.com/, /^(console|status|failed).*127\.0\.0\.1:\d+\/(interaction|favicon)/s);
  const provider = await OpenIdProvider.listen();
  const portal = await startPortal({ top: { auth: { admins: ["user:default/mara"], providers: { oidc: provider.configuration("main") } } } });
  portal.closeWith(provider);
  await provider.serve(portal.url);
  await page.goto(`${portal.url}/account`);
  await page.getByRole("link", { name: "Continue with acme main" }).click();
  await sayWhoYouAre(page, "mara");
  const main = page.getByRole("main");
  await main.getByRole("link", { name: "Audit log" }).click();
  await expect(page).toHaveURL(`${portal.url}/audit`);
  const entries = main.getByRole("table", { name: "Entries" }).getByRole("row").filter({ has: page.getByRole("cell") });
  await expect(entries).toHaveCount(1);
  await expect(entries).toContainText("user:default/mara");
  await expect(entries).toContainText("identity.session.create");
  await expect(entries).toContainText("127.0.0.1");

  const target = "https://bot:hunter2@git.acme.example/a.yaml?token=hunter2";
  const made = await page.request.post(`${portal.url}/api/catalog/locations`, { data: { type: "url", target } });
  expect(made.status()).toBe(201);
  await page.reload();
  await expect(entries).toHaveCount(2);
  await expect(entries.first()).toContainText("url:https://git.acme.example/a.yaml");
  expect(await page.content()).not.toContain("hunter2");
  await expectAccessible(page);

  await page.getByLabel("What", { exact: true }).fill("catalog.location.create");
  await page.getByLabel("What", { exact: true }).press("Enter");
  await expect(page).toHaveURL(/action=catalog\.location\.create/);
  await expect(entries).toHaveCount(1);
  const [download] = await Promise.all([page.waitForEvent("download"), main.getByRole("link", { name: "CSV" }).click()]);
  const lines = (await readFile(await download.path(), "utf8")).trim().split("\r\n");
  expect(lines[0]).toBe("number,at,principal,action,entity,address,outcome,requestId,count");
  expect(lines.slice(1)).toEqual([expect.stringContaining(",user:default/mara,catalog.location.create,url:https://git.acme.example/a.yaml,127.0.0.1,done,")]);

  await main.getByRole("link", { name: "Clear" }).click();
  await expect(entries).toHaveCount(2);
});
