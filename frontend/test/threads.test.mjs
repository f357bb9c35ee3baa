import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { bundle } from './bundle.mjs';

const { apply, state, threads } = await bundle({ apply: 'src/store/apply.ts', state: 'src/store/state.ts', threads: 'src/store/threads.ts' });
const item = (of, position) => ({ id: `${of}-${position}`, position, kind: 'message', at: '2026-11-22T10:00:00.000Z', rev: 1, direction: 'in', text: 'x' });
const grow = (id, from, to) => { for (let at = from; at <= to; at += 1) apply.mergeItem(id, item(id, at)); };
const opened = (id) => Object.assign(state.timelineOf(id).state, { value: 'ready' });
const held = (id) => state.timelineOf(id).items.value.map((each) => each.position);

beforeEach(() => state.forgetEverything());

test('of a thread that nobody opened only the end is held', () => {
  grow('maria', 1, 50);
  assert.deepEqual([held('maria').length, held('maria').at(-1)], [20, 50]);
  assert.equal(state.timelineOf('maria').older.value, undefined);
});

test('a thread that was left does not grow for a whole shift, and knows where the rest begins', () => {
  opened('maria');
  const leave = threads.showThread('maria');
  grow('maria', 1, 400);
  assert.equal(held('maria').length, 400, 'what is read stays');
  leave();
  assert.deepEqual([held('maria').length, state.timelineOf('maria').older.value], [250, '151']);
  grow('maria', 401, 520);
  assert.ok(held('maria').length <= 300);
  assert.equal(held('maria').at(-1), 520);
  assert.equal(state.timelineOf('maria').older.value, String(held('maria')[0]));
});

test('a thread in two panels is left with the second', () => {
  opened('maria');
  const [one, two] = [threads.showThread('maria'), threads.showThread('maria')];
  grow('maria', 1, 290);
  one();
  assert.equal(held('maria').length, 290);
  two();
  assert.equal(held('maria').length, 250);
});

test('of many that were read the one left longest ago is loaded anew when it is opened', () => {
  for (let n = 0; n < 41; n += 1) {
    opened(`c${n}`);
    grow(`c${n}`, 1, 30);
    threads.showThread(`c${n}`)();
  }
  assert.deepEqual([state.timelineOf('c0').state.value, held('c0').length], ['empty', 20]);
  assert.deepEqual([state.timelineOf('c1').state.value, held('c1').length], ['ready', 30]);
});

test('a case that went away is left without a trace', () => {
  opened('maria');
  const leave = threads.showThread('maria');
  state.dropCase('maria');
  leave();
  assert.equal(state.begunTimelines().includes('maria'), false);
});
