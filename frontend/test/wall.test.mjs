import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { bundle } from './bundle.mjs';

const { wall, state, clock } = await bundle({ wall: 'src/wall/state.ts', state: 'src/store/state.ts', clock: 'src/clock.ts' });
const bruno = { id: 'bruno', name: 'Bruno Reis', role: 'agent' };
const ago = (minutes) => new Date(clock.now.value - minutes * 60_000).toISOString();
const put = (id, change = {}) => state.putCase({
  id, status: 'assigned', owner: bruno, epoch: 1, portfolio: { id: 'p', name: 'Ipê' }, debtor: { id, name: id }, channels: ['whatsapp'], weight: 1, last_item: null, ...change,
});
const ids = (list) => list.value.map((c) => c.id).sort();

beforeEach(() => {
  state.forgetEverything();
  wall.withParked.value = false;
  state.me.value = { id: 'sofia', name: 'Sofia Lima', role: 'supervisor', teams: [{ id: 't', name: 'Cobrança' }] };
});

test('conversations silent for hours stand aside until they are asked for', () => {
  put('maria');
  put('joao', { weight: 0 });
  put('lia', { status: 'queued', owner: null });
  put('ivo', { status: 'resolved', weight: 0 });
  assert.deepEqual([ids(wall.live), ids(wall.parked)], [['lia', 'maria'], ['joao']]);
  assert.equal(wall.tiles.value.includes('joao'), false);
  wall.withParked.value = true;
  assert.equal(wall.tiles.value.includes('joao'), true);
});

test('who asks for help is live however long the silence', () => {
  put('maria', { weight: 0, hand: { reason: 'legal', at: ago(200) } });
  assert.deepEqual(ids(wall.live), ['maria']);
});

test('an agent is red when the promise to whoever waits longest is broken, and only then', () => {
  state.agents.value = new Map([['bruno', { user: bruno, teams: ['t'], status: 'online', load: 0, capacity: 6 }]]);
  put('maria', { waiting_since: ago(40), sla_due_at: ago(-200) });
  put('joao', { waiting_since: ago(5), sla_due_at: ago(1) });
  assert.equal(wall.agentLines.value[0].tone, '');
  put('maria', { waiting_since: ago(40), sla_due_at: ago(1) });
  assert.equal(wall.agentLines.value[0].tone, 'late');
});
