/** Sending: shown at once, held for the seconds in which it can be undone, true when the server has it. Nothing on its way is lost by a reload. */
import { Problem, clientId, post } from '../api';
import { serverNow } from '../clock';
import { keep, keptWord } from '../settings';
import type { Channel, Item } from '../wire';
import { mergeItem } from './apply';
import { clearDraft, draftOf, editDraft } from './drafts';
import { drop, stand, undoFor } from './leaving';
import { toast } from './notices';
import { timelineOf, type Pending } from './state';
import { epochOf, explain } from './words';

export interface Outgoing { channel: Channel; contactPoint?: string | undefined; text: string; purpose?: string; sendAt?: string; reason?: string }

/** How long what could not be reached is tried again by itself. Later only a person sends it: the moment may have passed. */
const fresh = 60_000;
const paths = { message: 'messages', note: 'notes', whisper: 'whispers' };

export function canUndoSend(): boolean { return keptWord('undo') !== 'off'; }
export function setUndoSend(on: boolean): void { void keep('undo', on ? 'on' : 'off'); }

/** Of each message that can still be undone: what lets it leave, or not. */
const waiting = new Map<string, { caseId: string; decide: (leaves: boolean) => void }>();

/** What its reader would get of what the composer holds: the same when it is sent and when somebody is asked for it. */
export function letterOf(caseId: string, out: Outgoing): Record<string, unknown> {
  const { template, files, subject, replyTo } = draftOf(caseId).value;
  return {
    client_id: clientId(),
    epoch: epochOf(caseId),
    channel: out.channel,
    ...(out.contactPoint ? { contact_point: out.contactPoint } : {}),
    ...(out.purpose ? { purpose: out.purpose } : {}),
    ...(replyTo ? { reply_to: replyTo } : {}),
    ...(template
      ? { template: { name: template.name, language: template.language, variables: template.variables } }
      : { text: out.text }),
    attachments: files.flatMap((f) => (f.upload && !f.later ? [f.upload.id] : [])),
    ...(out.channel === 'email' && subject.trim() ? { subject: subject.trim() } : {}),
    ...(out.reason ? { reason: out.reason } : {}),
  };
}

/** Sends what the composer holds. A second one lets the first leave at once, so that their order stays. */
export async function sendMessage(caseId: string, out: Outgoing): Promise<void> {
  const draft = draftOf(caseId).value;
  const template = draft.template;
  const ready = draft.files.filter((f) => f.upload && !f.later);
  const body: Record<string, unknown> = {
    ...letterOf(caseId, out),
    ...(draft.whisper ? { whisper: draft.whisper } : {}),
    ...(out.sendAt ? { send_at: out.sendAt } : {}),
  };
  const { text, subject, replyTo, whisper } = draft;
  const isHeld = canUndoSend() && !out.sendAt;
  const pending: Pending = {
    clientId: String(body.client_id), kind: 'message', at: new Date(serverNow()).toISOString(), state: isHeld ? 'undoable' : 'pending', body,
    ...(template ? { shown: template.preview } : {}), files: ready.map(({ name, type, size }) => ({ name, type, size })),
    kept: { text: template ? text : out.text, subject, files: ready, replyTo, whisper, template }, ...(isHeld ? { until: Date.now() + undoFor } : {}),
  };
  clearDraft(caseId, false);
  if (isHeld && !await undoTime(caseId, pending)) return;
  await deliver(caseId, { ...pending, state: 'pending' });
}

function undoTime(caseId: string, pending: Pending): Promise<boolean> {
  leaveNow(caseId);
  stand(caseId, pending);
  return new Promise((leaves) => {
    const timer = setTimeout(() => decide(true), undoFor);
    const decide = (now: boolean) => { clearTimeout(timer); waiting.delete(pending.clientId); leaves(now); };
    waiting.set(pending.clientId, { caseId, decide });
  });
}

/** What can still be undone leaves now: of one case, or of all when the page goes. */
function leaveNow(caseId?: string): void {
  for (const one of [...waiting.values()]) if (!caseId || one.caseId === caseId) one.decide(true);
}

/** Takes the newest message back into the composer. False when none can be taken back any more. */
export function undoSend(caseId: string): boolean {
  const last = timelineOf(caseId).pending.value.findLast((p) => p.state === 'undoable');
  const held = last && waiting.get(last.clientId);
  if (!last || !held) return false;
  held.decide(false);
  drop(caseId, last.clientId);
  giveBack(caseId, last);
  return true;
}

/** The newest one anywhere, for the key that undoes. */
export function undoAnySend(): boolean {
  const newest = [...waiting.values()].at(-1);
  return !!newest && undoSend(newest.caseId);
}

/** Above what was typed meanwhile, never over it. */
function giveBack(caseId: string, pending: Pending): void {
  const now = draftOf(caseId).value;
  const kept = pending.kept ?? { text: String(pending.body.text ?? '') };
  const text = [kept.text, now.text].filter((part) => part?.trim()).join('\n\n');
  editDraft(caseId, { ...kept, text, files: [...(kept.files ?? []), ...now.files] });
}

export async function sendNote(caseId: string, text: string): Promise<void> {
  clearDraft(caseId, true);
  await deliver(caseId, standIn('note', { client_id: clientId(), text }));
}

export async function sendWhisper(caseId: string, text: string, suggestion: boolean): Promise<boolean> {
  return deliver(caseId, standIn('whisper', { client_id: clientId(), epoch: epochOf(caseId), text, suggestion }));
}

function standIn(kind: Pending['kind'], body: Record<string, unknown>): Pending {
  return { clientId: String(body.client_id), kind, at: new Date(serverNow()).toISOString(), state: 'pending', body };
}

async function deliver(caseId: string, pending: Pending): Promise<boolean> {
  stand(caseId, pending);
  try {
    mergeItem(caseId, await post<Item>(`/cases/${caseId}/${paths[pending.kind]}`, pending.body, { keepalive: isLeaving }));
    drop(caseId, pending.clientId);
    return true;
  } catch (error) {
    refuse(caseId, pending, error);
    return false;
  }
}

/** A refusal gives the text back to the composer when that is free; else it stays in the thread with its reason. */
function refuse(caseId: string, pending: Pending, error: unknown): void {
  const isOffline = error instanceof Problem && error.code === 'offline';
  const now = draftOf(caseId).value;
  if (pending.kept && !isOffline && !now.text && !now.files.length) {
    drop(caseId, pending.clientId);
    editDraft(caseId, pending.kept);
    toast(explain(error), { tone: 'bad' });
    return;
  }
  stand(caseId, { ...pending, state: isOffline ? 'unreachable' : 'refused', why: explain(error) });
}

/** The same client_id once more: the server does nothing twice. */
export async function resend(caseId: string, pending: Pending): Promise<void> {
  const body = { ...pending.body, ...(pending.kind === 'note' ? {} : { epoch: epochOf(caseId) }) };
  await deliver(caseId, { ...pending, body, state: 'pending', why: undefined });
}

/** Back into the composer, to be written anew. */
export function takeBack(caseId: string, pending: Pending): void {
  drop(caseId, pending.clientId);
  if (pending.kind === 'message') giveBack(caseId, pending);
  else if (pending.kind === 'note') editDraft(caseId, { note: String(pending.body.text ?? ''), tab: 'note' });
}

export const isFresh = (pending: Pending): boolean => serverNow() - Date.parse(pending.at) < fresh;

/** When the line is back: what could not be reached a moment ago goes again, in the order it was written. */
export async function resendUnreachable(caseIds: string[]): Promise<void> {
  for (const id of caseIds) {
    for (const p of timelineOf(id).pending.value) if (p.state === 'unreachable' && isFresh(p)) await resend(id, p);
  }
}

let isLeaving = false;

/** The page goes: what was sent leaves with it. */
export function leaveWithPage(): void {
  isLeaving = true;
  leaveNow();
}

/** The browser kept the page and shows it again. */
export function pageIsBack(): void { isLeaving = false; }
