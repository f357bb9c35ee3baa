/** What is being typed, by case: in memory, in the browser's storage until acknowledged, and on the server. */
import { signal, type Signal } from '@preact/signals';
import { put } from '../api';
import type { Channel, Upload } from '../wire';
import { caseOf, isTakenFromMe, me, mayWrite } from './state';

/** A file beside the text: being uploaded, uploaded, refused with its reason, or waiting for the next message (`later`). */
export interface FileDraft { key: string; name: string; type: string; size: number; upload?: Upload; error?: string; later?: boolean }

export interface Draft {
  text: string;
  note: string;
  /** The tab: a channel, the note, or not yet chosen. */
  tab: Channel | 'note' | null;
  files: FileDraft[];
  replyTo: string | null;
  /** The contact point that was chosen where a channel reaches several people. */
  point: string | null;
  /** Of a mail; empty, the answer keeps the subject of what it answers. */
  subject: string;
  /** The whisper whose suggestion went into the text, and the text before it (for undo). */
  whisper: string | null;
  before: string | null;
  template: { name: string; language: string; variables: Record<string, string>; preview: string } | null;
  rev: number;
  saved: boolean;
}

const blank: Draft = {
  text: '', note: '', tab: null, files: [], replyTo: null, point: null, subject: '', whisper: null, before: null, template: null, rev: 0, saved: true,
};
const empty = { text: '', subject: '', replyTo: null, point: null, whisper: null, before: null, template: null };
const idle = 1000;
const drafts = new Map<string, Signal<Draft>>();
const timers = new Map<string, ReturnType<typeof setTimeout>>();

let live: (caseId: string, text: string) => void = () => undefined;
/** The socket's `draft` frame, for whoever watches. */
export function showDraftsLive(send: (caseId: string, text: string) => void): void { live = send; }

const storage = (): Storage | null => (typeof localStorage === 'undefined' ? null : localStorage);
const keyOf = (caseId: string) => `acordo:draft:${me.value?.id ?? ''}:${caseId}`;

export function draftOf(caseId: string): Signal<Draft> {
  let held = drafts.get(caseId);
  if (!held) drafts.set(caseId, (held = signal({ ...blank, ...kept(caseId) })));
  return held;
}

function kept(caseId: string): Partial<Draft> {
  try {
    return JSON.parse(storage()?.getItem(keyOf(caseId)) ?? '{}') as Partial<Draft>;
  } catch {
    return {};
  }
}

/** True where something typed is waiting, for the row's mark. Does not create a draft. */
export function draftText(caseId: string): string {
  const held = drafts.get(caseId) ?? (storage()?.getItem(keyOf(caseId)) ? draftOf(caseId) : undefined);
  return held?.value.text || caseOf(caseId)?.value.draft?.text || '';
}

/** The server's copy is taken when we hold nothing of our own, or when it is newer (a take-over's hand-down). */
export function takeServerDraft(caseId: string, server: { text: string; rev: number; note?: string } | null | undefined): void {
  if (!server) return;
  const draft = draftOf(caseId);
  if (server.note && !draft.value.note) draft.value = { ...draft.value, note: server.note };
  const mine = draft.value;
  if (server.rev <= mine.rev && mine.text) return;
  if (mine.text && !mine.saved) draft.value = { ...mine, rev: Math.max(mine.rev, server.rev) };
  else draft.value = { ...mine, text: server.text, rev: server.rev, saved: true };
}

/** The rest is kept in this browser only: the server holds the text and the note. */
function hasMore(draft: Draft): boolean {
  return !!(draft.subject || draft.template || draft.replyTo || draft.files.some((f) => f.upload));
}

function keep(caseId: string, draft: Draft): void {
  const store = storage();
  if (!store) return;
  const { before: _, ...kept } = draft;
  if (!draft.text && draft.saved && !hasMore(draft)) store.removeItem(keyOf(caseId));
  else store.setItem(keyOf(caseId), JSON.stringify({ ...kept, files: draft.files.filter((f) => f.upload) }));
}

/** A signal may be lost, and whoever comes to watch a moment after the last key has heard none: it is said again, twice. */
const saidAgain = [1_500, 6_000];
const repeats = new Map<string, ReturnType<typeof setTimeout>[]>();

function showLive(caseId: string, text: string): void {
  live(caseId, text);
  for (const timer of repeats.get(caseId) ?? []) clearTimeout(timer);
  const again = () => { const held = drafts.get(caseId)?.value.text; if (held) live(caseId, held); };
  repeats.set(caseId, text ? saidAgain.map((after) => setTimeout(again, after)) : []);
}

export function editDraft(caseId: string, change: Partial<Draft>): void {
  const draft = draftOf(caseId);
  const textChanged = change.text !== undefined && change.text !== draft.value.text;
  const noteChanged = change.note !== undefined && change.note !== draft.value.note;
  draft.value = { ...draft.value, ...change, ...(textChanged || noteChanged ? { saved: false } : {}) };
  keep(caseId, draft.value);
  if (textChanged) showLive(caseId, draft.value.text);
  else if (!noteChanged) return;
  clearTimeout(timers.get(caseId));
  timers.set(caseId, setTimeout(() => void saveDraft(caseId), idle));
}

/** PUT of the text as it is now; the highest rev wins on the server. */
export async function saveDraft(caseId: string, leaving = false): Promise<void> {
  clearTimeout(timers.get(caseId));
  const draft = drafts.get(caseId);
  const held = caseOf(caseId)?.value;
  if (!draft || draft.value.saved || !held || !(mayWrite(held) || isTakenFromMe(held))) return;
  const { text, note } = draft.value;
  try {
    const rev = draft.value.rev + 1;
    const stored = await store(caseId, text, note, rev, leaving);
    // A later one of another tab is kept there: what is on this screen goes over it.
    acknowledge(caseId, text, note, stored > rev ? await store(caseId, text, note, stored + 1, leaving) : stored);
  } catch {
    draft.value = { ...draft.value, saved: false };
  }
}

async function store(caseId: string, text: string, note: string, rev: number, leaving: boolean): Promise<number> {
  const answer = await put<{ rev?: number } | undefined>(`/cases/${caseId}/draft`, { text, note, rev }, { keepalive: leaving, quiet: leaving });
  return answer?.rev ?? rev;
}

function acknowledge(caseId: string, text: string, note: string, rev: number): void {
  const draft = draftOf(caseId);
  draft.value = { ...draft.value, rev, saved: draft.value.text === text && draft.value.note === note };
  keep(caseId, draft.value);
}

export function clearDraft(caseId: string, note: boolean): void {
  if (note) editDraft(caseId, { note: '' });
  else editDraft(caseId, { ...empty, files: draftOf(caseId).value.files.filter((f) => (!f.upload || f.later) && !f.error) });
}

/** Below what stands there, never over it; `undoSuggestion` puts the old text back. */
export function useSuggestion(caseId: string, whisperId: string, text: string): void {
  const { text: before } = draftOf(caseId).value;
  const joined = before.trim() ? `${before.trimEnd()}\n\n${text}` : text;
  editDraft(caseId, { text: joined, whisper: whisperId, before });
}

export function undoSuggestion(caseId: string): boolean {
  const { before } = draftOf(caseId).value;
  if (before === null) return false;
  editDraft(caseId, { text: before, before: null, whisper: null });
  return true;
}

export async function flushDrafts(leaving = false): Promise<void> {
  await Promise.allSettled([...drafts.keys()].map((id) => saveDraft(id, leaving)));
}

/** At sign-out, after a flush: what the server has is taken out of this browser; what it does not have waits here for its writer. */
export function forgetDrafts(): void {
  for (const [id, draft] of drafts) {
    if (draft.value.saved && !hasMore(draft.value)) storage()?.removeItem(keyOf(id));
  }
  drafts.clear();
}
