/** Invented things to draw: a case for each face of a row, a message for each status. */
import type { Case, Item, Message, MessageStatus } from '../wire';

const minute = 60_000;
export const start = Date.now();
export const iso = (ago: number) => new Date(start - ago * minute).toISOString();
export const inMinutes = (ahead: number) => iso(-ahead);
export const ana = { id: 'ana', name: 'Ana Prado', role: 'agent' as const };
export const sofia = { id: 'sofia', name: 'Sofia Lima', role: 'supervisor' as const };

export function sampleCase(id: string, name: string, change: Partial<Case> = {}): Case {
  return {
    id, status: 'assigned', owner: ana, epoch: 1, portfolio: { id: 'p', name: 'Loja Ipê' }, team: { id: 't', name: '31–60' },
    debtor: { id: `d-${id}`, name, language: 'pt-BR', timezone: 'America/Sao_Paulo', labels: [] }, channels: ['whatsapp'],
    waiting_since: iso(1), sla_due_at: new Date(start + 4 * minute).toISOString(), unread: 0, bucket: 'B31_60', days_late: 45,
    balance: { amount: 123456, currency: 'BRL' }, overlays: [], holds: [], disclosure: 2, last_channel: 'whatsapp',
    last_item: { id: `${id}-l`, kind: 'message', text: 'já paguei ontem', direction: 'in', channel: 'whatsapp', at: iso(1) }, ...change,
  };
}

const statuses: MessageStatus[] = ['queued', 'sent', 'delivered', 'read', 'unconfirmed', 'failed', 'scheduled', 'held', 'cancelled'];

export function message(position: number, change: Partial<Message>): Message {
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
  { id: 'w1', position: 22, kind: 'whisper', at: iso(29), author: sofia, to: ana, text: 'Posso dividir em 3 vezes. Fica bom?', suggestion: true },
  { id: 'w2', position: 25, kind: 'whisper', at: iso(27), author: sofia, to: ana, text: 'O Pix de R$ 300 é a promessa do dia 12.', suggestion: false, seen_at: iso(26) },
  { id: 'w3', position: 26, kind: 'whisper', at: iso(26), author: sofia, to: ana, text: 'Posso, sim.', suggestion: true, seen_at: iso(26), used_at: iso(25) },
  { id: 'e1', position: 23, kind: 'event', at: iso(28), author: ana, name: 'identity.verified', data: {} },
  message(24, { channel: 'email', direction: 'in', author: null, status: 'received', subject: 'Re: Fatura 2231', text: 'recebi, obrigada', quoted_text: 'Em 17/11 você escreveu:\n> oi' }),
];
