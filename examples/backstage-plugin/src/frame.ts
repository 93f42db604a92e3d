// What the tab and the frame say to each other. Nothing here touches the page, so that all of it is tested without a browser.
// The frame shows another server's page: whatever it says is checked, and what is not as agreed is as if it had not been said.

import type { Theme } from './theme';

/** CSS pixels of the frame, at least and at most: a page that asks for more is scrolled. */
export const HEIGHTS = { least: 100, most: 20_000 };
/** Milliseconds after which a frame that has said nothing is taken for one that will not. */
export const SILENCE = 15_000;
/** Milliseconds between two sign-ins: a session that ends earlier was not kept by the browser, and another would not be either. */
export const BETWEEN_SIGN_INS = 60_000;
/** Characters of a path or a title. */
const LONGEST = 2_000;

/** Where Callboard answers. */
export interface Callboard {
  /** What messages come from and go to. */
  origin: string;
  /** What the form with the token is posted to. */
  session: string;
}

/** What the frame says. */
export type FrameMessage =
  | { type: 'callboard:ready' }
  | { type: 'callboard:height'; height: number }
  | { type: 'callboard:route'; path: string; title: string }
  | { type: 'callboard:error'; status: number; title: string };

/** What the tab says. */
export type TabMessage = { type: 'callboard:theme'; theme: Theme };

/**
 * Reads `callboard.baseUrl`.
 *
 * Throws an error that says what to write, if it is none that a token may be posted to.
 */
export function callboardAt(baseUrl: string | undefined): Callboard {
  const wanted = 'set it to where browsers reach Callboard, for example https://callboard.example.com';
  if (!baseUrl) throw new Error(`callboard.baseUrl is missing in app-config.yaml; ${wanted}`);
  if (!URL.canParse(baseUrl)) throw new Error(`callboard.baseUrl is no URL: ${baseUrl}; ${wanted}`);
  const url = new URL(baseUrl);
  // Over plain HTTP the token could be read on its way, and no browser would keep the session's cookie.
  const local = url.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url.protocol !== 'https:' && !local) throw new Error(`callboard.baseUrl is not https: ${baseUrl}; ${wanted}`);
  if (url.username || url.password || url.search || url.hash) {
    throw new Error(`callboard.baseUrl has more than an origin and a path; ${wanted}`);
  }
  return { origin: url.origin, session: `${url.origin}${url.pathname.replace(/\/+$/, '')}/embed/session` };
}

/** The path of an entity's page in Callboard, below `/embed`. */
export function entityPath(entity: { kind: string; metadata: { namespace?: string; name: string } }): string {
  const { namespace = 'default', name } = entity.metadata;
  const parts = [namespace.toLowerCase(), entity.kind.toLowerCase(), name];
  return `/catalog/${parts.map(encodeURIComponent).join('/')}`;
}

/** Reads a message, or nothing if it is not from the frame's own window and Callboard's origin, or not as agreed. */
export function parseMessage(
  event: { origin: string; source: unknown; data: unknown },
  frame: { origin: string; window: unknown },
): FrameMessage | undefined {
  // A frame that is gone has no window, and no message may match that.
  if (!frame.window || event.source !== frame.window || event.origin !== frame.origin) return undefined;
  const said = own(event.data);
  switch (said('type')) {
    case 'callboard:ready':
      return said('version') === 1 ? { type: 'callboard:ready' } : undefined;
    case 'callboard:height': {
      const height = said('height');
      return isNumber(height) ? { type: 'callboard:height', height: boundedHeight(height) } : undefined;
    }
    case 'callboard:route': {
      const [path, title] = [said('path'), said('title')];
      return isPath(path) && isText(title) ? { type: 'callboard:route', path, title } : undefined;
    }
    case 'callboard:error': {
      const [status, title] = [said('status'), said('title')];
      const known = isNumber(status) && Number.isInteger(status) && status >= 400 && status <= 599;
      return known && isText(title) ? { type: 'callboard:error', status, title } : undefined;
    }
    default:
      return undefined;
  }
}

/** What a frame with content of this height gets, in CSS pixels. */
export function boundedHeight(height: number): number {
  return Math.min(Math.max(Math.ceil(height), HEIGHTS.least), HEIGHTS.most);
}

/** May the tab sign in again, after the sign-in at `last`? Both in milliseconds of one clock. */
export function maySignIn(last: number | undefined, now: number): boolean {
  return last === undefined || now - last >= BETWEEN_SIGN_INS;
}

/** What somebody can do about an error that the frame reports. */
export function wayOut(status: number, parent: string): string {
  switch (status) {
    case 401:
      return 'the browser did not keep the session: allow cookies of Callboard in frames of this site, then reload';
    case 403:
      return `Callboard lets you in if ${parent} stands in embed.parents of its app-config.yaml, with the backstage.baseUrl whose keys check your token; where it does, you may not read this entity`;
    case 404:
      return 'Callboard does not have it, or you may not read it: see whether its source is one of /catalog/sources there';
    case 429:
      return 'too many requests; wait a minute, then reload';
    default:
      return 'reload; if it stays, the log of Callboard says why';
  }
}

/** What to look at when the frame says nothing. */
export function silenceCauses(callboard: Callboard, parent: string): string[] {
  return [
    `callboard.baseUrl of Backstage's app-config.yaml leads elsewhere, or Callboard is down: open ${callboard.origin}`,
    `${parent} is missing in embed.parents of Callboard's app-config.yaml`,
    `${callboard.origin} is missing in backend.csp.frame-src of Backstage's app-config.yaml`,
  ];
}

/** Reads properties of what was sent: its own ones only, so that nothing comes by way of a prototype. */
function own(data: unknown): (name: string) => unknown {
  const object = typeof data === 'object' && data !== null ? data : {};
  return name => (Object.hasOwn(object, name) ? (object as Record<string, unknown>)[name] : undefined);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST;
}

/** A path on Callboard. It is posted back as where to go, so it must not lead to another host or to another part of Callboard. */
function isPath(value: unknown): value is string {
  if (!isText(value) || !value.startsWith('/')) return false;
  const nowhere = 'https://callboard.invalid';
  return URL.canParse(value, nowhere) && new URL(value, nowhere).href === nowhere + value;
}
