import assert from 'node:assert/strict';
import { test } from 'node:test';
import { themeOf } from '../src/theme.ts';

const light = { id: 'acme', variant: 'light' } as const;
const dark = { id: 'acme-night', variant: 'dark' } as const;

test('the chosen theme counts, whatever the browser prefers', () => {
  assert.equal(themeOf([light, dark], 'acme-night', false), 'dark');
  assert.equal(themeOf([light, dark], 'acme', true), 'light');
});

test('without a choice the browser counts, as far as there is a theme for it', () => {
  assert.equal(themeOf([light, dark], undefined, true), 'dark');
  assert.equal(themeOf([light, dark], 'one that is gone', false), 'light');
  assert.equal(themeOf([light], undefined, true), 'light');
  assert.equal(themeOf([dark], undefined, false), 'dark');
  assert.equal(themeOf([], undefined, true), 'dark');
});
