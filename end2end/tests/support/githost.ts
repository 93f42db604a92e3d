import { createHash } from "node:crypto";
import { once } from "node:events";
import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";

interface Repository {
  description: string;
  /** By their paths, on the branch `main`. */
  files: Record<string, string>;
}

/**
 * A Git host that answers as Gitea's API documentation has it: 404 with a message for what is not there, the raw file at a ref with an `ETag`,
 * and 304 where that is known already.
 */
export class GitHost {
  /** By `owner/name`; a test may change them. */
  readonly repositories: Record<string, Repository> = {};
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    server.on("request", (request: IncomingMessage, response: ServerResponse) => this.#answer(request, response));
  }

  static async listen(): Promise<GitHost> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new GitHost(server);
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("the Git host does not listen");
    return `http://127.0.0.1:${address.port}`;
  }

  /** As `integrations` of Callboard's configuration. */
  get integrations(): object {
    return { gitea: [{ host: new URL(this.url).host, baseUrl: this.url }] };
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    const closed = once(this.#server, "close");
    this.#server.close();
    await closed;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? "/", this.url);
    const [, owner, name, rest = ""] = /^\/api\/v1\/repos\/([^/]+)\/([^/]+)(\/.*)?$/.exec(pathname) ?? [];
    const repository = this.repositories[`${owner}/${name}`];
    const file = rest.startsWith("/raw/") && searchParams.get("ref") === "main" ? repository?.files[decodeURIComponent(rest.slice("/raw/".length))] : undefined;
    const etag = file === undefined ? undefined : `"${createHash("sha256").update(file).digest("hex")}"`;
    if (repository && rest === "") {
      const { description } = repository;
      const body = { name, full_name: `${owner}/${name}`, html_url: `${this.url}/${owner}/${name}`, default_branch: "main", description, archived: false, fork: false, empty: false, size: 20, topics: ["rust"] };
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
    } else if (file !== undefined && etag && request.headers["if-none-match"] === etag) {
      response.writeHead(304, { etag }).end();
    } else if (file !== undefined && etag) {
      response.writeHead(200, { "content-type": "text/plain; charset=utf-8", etag }).end(file);
    } else {
      response.writeHead(404, { "content-type": "application/json" }).end(JSON.stringify({ message: "GetContentsOrList", url: `${this.url}/api/swagger` }));
    }
  }
}
