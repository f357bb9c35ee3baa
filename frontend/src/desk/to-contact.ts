/** The morning's work: who owes and has no conversation. What the server says, and the next one by one key. */
import { clientId, get, post, Problem, query } from '../api';
import { mergeCase } from '../store/apply';
import { toast } from '../store/notices';
import { explain } from '../store/words';
import { t } from '../i18n';
import type { Bucket, Case, Channel, Money } from '../wire';
import { open } from './nav';

export interface Chance { channel: Channel; outcome: 'allow' | 'defer' | 'needs_approval' | 'block'; code: string; allowed_at: string | null; today: boolean }
export type TermName = 'value' | 'urgency' | 'propensity' | 'wait' | 'promise' | 'tenure';
export interface Prospect {
  debtor: { id: string; name: string };
  portfolio: { id: string; name: string };
  language: string;
  balance: Money | null;
  bucket: Bucket;
  days_late: number;
  score: number;
  terms: { name: TermName; points: number }[];
  reach: 'now' | 'today' | 'later' | 'blocked';
  channels: Chance[];
}
export interface Prospects { items: Prospect[]; next: string | null; total: number }
export interface Narrowed { bucket: string; channel: string; reach: 'now' | 'today' | 'any' }
export interface Outlook { now: number; later: number; blocked: number; why: { code: string; rule: string; source: string; count: number }[]; examples: string[] }
export interface Letter { portfolio: string; debtors: string[]; channel: string; template: { name: string; variables: Record<string, string> } }

export const prospects = (by: Narrowed, cursor: string | null) => get<Prospects>(`/to-contact${query({ ...by, cursor, limit: 30 })}`);
export const foresee = (letter: Letter) => post<Outlook>('/to-contact/preview', letter);
export const sendAll = (letter: Letter, id: string) => post<Outlook>('/to-contact/send', { ...letter, client_id: id });

/** Opens the case of the first whom the gate allows now. False when nobody is left. */
export async function beginNext(): Promise<boolean> {
  try {
    const c = await post<Case>('/to-contact/next', { client_id: clientId() });
    mergeCase(c);
    open(c.id, true);
    return true;
  } catch (error) {
    const isNobody = error instanceof Problem && error.code === 'conflict';
    toast(isNobody ? t('toContact.nobody') : explain(error), isNobody ? {} : { tone: 'bad' });
    return false;
  }
}
