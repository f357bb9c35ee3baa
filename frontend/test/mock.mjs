/** A server of fixtures, for looking at the pages without the real one: `node mock.mjs DIST [PORT] [SANDBOX]`; calls of the
 *  sandbox go on to the address SANDBOX.
 *  It answers the contract's calls from memory and tells events on its socket; nothing is kept. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { makeBalance, makeCases, makeQueue, makeTimeline, makeWall, people, pointsOf, portfolio, team } from './fixtures.mjs';

const [dist, port = '0', sandbox] = process.argv.slice(2);
const now = Date.now();
const cases = makeCases(now);
const queue = makeQueue(now);
const lines = new Map();
const sockets = new Set();
let counter = 1000;

const timelineOf = (id) => { if (!lines.has(id) && cases.has(id)) lines.set(id, makeTimeline(cases.get(id), now)); return lines.get(id) ?? []; };
const manifest = () => JSON.parse(readFileSync(join(dist, 'manifest.json'), 'utf8'));
const types = { js: 'text/javascript', css: 'text/css', json: 'application/json' };

function tell(name, caseId, data) {
  const frame = JSON.stringify({ type: 'event', cursor: `c${++counter}`, id: `e${counter}`, at: new Date().toISOString(), name, case: caseId, data });
  for (const s of sockets) sendFrame(s, frame);
}

function update(id, change, name = 'case.updated') {
  const c = { ...cases.get(id), ...change, updated_at: new Date().toISOString() };
  cases.set(id, c);
  tell(name, id, c);
  return c;
}

function add(id, item) {
  const line = timelineOf(id);
  const whole = { id: `i${++counter}`, position: (line.at(-1)?.position ?? 0) + 1, at: new Date().toISOString(), case: id, rev: 1, ...item };
  line.push(whole);
  tell(item.kind === 'event' ? 'event.created' : `${item.kind}.created`, id, whole);
  return whole;
}

function advance(id, item, statuses) {
  statuses.forEach((status, i) => setTimeout(() => {
    Object.assign(item, { status, rev: item.rev + 1 });
    tell('message.updated', id, { ...item });
  }, 700 * (i + 1)));
}

const user = (request) => (/sofia/.test(request.headers.cookie ?? '') || /sofia/.test(request.headers.host ?? '') ? people.sofia : people.ana);

function page(request, name) {
  const m = manifest();
  const script = m.scripts[name];
  const boot = { user: { ...user(request), email: 'ana@demo.acordo.example', language: 'pt-BR', teams: [team] }, csrf: 'x', lang: 'pt-BR', demo: true, persona_hosts: ['ana', 'bruno', 'sofia', 'caio'].map((n) => ({ name: people[n].name, role: people[n].role, url: `http://${n}.localhost/` })) };
  return `<!doctype html><html lang="pt-BR"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"><title>Acordo</title>
<link rel="stylesheet" href="/static/${m.styles[name]}">${script.imports.map((i) => `<link rel="modulepreload" href="/static/${i}">`).join('')}<script type="module" src="/static/${script.file}"></script></head>
<body><div id="app"></div><script type="application/json" id="boot">${JSON.stringify(name === 'sign-in' ? { ...boot, user: null } : boot)}</script></body></html>`;
}

const routes = [
  ['GET', /^\/api\/v1\/me$/, (_m, _b, r) => ({ ...user(r), email: 'x', language: 'pt-BR', teams: [team], capacity: 8, load: 5.3, presence: { status: 'online', reason: null, until: null } })],
  ['PUT', /^\/api\/v1\/me\/presence$/, (_m, b) => b],
  ['GET', /^\/api\/v1\/cases$/, (_m, _b, r) => {
    const view = new URL(r.url, 'http://x').searchParams.get('view');
    return { items: view === 'queue' ? queue : [...cases.values()], next: null };
  }],
  ['GET', /^\/api\/v1\/cases\/([\w-]+)$/, ([id]) => cases.has(id) && { ...cases.get(id), contact_points: pointsOf(cases.get(id), now), seen_position: Math.max(0, (timelineOf(id).at(-1)?.position ?? 0) - (cases.get(id).unread ?? 0) - 2), draft: null, watchers: id === 'maria' ? [people.sofia] : [], barge: [] }],
  ['GET', /^\/api\/v1\/cases\/([\w-]+)\/timeline$/, ([id], _b, r) => {
    const before = Number(new URL(r.url, 'http://x').searchParams.get('before') ?? Infinity);
    const all = timelineOf(id).filter((i) => i.position < before);
    return { items: all.slice(-25), next: null, previous: all.length > 25 ? String(all.at(-25).position) : null };
  }],
  ['POST', /^\/api\/v1\/cases\/([\w-]+)\/messages$/, ([id], b, r) => {
    if (/ameaça/.test(b.text ?? '')) return problem(422, 'gate_blocked', { reason: 'TONE:threat', detail: 'ameaça' });
    const item = add(id, { kind: 'message', direction: 'out', author: user(r), status: b.send_at ? 'scheduled' : 'queued', attachments: [], sort: 'text', due_at: b.send_at, ...b, text: b.text ?? `[${b.template?.name}]` });
    if (!b.send_at) advance(id, item, ['sending', 'sent', 'delivered', 'read']);
    update(id, { waiting_since: null, sla_due_at: null, weight: 0.3, last_item: { id: item.id, kind: 'message', direction: 'out', channel: b.channel, text: item.text, at: item.at, status: 'queued', sort: 'text' } });
    return item;
  }],
  ['POST', /^\/api\/v1\/cases\/([\w-]+)\/notes$/, ([id], b, r) => add(id, { kind: 'note', author: user(r), ...b })],
  ['POST', /^\/api\/v1\/cases\/([\w-]+)\/whispers$/, ([id], b, r) => add(id, { kind: 'whisper', author: user(r), to: cases.get(id).owner, seen_at: null, used_at: null, ...b })],
  ['PUT', /^\/api\/v1\/cases\/([\w-]+)\/draft$/, (_m, b) => ({ text: b.text, rev: b.rev })],
  ['POST', /^\/api\/v1\/cases\/([\w-]+)\/gate$/, ([id], b) => ({ items: (cases.has(id) ? pointsOf(cases.get(id), now) : []).map((p) => gate(p.channel, b, id)) })],
  ['POST', /^\/api\/v1\/cases\/([\w-]+)\/takeover$/, ([id], b, r) => { const c = cases.get(id); const from = c.owner; const taken = update(id, { owner: user(r), epoch: c.epoch + 1, taken_over_from: from }, 'case.assigned'); tell('takeover.started', id, { id, user: user(r), from, since: new Date().toISOString(), ...b }); add(id, { kind: 'event', author: user(r), name: 'takeover.started', data: { reason: b.reason, from } }); return taken; }],
  ['POST', /^\/api\/v1\/cases\/([\w-]+)\/handback$/, ([id], b, r) => { const c = cases.get(id); tell('takeover.ended', id, { id, user: user(r) }); add(id, { kind: 'note', author: user(r), text: b.note }); return update(id, { owner: c.taken_over_from ?? people.ana, epoch: c.epoch + 1, taken_over_from: null }, 'case.assigned'); }],
  ['POST', /^\/api\/v1\/cases\/([\w-]+)\/claim$/, ([id]) => { const i = queue.findIndex((q) => q.id === id); if (i < 0) return problem(409, 'conflict', { owner: people.bruno }); const [q] = queue.splice(i, 1); cases.set(id, { ...cases.get('joao'), ...q, masked: false, owner: people.ana, status: 'assigned', debtor: { ...cases.get('joao').debtor, id: `d-${id}`, name: `${q.debtor.name} Completo` } }); return update(id, {}, 'case.assigned'); }],
  ['POST', /^\/api\/v1\/cases\/([\w-]+)\/(resolve|snooze|reopen)$/, ([id, verb], b) => update(id, { status: { resolve: 'resolved', snooze: 'snoozed', reopen: 'assigned' }[verb], outcome: b.outcome ?? null, snooze_until: b.until ?? null }, `case.${verb}d`)],
  ['POST', /^\/api\/v1\/cases\/([\w-]+)\/hand$/, ([id], b) => update(id, { hand: { reason: b.reason, at: new Date().toISOString() } })],
  ['DELETE', /^\/api\/v1\/cases\/([\w-]+)\/hand$/, ([id]) => update(id, { hand: null })],
  ['POST', /^\/api\/v1\/cases\/([\w-]+)\/seen$/, ([id], b) => { tell('case.seen', id, { id, unread: 0, position: b.position }); return {}; }],
  ['POST', /^\/api\/v1\/cases\/([\w-]+)\/(watch|barge|labels|priority|release|transfer)$/, ([id, verb], b, r) => { if (verb === 'barge') tell('barge.started', id, { id, user: user(r) }); return { id }; }],
  ['DELETE', /^\/api\/v1\/cases\/([\w-]+)\/(watch|barge)$/, ([id, verb], _b, r) => { if (verb === 'barge') tell('barge.ended', id, { id, user: user(r) }); return {}; }],
  ['GET', /^\/api\/v1\/cases\/([\w-]+)\/assignments$/, () => ({ items: [{ at: new Date(now - 86400000).toISOString(), epoch: 1, user: people.ana, team: team.id, cause: 'routed', by: null, why: { ring: 0, rings: 2, skills: [{ skill: 'bucket:31_60', asked: 2, wanted: 2, has: 4 }], load: { before: 4, after: 5, capacity: 8 }, terms: [{ name: 'value', advantage_s: 180 }], preferred: { user: 'u-ana', outcome: 'used' }, others: [{ id: 'u-bruno', name: 'Bruno Teles', load: 7.6, why: 'full' }] } }], next: null })],
  ['GET', /^\/api\/v1\/debtors\/([\w-]+)\/balance$/, () => makeBalance(now)],
  ['GET', /^\/api\/v1\/debtors\/([\w-]+)$/, ([id]) => ({ id, name: 'x', document: { kind: 'cpf', value: '•••.456.789-••' }, promises: [{ id: 'p1', amount: { amount: 30000, currency: 'BRL' }, due: '2026-11-12', state: 'open' }, { id: 'p2', amount: { amount: 21000, currency: 'BRL' }, due: '2026-08-05', state: 'kept' }], cases: [{ id: 'old1', status: 'resolved', portfolio: { id: 'p2', name: 'Carteira Casa Sol' }, outcome: 'paid', updated_at: '2026-06-01T00:00:00Z' }] })],
  ['GET', /^\/api\/v1\/quick-replies$/, () => ({ items: [['juros', 'Posso tirar R$ 2,29 de juros se o pagamento for até 25/11. Fica bom?'], ['jurosnao', 'Entendo, Maria. Os juros são de R$ 2,29 e não consigo tirar.'], ['junta', 'Vou juntar as duas faturas em um só boleto, pode ser?'], ['bomdia', 'Bom dia, Maria! Aqui é a Ana, da Acordo.']].map(([s, text]) => ({ id: s, shortcut: s, title: s, text, language: 'pt-BR' })) })],
  ['GET', /^\/api\/v1\/templates$/, () => ({ items: [{ name: 'retomar_acordo', language: 'pt_BR', channel: 'whatsapp', state: 'approved', category: 'utility', variables: ['first_name', 'date'], body: 'Olá, {{first_name}}, ficou faltando só confirmar a data {{date}}. Podemos seguir?' }, { name: 'lembrete', language: 'pt_BR', state: 'pending', variables: [], body: 'Lembrete do seu acordo.' }], next: null })],
  ['POST', /^\/api\/v1\/uploads$/, () => ({ items: [{ id: `up${++counter}`, name: 'arquivo', type: 'image/png', size: 1000 }] })],
  ['POST', /^\/api\/v1\/plans\/preview$/, (_m, b) => ({ state: 'draft', total: { amount: 123456, currency: 'BRL' }, schedule: Array.from({ length: b.instalments }, (_, i) => ({ n: i + 1, due: `2026-12-${String(7 + i).padStart(2, '0')}`, amount: { amount: Math.round(123456 / b.instalments), currency: 'BRL' } })), needs_approval: b.discounts?.[0]?.bp > 500 ? { role: 'supervisor', because: 'x' } : null })],
  ['GET', /^\/api\/v1\/users$/, () => ({ items: Object.values(people), next: null })],
  ['GET', /^\/api\/v1\/wall$/, () => makeWall(cases, now)],
  ['GET', /^\/api\/v1\/requests$/, () => ({ items: [{ id: 'r1', kind: 'hand', case: 'edvaldo', team: team.id, reason: 'discount', at: new Date(now - 70_000).toISOString(), by: people.ana, state: 'open', detail: {} }, { id: 'r2', kind: 'alarm', case: 'ivone', team: team.id, reason: 'distress', at: new Date(now - 200_000).toISOString(), by: null, state: 'open', detail: {} }], next: null })],
  ['GET', /^\/api\/v1\/search$/, (_m, _b, r) => (/in=debtors/.test(r.url) ? { items: [{ id: 'd-nova', name: 'Nova Cliente', accounts: [{ portfolio }], cases: [] }], next: null } : { items: [{ case: 'cleusa', debtor: { id: 'd', name: 'Cleusa Moreira' }, text: 'achei o comprovante', at: new Date(now - 9e6).toISOString() }], next: null })],
  ['POST', /^\/api\/v1\/session$/, (_m, b) => (b.password === 'acordo-demo' ? { user: people.ana, csrf: 'x' } : problem(401, 'unauthenticated', { detail: 'wrong' }))],
  ['DELETE', /^\/api\/v1\/session$/, () => ({})],
  ['POST', /^\/mock\/inbound$/, (_m, b) => { const item = add(b.case, { kind: 'message', direction: 'in', author: null, channel: 'whatsapp', text: b.text, status: 'received', attachments: [], sort: 'text' }); update(b.case, { waiting_since: cases.get(b.case).waiting_since ?? item.at, sla_due_at: new Date(Date.now() + 300_000).toISOString(), last_item: { id: item.id, kind: 'message', direction: 'in', channel: 'whatsapp', text: b.text, at: item.at, sort: 'text' } }); return item; }],
  ['POST', /^\/mock\/event$/, (_m, b) => { tell(b.name, b.case, b.data); return {}; }],
  ['POST', /^\/mock\/add$/, (_m, b) => add(b.case, b.item)],
  ['POST', /^\/mock\/signal$/, (_m, b) => { for (const s of sockets) sendFrame(s, JSON.stringify({ type: 'signal', ...b })); return {}; }],
  ['POST', /^\/mock\/case$/, (_m, b) => update(b.id, b.change, b.name)],
];

function problem(status, code, facts = {}) { return { __status: status, type: 'about:blank', title: code, status, code, detail: '', ...facts }; }

function gate(channel, body, id) {
  const common = { channel, rule: 'hours', source: 'CDC art. 42; política da carteira' };
  if (/processo|ameaça/.test(body.text ?? '')) return { ...common, outcome: 'block', code: 'TONE:threat', rule: 'tone' };
  if (channel === 'sms') return { ...common, outcome: 'defer', code: 'CAP_DAY', allowed_at: new Date(now + 86400000).toISOString() };
  if (id === 'lia' && channel === 'whatsapp') return { ...common, outcome: 'block', code: 'WA_WINDOW_CLOSED' };
  if (/desconto/.test(body.text ?? '')) return { ...common, outcome: 'needs_approval', code: 'TONE', approver: 'supervisor' };
  return { ...common, outcome: 'allow', code: 'ALLOW' };
}

const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64');
const csp = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self'; connect-src 'self' ws:; font-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

async function answer(request, response) {
  const { pathname } = new URL(request.url, 'http://x');
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const send = (status, type, body, extra = {}) => { response.writeHead(status, { 'content-type': type, 'content-security-policy': csp, ...extra }); response.end(body); };
  if (pathname.startsWith('/static/')) {
    const name = pathname.slice(8);
    return send(200, types[name.split('.').pop()] ?? 'text/plain', readFileSync(join(dist, name)));
  }
  if (/^\/api\/v1\/attachments\//.test(pathname)) return send(200, 'image/png', png);
  if (/\/html$/.test(pathname)) return send(200, 'text/html', '<p>Recebi, vou ver com meu marido e respondo amanhã</p><p>Maria</p>');
  if (sandbox && pathname.startsWith('/sandbox/api/')) return forward(request, response, Buffer.concat(chunks));
  const pages = { '/': 'desk', '/wall': 'wall', '/sign-in': 'sign-in', '/patterns': 'patterns', '/sandbox/': 'phones' };
  if (pages[pathname]) return send(200, 'text/html', page(request, pages[pathname]));
  for (const [method, pattern, act] of routes) {
    const match = request.method === method && pattern.exec(pathname);
    if (!match) continue;
    const body = /json/.test(request.headers['content-type'] ?? '') && text ? JSON.parse(text) : {};
    const result = act(match.slice(1), body, request);
    if (result) return send(result.__status ?? 200, 'application/json', JSON.stringify(result), { 'Acordo-Cursor': `c${counter}` });
  }
  return send(404, 'application/problem+json', JSON.stringify(problem(404, 'not_found')));
}

async function forward(request, response, body) {
  const headers = { 'content-type': request.headers['content-type'] ?? '' };
  const there = await fetch(sandbox + request.url.slice('/sandbox'.length), { method: request.method, headers, ...(body.length ? { body } : {}) });
  response.writeHead(there.status, { 'content-type': there.headers.get('content-type') ?? 'text/plain' });
  for await (const part of there.body ?? []) response.write(part);
  response.end();
}

function sendFrame(socket, text) {
  const payload = Buffer.from(text);
  const head = payload.length < 126 ? Buffer.from([0x81, payload.length]) : Buffer.from([0x81, 126, payload.length >> 8, payload.length & 255]);
  socket.write(Buffer.concat([head, payload]));
}

function readFrames(socket, state, chunk) {
  state.rest = Buffer.concat([state.rest, chunk]);
  while (state.rest.length >= 6) {
    let length = state.rest[1] & 127;
    let at = 2;
    if (length === 126) { length = state.rest.readUInt16BE(2); at = 4; }
    if (state.rest.length < at + 4 + length) return;
    const mask = state.rest.subarray(at, at + 4);
    const data = Buffer.from(state.rest.subarray(at + 4, at + 4 + length).map((b, i) => b ^ mask[i % 4]));
    const opcode = state.rest[0] & 15;
    state.rest = state.rest.subarray(at + 4 + length);
    if (opcode === 8) { socket.end(); return; }
    if (opcode === 1) hear(socket, JSON.parse(data.toString()));
  }
}

function hear(socket, frame) {
  if (frame.type === 'hello') sendFrame(socket, JSON.stringify({ type: 'ready', cursor: `c${counter}`, user: people.ana, heartbeat: 20 }));
  if (frame.type === 'ping') sendFrame(socket, '{"type":"pong"}');
  if (frame.type === 'subscribe') sendFrame(socket, JSON.stringify({ type: 'subscribed', topics: frame.topics, cursor: `c${counter}` }));
  if (frame.type === 'draft') for (const s of sockets) if (s !== socket) sendFrame(s, JSON.stringify({ type: 'signal', name: 'draft', case: frame.case, text: frame.text, user: people.ana }));
}

const server = createServer((request, response) => { void answer(request, response); });
server.on('upgrade', (request, socket) => {
  const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
  const state = { rest: Buffer.alloc(0) };
  sockets.add(socket);
  socket.on('data', (chunk) => readFrames(socket, state, chunk));
  socket.on('close', () => sockets.delete(socket));
  socket.on('error', () => sockets.delete(socket));
});
server.listen(Number(port), '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}/ ${portfolio.name}\n`));
