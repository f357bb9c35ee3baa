/** Invented things to draw: a case for each face of a row, a message for each status. */
import type { Case, Item, Message, MessageStatus } from '../wire';

const minute = 60_000;
export const start = Date.now();
const iso = (ago: number) => new Date(start - ago * minute).toISOString();
const ana = { id: 'ana', name: 'Ana Prado', role: 'agent' as const };

export function sampleCase(id: string, name: string, change: Partial<Case> = {}): Case {
  return {
    id, status: 'assigned', owner: ana, epoch: 1, portfolio: { id: 'p', name: 'Loja Ipê' }, team: { id: 't', name: '31–60' },
    debtor: { id: `d-${id}`, name, language: 'pt-BR', timezone: 'America/Sao_Paulo', labels: [] }, channels: ['whatsapp'],
    waiting_since: iso(1), sla_due_at: new Date(start + 4 * minute).toISOString(), unread: 0, bucket: 'B31_60', days_late: 45,
    balance: { amount: 123456, currency: 'BRL' }, overlays: [], holds: [], disclosure: 2, last_channel: 'whatsapp',
    last_item: { id: `${id}-l`, kind: 'message', text: 'já paguei ontem', direction: 'in', channel: 'whatsapp', at: iso(1) }, ...change,
  };
}

export const rows: Case[] = [
  sampleCase('s1', 'Maria Souza', { unread: 2, waiting_since: iso(7), sla_due_at: iso(2) }),
  sampleCase('s2', 'Três Rios Ltda.', { unread: 1, waiting_since: iso(41), sla_due_at: new Date(start + 5 * minute).toISOString(), bucket: 'B61_PLUS', days_late: 74, overlays: ['DISPUTED'], last_channel: 'email', last_item: { at: iso(41), text: 'Re: Nota 8812', channel: 'email', direction: 'in' } }),
  sampleCase('s3', 'Lia Ramos', { bucket: 'B1_30', days_late: 9, last_item: { at: iso(1), text: 'quanto fica hoje', channel: 'sms', direction: 'in' } }),
  sampleCase('s4', 'Edvaldo Nascimento', { hand: { reason: 'discount', at: iso(1) }, last_item: { at: iso(1), text: '', sort: 'audio', channel: 'whatsapp', direction: 'in' } }),
  sampleCase('s5', 'Vera Lúcia', { waiting_since: null, sla_due_at: null, bucket: 'CURRENT', days_late: 0, overlays: ['PLAN'], last_item: { at: iso(12), text: 'Combinado!', channel: 'whatsapp', direction: 'out' } }),
];

const statuses: MessageStatus[] = ['queued', 'sent', 'delivered', 'read', 'unconfirmed', 'failed', 'scheduled', 'held', 'cancelled'];

function message(position: number, change: Partial<Message>): Message {
  return {
    id: `m${position}`, position, kind: 'message', at: iso(60 - position), author: ana, direction: 'out', channel: 'whatsapp', text: 'Posso dividir em 4 vezes.',
    attachments: [], status: 'read', sort: 'text', ...change,
  };
}

export const items: Item[] = [
  message(1, { direction: 'in', author: null, status: 'received', text: 'Bom dia, recebi uma cobrança' }),
  ...statuses.map((status, i) => message(2 + i, {
    status, template: i === 0 ? { name: 'retomar_acordo' } : null, error: status === 'failed' ? { code: '30003', hint: 'telefone desligado', retryable: true } : null,
    due_at: new Date(start + 90 * minute).toISOString(), held: status === 'held' ? { code: 'OUT_OF_HOURS', until: new Date(start + 90 * minute).toISOString() } : null, cancelled: status === 'cancelled' ? { why: 'reply' } : null,
  })),
  message(20, { direction: 'in', author: null, status: 'received', sort: 'unsupported', text: '' }),
  { id: 'n1', position: 21, kind: 'note', at: iso(30), author: ana, text: 'Recebe dia 27.' },
  { id: 'w1', position: 22, kind: 'whisper', at: iso(29), author: { id: 'sofia', name: 'Sofia Lima', role: 'supervisor' }, to: ana, text: 'Posso dividir em 3 vezes. Fica bom?', suggestion: true },
  { id: 'e1', position: 23, kind: 'event', at: iso(28), author: ana, name: 'identity.verified', data: {} },
  message(24, { channel: 'email', direction: 'in', author: null, status: 'received', subject: 'Re: Fatura 2231', text: 'recebi, obrigada', quoted_text: 'Em 17/11 você escreveu:\n> oi' }),
];
