import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callboardAt, entityPath, maySignIn, parseMessage, wayOut } from '../src/frame.ts';

const window = { name: 'the window of the frame' };
const frame = { origin: 'https://callboard.example.com', window };

/** What becomes of a message that comes from the frame as it should. */
const heard = (data: unknown) => parseMessage({ origin: frame.origin, source: window, data }, frame);

test('what is as agreed is read, without what it has besides', () => {
  assert.deepEqual(heard({ type: 'callboard:ready', version: 1 }), { type: 'callboard:ready' });
  assert.deepEqual(heard({ type: 'callboard:height', height: 812, token: 'x' }), { type: 'callboard:height', height: 812 });
  assert.deepEqual(heard({ type: 'callboard:route', path: '/catalog/default/component/carts?tab=api#top', title: 'carts' }), {
    type: 'callboard:route',
    path: '/catalog/default/component/carts?tab=api#top',
    title: 'carts',
  });
  assert.deepEqual(heard({ type: 'callboard:error', status: 404, title: 'Not found' }), {
    type: 'callboard:error',
    status: 404,
    title: 'Not found',
  });
});

test('another origin is not heard', () => {
  const data = { type: 'callboard:ready', version: 1 };
  for (const origin of [
    '',
    'null',
    '*',
    'http://callboard.example.com',
    'https://callboard.example.com:8443',
    'https://callboard.example.com.evil.example',
    'https://evil.example',
  ]) {
    assert.equal(parseMessage({ origin, source: window, data }, frame), undefined, origin);
  }
});

test('another window of the same origin is not heard, and none is when the frame is gone', () => {
  const data = { type: 'callboard:ready', version: 1 };
  const { origin } = frame;
  for (const source of [null, undefined, { name: 'the window of the frame' }]) {
    assert.equal(parseMessage({ origin, source, data }, frame), undefined);
  }
  for (const gone of [null, undefined]) {
    assert.equal(parseMessage({ origin, source: gone, data }, { origin, window: gone }), undefined);
  }
});

test('wrong shapes are not heard', () => {
  for (const data of [
    undefined,
    null,
    1,
    'callboard:ready',
    '{"type":"callboard:ready","version":1}',
    [],
    ['callboard:ready'],
    {},
    { type: 'ready' },
    { type: ['callboard:ready'], version: 1 },
    { type: 'callboard:ready' },
    { type: 'callboard:ready', version: 2 },
    { type: 'callboard:ready', version: '1' },
    { type: 'callboard:theme', theme: 'dark' },
    { type: 'callboard:route', path: '/catalog' },
    { type: 'callboard:route', path: '/catalog', title: 7 },
    { type: 'callboard:route', path: ['/catalog'], title: '' },
    { type: 'callboard:error', title: 'Forbidden' },
    { type: 'callboard:error', status: '403', title: 'Forbidden' },
    { type: 'callboard:error', status: 200, title: 'OK' },
    { type: 'callboard:error', status: 403.5, title: 'Forbidden' },
    { type: 'callboard:error', status: Number.NaN, title: 'Forbidden' },
    { type: 'callboard:error', status: 403, title: { toString: () => 'Forbidden' } },
    { type: 'callboard:error', status: 403, title: 'x'.repeat(2_001) },
  ]) {
    assert.equal(heard(data), undefined, JSON.stringify(data));
  }
});

test('a height is bounded, and none that is no number', () => {
  for (const [height, bounded] of [
    [-1, 100],
    [0, 100],
    [812.2, 813],
    [20_001, 20_000],
    [Number.MAX_VALUE, 20_000],
  ] as const) {
    assert.deepEqual(heard({ type: 'callboard:height', height }), { type: 'callboard:height', height: bounded });
  }
  for (const height of [Number.NaN, Infinity, -Infinity, '812', null, undefined, 812n, [812], { valueOf: () => 812 }]) {
    assert.equal(heard({ type: 'callboard:height', height }), undefined, String(height));
  }
});

test('nothing comes by way of a prototype, and none is changed', () => {
  const polluting = JSON.parse('{"type":"callboard:route","path":"/catalog","title":"t","__proto__":{"polluted":true}}');
  assert.deepEqual(heard(polluting), { type: 'callboard:route', path: '/catalog', title: 't' });
  assert.equal(({} as { polluted?: boolean }).polluted, undefined);
  assert.equal(heard(JSON.parse('{"__proto__":{"type":"callboard:ready","version":1}}')), undefined);
  assert.equal(heard(Object.create({ type: 'callboard:height', height: 812 })), undefined);
  assert.equal(heard({ type: '__proto__' }), undefined);
});

test('a path leads nowhere else', () => {
  for (const path of [
    '',
    'catalog',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '/catalog/../../api',
    '/catalog/%2e%2e/api',
    '/catalog\nx',
    ' /catalog',
    `/${'x'.repeat(2_000)}`,
  ]) {
    assert.equal(heard({ type: 'callboard:route', path, title: '' }), undefined, JSON.stringify(path));
  }
});

test('the base URL is where the form goes, with its sub-path', () => {
  assert.deepEqual(callboardAt('https://callboard.example.com'), {
    origin: 'https://callboard.example.com',
    session: 'https://callboard.example.com/embed/session',
  });
  assert.deepEqual(callboardAt('https://portal.example.com:8443/callboard/'), {
    origin: 'https://portal.example.com:8443',
    session: 'https://portal.example.com:8443/callboard/embed/session',
  });
  assert.equal(callboardAt('http://localhost:7007').session, 'http://localhost:7007/embed/session');
});

test('a token goes to no address that is not safe for it, and the error names the key', () => {
  for (const baseUrl of [
    undefined,
    '',
    'callboard.example.com',
    'http://callboard.example.com',
    'http://localhost.evil.example',
    'javascript:alert(1)',
    'data:text/html,x',
    'https://user:secret@callboard.example.com',
    'https://callboard.example.com/?to=x',
    'https://callboard.example.com/#x',
  ]) {
    assert.throws(() => callboardAt(baseUrl), /^Error: callboard\.baseUrl .*https:\/\/callboard\.example\.com$/, baseUrl);
  }
});

test('an entity has the path that Callboard gives it', () => {
  const checkout = { kind: 'Component', metadata: { name: 'checkout-api' } };
  assert.equal(entityPath(checkout), '/catalog/default/component/checkout-api');
  assert.equal(entityPath({ kind: 'API', metadata: { namespace: 'Shop', name: 'v1.Orders' } }), '/catalog/shop/api/v1.Orders');
  // A name that no Backstage accepts must not lead elsewhere either.
  assert.equal(entityPath({ kind: 'API', metadata: { name: '../../x?y#z' } }), '/catalog/default/api/..%2F..%2Fx%3Fy%23z');
});

test('a session is renewed once a minute at most', () => {
  assert.equal(maySignIn(undefined, 0), true);
  assert.equal(maySignIn(1_000, 1_000), false);
  assert.equal(maySignIn(1_000, 60_999), false);
  assert.equal(maySignIn(1_000, 61_000), true);
});

test('an error has a way out that names where to turn', () => {
  assert.match(wayOut(401, 'https://backstage.example.com'), /cookies/);
  assert.match(wayOut(403, 'https://backstage.example.com'), /https:\/\/backstage\.example\.com .*embed\.parents/);
  assert.match(wayOut(404, ''), /\/catalog\/sources/);
  assert.match(wayOut(503, ''), /log of Callboard/);
});
