import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { bundle } from './bundle.mjs';

const { store, state, nav, settle } = await bundle({
  store: 'src/store/kept.ts', state: 'src/store/state.ts', nav: 'src/desk/nav.ts', settle: 'src/ui/settle.ts',
});

/** Numbers that are the same at every run: a failure can be looked at again. */
function dice(seed) {
  let at = seed;
  return (most) => { at = (at * 1664525 + 1013904223) % 4294967296; return Math.floor((at / 4294967296) * most); };
}

const stamp = (n) => `2026-03-02T12:00:${String(n).padStart(2, '0')}Z`;
const aCase = (id, change = {}) => ({
  id, status: 'queued', owner: null, epoch: 1, portfolio: { id: 'p', name: 'Ipê' }, debtor: { id, name: id }, channels: ['whatsapp'], weight: 1, last_item: null, rank_at: stamp(1), ...change,
});
const byRank = (a, b) => store.compare(a.rank_at, b.rank_at) || store.compare(a.id, b.id);

beforeEach(() => {
  state.forgetEverything();
  state.me.value = { id: 'ana', name: 'Ana Dias', role: 'agent' };
});

test('the kept order is the full sort, whatever came, changed and went', () => {
  for (let seed = 1; seed <= 30; seed += 1) {
    state.forgetEverything();
    const roll = dice(seed);
    const list = store.kept((c) => c.status === 'queued', (a, b) => store.compare(a.rank_at, b.rank_at));
    for (let step = 0; step < 300; step += 1) {
      const id = `c${roll(40)}`;
      if (roll(6) === 0) state.dropCase(id);
      else state.putCase(aCase(id, { status: roll(3) ? 'queued' : 'assigned', rank_at: stamp(roll(20)) }));
      if (step % (1 + (seed % 7))) continue;
      const wanted = state.peekCases().filter((c) => c.status === 'queued').sort(byRank).map((c) => c.id);
      assert.deepEqual(list.ids.value, wanted, `seed ${seed}, step ${step}`);
      assert.deepEqual(list.cases.value, wanted.map((one) => state.caseOf(one).peek()));
      assert.equal(list.has(id), wanted.includes(id));
    }
  }
});

test('what orders nothing wakes nobody: words, unread, the same place', () => {
  for (const n of [1, 2, 3]) state.putCase(aCase(`c${n}`, { rank_at: stamp(10 * n) }));
  nav.view.value = 'queue';
  let drawn = 0;
  const stop = nav.groups.subscribe(() => { drawn += 1; });
  state.putCase(aCase('c2', { rank_at: stamp(20), unread: 3, last_item: { id: 'i', text: 'oi', at: stamp(50) } }));
  state.putCase(aCase('c2', { rank_at: stamp(25) }));
  assert.equal(drawn, 1);
  state.putCase(aCase('c2', { rank_at: stamp(5) }));
  assert.deepEqual([drawn, nav.groups.value[0].ids], [2, ['c2', 'c1', 'c3']]);
  stop();
});

test('mine follows who is signed in, and their load does not order it anew', () => {
  state.putCase(aCase('a', { status: 'assigned', owner: { id: 'ana' }, waiting_since: stamp(1) }));
  state.putCase(aCase('b', { status: 'assigned', owner: { id: 'bruno' }, waiting_since: stamp(2) }));
  nav.view.value = 'mine';
  const first = nav.groups.value;
  assert.deepEqual(first.map((g) => g.ids), [['a'], []]);
  state.me.value = { ...state.me.value, load: 3 };
  assert.equal(nav.groups.value, first);
  state.me.value = { id: 'bruno', name: 'Bruno Reis', role: 'agent' };
  assert.deepEqual(nav.groups.value.map((g) => g.ids), [['b'], []]);
});

test('words narrow the list, and follow what is said meanwhile', () => {
  state.putCase(aCase('a', { debtor: { id: 'a', name: 'Maria' } }));
  state.putCase(aCase('b', { debtor: { id: 'b', name: 'João' } }));
  nav.view.value = 'queue';
  nav.filter.value = 'boleto';
  const ids = () => nav.narrowed(nav.groups.value)[0].ids;
  assert.deepEqual(ids(), []);
  state.putCase(aCase('b', { debtor: { id: 'b', name: 'João' }, last_item: { id: 'i', text: 'e o boleto?', at: stamp(3) } }));
  assert.deepEqual(ids(), ['b']);
  nav.filter.value = 'joao';
  assert.deepEqual(ids(), ['b']);
  nav.filter.value = '';
  assert.deepEqual(ids(), ['a', 'b']);
});

test('under a hand rows keep their places, gone ones leave and new ones join at the end', () => {
  const placed = settle.keepPlaces([{ key: 'all', ids: ['a', 'b', 'c'] }], [{ key: 'all', ids: ['d', 'c', 'a'] }]);
  assert.deepEqual(placed, [{ key: 'all', ids: ['a', 'c', 'd'] }]);
});
