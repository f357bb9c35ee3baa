import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';

/** The browser's edges: its storage, and a server whose next answers are laid out. */
const shelf = new Map();
globalThis.localStorage = new Proxy({}, {
  get: (_, name) => ({ getItem: (k) => shelf.get(k) ?? null, setItem: (k, v) => { shelf.set(k, String(v)); }, removeItem: (k) => { shelf.delete(k); } })[name],
  ownKeys: () => [...shelf.keys()],
  getOwnPropertyDescriptor: (_, key) => (shelf.has(key) ? { enumerable: true, configurable: true, value: shelf.get(key) } : undefined),
});
const asked = [];
let answers = [];
globalThis.fetch = async (path, init) => {
  asked.push({ path, method: init.method, body: init.body ? JSON.parse(init.body) : undefined });
  const answer = answers.shift() ?? { status: 200, body: {} };
  if (answer === 'unreachable') throw new TypeError('network');
  return new Response(answer.status === 204 ? null : JSON.stringify(answer.body), { status: answer.status });
};

const { bundle } = await import('./bundle.mjs');
const { drafts, commands, leaving, sending, state, apply, notices } = await bundle({
  drafts: 'src/store/drafts.ts', commands: 'src/store/commands.ts', leaving: 'src/store/leaving.ts', sending: 'src/store/sending.ts', state: 'src/store/state.ts', apply: 'src/store/apply.ts', notices: 'src/store/notices.ts',
});
const ana = { id: 'ana', name: 'Ana Prado', role: 'agent' };
const draft = () => drafts.draftOf('maria').value;
const standing = () => state.timelineOf('maria').pending.value;

beforeEach(() => {
  shelf.clear();
  asked.length = 0;
  answers = [];
  state.forgetEverything();
  drafts.forgetDrafts();
  state.me.value = ana;
  sending.setUndoSend(false);
  apply.mergeCase({
    id: 'maria', status: 'assigned', owner: ana, epoch: 7, portfolio: { id: 'p', name: 'Ipê' }, debtor: { id: 'd', name: 'Maria' }, channels: ['whatsapp'],
  });
});

test('a message leaves with the epoch it was written under and clears the draft', async () => {
  drafts.editDraft('maria', { text: 'Bom dia', saved: true });
  const sent = sending.sendMessage('maria', { channel: 'whatsapp', text: 'Bom dia' });
  assert.equal(draft().text, '');
  assert.equal(standing().length, 1);
  answers = [];
  await sent;
  const post = asked.find((a) => a.path.endsWith('/messages'));
  assert.equal(post.body.epoch, 7);
  assert.equal(post.body.text, 'Bom dia');
  assert.equal(standing().length, 0);
});

test('a refusal gives the text back to the composer', async () => {
  drafts.editDraft('maria', { text: 'Bom dia' });
  answers = [{ status: 409, body: { code: 'stale_epoch' } }];
  await sending.sendMessage('maria', { channel: 'whatsapp', text: 'Bom dia' });
  assert.equal(draft().text, 'Bom dia');
  assert.equal(standing().length, 0);
});

test('a file that waits for the next message stays in the composer', async () => {
  const file = (key, later) => ({ key, name: `${key}.png`, type: 'image/png', size: 1, upload: { id: key }, later });
  drafts.editDraft('maria', { text: 'Segue', files: [file('a', false), file('b', true)] });
  await sending.sendMessage('maria', { channel: 'whatsapp', text: 'Segue' });
  assert.deepEqual(asked.find((a) => a.path.endsWith('/messages')).body.attachments, ['a']);
  assert.deepEqual(draft().files.map((f) => f.key), ['b']);
});

test('a refusal stays in the thread when something new is being typed', async () => {
  drafts.editDraft('maria', { text: 'primeira' });
  answers = [{ status: 422, body: { code: 'gate_blocked', reason: 'TONE:threat' } }];
  const sent = sending.sendMessage('maria', { channel: 'whatsapp', text: 'primeira' });
  drafts.editDraft('maria', { text: 'segunda' });
  await sent;
  assert.equal(draft().text, 'segunda');
  assert.equal(standing()[0].state, 'refused');
});

test('what could not be reached goes again under the same client_id', async () => {
  answers = ['unreachable'];
  await sending.sendMessage('maria', { channel: 'whatsapp', text: 'oi' });
  assert.equal(standing()[0].state, 'unreachable');
  await sending.resendUnreachable(['maria']);
  const posts = asked.filter((a) => a.path.endsWith('/messages'));
  assert.equal(posts.length, 2);
  assert.equal(posts[0].body.client_id, posts[1].body.client_id);
  assert.equal(standing().length, 0);
});

test('a suggestion goes below what is written, names its whisper, and can be taken out', async () => {
  drafts.editDraft('maria', { text: 'Oi Maria' });
  drafts.useSuggestion('maria', 'w1', 'Posso dividir em 3.');
  assert.equal(draft().text, 'Oi Maria\n\nPosso dividir em 3.');
  assert.equal(drafts.undoSuggestion('maria'), true);
  assert.equal(draft().text, 'Oi Maria');
  drafts.useSuggestion('maria', 'w1', 'Posso dividir em 3.');
  await sending.sendMessage('maria', { channel: 'whatsapp', text: draft().text });
  assert.equal(asked.find((a) => a.path.endsWith('/messages')).body.whisper, 'w1');
});

test('a draft survives in the browser until the server has it', async () => {
  drafts.editDraft('maria', { text: 'meio escrito' });
  assert.ok([...shelf.values()].some((v) => v.includes('meio escrito')));
  answers = ['unreachable'];
  await drafts.saveDraft('maria');
  assert.equal(draft().saved, false);
  answers = [{ status: 200, body: { text: 'meio escrito', rev: 1 } }];
  await drafts.saveDraft('maria');
  assert.equal(draft().saved, true);
  assert.equal(draft().rev, 1);
});

test('a draft of another tab with a later rev is written over by what is on this screen', async () => {
  drafts.editDraft('maria', { text: 'aqui' });
  answers = [{ status: 200, body: { text: 'lá', rev: 9 } }, { status: 200, body: { text: 'aqui', rev: 10 } }];
  await drafts.saveDraft('maria');
  const puts = asked.filter((a) => a.method === 'PUT');
  assert.deepEqual(puts.map((p) => p.body), [{ text: 'aqui', note: '', rev: 1 }, { text: 'aqui', note: '', rev: 10 }]);
});

test('the text handed down by a take-over is taken where nothing of ours stands', () => {
  drafts.takeServerDraft('maria', { text: 'de Ana', rev: 3 });
  assert.equal(draft().text, 'de Ana');
  drafts.editDraft('maria', { text: 'meu' });
  drafts.takeServerDraft('maria', { text: 'outro', rev: 4 });
  assert.equal(draft().text, 'meu');
});

test('sign-out leaves nothing behind that the server has, and nothing is lost that it has not', async () => {
  answers = [{ status: 200, body: { rev: 1 } }];
  drafts.editDraft('maria', { text: 'segredo' });
  await drafts.flushDrafts();
  drafts.editDraft('joao', { subject: 'só aqui' });
  drafts.forgetDrafts();
  const left = [...shelf.values()].join();
  assert.equal(left.includes('segredo'), false);
  assert.equal(drafts.draftOf('joao').value.subject, 'só aqui');
});

const posts = () => asked.filter((a) => a.path.endsWith('/messages'));

test('a message waits its five seconds and comes back by one key', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    sending.setUndoSend(true);
    drafts.editDraft('maria', { text: 'Bom dia' });
    const sent = sending.sendMessage('maria', { channel: 'whatsapp', text: 'Bom dia' });
    assert.equal(standing()[0].state, 'undoable');
    drafts.editDraft('maria', { text: 'e mais' });
    assert.equal(sending.undoSend('maria'), true);
    await sent;
    assert.equal(posts().length, 0);
    assert.equal(standing().length, 0);
    assert.equal(draft().text, 'Bom dia\n\ne mais');
    assert.equal(sending.undoSend('maria'), false);
  } finally { mock.timers.reset(); }
});

test('a second message lets the first leave at once, and each leaves by itself after five seconds', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    sending.setUndoSend(true);
    const first = sending.sendMessage('maria', { channel: 'whatsapp', text: 'um' });
    const second = sending.sendMessage('maria', { channel: 'whatsapp', text: 'dois' });
    await first;
    assert.deepEqual(posts().map((p) => p.body.text), ['um']);
    mock.timers.tick(5000);
    await second;
    assert.deepEqual(posts().map((p) => p.body.text), ['um', 'dois']);
  } finally { mock.timers.reset(); }
});

test('a page that goes takes along what was sent', async () => {
  sending.setUndoSend(true);
  const sent = sending.sendMessage('maria', { channel: 'whatsapp', text: 'indo' });
  sending.leaveWithPage();
  await sent;
  assert.deepEqual(posts().map((p) => p.body.text), ['indo']);
  sending.pageIsBack();
});

test('what the server had not acknowledged stands in its thread after a reload', async () => {
  answers = ['unreachable'];
  await sending.sendMessage('maria', { channel: 'whatsapp', text: 'oi' });
  state.forgetEverything();
  assert.equal(standing().length, 0);
  leaving.restorePending();
  assert.deepEqual(standing().map((p) => [p.state, p.body.text]), [['unreachable', 'oi']]);
  apply.mergeItem('maria', { id: 'm1', position: 1, kind: 'message', at: new Date().toISOString(), direction: 'out', channel: 'whatsapp', status: 'queued', text: 'oi', client_id: standing()[0].clientId, author: ana });
  assert.equal([...shelf.keys()].some((key) => key.startsWith('acordo:leaving')), false);
});

test('what could not be reached a minute ago waits for a person', async () => {
  answers = ['unreachable'];
  await sending.sendMessage('maria', { channel: 'whatsapp', text: 'tarde' });
  state.timelineOf('maria').pending.value = standing().map((p) => ({ ...p, at: new Date(Date.now() - 90_000).toISOString() }));
  await sending.resendUnreachable(['maria']);
  assert.equal(posts().length, 1);
  assert.equal(standing()[0].state, 'unreachable');
  sending.takeBack('maria', standing()[0]);
  assert.equal(draft().text, 'tarde');
});

test('files beyond what one message holds wait for the next', async () => {
  const file = (n) => ({ key: `k${n}`, name: `${n}.png`, type: 'image/png', size: 1, ...(n <= 10 ? { upload: { id: `u${n}` } } : { later: true }) });
  drafts.editDraft('maria', { files: Array.from({ length: 12 }, (_, i) => file(i + 1)) });
  await sending.sendMessage('maria', { channel: 'whatsapp', text: '' });
  assert.equal(posts()[0].body.attachments.length, 10);
  assert.deepEqual(draft().files.map((f) => f.name), ['11.png', '12.png']);
});

test('a lost claim names who has the case', async () => {
  answers = [{ status: 409, body: { code: 'conflict', owner: { id: 'b', name: 'Bruno Teles' } } }];
  assert.equal(await commands.claim('maria'), false);
  assert.match(notices.toasts.value.at(-1).text, /claimedBy|Bruno/);
});

test('what is typed is shown again to whoever came to watch since, and not once it is gone', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const shown = [];
  drafts.showDraftsLive((id, text) => shown.push(text));
  drafts.editDraft('maria', { text: 'Vamos' });
  t.mock.timers.tick(1_500);
  assert.deepEqual(shown, ['Vamos', 'Vamos']);
  drafts.editDraft('maria', { text: '' });
  t.mock.timers.tick(60_000);
  assert.deepEqual(shown, ['Vamos', 'Vamos', '']);
  drafts.showDraftsLive(() => undefined);
});
