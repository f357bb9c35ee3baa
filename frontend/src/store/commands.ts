/** What a person does: commands over HTTP. State changes when the answer or its event arrives. */
import { clientId, del, get, post, put, query } from '../api';
import type { Case, Debtor, Hours, Item, Money, Presence, Priority, Skill } from '../wire';
import { mergeCase, mergeItem } from './apply';
import { draftOf, editDraft } from './drafts';
import { loadWays } from './load';
import { caseOf, me } from './state';
import { toast } from './notices';
import { epochOf, explain, explainPart } from './words';

/** A command whose answer may be the case; a refusal is told and rethrown as false. */
async function act(path: string, body: object = {}, method: 'POST' | 'DELETE' | 'PUT' = 'POST'): Promise<boolean> {
  try {
    const send = method === 'POST' ? post : method === 'PUT' ? put : del;
    const answer = await send<unknown>(path, body);
    if (isCase(answer)) mergeCase(answer);
    return true;
  } catch (error) {
    toast(explain(error), { tone: 'bad' });
    return false;
  }
}

function isCase(value: unknown): value is Case {
  return typeof value === 'object' && value !== null && 'epoch' in value && 'debtor' in value;
}

/** Cases that I took myself: their assignment is no news to me. */
export const takenByMe = new Set<string>();

export function claim(id: string): Promise<boolean> {
  takenByMe.add(id);
  return act(`/cases/${id}/claim`, { epoch: epochOf(id) });
}
export const release = (id: string) => act(`/cases/${id}/release`, { epoch: epochOf(id) });
export const assign = (id: string, to: { user: string } | { team: string }) => act(`/cases/${id}/assign`, { ...to, epoch: epochOf(id) });
export const transfer = (id: string, to: { user: string } | { team: string }, note: string) =>
  act(`/cases/${id}/transfer`, { to, note, epoch: epochOf(id) });
export const snooze = (id: string, until: string) => act(`/cases/${id}/snooze`, { until, epoch: epochOf(id) });
export const resolve = (id: string, outcome: string) => act(`/cases/${id}/resolve`, { outcome, epoch: epochOf(id) });
export const reopen = (id: string) => act(`/cases/${id}/reopen`);
export const setLabels = (id: string, labels: string[]) => act(`/cases/${id}/labels`, { labels });
export const setPriority = (id: string, priority: Priority) => act(`/cases/${id}/priority`, { priority });
export const raiseHand = (id: string, reason: string) => act(`/cases/${id}/hand`, { reason });
export const lowerHand = (id: string) => act(`/cases/${id}/hand`, {}, 'DELETE');
export const setWishes = (id: string, wish: { channel: string | null; hours: Hours[] | null; means: string | null }) => act(`/cases/${id}/preferences`, { ...wish, epoch: epochOf(id) }, 'PUT');
export const placeHold = (id: string, hold: string, reason: string) => act(`/cases/${id}/holds`, { hold, reason });
export const liftHold = (id: string, hold: string, reason: string) => act(`/cases/${id}/holds/${hold}`, { reason }, 'DELETE');
export const placeStop = (id: string, stop: string, reason: string) => act(`/cases/${id}/stops`, { stop, reason });
export const answerOptOut = (point: string, wantsOut: boolean) => act(`/contact-points/${point}/opt-out`, { wants_out: wantsOut });
export const askWho = (id: string, kind: string, point?: string) => post<{ id: string; kind: string; choices: string[] }>(`/cases/${id}/identity/questions`, { kind, contact_point: point, epoch: epochOf(id) });
export const answerWho = (id: string, question: string, choice: number) => post<{ passed: boolean; right: string[]; needed: number; failures: number; verified_until: string | null }>(`/cases/${id}/identity/answers`, { question, choice, epoch: epochOf(id) });
export const recordContact = (facts: object) => act('/contacts', { client_id: clientId(), ...facts });
export const watch = (id: string) => act(`/cases/${id}/watch`);
export const unwatch = (id: string) => del(`/cases/${id}/watch`, undefined, { quiet: true }).catch(() => undefined);
export const barge = (id: string) => act(`/cases/${id}/barge`);
export const leaveBarge = (id: string) => act(`/cases/${id}/barge`, {}, 'DELETE');
export const takeOver = (id: string, reason: string) => act(`/cases/${id}/takeover`, reason ? { reason } : {});
export const handBack = (id: string, note: string) => act(`/cases/${id}/handback`, { note });
export async function promise(id: string, amount: Money, due: string): Promise<boolean> {
  try {
    await post(`/cases/${id}/promises`, { client_id: clientId(), amount, due });
    return true;
  } catch (error) {
    toast(explainPart(error), { tone: 'bad' });
    return false;
  }
}

export async function setPresence(status: Presence, reason?: string, until?: string): Promise<void> {
  const before = me.value;
  if (!before) return;
  me.value = { ...before, presence: { status, reason: reason ?? null, until: until ?? null } };
  try {
    await put('/me/presence', { status, ...(reason ? { reason } : {}), ...(until ? { until } : {}) });
  } catch (error) {
    me.value = { ...me.value, presence: before.presence };
    toast(explain(error), { tone: 'bad' });
  }
}

/** What can be done with one message of ours: write it again, call it off, say whether it arrived. */
async function actOn(caseId: string, id: string, verb: 'retry' | 'cancel' | 'settle', facts: object): Promise<void> {
  try {
    mergeItem(caseId, await post<Item>(`/messages/${id}/${verb}`, { ...facts, epoch: epochOf(caseId) }));
  } catch (error) {
    toast(explain(error), { tone: 'bad' });
  }
}

export const retryMessage = (caseId: string, id: string) => actOn(caseId, id, 'retry', { client_id: clientId() });
export const cancelMessage = (caseId: string, id: string) => actOn(caseId, id, 'cancel', {});
export const settleMessage = (caseId: string, id: string, sent: boolean) => actOn(caseId, id, 'settle', { sent });

/** How to pay, below what is written: the means they prefer, else the creditor's first. A Pix is a code of what is due today. */
export async function putPayCode(caseId: string): Promise<void> {
  const c = caseOf(caseId)?.value;
  if (!c?.debtor.id) return;
  try {
    const [way] = await loadWays(c.debtor.id, c.portfolio.id);
    const words = way?.text ? `${way.title}: ${way.text}`
      : pixWords(await get<{ br_code: string; items: string }>(`/debtors/${c.debtor.id}/pix${query({ portfolio: c.portfolio.id })}`));
    putBelow(caseId, words);
  } catch (error) {
    toast(explainPart(error), { tone: 'bad' });
  }
}

/** What the amount is made of stands before the code, where the law wants it told. */
const pixWords = (code: { br_code: string; items: string }) => [code.items, code.br_code].filter(Boolean).join('\n\n');

/** Have a payment link made, and its words below what is written. False when it was refused. */
export async function putPayLink(caseId: string, wish: object): Promise<boolean> {
  try {
    const { text } = await post<{ text: string }>(`/cases/${caseId}/payment-links`, { epoch: epochOf(caseId), ...wish });
    putBelow(caseId, text);
    return true;
  } catch (error) {
    toast(explainPart(error), { tone: 'bad' });
    return false;
  }
}

/** Words below what is written. */
export function putBelow(caseId: string, words: string): void {
  const { text } = draftOf(caseId).value;
  editDraft(caseId, { text: text.trim() ? `${text.trimEnd()}\n\n${words}` : words });
}

/** The debtor's open case, found or opened: a conversation may begin with us. Null when it was refused. */
export async function openCaseOf(debtor: Debtor, portfolio: string): Promise<string | null> {
  const open = debtor.cases?.find((c) => c.status !== 'resolved' && c.portfolio.id === portfolio);
  if (open) return open.id;
  try {
    const c = await post<Case>('/cases', { client_id: clientId(), debtor: debtor.id, portfolio });
    mergeCase(c);
    return c.id;
  } catch (error) {
    toast(explain(error), { tone: 'bad' });
    return null;
  }
}

/** What was checked with the person: its kind and whether it held, never the answer. */
export const checkIdentity = (id: string, checks: { kind: string; passed: boolean }[], point?: string) => act(`/cases/${id}/identity`, { checks, contact_point: point, epoch: epochOf(id) });

export async function identify(caseId: string, debtor: string): Promise<boolean> {
  return act(`/cases/${caseId}/identify`, { debtor });
}

/** Two debtors who are one person, by the one who goes. */
export const mergeDebtors = (gone: string, into: string) => act(`/debtors/${gone}/merge`, { into });
export const undoMerge = (gone: string) => act(`/debtors/${gone}/merge`, {}, 'DELETE');
export const undoIdentify = (id: string) => act(`/cases/${id}/identify`, {}, 'DELETE');
export const setSkills = (id: string, skills: Skill[]) => act(`/cases/${id}/skills`, { skills, epoch: epochOf(id) });
/** A yes or a no of the person, told to the agent; or that the address is somebody else's. */
export const setConsent = (point: string, state: 'granted' | 'revoked', purpose: 'collection' | 'offers', given: { source: string; text_version?: string; at?: string } = { source: 'agent' }) =>
  act(`/contact-points/${point}/consent`, { state, purpose, ...given });
/** Whose an address is: the person's own, or somebody's beside them. */
export const setHolder = (point: string, holder: { role: string; name: string; proof: string }) => act(`/contact-points/${point}/holder`, holder);
export const markWrong = (point: string) => act(`/contact-points/${point}/wrong`);
