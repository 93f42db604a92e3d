import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { request as forward } from "node:http";
import { type Server, createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type BrowserContext, chromium } from "@playwright/test";

/** A certificate for all sites of a test, which no browser knows. */
async function certificate(folder: string): Promise<{ key: string; cert: string }> {
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const of = ["-subj", "/CN=sites of a test", "-keyout", key, "-out", cert];
  await promisify(execFile)("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", ...of]);
  return { key: await readFile(key, "utf8"), cert: await readFile(cert, "utf8") };
}

/** Sites over TLS by their host names, all on one port of this machine, and a browser that finds them there. */
export class Sites {
  readonly #server: Server;
  readonly #folder: string;
  readonly #pages = new Map<string, { html: string; headers: Record<string, string> }>();
  readonly #proxied = new Map<string, number>();

  private constructor(server: Server, folder: string) {
    this.#server = server;
    this.#folder = folder;
    server.on("request", (request, response) => {
      const host = request.headers.host?.split(":")[0] ?? "";
      const port = this.#proxied.get(host);
      const page = this.#pages.get(host);
      if (port === undefined) {
        response.writeHead(page ? 200 : 404, { "content-type": "text/html; charset=utf-8", ...page?.headers }).end(page?.html);
        return;
      }
      const { method, url, headers } = request;
      const inner = forward({ host: "127.0.0.1", port, method, path: url, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
        answer.pipe(response);
      });
      inner.on("error", () => response.destroy());
      // Whoever hangs up is not waited for.
      response.on("close", () => inner.destroy());
      request.pipe(inner);
    });
  }

  static async listen(): Promise<Sites> {
    const folder = await mkdtemp(join(tmpdir(), "callboard-sites-"));
    const server = createServer(await certificate(folder)).listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Sites(server, folder);
  }

  /** Where a host is. */
  origin(host: string): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("the sites do not listen");
    return `https://${host}:${address.port}`;
  }

  /** All that a host answers. */
  serve(host: string, html: string, headers: Record<string, string> = {}): void {
    this.#pages.set(host, { html, headers });
  }

  /** Hands on what a host is asked for to a port of this machine. */
  proxy(host: string, port: number): void {
    this.#proxied.set(host, port);
  }

  /** A browser that knows the sites, and whose owner has blocked third-party cookies. */
  async browse(): Promise<BrowserContext> {
    const profile = join(this.#folder, "profile");
    await mkdir(join(profile, "Default"), { recursive: true });
    const preferences = { profile: { block_third_party_cookies: true, cookie_controls_mode: 1 } };
    await writeFile(join(profile, "Default/Preferences"), JSON.stringify(preferences));
    const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
    return await chromium.launchPersistentContext(profile, {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--host-resolver-rules=MAP *.test 127.0.0.1", "--disable-background-networking", "--disable-component-update", "--no-first-run", ...sandbox],
      ignoreHTTPSErrors: true,
      colorScheme: "light",
    });
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    const closed = once(this.#server, "close");
    this.#server.close();
    await closed;
    await rm(this.#folder, { recursive: true, force: true });
  }
}
