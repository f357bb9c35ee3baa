import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { bundle } from './bundle.mjs';

const { apply, state } = await bundle({ apply: 'src/store/apply.ts', state: 'src/store/state.ts' });
const ana = { id: 'ana', name: 'Ana Prado', role: 'agent' };
const sofia = { id: 'sofia', name: 'Sofia Lima', role: 'supervisor' };
let counter = 0;

const maria = (change = {}) => ({
  id: 'maria', status: 'assigned', owner: ana, epoch: 3, portfolio: { id: 'p', name: 'Ipê' }, debtor: { id: 'd', name: 'Maria Souza' },
  channels: ['whatsapp'], unread: 0, updated_at: '2026-11-22T10:00:00.000Z', last_item: null, ...change,
});
const frame = (name, data, id = `e${++counter}`) => ({ type: 'event', cursor: `c${counter}`, id, at: '2026-11-22T10:00:00.000Z', name, case: data.case ?? data.id, data });
const item = (position, change = {}) => ({
  id: `i${position}`, position, kind: 'message', at: `2026-11-22T10:00:${String(position).padStart(2, '0')}.000Z`, author: null, case: 'maria', rev: 1,
  direction: 'in', channel: 'whatsapp', text: `m${position}`, status: 'received', ...change,
});
const held = () => state.caseOf('maria').value;
const positions = () => state.timelineOf('maria').items.value.map((i) => i.position);

beforeEach(() => {
  state.forgetEverything();
  state.me.value = { ...ana };
  apply.mergeCase(maria());
  state.timelineOf('maria').state.value = 'ready';
});

test('an event told twice is applied once', () => {
  const told = frame('message.created', item(1), 'same');
  apply.applyEvent(told);
  apply.applyEvent(told);
  assert.deepEqual(positions(), [1]);
  assert.equal(held().unread, 1);
});

test('items stand by position, whatever order they come in', () => {
  for (const position of [2, 5, 1, 9, 4]) apply.applyEvent(frame('message.created', item(position)));
  assert.deepEqual(positions(), [1, 2, 4, 5, 9]);
});

test('an older revision of an item does not undo a newer one', () => {
  apply.applyEvent(frame('message.updated', item(1, { direction: 'out', status: 'read', rev: 4 })));
  apply.applyEvent(frame('message.updated', item(1, { direction: 'out', status: 'sent', rev: 2 })));
  assert.equal(state.timelineOf('maria').items.value[0].status, 'read');
});

test('what a case event leaves out is kept', () => {
  apply.mergeCase(maria({ contact_points: [{ id: 'cp', channel: 'sms', address: 'x' }] }));
  apply.applyEvent(frame('case.updated', maria({ labels: ['vip'] })));
  assert.equal(held().contact_points.length, 1);
  assert.deepEqual(held().labels, ['vip']);
});

test('a case of an older epoch is left aside', () => {
  apply.applyEvent(frame('case.assigned', maria({ epoch: 5, owner: sofia })));
  apply.applyEvent(frame('case.updated', maria({ epoch: 4 })));
  assert.equal(held().owner.id, 'sofia');
});

test('a replayed older snapshot does not undo a newer one of the same epoch', () => {
  apply.applyEvent(frame('case.updated', maria({ labels: ['new'], updated_at: '2026-11-22T10:05:00.000Z' })));
  apply.applyEvent(frame('case.updated', maria({ labels: ['old'], updated_at: '2026-11-22T10:01:00.000Z' })));
  assert.deepEqual(held().labels, ['new']);
});

test('a snapshot overtaken by an event still brings what events leave out', () => {
  apply.applyEvent(frame('case.updated', maria({ labels: ['new'], updated_at: '2026-11-22T10:05:00.000Z' })));
  apply.mergeCase(maria({ contact_points: [{ id: 'cp', channel: 'sms', address: 'x' }] }));
  assert.equal(held().contact_points.length, 1);
  assert.deepEqual(held().labels, ['new']);
});

test('a hidden case is forgotten with its thread', () => {
  apply.applyEvent(frame('message.created', item(1)));
  apply.applyEvent(frame('case.hidden', { id: 'maria' }));
  assert.equal(state.caseOf('maria'), undefined);
  assert.deepEqual(positions(), []);
});

test('a masked row of the queue never touches a case that we see whole', () => {
  apply.mergeCase(maria({ waiting_since: '2026-11-22T10:02:00.000Z' }));
  apply.applyEvent(frame('case.updated', { id: 'maria', status: 'assigned', debtor: { name: 'Maria S.' }, waiting_since: null, masked: true }));
  assert.equal(held().debtor.name, 'Maria Souza');
  assert.equal(held().waiting_since, '2026-11-22T10:02:00.000Z');
});

test('a masked row leaves the queue when somebody takes it', () => {
  apply.applyEvent(frame('case.queued', { id: 'q', status: 'queued', debtor: { name: 'João P.' }, masked: true }));
  assert.equal(state.caseOf('q').value.masked, true);
  apply.applyEvent(frame('case.assigned', { id: 'q', status: 'assigned', debtor: { name: 'João P.' }, masked: true }));
  assert.equal(state.caseOf('q'), undefined);
});

test('a claimed row becomes a whole case', () => {
  apply.applyEvent(frame('case.queued', { id: 'q', status: 'queued', debtor: { name: 'João P.' }, masked: true }));
  apply.applyEvent(frame('case.assigned', maria({ id: 'q', debtor: { id: 'dq', name: 'João Pedro' } })));
  assert.equal(state.caseOf('q').value.masked, false);
  assert.equal(state.caseOf('q').value.debtor.name, 'João Pedro');
});

test('a message that we sent replaces its stand-in', () => {
  const line = state.timelineOf('maria');
  line.pending.value = [{ clientId: 'c-1', kind: 'message', at: '', body: {}, state: 'pending' }];
  apply.applyEvent(frame('message.created', item(1, { direction: 'out', client_id: 'c-1', status: 'queued' })));
  assert.equal(line.pending.value.length, 0);
  assert.equal(held().unread, 0);
});

test('whispers and notes never become the last words', () => {
  apply.applyEvent(frame('message.created', item(1)));
  apply.applyEvent(frame('whisper.created', item(2, { kind: 'whisper', text: 'ofereça 3x', to: ana })));
  apply.applyEvent(frame('note.created', item(3, { kind: 'note', text: 'nota' })));
  assert.equal(held().last_item.text, 'm1');
});

test('a take-over locks the agent at once and remembers whose it was', () => {
  apply.applyEvent(frame('takeover.started', { id: 'maria', user: sofia, epoch: 4 }));
  assert.equal(held().owner.id, 'sofia');
  assert.equal(state.isTakenFromMe(held()), true);
  assert.equal(state.mayWrite(held()), false);
});

test('a barge-in lets a supervisor write beside the owner until it ends', () => {
  state.me.value = { ...sofia };
  apply.applyEvent(frame('barge.started', { id: 'maria', user: sofia }));
  assert.equal(state.mayWrite(held()), true);
  apply.applyEvent(frame('barge.ended', { id: 'maria', user: null }));
  assert.equal(state.mayWrite(held()), false);
});

test('what was seen is what the server says', () => {
  apply.applyEvent(frame('message.created', item(1)));
  apply.applyEvent(frame('case.seen', { id: 'maria', unread: 0, position: 1 }));
  assert.equal(held().unread, 0);
});

test('a done request leaves the queue of requests', () => {
  const request = { id: 'r', kind: 'hand', case: 'maria', reason: 'discount', at: '', by: ana, state: 'open' };
  apply.applyEvent(frame('request.created', request));
  assert.equal(state.requests.value.size, 1);
  apply.applyEvent(frame('request.updated', { ...request, state: 'done' }));
  assert.equal(state.requests.value.size, 0);
});

test('of a thread nobody opened only the end is kept', () => {
  state.timelineOf('maria').state.value = 'empty';
  for (let position = 1; position <= 60; position += 1) apply.applyEvent(frame('message.created', item(position)));
  assert.equal(positions().length, 20);
  assert.equal(positions().at(-1), 60);
});

test('a payment asks for the balance to be read again', () => {
  apply.applyEvent(frame('payment.recorded', { case: 'maria', debtor: 'd' }));
  assert.equal(state.ledgerChanges.value.get('d'), 1);
});

test('a notice of what was already told asks for nothing', () => {
  apply.applyEvent(frame('notice.created', { case: 'maria', debtor: 'told' }));
  assert.equal(state.ledgerChanges.value.get('told'), undefined);
});
