/** What a person does: commands over HTTP. State changes when the answer or its event arrives. */
import { Problem, clientId, del, get, post, put, query } from '../api';
import { known, t } from '../i18n';
import { serverNow } from '../clock';
import type { Case, Channel, Debtor, Item, Money, Presence, Priority } from '../wire';
import { mergeCase, mergeItem } from './apply';
import { clearDraft, draftOf, editDraft } from './drafts';
import { caseOf, me, timelineOf, type Pending } from './state';
import { toast } from './notices';

function epochOf(id: string): number | undefined { return caseOf(id)?.value.epoch; }

/** Words for a refusal: the server's own when it gives them, ours by code otherwise. */
export function explain(error: unknown): string {
  if (!(error instanceof Problem)) return t('error.unknown');
  if (error.code === 'conflict' && error.body.owner) return t('error.claimedBy', { name: error.body.owner.name });
  const reason = error.body.reason ? known(`gate.code.${error.body.reason.split(':')[0]}`, '') : '';
  return reason || known(`error.${error.code}`, '') || error.body.detail || error.body.title || t('error.unknown');
}

/** For parts that an installation may not have: their address is not found though the case is. */
export function explainPart(error: unknown): string {
  return error instanceof Problem && error.status === 404 ? t('error.partMissing') : explain(error);
}

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

export interface Outgoing { channel: Channel; text: string; purpose?: string; sendAt?: string }

/** Sends what the composer holds: shown at once, true when the server has it, kept in place when it refuses. */
export async function sendMessage(caseId: string, out: Outgoing): Promise<void> {
  const draft = draftOf(caseId).value;
  const template = draft.template;
  const body: Record<string, unknown> = {
    client_id: clientId(),
    epoch: epochOf(caseId),
    channel: out.channel,
    ...(out.purpose ? { purpose: out.purpose } : {}),
    ...(template
      ? { template: { name: template.name, language: template.language, variables: template.variables } }
      : { text: out.text }),
    attachments: draft.files.flatMap((f) => (f.upload ? [f.upload.id] : [])),
    ...(draft.replyTo ? { reply_to: draft.replyTo } : {}),
    ...(draft.whisper ? { whisper: draft.whisper } : {}),
    ...(out.channel === 'email' && draft.subject.trim() ? { subject: draft.subject.trim() } : {}),
    ...(out.sendAt ? { send_at: out.sendAt } : {}),
  };
  const shown = template ? { text: template.preview } : {};
  const pending: Pending = {
    clientId: String(body.client_id), kind: 'message', at: new Date(serverNow()).toISOString(), state: 'pending',
    body: { ...body, ...shown }, files: draft.files.map(({ name, type, size }) => ({ name, type, size })),
  };
  clearDraft(caseId, false);
  const kept = { text: draft.text, subject: draft.subject, files: draft.files, replyTo: draft.replyTo, whisper: draft.whisper, template };
  await deliver(caseId, pending, body, `/cases/${caseId}/messages`, kept);
}

export async function sendNote(caseId: string, text: string): Promise<void> {
  const body = { client_id: clientId(), text };
  clearDraft(caseId, true);
  await deliver(caseId, stand('note', body), body, `/cases/${caseId}/notes`, null);
}

export async function sendWhisper(caseId: string, text: string, suggestion: boolean): Promise<boolean> {
  const body = { client_id: clientId(), epoch: epochOf(caseId), text, suggestion };
  return deliver(caseId, stand('whisper', body), body, `/cases/${caseId}/whispers`, null);
}

function stand(kind: Pending['kind'], body: Record<string, unknown>): Pending {
  return { clientId: String(body.client_id), kind, at: new Date(serverNow()).toISOString(), state: 'pending', body };
}

type Kept = Partial<ReturnType<typeof draftOf>['value']> | null;

async function deliver(caseId: string, pending: Pending, body: object, path: string, kept: Kept): Promise<boolean> {
  const line = timelineOf(caseId);
  line.pending.value = [...line.pending.value.filter((p) => p.clientId !== pending.clientId), pending];
  try {
    mergeItem(caseId, await post<Item>(path, body));
    line.pending.value = line.pending.value.filter((p) => p.clientId !== pending.clientId);
    return true;
  } catch (error) {
    refuse(caseId, pending, error, kept);
    return false;
  }
}

/** A refusal gives the text back to the composer when that is free; else it stays in the thread with its reason. */
function refuse(caseId: string, pending: Pending, error: unknown, kept: Kept): void {
  const line = timelineOf(caseId);
  const offline = error instanceof Problem && error.code === 'offline';
  const now = draftOf(caseId).value;
  if (kept && !offline && !now.text && !now.files.length) {
    line.pending.value = line.pending.value.filter((p) => p.clientId !== pending.clientId);
    editDraft(caseId, kept);
    toast(explain(error), { tone: 'bad' });
    return;
  }
  const state = offline ? 'unreachable' : 'refused';
  line.pending.value = line.pending.value.map((p) => (p.clientId === pending.clientId ? { ...p, state, why: explain(error) } : p));
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

/** The same client_id once more: the server does nothing twice. */
export async function resend(caseId: string, pending: Pending): Promise<void> {
  const path = { message: 'messages', note: 'notes', whisper: 'whispers' }[pending.kind];
  const body = { ...pending.body, epoch: pending.kind === 'note' ? undefined : epochOf(caseId) };
  await deliver(caseId, { ...pending, state: 'pending', why: undefined }, body, `/cases/${caseId}/${path}`, null);
}

export function discard(caseId: string, pending: Pending): void {
  const line = timelineOf(caseId);
  line.pending.value = line.pending.value.filter((p) => p.clientId !== pending.clientId);
}

/** When the line is back: what could not be reached goes again, in the order it was written. */
export async function resendUnreachable(caseIds: string[]): Promise<void> {
  for (const id of caseIds) {
    for (const p of timelineOf(id).pending.value.filter((q) => q.state === 'unreachable')) await resend(id, p);
  }
}

/** The Pix code of what is owed today, below what is written. The payee is the creditor; the amount is today's balance. */
export async function putPayCode(caseId: string): Promise<void> {
  const c = caseOf(caseId)?.value;
  if (!c?.debtor.id) return;
  try {
    const answer = await get<{ br_code: string }>(`/debtors/${c.debtor.id}/pix${query({ amount: c.balance?.amount })}`);
    const { text } = draftOf(caseId).value;
    editDraft(caseId, { text: text.trim() ? `${text.trimEnd()}\n\n${answer.br_code}` : answer.br_code });
  } catch (error) {
    toast(explainPart(error), { tone: 'bad' });
  }
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
export const checkIdentity = (id: string, checks: { kind: string; passed: boolean }[]) => act(`/cases/${id}/identity`, { checks, epoch: epochOf(id) });

export async function identify(caseId: string, debtor: string): Promise<boolean> {
  return act(`/cases/${caseId}/identify`, { debtor });
}
