import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bundle } from './bundle.mjs';

const { reckon } = await bundle({ reckon: 'src/desk/pane/reckon.ts' });
const shut = new Set(['2026-11-20', '2026-12-25', '2027-01-01']);
const charge = (open) => {
  const parts = Object.entries({ fees: 0, fine: 0, interest: 0, principal: 0, ...open });
  return { id: 'c', open: Object.fromEntries(parts.map(([name, amount]) => [name, { amount, currency: 'BRL' }])) };
};
const none = { fine: 0, interest: 0, fees: 0, principal: 0 };
const terms = (change) => ({
  charges: [charge({ principal: 100_000, fine: 2_000, interest: 2_200 }), charge({ principal: 20_000, fine: 400, interest: 147 })],
  off: none, down: 20_000, count: 3, first: '2026-12-10', today: '2026-11-19', shut, increment: 1, ...change,
});

for (const [total, down, count, step, parts] of [
  [100_000, 20_000, 6, 1, [13_334, 13_334, 13_333, 13_333, 13_333, 13_333]],
  [25_642, 5_000, 3, 1, [6_881, 6_881, 6_880]],
  [10_001, 0, 4, 1, [2_501, 2_500, 2_500, 2_500]],
  [1_000_000, 0, 7, 1, [142_858, ...Array(6).fill(142_857)]],
  [123_456_700, 0, 6, 5_000, [20_580_000, ...Array(4).fill(20_575_000), 20_576_700]],
  [99_990, 0, 12, 1, [...Array(6).fill(8_333), ...Array(6).fill(8_332)]],
]) {
  test(`${total} less ${down} in ${count} is what the domain's section 3.5 says`, () => {
    assert.deepEqual(reckon.split(total - down, count, step), parts);
  });
}

test('a discount is rounded once over all charges, and everything adds up', () => {
  const found = reckon.reckon(terms({ off: { ...none, fine: 50, interest: 50, fees: 50 } }));
  assert.deepEqual([found.before, found.discount, found.total], [124_747, 2_374, 122_373]);
  assert.equal(found.lines.reduce((sum, line) => sum + line.amount, 0), found.total);
});

test('each component is let go by itself, as far as it is owed', () => {
  const found = reckon.reckon(terms({ off: { fine: 100, interest: 10, fees: 100, principal: 1 } }));
  assert.deepEqual([found.discount, found.total], [2_400 + 235 + 1_200, 124_747 - 3_835]);
});

test('the down payment is due in three bank days, instalments monthly from the anchor, moved to a bank day', () => {
  const { lines } = reckon.reckon(terms({ first: '2026-12-12' }));
  assert.deepEqual(lines.map((l) => [l.n, l.due, l.moved]), [
    [0, '2026-11-25', null], [1, '2026-12-14', '2026-12-12'], [2, '2027-01-12', null], [3, '2027-02-12', null]]);
  assert.deepEqual([1, 2, 3, 4].map((n) => reckon.monthsOn('2026-10-31', n)), ['2026-11-30', '2026-12-31', '2027-01-31', '2027-02-28']);
});

test('what cannot be is told and draws no schedule', () => {
  for (const [change, wrong] of [[{ down: 10 ** 9 }, 'down'], [{ count: 0 }, 'down'], [{ off: { fine: 100, interest: 100, fees: 100, principal: 100 } }, 'nothing']]) {
    const found = reckon.reckon(terms(change));
    assert.deepEqual([found.wrong, found.lines], [wrong, []]);
  }
});

test('what goes beyond one\'s authority is named', () => {
  const limits = { level: 'agent', extras_bp: 10_000, principal_bp: 500, instalments: 12, down_bp: 1_000, days: 5 };
  assert.deepEqual(reckon.beyond(limits, terms({}), 124_747), []);
  assert.deepEqual(reckon.beyond(limits, terms({ off: { ...none, principal: 6 }, count: 13, down: 0 }), 124_747), ['principal_discount', 'instalments', 'down_payment']);
  assert.deepEqual(reckon.beyond({ ...limits, extras_bp: 5_000 }, terms({ off: { ...none, fine: 51 } }), 124_747), ['extras_discount']);
});

test("the debtor's own day counts from the second instalment on", () => {
  const { lines } = reckon.reckon(terms({ first: '2026-12-12', day: 5 }));
  assert.deepEqual(lines.slice(1).map((l) => [l.due, l.moved]), [['2026-12-14', '2026-12-12'], ['2027-01-05', null], ['2027-02-05', null]]);
});

test('an offer that stands for more bank days than one may grant needs approval', () => {
  const limits = { level: 'agent', extras_bp: 10_000, principal_bp: 0, instalments: 12, down_bp: 0, days: 2 };
  const over = (until) => reckon.beyond(limits, terms({ until }), 1);
  assert.deepEqual([over('2026-11-19'), over('2026-11-24'), over('2026-11-25')], [[], [], ['validity']]);
  assert.equal(reckon.bankDaysOn('2026-11-19', 2, shut), '2026-11-24');
});
