import type { BrowserContext, Request } from "@playwright/test";

/** Without script the browser fetches or refuses in advance what it would not run anyway. */
export const WITHOUT_SCRIPT = [/\.js: csp$/, /\.wasm was preloaded using link preload but not used/];

/** Gathers what a person with open developer tools would see go wrong in any page of a browser context. */
export class Trouble {
  readonly #found: string[] = [];
  readonly #expected: RegExp[] = [];
  readonly #hosts: () => Set<string>;

  /** `hosts` are those that pages may talk to. */
  constructor(hosts: () => Set<string>) {
    this.#hosts = hosts;
  }

  /** The test brings this about on purpose. */
  expect(...patterns: RegExp[]): void {
    this.#expected.push(...patterns);
  }

  watch(context: BrowserContext): void {
    context.on("console", (message) => this.add(`console ${message.type()}: ${message.text()} (${message.location().url})`));
    context.on("weberror", (error) => this.add(`uncaught ${error.error().stack ?? error.error().message}`));
    context.on("dialog", async (dialog) => {
      this.add(`dialog: ${dialog.message()}`);
      await dialog.dismiss();
    });
    context.on("request", (request) => {
      const { protocol, host } = new URL(request.url());
      if (protocol.startsWith("http") && !this.#hosts().has(host)) this.add(`request to another host: ${request.url()}`);
    });
    context.on("requestfailed", (request) => {
      if (!isAbandoned(request)) this.add(`failed request: ${request.url()}: ${request.failure()?.errorText}`);
    });
    context.on("response", (response) => {
      if (response.status() >= 400) this.add(`status ${response.status()}: ${response.url()}`);
    });
  }

  /** All that nobody expected. */
  get found(): string[] {
    return this.#found.filter((trouble) => !this.#expected.some((pattern) => pattern.test(trouble)));
  }

  add(trouble: string): void {
    this.#found.push(trouble);
  }
}

/** The browser lets go of what a page was still loading when it is left or closed. */
function isAbandoned(request: Request): boolean {
  return request.failure()?.errorText === "net::ERR_ABORTED";
}
