import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundle } from './bundle.mjs';

const { state, wall, filter } = await bundle({ state: 'src/store/state.ts', wall: 'src/wall/state.ts', filter: 'src/wall/filter.ts' });

const many = 3000;
let reads = 0;

/** A case that counts how often it is looked at. */
function aCase(n, change = {}) {
  const facts = { status: 'assigned', owner: { id: `a${n % 1000}`, name: `Agent ${n % 1000}`, role: 'agent' }, waiting_since: null, ...change };
  return {
    id: `c${n}`, epoch: 1, portfolio: { id: 'p', name: 'Ipê' }, team: { id: 't', name: 'Cobrança' }, debtor: { id: `d${n}`, name: `D ${n}` }, channels: ['whatsapp'],
    weight: 1, last_item: null, owner: facts.owner, waiting_since: facts.waiting_since, get status() { reads += 1; return facts.status; },
  };
}

beforeEach(() => {
  state.forgetEverything();
  state.me.value = { id: 'sofia', name: 'Sofia Lima', role: 'supervisor', teams: [{ id: 't', name: 'Cobrança' }] };
  state.agents.value = new Map();
});

test('however many change within a second, all cases are looked over once or twice', async () => {
  for (let n = 0; n < many; n += 1) state.putCase(aCase(n));
  const shown = [wall.strip, wall.tiles, wall.agentLines, wall.queueLines, filter.choices].map((one) => one.subscribe(() => undefined));
  await sleep(1100);
  reads = 0;
  wall.order.value = 'wait';
  wall.order.value = 'risk';
  const pass = await oneLook();
  reads = 0;
  for (let n = 0; n < 500; n += 1) state.putCase(aCase(n, { status: 'queued', owner: null, waiting_since: '2026-03-02T12:00:00Z' }));
  await sleep(1200);
  assert.ok(reads <= 3.5 * pass, `${reads} looks at a case for 500 changes, ${pass} for one`);
  assert.equal(wall.strip.value.waiting, 500);
  assert.equal(wall.queueLines.value[0].depth, 500);
  for (const stop of shown) stop();
});

test('one that goes is gone at once, and few are followed as they change', async () => {
  for (let n = 0; n < many; n += 1) state.putCase(aCase(n));
  await sleep(1100);
  assert.equal(wall.tiles.value.length, many);
  state.putCase(aCase(0, { status: 'queued', owner: null }));
  state.dropCase('c1');
  assert.equal(wall.tiles.value.length, many - 1);
  state.forgetEverything();
  for (let n = 0; n < 10; n += 1) {
    state.putCase(aCase(n, { status: 'queued', owner: null }));
    assert.equal(wall.strip.value.waiting, n + 1);
  }
});

/** What a single change costs when the wall has been quiet. */
async function oneLook() {
  await sleep(1100);
  reads = 0;
  state.putCase(aCase(many - 1, { waiting_since: '2026-03-02T12:00:00Z' }));
  await sleep(1100);
  return reads;
}
