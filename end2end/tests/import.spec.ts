import { GitHost } from "./support/githost.ts";
import type { Portal } from "./support/portal.ts";
import { alive, expect, open, test } from "./support/test.ts";
import { WITHOUT_SCRIPT } from "./support/trouble.ts";

const BROKEN = `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: wallet
spec:
  type: service
  lifcycle: production
  owner: payments
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: { name: payments }
spec: { type: team, children: [] }
`;

/** A Callboard beside a Git host with an empty repository. */
async function withGitHost(startPortal: (options: object) => Promise<Portal>): Promise<{ portal: Portal; host: GitHost }> {
  const host = await GitHost.listen();
  host.repositories["payments/piggy-bank"] = { description: "Holds \"money\" <safely>", files: {} };
  const portal = await startPortal({ top: { integrations: host.integrations } });
  portal.closeWith(host);
  return { portal, host };
}

test("somebody imports a repository that nothing describes yet", async ({ page, startPortal }) => {
  const { portal, host } = await withGitHost(startPortal);
  await open(page, `${portal.url}/catalog-import`);
  const urls = page.getByRole("textbox", { name: "URLs, one a line" });
  await urls.fill(`${host.url}/payments/piggy-bank`);
  await page.getByRole("button", { name: "Preview", exact: true }).click();
  await alive(page);
  const draft = page.getByLabel("A file to begin with");
  await expect(draft).toContainText('description: "Holds \\"money\\" <safely>"');
  await expect(page.getByRole("main")).toContainText("Nothing describes it yet.");
  await expect(page.getByRole("button", { name: /^Register/ })).toHaveCount(0);

  await test.step("they commit the file", async () => {
    host.repositories["payments/piggy-bank"]!.files["catalog-info.yaml"] = await draft.innerText();
  });
  await page.getByRole("button", { name: "Preview again" }).click();
  await page.getByRole("link", { name: /^preview .*catalog-info\.yaml$/ }).click();
  await expect(page.getByRole("row", { name: /^added piggy-bank/ })).toBeVisible();
  await page.getByRole("button", { name: "Register 1 URL" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Registered." })).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sources");
  await expect(page.getByRole("main")).toContainText("/payments/piggy-bank/src/branch/main/catalog-info.yaml");

  await page.goto(`${portal.url}/catalog/default/component/piggy-bank`);
  await alive(page);
  await expect(page.getByRole("main")).toContainText('Holds "money" <safely>');
  await expect(page.getByRole("row", { name: /^owned by/ })).toContainText("payments");
});

test("a text is validated line by line, mended, and validated again", async ({ page }) => {
  await open(page, "/catalog-import");
  const text = page.getByRole("textbox", { name: /^YAML/ });
  await text.fill(BROKEN);
  await page.getByRole("button", { name: "Validate" }).click();
  await expect(page.getByRole("alert")).toContainText("1 error.");
  const lines = page.getByRole("region", { name: /^The text/ });
  await expect(lines.getByRole("row", { name: /^5 spec:/ })).toBeVisible();
  await expect(lines.getByRole("row", { name: /^5:1 error: spec\.lifecycle is missing/ })).toBeVisible();
  await expect(page.getByRole("list", { name: "Entities" })).toContainText("group:default/payments");
  await expect(text, "the text is kept").toHaveValue(BROKEN);

  await text.fill(BROKEN.replace("lifcycle", "lifecycle"));
  await page.getByRole("button", { name: "Validate again" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Nothing is wrong with it." })).toBeVisible();
  await expect(page.getByRole("list", { name: "Entities" })).toContainText("component:default/wallet");
});

test("what is in a text does not become part of the page", async ({ page }) => {
  await page.goto("/catalog-import/validate");
  const hostile = "</textarea><script>document.title='run'</script><img src=x onerror=\"document.title='run'\">: [\n";
  await page.getByRole("textbox", { name: /^YAML/ }).fill(hostile);
  await page.getByRole("button", { name: "Validate" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(page.getByRole("textbox", { name: /^YAML/ })).toHaveValue(hostile);
  await expect(page).toHaveTitle("Validate YAML · Callboard");
});

test.describe("without script", () => {
  test.use({ javaScriptEnabled: false });
  test.beforeEach(({ trouble }) => trouble.expect(...WITHOUT_SCRIPT));

  test("a file is validated", async ({ page }) => {
    await page.goto("/catalog-import");
    await page.getByLabel("Or a file").setInputFiles({ name: "catalog-info.yaml", mimeType: "application/yaml", buffer: Buffer.from(BROKEN.replaceAll("\n", "\r\n")) });
    await page.getByRole("button", { name: "Validate" }).click();
    await expect(page).toHaveURL(/\/catalog-import\/validate$/);
    await expect(page.getByRole("row", { name: /^5:1 error: spec\.lifecycle is missing/ })).toBeVisible();
  });
});
