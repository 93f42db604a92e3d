import { generateKeyPairSync, randomBytes, type KeyObject } from "node:crypto";
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { exportJWK, decodeJwt, decodeProtectedHeader, SignJWT, type JWTPayload } from "jose";
import type { Page } from "@playwright/test";
import Provider, { interactionPolicy } from "oidc-provider";

/** How the ID tokens of a client are wrong. */
export const BROKEN = ["aud", "iss", "exp", "nonce", "sig", "none", "sub"] as const;
export type Broken = (typeof BROKEN)[number];

/** Who can sign in, with any password. */
const users: Record<string, { name: string; email: string; email_verified: boolean; groups: string[] }> = {
  mara: { name: "Mara Okonjo", email: "mara.okonjo@acme.example", email_verified: true, groups: ["payments"] },
  eve: { name: "Eve", email: "jonas.weber@acme.example", email_verified: false, groups: [] },
  zoe: { name: "Zoe", email: "zoe@other.example", email_verified: true, groups: [] },
};

const SECRET = "a-secret-of-the-tests-0123456789";

/** A real OpenID provider (`oidc-provider`, which is certified) in this process, with clients whose ID tokens are broken on purpose. */
export class OpenIdProvider {
  #server: Server;
  #answer: RequestListener = (_, response) => response.writeHead(503).end();

  private constructor(server: Server) {
    this.#server = server;
    server.on("request", (request, response) => this.#answer(request, response));
  }

  /** Listens, and answers 503 until {@link serve}: Callboard's address must be known first. */
  static async listen(): Promise<OpenIdProvider> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new OpenIdProvider(server);
  }

  get issuer(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("the provider does not listen");
    return `http://127.0.0.1:${address.port}`;
  }

  get host(): string {
    return new URL(this.issuer).host;
  }

  /** Answers from now on, with new keys: also a second time, as a provider that has changed its keys. */
  async serve(portal: string): Promise<void> {
    const rsa = () => generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
    const [key, foreign] = [rsa(), rsa()];
    const client = (name: string, more: object = {}) => ({
      client_id: name,
      client_secret: SECRET,
      redirect_uris: [`${portal}/auth/oidc-${name}/callback`],
      post_logout_redirect_uris: [`${portal}/sign-in`],
      ...more,
    });
    const policy = interactionPolicy.base();
    const jwk = { ...(await exportJWK(key)), kid: randomBytes(6).toString("hex"), alg: "RS256", use: "sig" };
    const provider = quietly(() => new Provider(this.issuer, {
      clients: [client("main"), client("listed"), ...BROKEN.map((broken) => client(broken, { broken }))],
      jwks: { keys: [jwk] },
      cookies: { keys: ["not-a-secret"] },
      pkce: { required: () => true },
      interactions: { policy },
      scopes: ["openid", "email", "profile", "groups"],
      conformIdTokenClaims: false,
      claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"], groups: ["groups"] },
      findAccount: (_: unknown, id: string) => {
        const user = users[id];
        return user && { accountId: id, claims: () => ({ sub: id, ...user }) };
      },
      // Nobody is asked for consent.
      loadExistingGrant: async ({ oidc }: any) => {
        const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
        grant.addOIDCScope(oidc.params.scope);
        await grant.save();
        return grant;
      },
      features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true } },
      extraClientMetadata: { properties: ["broken"], validator() {} },
    } as any));
    provider.use(async (ctx: any, next: () => Promise<void>) => {
      await next();
      const broken: Broken | undefined = ctx.oidc?.route === "token" ? ctx.oidc.client?.broken : undefined;
      if (broken && ctx.body?.id_token) {
        ctx.body = { ...ctx.body, id_token: await spoil(ctx.body.id_token, broken, key, foreign) };
      }
    });
    this.#answer = provider.callback();
  }

  /** Goes down: connections are refused. */
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    const closed = once(this.#server, "close");
    this.#server.close();
    await closed.catch(() => undefined);
  }

  /** As `auth.providers.oidc` of Callboard's configuration. */
  configuration(...names: string[]): Record<string, object> {
    const signIn = { resolvers: [{ resolver: "emailMatchingUserEntityProfileEmail" }] };
    const provider = (name: string) => ({
      title: `acme ${name}`,
      metadataUrl: this.issuer,
      clientId: name,
      clientSecret: SECRET,
      additionalScopes: ["groups"],
      groupsClaim: "groups",
      signIn,
      authoritativeDomains: ["acme.example"],
      ...(name === "listed" ? { allowedDomains: ["acme.example"] } : {}),
    });
    return Object.fromEntries(names.map((name) => [name, provider(name)]));
  }
}

/** Signs an ID token again, so that it is wrong in one way. */
async function spoil(token: string, broken: Broken, key: KeyObject, foreign: KeyObject): Promise<string> {
  const payload: JWTPayload = decodeJwt(token);
  if (broken === "exp") Object.assign(payload, { iat: 1_500_000_000, exp: 1_500_000_060 });
  const wrong = { aud: { aud: "someone-else" }, iss: { iss: "http://127.0.0.1:1" }, nonce: { nonce: "another" }, sub: { sub: "mallory" } };
  Object.assign(payload, (wrong as Record<string, object>)[broken]);
  if (broken === "none") {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    return `${part({ alg: "none" })}.${part(payload)}.`;
  }
  const header = decodeProtectedHeader(token) as { alg: string; kid?: string };
  return await new SignJWT(payload).setProtectedHeader(header).sign(broken === "sig" ? foreign : key);
}

/** It tells at each start, at length, that this set-up is not for production. */
function quietly<T>(make: () => T): T {
  const { info, warn } = console;
  console.info = console.warn = () => undefined;
  try {
    return make();
  } finally {
    Object.assign(console, { info, warn });
  }
}

/** Fills in the form of the provider. */
export async function sayWhoYouAre(page: Page, user: string): Promise<void> {
  await page.route("**/fonts.googleapis.com/**", (route) => route.fulfill({ contentType: "text/css", body: "" }));
  await page.locator("input[name=login]").fill(user);
  await page.locator("input[name=password]").fill("any");
  await page.locator("button[type=submit]").click();
}
