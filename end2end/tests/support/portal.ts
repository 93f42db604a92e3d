import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { Secrets } from "./secrets.ts";

const root = resolve(import.meta.dirname, "../../..");
const binary = process.env.CALLBOARD_BIN ?? join(root, "target/release/callboard");

const START_LIMIT_MS = 20_000;
const STOP_LIMIT_MS = 10_000;

export interface PortalOptions {
  /** Catalog files by their path, in place of the demo organisation. */
  files?: Record<string, string>;
  /** A folder of catalog files in place of the demo organisation, with its `catalog-info.yaml`. */
  folder?: string;
  /** The path part of `app.baseUrl`, for example `/portal`. */
  basePath?: string;
  /** More of `backend` in the configuration. */
  backend?: object;
  /** More at the top of the configuration. */
  top?: object;
}

/** A Callboard of its own: a process with its port, its database and its copy of the catalog, which a test may edit. */
export class Portal {
  /** Where the app begins, without a slash at the end. */
  readonly url: string;
  readonly #folder: string;
  readonly #port: number;
  readonly #others: { close(): Promise<void> }[] = [];
  #process: ChildProcess | undefined;
  /** What must stand in nothing that the server tells. */
  readonly secrets = new Secrets();
  #log = "";
  /** What it has told in all, by where: its log, its configuration, what anybody may ask it for. */
  readonly #told: Record<string, string> = { log: "" };

  private constructor(folder: string, port: number, basePath: string) {
    this.#folder = folder;
    this.#port = port;
    this.url = `http://127.0.0.1:${port}${basePath}`;
  }

  /** Lays out the folder, starts the server, and waits until it is ready. */
  static async start(options: PortalOptions = {}): Promise<Portal> {
    const folder = await mkdtemp(join(tmpdir(), "callboard-"));
    const portal = new Portal(folder, await freePort(), options.basePath ?? "");
    try {
      await portal.#layOut(options);
      await portal.startServer();
    } catch (error) {
      await portal.remove();
      throw error;
    }
    return portal;
  }

  async #layOut(options: PortalOptions): Promise<void> {
    const folder = this.#folder;
    if (options.files) {
      for (const [path, text] of Object.entries(options.files)) await this.write(path, text);
    } else {
      await cp(options.folder ?? join(root, "examples/acme"), join(folder, "catalog"), { recursive: true });
    }
    const kinds = ["Component", "API", "Group", "User", "Resource", "System", "Domain", "Location", "Template"];
    const config = {
      app: { title: "Callboard", baseUrl: this.url },
      organization: { name: "acme" },
      backend: { database: { client: "sqlite3", connection: join(folder, "callboard.sqlite") }, ...options.backend },
      catalog: { rules: [{ allow: kinds }], locations: [{ type: "file", target: "./catalog/catalog-info.yaml" }] },
      ...options.top,
    };
    this.secrets.addOf(config);
    // JSON is YAML.
    await writeFile(join(folder, "callboard.yaml"), JSON.stringify(config, null, 2));
  }

  /** Starts the server on the port and the database that it had before. */
  async startServer(): Promise<void> {
    const args = ["serve", "--config", join(this.#folder, "callboard.yaml"), "--listen", `127.0.0.1:${this.#port}`];
    const server = spawn(binary, args, { cwd: this.#folder, stdio: ["ignore", "pipe", "pipe"] });
    this.#log = "";
    for (const stream of [server.stdout, server.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.#log += text;
        this.#told["log"] += text;
      });
    }
    // Rejects where there is no such program.
    await once(server, "spawn");
    this.#process = server;
    await this.#ready(server);
  }

  async #ready(server: ChildProcess): Promise<void> {
    const limit = Date.now() + START_LIMIT_MS;
    while (Date.now() < limit && server.exitCode === null) {
      const answer = await fetch(`http://127.0.0.1:${this.#port}/readyz`).catch(() => undefined);
      if (answer?.ok) return;
      await sleep(25);
    }
    server.kill("SIGKILL");
    throw new Error(`callboard did not become ready:\n${this.#log}`);
  }

  /** Ends the server and keeps its folder. */
  async stopServer(): Promise<void> {
    const server = this.#process;
    this.#process = undefined;
    if (!server || server.exitCode !== null) return;
    const ended = once(server, "exit");
    server.kill("SIGTERM");
    const inTime = await Promise.race([ended.then(() => true), sleep(STOP_LIMIT_MS, false, { ref: false })]);
    if (!inTime) {
      server.kill("SIGKILL");
      throw new Error(`callboard did not stop within ${STOP_LIMIT_MS} ms of SIGTERM:\n${this.#log}`);
    }
  }

  /** Has another server closed along with this one. */
  closeWith(other: { close(): Promise<void> }): void {
    this.#others.push(other);
  }

  /** Ends the server and removes all that it had. */
  async remove(): Promise<void> {
    try {
      await this.#ask();
      await this.stopServer();
    } finally {
      await Promise.all(this.#others.map((other) => other.close()));
      await rm(this.#folder, { recursive: true, force: true });
    }
    const leaks = Object.entries(this.#told).flatMap(([where, text]) => this.secrets.toldOrSeenIn(text).map((secret) => `${where}: ${secret}`));
    if (leaks.length > 0) throw new Error(`callboard tells secrets: ${leaks.join(", ")}`);
  }

  /** Keeps what the server tells anybody, and whoever runs it. */
  async #ask(): Promise<void> {
    this.secrets.add(await readFile(join(this.#folder, "callboard.sqlite.audit-key"), "utf8").catch(() => ""));
    const config = await promisify(execFile)(binary, ["config", "--config", join(this.#folder, "callboard.yaml")]).catch(() => undefined);
    this.#told["config"] = config ? config.stdout + config.stderr : "";
    if (!this.#process) return;
    for (const path of ["/api/openapi.json", "/metrics"]) {
      this.#told[path] = await fetch(this.url + path).then((answer) => answer.text(), () => "");
    }
  }

  /** A catalog file, by its path below the catalog's folder. */
  async read(path: string): Promise<string> {
    return await readFile(this.#path(path), "utf8");
  }

  /** Saves a catalog file the way an editor does: whole, under another name, then moved into place. */
  async write(path: string, text: string): Promise<void> {
    const target = this.#path(path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(`${target}~`, text);
    await rename(`${target}~`, target);
  }

  /** Replaces a text that the file must have. */
  async edit(path: string, before: string, after: string): Promise<void> {
    const text = await this.read(path);
    if (!text.includes(before)) throw new Error(`${path} does not have the text ${JSON.stringify(before)}`);
    await this.write(path, text.replace(before, () => after));
  }

  /** What the server has logged since its last start. */
  get log(): string {
    return this.#log;
  }

  #path(path: string): string {
    return join(this.#folder, "catalog", path);
  }
}

/** A port of this machine that nobody listens at. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port is free");
  return address.port;
}
