/** Invented cases: one for each face of a row, a tile, a composer. */
import type { CaseLedger } from '../wire.gen';
import type { AgentLine, Attachment, Balance, Case, ContactPoint, GateDecision, Message, Money } from '../wire';
import { ana, inMinutes, iso, sampleCase, sofia } from './samples';

const brl = (amount: number): Money => ({ amount, currency: 'BRL' });
const last = (text: string, change: object = {}) => ({ id: text, at: iso(1), text, channel: 'whatsapp' as const, direction: 'in' as const, ...change });

export const rows: [string, Case][] = [
  ['unread', sampleCase('s1', 'Maria Souza', { unread: 2, waiting_since: iso(7), sla_due_at: iso(2) })],
  ['selected', sampleCase('r-on', 'Rosa Paiva', {})],
  ['hover', sampleCase('r-hover', 'Caio Dias', { last_item: last('quanto fica hoje') })],
  ['checked', sampleCase('r-checked', 'Nair Lemos', {})],
  ['draft', sampleCase('r-draft', 'Ivo Prates', { waiting_since: iso(3), draft: { text: 'Bom dia, Ivo! Posso', rev: 1 } })],
  ['hand', sampleCase('r-hand', 'Edvaldo Nascimento', { hand: { reason: 'discount', at: iso(1) }, last_item: last('', { sort: 'audio' }) })],
  ['promise', sampleCase('r-plan', 'Vera Lúcia', { waiting_since: null, sla_due_at: null, bucket: 'CURRENT', days_late: 0, overlays: ['PLAN'], last_item: last('Combinado!', { at: iso(12), direction: 'out' }) })],
  ['dispute', sampleCase('r-dispute', 'Três Rios Ltda.', { unread: 1, waiting_since: iso(41), sla_due_at: inMinutes(5), bucket: 'B61_PLUS', days_late: 74, overlays: ['DISPUTED'], last_channel: 'email', last_item: last('Re: Nota 8812', { at: iso(41), channel: 'email' }) })],
  ['snoozed', sampleCase('r-snoozed', 'Lia Ramos', { status: 'snoozed', waiting_since: null, sla_due_at: null, snooze_until: inMinutes(600), bucket: 'B1_30', days_late: 9, last_item: last('te aviso na sexta', { at: iso(95), channel: 'sms' }) })],
];

/** Beside their words, since a wait is told by the case alone. */
export const waits: [string, Case][] = [
  ['answered', sampleCase('w1', '', { waiting_since: null, sla_due_at: null, last_item: last('', { at: iso(12), direction: 'out' }) })],
  ['waiting', sampleCase('w2', '', { waiting_since: iso(1), sla_due_at: inMinutes(4) })],
  ['amber', sampleCase('w3', '', { waiting_since: iso(41), sla_due_at: inMinutes(5) })],
  ['late', sampleCase('w4', '', { waiting_since: iso(7), sla_due_at: iso(2) })],
];

const tileOf = (id: string, name: string, change: Partial<Case>) => sampleCase(`t-${id}`, name, { waiting_since: iso(1), sla_due_at: inMinutes(9), last_item: last('pode ser dia 5?'), ...change });
export const tileCases: Case[] = [
  tileOf('calm', 'Priscila Tavares', {}),
  tileOf('reasons', 'Comercial Três Rios', { waiting_since: iso(41), sla_due_at: iso(1), overlays: ['DISPUTED'], balance: brl(1_846_000), hand: { reason: 'discount', at: iso(2) } }),
  tileOf('distress', 'Zélia Guimarães', { holds: ['distress'], reasons: ['distress'], last_item: last('não aguento mais, não sei o que fazer com tanta conta junta') }),
  tileOf('selected', 'Maria Aparecida Souza', { waiting_since: iso(6), sla_due_at: iso(1) }),
  tileOf('watched', 'Josué Maranhão', {}),
  tileOf('taken', 'Renata Pimentel', { owner: sofia, taken_over_from: ana }),
  tileOf('queued', 'Aurélio Fontes', { status: 'queued', owner: null, rescue: true }),
];

const line = (name: string, change: Partial<AgentLine>): AgentLine => ({ user: { id: name, name, role: 'agent' }, status: 'online', load: 5.3, capacity: 8, held: 9, oldest_wait: iso(1), tone: '', connected: true, ...change });
export const agentFaces: AgentLine[] = [
  line('Ana Prado', { hand: true, oldest_wait: iso(6), tone: 'late' }),
  line('Bruno Teles', { load: 7.6, oldest_wait: iso(3), tone: 'warn' }),
  line('Clara Nunes', { load: 8 }),
  line('Davi Rocha', { load: 9.3, over: true }),
  line('Elisa Braga', { status: 'away', reason: 'lunch', load: 2.3, oldest_wait: null }),
  line('Fábio Cruz', { connected: false, load: 4.6 }),
  line('Hugo Paz', { status: 'offline', load: 0, held: 0, oldest_wait: null }),
];

const point = (channel: ContactPoint['channel'], change: Partial<ContactPoint> = {}): ContactPoint => ({ id: channel, channel, address: channel, state: 'active', ...change });
const open = (minutes: number) => point('whatsapp', { window_closes_at: inMinutes(minutes), last_inbound_at: iso(1) });
const decide = (outcome: GateDecision['outcome'], code: string, change: Partial<GateDecision> = {}): GateDecision => ({ channel: 'whatsapp', outcome, code, ...change });

export interface Composing { name: string; c: Case; text?: string; note?: string; gate: GateDecision | null }
/** One each, so that every composer has a name of its own. */
const named: Record<string, string> = {
  empty: 'Maria Souza', draft: 'Rosa Paiva', closing: 'Caio Dias', templateOnly: 'Ivo Prates', optedOut: 'Lia Ramos', deferred: 'Nair Lemos',
  approval: 'Josué Maranhão', tone: 'Sueli Andrade', note: 'Vera Lúcia', locked: 'Tiago Sant’Anna', care: 'Zélia Guimarães',
};
const composing = (name: string, change: Partial<Case>, gate: GateDecision | null, more: Partial<Composing> = {}): Composing => ({
  name, gate, c: sampleCase(`c-${name}`, named[name]!, { contact_points: [open(192), point('sms'), point('email')], channels: ['whatsapp', 'sms', 'email'], ...change }), ...more,
});

export const composers: Composing[] = [
  composing('empty', {}, decide('allow', 'OK', { valid_until: inMinutes(192) })),
  composing('draft', {}, decide('allow', 'OK', { valid_until: inMinutes(192) }), { text: 'Entendo, Maria. Vamos achar um valor que caiba.' }),
  composing('closing', { contact_points: [open(14), point('sms')] }, decide('allow', 'OK', { valid_until: inMinutes(14) })),
  composing('templateOnly', { contact_points: [point('whatsapp'), point('sms')] }, decide('block', 'WA_WINDOW_CLOSED')),
  composing('optedOut', { contact_points: [point('whatsapp', { state: 'opted_out' }), point('email')] }, decide('block', 'OPT_OUT_CHANNEL')),
  composing('deferred', {}, decide('defer', 'HOLIDAY', { allowed_at: inMinutes(1200) }), { text: 'Bom dia, Maria! Sua parcela vence amanhã.' }),
  composing('approval', {}, decide('needs_approval', 'TOO_EARLY'), { text: 'Consigo tirar os juros: R$ 1.193,74 à vista.' }),
  composing('tone', {}, decide('block', 'TONE', { spans: [[0, 13]] }), { text: 'Última chance, pague hoje.' }),
  composing('note', {}, null, { note: 'Recebe dia 27. Retornar dia 28.' }),
  composing('locked', { owner: sofia, taken_over_from: ana }, null, { text: 'Recebi, Maria, muito obrigada!' }),
  composing('care', { holds: ['distress'] }, decide('allow', 'OK', { valid_until: inMinutes(192) })),
];

const file = (id: string, name: string, type: string, change: Partial<Attachment> = {}): Attachment => ({ id, name, type, size: 84_000, url: `#${id}`, state: 'ready', ...change });
export const attachments: Attachment[] = [
  file('a1', 'boleto-2231.pdf', 'application/pdf'),
  file('a2', 'comprovante.jpg', 'image/jpeg', { state: 'pending' }),
  file('a3', 'contrato.exe', 'application/octet-stream', { state: 'refused', reason: 'type' }),
  file('a4', 'extrato.pdf', 'application/pdf', { state: 'gone' }),
];

/** A voice note of some seconds in which nobody says anything: 8-bit samples at 8 kHz, whose zero is 128. */
function silence(seconds: number): string {
  const rate = 8_000;
  const head = new DataView(new ArrayBuffer(44));
  const words = (at: number, text: string) => { for (let i = 0; i < text.length; i++) head.setUint8(at + i, text.charCodeAt(i)); };
  words(0, 'RIFF'); words(8, 'WAVEfmt '); words(36, 'data');
  for (const [at, value] of [[4, 36 + rate * seconds], [16, 16], [24, rate], [28, rate], [40, rate * seconds]] as const) head.setUint32(at, value, true);
  for (const [at, value] of [[20, 1], [22, 1], [32, 1], [34, 8]] as const) head.setUint16(at, value, true);
  return URL.createObjectURL(new Blob([head, new Uint8Array(rate * seconds).fill(128)], { type: 'audio/wav' }));
}

export const moreMessages: Partial<Message>[] = [
  { sort: 'text', text: '', deleted: true, direction: 'in', author: null, status: 'received' },
  { attachments: [file('a5', 'audio-0711.wav', 'audio/wav', { url: silence(7) })], text: '', sort: 'audio', direction: 'in', author: null, status: 'received' },
  { attachments, text: 'segue', direction: 'in', author: null, status: 'received' },
  { text: 'dia 5 eu recebo', direction: 'in', author: null, status: 'received', reactions: [{ emoji: '👍', by: 'Ana' }] },
];

export const balance: Balance = {
  as_of: iso(0).slice(0, 10), total: brl(123_456), bucket: 'B31_60',
  charges: [{ id: 'f1', number: '2231', due: iso(60 * 24 * 52).slice(0, 10), days_late: 52, bucket: 'B31_60', principal: brl(119_374), fine: brl(2_387), interest: brl(1_695), total: brl(123_456), open: { fees: brl(0), fine: brl(2_387), interest: brl(1_695), principal: brl(119_374) } }],
};

export const ledger: CaseLedger = {
  plans: [], promises: [], disputes: [], payments: [], claims: [], links: [], files: [], codes: [], credit: brl(0), today: iso(0).slice(0, 10), shut: [], increment: 1,
  limits: { level: 'agent', extras_bp: 10_000, principal_bp: 500, instalments: 12, down_bp: 1_000, days: 5 },
};

/** What this agent may not offer alone: more instalments than the portfolio leaves them. */
export const narrowLedger: CaseLedger = { ...ledger, limits: { ...ledger.limits, instalments: 2 } };

const inDays = (days: number) => inMinutes(days * 1440).slice(0, 10);
/** The server's word on the builder as it opens: three equal parts, nothing taken off. */
export const planPreview = (isOver: boolean) => ({
  state: 'draft', total: brl(123_456), needs_approval: isOver ? { role: 'supervisor', because: ['instalments'] } : null,
  schedule: [1, 2, 3].map((n) => ({ n, due: inDays(30 * n), amount: brl(41_152) })),
});
