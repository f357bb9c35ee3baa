import assert from 'node:assert/strict';
import { test } from 'node:test';
import { colour, contrast, names, pairs, rows } from './contrast.mjs';

test('every pair that the screens use stands out enough, in both themes', () => {
  assert.ok(pairs.length >= 60);
  assert.deepEqual(rows().filter((r) => Math.min(r.light, r.dark) < r.asked).map((r) => `${r.above} on ${r.below}: ${r.light.toFixed(2)}, ${r.dark.toFixed(2)}, asked ${r.asked}`), []);
});

test('no colour lies outside what a screen shows', () => {
  for (const name of names) for (const theme of [0, 1]) for (const part of colour(name, theme)) assert.ok(part >= 0 && part <= 255, `--${name}: ${colour(name, theme)}`);
});

test('the figures are those of WCAG: a colour on itself is 1, and two pairs worked out elsewhere', () => {
  assert.equal(contrast('text', 'text', 0), 1);
  assert.ok(Math.abs(contrast('text', 'surface', 0) - 17.02) < 0.02);
  assert.ok(Math.abs(contrast('line-strong', 'surface', 1) - 3.69) < 0.02);
});
