import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bundle } from './bundle.mjs';

const { socket } = await bundle({ socket: 'src/socket.ts' });

/** The far end of a line, as the browser would give it. */
function line() {
  const said = [];
  const ends = [];
  const make = () => {
    const end = { send: (text) => said.push(JSON.parse(text)), close: () => undefined, readyState: 1 };
    ends.push(end);
    return end;
  };
  const heard = [];
  const hooks = {
    event: (f) => heard.push(f.id), signal: () => heard.push('signal'), ready: () => heard.push('ready'),
    reset: () => heard.push('reset'), state: (open) => heard.push(open ? 'open' : 'shut'), signedOut: () => heard.push('signedOut'),
  };
  const one = new socket.Socket('ws://x/ws', hooks, make);
  const tell = (frame) => ends.at(-1).onmessage({ data: JSON.stringify(frame) });
  return { one, said, ends, heard, tell };
}

const ready = { type: 'ready', cursor: 'c9', user: {}, heartbeat: 20 };

test('hello comes first, with the cursor of the snapshot and the topics held', () => {
  const { one, said, ends } = line();
  one.hold('queue:t1');
  one.start('c1');
  ends[0].onopen();
  assert.deepEqual(said[0], { type: 'hello', cursor: 'c1', topics: ['queue:t1'] });
  one.stop();
});

test('a reconnect goes on from the last cursor heard', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  const { one, said, ends, tell } = line();
  one.start('c1');
  ends[0].onopen();
  tell(ready);
  tell({ type: 'event', cursor: 'c42', id: 'e', at: '', name: 'x', data: {} });
  ends[0].onclose({ code: 1006 });
  context.mock.timers.tick(1000);
  ends[1].onopen();
  assert.equal(said.at(-1).cursor, 'c42');
  one.stop();
});

test('a topic is let go when its last holder lets go', () => {
  const { one, said, ends, tell } = line();
  one.start(null);
  ends[0].onopen();
  tell(ready);
  const first = one.hold('case:a');
  const second = one.hold('case:a');
  first();
  first();
  assert.equal(said.some((f) => f.type === 'unsubscribe'), false);
  second();
  assert.deepEqual(said.at(-1), { type: 'unsubscribe', topics: ['case:a'] });
  one.stop();
});

test('a reset is told and the new ready gives the place to go on from', () => {
  const { one, ends, heard, tell } = line();
  one.start('too-old');
  ends[0].onopen();
  tell({ type: 'reset' });
  tell(ready);
  assert.ok(heard.includes('reset'));
  assert.equal(one.cursor, 'c9');
  one.stop();
});

test('an ended session is not dialled again', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  const { one, ends, heard } = line();
  one.start(null);
  ends[0].onclose({ code: 4401 });
  context.mock.timers.tick(60_000);
  assert.equal(ends.length, 1);
  assert.ok(heard.includes('signedOut'));
});

test('the wait before a new attempt doubles, has a ceiling, and is never the same for all', () => {
  assert.equal(socket.backOff(0, 0), 250);
  assert.equal(socket.backOff(0, 1), 500);
  assert.equal(socket.backOff(3, 1), 4000);
  assert.equal(socket.backOff(50, 1), 20_000);
  assert.notEqual(socket.backOff(3, 0.2), socket.backOff(3, 0.9));
});
