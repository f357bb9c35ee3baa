import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { bundle, root } from './bundle.mjs';
import { terms } from './terms.mjs';

const read = (tag) => JSON.parse(readFileSync(join(root, 'i18n', `${tag}.json`), 'utf8'));
const words = { 'pt-BR': read('pt-BR'), es: read('es'), en: read('en') };
const sources = readdirSync(join(root, 'src'), { recursive: true }).filter((f) => /\.tsx?$/.test(f)).map((f) => readFileSync(join(root, 'src', f), 'utf8')).join('\n');

const literal = new Set([...sources.matchAll(/'([a-z]\w*(?:\.\w+)+|[a-z]\w+)'/gi)].map((m) => m[1]));
/** `t(\`a.${x}\`)` uses every key that begins with "a." */
const prefixes = [...sources.matchAll(/(?:t|known)\(`([\w.]+\.)\$\{/g)].map((m) => m[1]);
/** Families whose first part is the server's own word: the name of a fact of an event. */
const facts = ['cause.', 'reason.', 'why.', 'outcome.', 'channel.', 'hold.'];
const suffixes = [...sources.matchAll(/`(\w+\.)\$\{\w+\}(\.\w+)`/g)].map((m) => [m[1], m[2]]);

test('every language has every key', () => {
  const wanted = Object.keys(words['pt-BR']);
  for (const tag of ['es', 'en']) {
    assert.deepEqual(wanted.filter((k) => !(k in words[tag])), [], `missing in ${tag}`);
    assert.deepEqual(Object.keys(words[tag]).filter((k) => !(k in words['pt-BR'])), [], `only in ${tag}`);
  }
});

test('every key that the sources name exists', () => {
  const named = [...sources.matchAll(/\bt\(\s*'([\w.]+)'/g)].map((m) => m[1]);
  assert.ok(named.length > 200);
  assert.deepEqual(named.filter((k) => !(k in words['pt-BR'])), []);
});

test('no key is unused', () => {
  const isUsed = (key) => literal.has(key) || [...prefixes, ...facts].some((p) => key.startsWith(p)) || suffixes.some(([a, b]) => key.startsWith(a) && key.endsWith(b));
  assert.deepEqual(Object.keys(words['pt-BR']).filter((k) => !isUsed(k)), []);
});

test('the same places are filled and the same forms given in every language', () => {
  const parts = (entry) => (typeof entry === 'string' ? [entry] : [entry.one, entry.other]);
  const places = (entry) => [...new Set(parts(entry).flatMap((p) => [...p.matchAll(/\{(\w+)\}/g)].map((m) => m[1])))].sort().join();
  for (const [key, entry] of Object.entries(words['pt-BR'])) {
    for (const tag of ['es', 'en']) {
      assert.equal(places(words[tag][key]), places(entry), `${tag} ${key}`);
      assert.equal(typeof words[tag][key], typeof entry, `${tag} ${key}`);
    }
  }
});

test('nothing is left empty', () => {
  for (const [tag, all] of Object.entries(words)) {
    for (const [key, entry] of Object.entries(all)) {
      for (const part of typeof entry === 'string' ? [entry] : Object.values(entry)) assert.ok(part.trim(), `${tag} ${key}`);
    }
  }
});

test('plural forms follow the language', async () => {
  const { i18n } = await bundle({ i18n: 'src/i18n.ts' });
  i18n.useMessages('pt-BR', words['pt-BR']);
  assert.equal(i18n.t('thread.new', { n: 1 }), '1 nova');
  assert.equal(i18n.t('thread.new', { n: 3 }), '3 novas');
  assert.equal(i18n.nearest('es-CO'), 'es');
  assert.equal(i18n.nearest('de'), 'pt-BR');
});

test('the terms of the vocabulary are the words on the screens, the same thing by the same word', () => {
  const plain = (text) => text.toLowerCase().replace('…', '').trim();
  const says = (tag, key, term) => (typeof words[tag][key] === 'string' ? [words[tag][key]] : Object.values(words[tag][key])).some((form) => plain(form) === plain(term));
  const lost = terms.filter(([pt, es, en]) => !Object.keys(words['pt-BR']).some((key) => says('pt-BR', key, pt) && says('es', key, es) && says('en', key, en)));
  assert.ok(terms.length > 65);
  assert.deepEqual(lost, []);
});

test('on the screens a debtor is a customer, and nobody is hunted', () => {
  const banned = { 'pt-BR': /devedor|inadimplente|caloteiro/i, es: /deudor|moroso/i, en: /\bdebtors?\b|delinquent/i };
  for (const [tag, all] of Object.entries(words)) {
    for (const [key, entry] of Object.entries(all)) assert.doesNotMatch(JSON.stringify(entry), banned[tag], `${tag} ${key}`);
  }
});
