/** Texts that the gate holds for a supervisor: asked for from the composer, decided in the lane and on the wall. */
import { Problem, clientId, post } from '../api';
import { t } from '../i18n';
import type { Channel, HelpRequest, Item, Named, PointHolder, Whisper } from '../wire';
import { tried } from './money';
import { toast } from './notices';
import { letterOf, type Outgoing } from './sending';
import { me } from './state';
import { explain } from './words';

/** A text that the gate holds for a supervisor: what its request and its card say of it. */
export interface HeldText {
  about: 'text';
  /** The request, on the card; its words are the item's. */
  id?: string;
  text?: string;
  state?: 'open' | 'approved' | 'used' | 'countered' | 'refused' | 'lapsed';
  channel: Channel;
  address?: string;
  holder?: PointHolder | null;
  subject?: string;
  files?: { id: string; name: string; type: string; size: number }[];
  inbox?: { id: string; name: string };
  /** Where a template's buttons lead, the code that one copies: what stands in no words. */
  values?: { name: string; value: string }[];
  quoted?: { id: string; text: string; direction: 'in' | 'out' } | null;
  codes: string[];
  source?: string;
  spans?: [number, number][];
  note?: string;
  decided_by?: Named;
  answer?: string;
  until?: string;
}

/** Asks for what the composer holds. `reason` says that its writer must say why, besides. */
export async function askApproval(caseId: string, out: Outgoing): Promise<'asked' | 'reason' | 'refused'> {
  try {
    await post<HelpRequest>(`/cases/${caseId}/requests`, { kind: 'approval', ...letterOf(caseId, out) });
    return 'asked';
  } catch (error) {
    if (error instanceof Problem && error.body.field === 'reason') { toast(t('held.sayWhy')); return 'reason'; }
    toast(explain(error), { tone: 'bad' });
    return 'refused';
  }
}

const decide = (request: string, act: string, body: object) => tried(post<HelpRequest>(`/requests/${request}/${act}`, body));
export const approveText = (request: string) => decide(request, 'approve', {});
export const refuseText = (request: string, reason: string) => decide(request, 'refuse', { reason });
export const counterText = (request: string, text: string, note: string) => decide(request, 'counter', { client_id: clientId(), text, note });

/** What a card in the lane says of a text, when it is one. */
export function heldOf(item: Whisper): HeldText | null {
  const request = item.request as unknown as HeldText | null | undefined;
  return request?.about === 'text' ? request : null;
}

/** The newest text that I asked for here, with its words. */
export function myAsked(items: readonly Item[]): (HeldText & { text: string; at: string }) | null {
  const card = items.findLast((i): i is Whisper => i.kind === 'whisper' && i.author?.id === me.value?.id && !!heldOf(i));
  return card ? { ...heldOf(card)!, text: card.text, at: card.at } : null;
}

/** The same on a request of the supervisors' queue. */
export function heldIn(r: HelpRequest): HeldText | null {
  const detail = r.detail as unknown as HeldText | undefined;
  return r.kind === 'approval' && detail?.about === 'text' ? detail : null;
}
