import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bundle } from './bundle.mjs';

const { keys } = await bundle({ keys: 'src/keys.ts' });
const stroke = (key, change = {}) => ({ key, code: '', ctrlKey: false, altKey: false, shiftKey: false, metaKey: false, ...change });

test('a letter is a letter and Shift tells it apart', () => {
  assert.equal(keys.strokeOf(stroke('e'), false), 'e');
  assert.equal(keys.strokeOf(stroke('E', { shiftKey: true }), false), 'shift+e');
});

test('the question mark acts whatever Shift made it', () => {
  assert.equal(keys.strokeOf(stroke('?', { shiftKey: true, code: 'Minus' }), false), '?');
});

test('digits go by their place on the keyboard', () => {
  assert.equal(keys.strokeOf(stroke('&', { code: 'Digit1', altKey: true }), false), 'alt+1');
});

test('AltGr, dead keys and composing are left to the writer', () => {
  assert.equal(keys.strokeOf(stroke('q', { ctrlKey: true, altKey: true, getModifierState: (name) => name === 'AltGraph' }), false), null);
  assert.equal(keys.strokeOf(stroke('Dead'), false), null);
  assert.equal(keys.strokeOf(stroke('a', { isComposing: true }), false), null);
});

test('on a Mac Control Shift stands for Alt', () => {
  assert.equal(keys.strokeOf(stroke('T', { ctrlKey: true, shiftKey: true }), true), 'alt+t');
  assert.equal(keys.strokeOf(stroke('k', { metaKey: true }), true), 'ctrl+k');
});

test('single letters need free hands, the rest may act while one types', () => {
  for (const one of ['j', 'shift+e', '?', 'g m']) assert.equal(keys.needsFreeHands(one), true, one);
  for (const one of ['alt+t', 'ctrl+k', 'f6', 'shift+f6']) assert.equal(keys.needsFreeHands(one), false, one);
});

test('a sequence means its own act', () => {
  assert.deepEqual(keys.actsOf('m', 'g'), ['goMine']);
  assert.deepEqual(keys.actsOf('m'), []);
});

test('no stroke means two acts of the same place', () => {
  for (const place of ['anywhere', 'list', 'composer', 'monitor']) {
    const all = keys.bindings.value.filter((b) => b.place === place).flatMap((b) => b.keys);
    assert.equal(new Set(all).size, all.length, place);
  }
});

test('keys that browsers own are left to them', () => {
  const owned = ['ctrl+n', 'ctrl+t', 'ctrl+w', 'ctrl+l', 'ctrl+p', 'ctrl+f', 'ctrl+s', 'ctrl+d', 'alt+d', 'alt+e', 'alt+f', 'f5', 'f11'];
  const ours = keys.bindings.value.flatMap((b) => b.keys);
  assert.deepEqual(ours.filter((k) => owned.includes(k)), []);
});

test('the latest taker answers, and may pass on', () => {
  const heard = [];
  const first = keys.onKeys({ reply: () => { heard.push('first'); } });
  const second = keys.onKeys({ reply: () => { heard.push('second'); return false; } });
  assert.equal(keys.run('reply'), true);
  assert.deepEqual(heard, ['second', 'first']);
  second();
  first();
  assert.equal(keys.run('reply'), false);
});

test('Enter sends and Shift Enter breaks the line, until it is switched over', () => {
  const shelf = new Map();
  globalThis.localStorage = { getItem: (k) => shelf.get(k) ?? null, setItem: (k, v) => shelf.set(k, v) };
  assert.equal(keys.isSend(stroke('Enter')), true);
  assert.equal(keys.isSend(stroke('Enter', { shiftKey: true })), false);
  keys.setEnterSends(false);
  assert.equal(keys.isSend(stroke('Enter')), false);
  assert.equal(keys.isSend(stroke('Enter', { ctrlKey: true })), true);
  keys.setEnterSends(true);
});

/** A key as the page hears it; `taken` tells whether it was ours. */
function typed(key, change = {}) {
  const heard = { ...stroke(key), timeStamp: performance.now(), target: null, defaultPrevented: false, taken: false, preventDefault() { heard.taken = true; }, ...change };
  keys.hear(heard);
  return heard;
}

test('a key that means nothing yet waits for the answer under way, and a later key takes its place', () => {
  const answers = [];
  let isDone = false;
  let undone = 0;
  globalThis.document = { addEventListener: () => undefined, querySelector: () => null, activeElement: null };
  keys.listenToKeys((then) => { if (!isDone) answers.push(then); return !isDone; });
  const off = keys.onKeys({ undo: () => { if (!isDone) return false; undone += 1; return true; } });
  assert.equal(typed('z').taken, true);
  typed('z');
  isDone = true;
  for (const answer of answers) answer();
  assert.equal(undone, 1);
  off();
  assert.equal(typed('z').taken, false);
  delete globalThis.document;
});

test("a key of one's own takes the place of the first, and what is taken or the browser's is refused", () => {
  const shelf = new Map();
  globalThis.localStorage = { getItem: (k) => shelf.get(k) ?? null, setItem: (k, v) => shelf.set(k, v), removeItem: (k) => shelf.delete(k) };
  assert.equal(keys.rebind('snooze', 'e'), 'resolve');
  assert.equal(keys.rebind('snooze', 'g'), 'goMine');
  for (const one of ['ctrl+t', 'enter', 'alt+d', 'f5']) assert.equal(keys.rebind('snooze', one), 'browser', one);
  assert.equal(keys.rebind('snooze', 'v'), null);
  assert.deepEqual([keys.actsOf('v'), keys.actsOf('s'), keys.shownKey('snooze')], [['snooze'], [], 'V']);
  assert.equal(keys.rebind('next', 'b'), null);
  assert.deepEqual(keys.actsOf('alt+arrowdown'), ['next']);
  assert.equal(keys.rebind('pull', 's'), null);
  assert.equal(keys.rebind('snooze', null), 'pull');
  assert.deepEqual(JSON.parse(shelf.get('acordo:strokes')), { snooze: 'v', next: 'b', pull: 's' });
  keys.rebindNothing();
  assert.deepEqual([keys.actsOf('s'), shelf.has('acordo:strokes')], [['snooze'], false]);
});

test('acts that share a key from the start may go back to it', () => {
  assert.equal(keys.rebind('refuse', 'v'), null);
  assert.equal(keys.rebind('refuse', null), null);
  assert.deepEqual(keys.actsOf('x'), ['select', 'refuse']);
});
