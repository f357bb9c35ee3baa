import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { bundle, root } from './bundle.mjs';

const { others, pane, entries, segments, plan, quick, settle, format, i18n, templates, signs, holders } = await bundle({
  others: 'src/desk/composer/others.tsx', pane: 'src/ui/window.ts', entries: 'src/desk/entries.ts', segments: 'src/desk/composer/segments.ts', plan: 'src/desk/pane/plan.tsx', quick: 'src/desk/composer/quick.tsx',
  settle: 'src/ui/settle.ts', format: 'src/format.ts', i18n: 'src/i18n.ts', templates: 'src/desk/dialogs/templates.tsx', signs: 'src/ui/signs.tsx', holders: 'src/desk/holders.ts',
});
const speak = (tag) => i18n.useMessages(tag, JSON.parse(readFileSync(join(root, 'i18n', `${tag}.json`), 'utf8')));
const at = (minute) => new Date(2026, 10, 22, 10, minute).toISOString();
const message = (position, minute, change = {}) => ({ id: `m${position}`, position, kind: 'message', at: at(minute), author: null, direction: 'in', channel: 'whatsapp', text: 'x', status: 'received', ...change });

test('bubbles of one breath stand together, another channel begins anew', () => {
  const drawn = entries.entriesOf([message(1, 0), message(2, 1), message(3, 2, { channel: 'sms' }), message(4, 20, { channel: 'sms' })], [], null);
  assert.deepEqual(drawn.map((e) => e.kind), ['day', 'bubbles', 'bubbles', 'bubbles']);
  assert.deepEqual(drawn.filter((e) => e.kind === 'bubbles').map((e) => [e.items.length, e.showFrom]), [[2, true], [1, true], [1, false]]);
});

test('the unread line stands before the first thing they wrote since', () => {
  const drawn = entries.entriesOf([message(1, 0), message(2, 1, { direction: 'out' }), message(3, 2)], [], 1);
  assert.deepEqual(drawn.map((e) => e.kind), ['day', 'bubbles', 'bubbles', 'unread', 'bubbles']);
});

test('a breath whose beginning is let go of stays the one that was drawn, and its halves are two', () => {
  const breaths = new Map();
  const said = [1, 2, 3, 4].map((n) => message(n, 0));
  const keys = (items) => entries.entriesOf(items, [], null, breaths).filter((e) => e.kind === 'bubbles').map((e) => e.key);
  const [whole] = keys(said);
  assert.deepEqual(keys(said.slice(2)), [whole]);
  assert.deepEqual(keys([...said.slice(2), message(5, 0)]), [whole]);
  const halves = keys([said[2], message(4, 0, { channel: 'sms' }), message(5, 0)]);
  assert.equal(new Set(halves).size, halves.length);
  assert.equal(halves[0], whole);
});

test('a stand-in is not drawn beside the message it became', () => {
  const pending = [{ clientId: 'c', kind: 'message', at: at(3), body: {}, state: 'pending' }];
  assert.equal(entries.entriesOf([message(1, 0, { direction: 'out', client_id: 'c' })], pending, null).some((e) => e.kind === 'pending'), false);
  assert.equal(entries.entriesOf([message(1, 0)], pending, null).some((e) => e.kind === 'pending'), true);
});

test('one letter outside GSM-7 more than halves an SMS, and is named', () => {
  assert.deepEqual(segments.segmentsOf('a'.repeat(160)), { count: 1, used: 160, room: 160, guilty: null });
  assert.equal(segments.segmentsOf('a'.repeat(161)).count, 2);
  assert.deepEqual(segments.segmentsOf(`ó${'a'.repeat(70)}`), { count: 2, used: 71, room: 134, guilty: 'ó' });
  assert.equal(segments.segmentsOf('€').used, 2);
});

test('sums are read as people here and there write them', () => {
  assert.equal(plan.parseAmount('1.234,56'), 1234.56);
  assert.equal(plan.parseAmount('1,234.56'), 1234.56);
  assert.equal(plan.parseAmount('R$ 300'), 300);
  assert.equal(plan.parseAmount('1.234'), 1234);
  assert.equal(plan.parseAmount(''), 0);
});

test('a slash asks for a quick reply only where a word begins', () => {
  assert.deepEqual(quick.slashWord('oi /ju', 6), { from: 3, word: 'ju' });
  assert.equal(quick.slashWord('25/11', 5), null);
  assert.deepEqual(quick.slashWord('/', 1), { from: 0, word: '' });
});

test('rows keep their places under a hand: gone ones leave, new ones join at the end', () => {
  const held = [{ key: 'a', ids: ['1', '2', '3'] }];
  assert.deepEqual(settle.keepPlaces(held, [{ key: 'a', ids: ['4', '3', '1'] }]), [{ key: 'a', ids: ['1', '3', '4'] }]);
  assert.deepEqual(settle.keepPlaces(held, [{ key: 'b', ids: ['3'] }]), [{ key: 'b', ids: ['3'] }]);
});

test('money and waits are written by locale', () => {
  speak('pt-BR');
  assert.equal(format.money({ amount: 123456, currency: 'BRL' }), 'R$ 1.234,56');
  assert.equal(format.money({ amount: 123499, currency: 'BRL' }, true), 'R$ 1.234');
  assert.equal(format.money({ amount: 1234, currency: 'CLP' }), '$1.234');
  assert.equal(format.money({ amount: 123400, currency: 'COP' }), '$ 1.234');
  assert.equal(format.money({ amount: 123456, currency: 'COP' }), '$ 1.234,56');
  assert.equal(format.amount({ amount: 123456, currency: 'MXN' }), '1,234.56');
  assert.equal(format.money({ amount: 123400, currency: 'COP' }, true, true), 'COP 1.234');
  assert.ok(format.isBareDollar('MXN') && !format.isBareDollar('BRL'));
  assert.equal(format.span(401_000), '6:41');
  assert.equal(format.span(41 * 60_000), '41 min');
  assert.equal(format.span(192 * 60_000), '3 h 12');
  speak('en');
  assert.equal(format.money({ amount: 123456, currency: 'MXN' }), '$1,234.56');
});

test('a person goes by the first name, a company by the whole', () => {
  assert.equal(format.firstName('Maria Aparecida Souza'), 'Maria');
  assert.equal(format.firstName('Comercial Três Rios Ltda.'), 'Comercial Três Rios Ltda.');
  assert.equal(format.firstName('Frutas del Sur S.A.S.'), 'Frutas del Sur S.A.S.');
});

test('a template shows what is filled and what is not', () => {
  assert.equal(templates.rendered('Olá, {{ name }}, até {{date}}', { name: 'Maria' }), 'Olá, Maria, até {{date}}');
});

test('a wait turns amber near its promise and red after it', () => {
  const now = Date.parse('2026-11-22T10:00:00Z');
  const waits = (since, due) => signs.waitTone({ waiting_since: since && new Date(now - since * 60_000).toISOString(), sla_due_at: due === null ? null : new Date(now + due * 60_000).toISOString() }, now);
  assert.equal(waits(1, 4), '');
  assert.equal(waits(4, 1), 'warn');
  assert.equal(waits(6, -1), 'late');
  assert.equal(waits(6, null), '');
  assert.equal(waits(null, null), 'calm');
});

test('the name of another case in a text is noticed, a first name alone is not', () => {
  const cases = ['João Pedro Antunes', 'Maria Souza', 'Lia'].map((name, i) => ({ id: String(i), debtor: { name } }));
  const here = { id: 'x', debtor: { name: 'Maria Lima' } };
  assert.deepEqual(others.otherNamesIn('Oi, joao pedro antunes!', here, cases), ['João Pedro Antunes']);
  assert.deepEqual(others.otherNamesIn('Oi João, tudo bem?', here, cases), []);
  assert.deepEqual(others.otherNamesIn('Maria Souza', { id: '1', debtor: { name: 'Maria Souza' } }, cases), []);
});

test('of ten thousand rows a screenful is drawn and the space of the rest is kept', () => {
  const { from, to, above, below } = pane.sliceOf(10_000, 52, 52_000, 520);
  assert.ok(to - from < 60);
  assert.equal(above + (to - from) * 52 + below, 10_000 * 52);
  assert.deepEqual(pane.sliceOf(3, 52, 9_999, 520), { from: 3, to: 3, above: 156, below: 0 });
});

test('a moment of theirs says whose it is where the clocks differ, and is "today" by their day', () => {
  speak('pt-BR');
  const kiritimati = 'Pacific/Kiritimati';
  const noon = Date.UTC(2026, 10, 25, 12); // there it is two in the morning of the day after
  const told = (hours, zone) => format.whenWillBe(new Date(noon + hours * 3_600_000).toISOString(), noon, zone);
  assert.equal(told(1, kiritimati), '03:00, hora do cliente');
  assert.equal(told(-3, kiritimati), 'qua 23:00, hora do cliente');
  assert.equal(told(24 * 7, kiritimati), '03/12/2026 02:00, hora do cliente');
  assert.equal(told(1, Intl.DateTimeFormat().resolvedOptions().timeZone), told(1));
  assert.doesNotMatch(told(1), /hora do cliente/);
});

test('nothing goes to somebody beside the customer unless a person says so', () => {
  const point = (id, change = {}) => ({ id, channel: 'whatsapp', state: 'active', holder: null, last_inbound_at: at(1), ...change });
  const rosa = point('hers', { holder: { role: 'guarantor', name: 'Rosa', proof: 'x' }, last_inbound_at: at(9) });
  const c = { contact_points: [rosa, point('shut', { state: 'invalid', last_inbound_at: at(5) }), point('old'), point('new', { last_inbound_at: at(2) })] };
  assert.equal(holders.readerOf(c, 'whatsapp').id, 'new');
  assert.equal(holders.readerOf(c, 'whatsapp', 'hers').id, 'hers');
  assert.equal(holders.pointOf({ contact_points: [rosa, point('shut', { state: 'invalid' })] }, 'whatsapp').id, 'shut');
  assert.equal(holders.pointOf({ contact_points: [rosa] }, 'whatsapp').id, 'hers');
});
