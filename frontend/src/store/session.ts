/** Brings a page to life: who is signed in, the first snapshot, the live line, what to tell the person. */
import { effect } from '@preact/signals';
import { boot } from '../boot';
import { call, whenAnswered, whenSignedOut } from '../api';
import { heardServerTime, now, serverNow, startClock } from '../clock';
import { firstName } from '../format';
import { known, loadLanguage, t } from '../i18n';
import { listenToKeys } from '../keys';
import { Socket } from '../socket';
import type { Case, EventFrame, Item, Person, Whisper } from '../wire';
import { applyEvent, applySignal, onApplied } from './apply';
import { takenByMe } from './commands';
import { restorePending } from './leaving';
import { leaveWithPage, pageIsBack, resendUnreachable } from './sending';
import { flushDrafts, forgetDrafts, showDraftsLive } from './drafts';
import { loadMe, reloadAll, type ViewName } from './load';
import { badge, chime, desktopNotice, notice, toast, whisperBadge } from './notices';
import { unread, whispered } from './lists';
import { begunTimelines, caseOf, connection, heldTimeline, isMine, me, myId } from './state';

let socket: Socket | undefined;
let openCase: (id: string) => void = () => undefined;
let lookedAt: () => string[] = () => [];

export interface SessionOptions {
  /** The first snapshot; its cursor starts the line. */
  load: () => Promise<string | null>;
  lists: ViewName[];
  topics: string[];
  open?: (id: string) => void;
  /** The cases on the screen, for which no sound is made. */
  looking?: () => string[];
  onReset?: () => Promise<void>;
}

export async function startSession(options: SessionOptions): Promise<void> {
  openCase = options.open ?? openCase;
  lookedAt = options.looking ?? lookedAt;
  me.value = boot.user;
  connection.value = { open: false, since: Date.now(), ever: false };
  await Promise.all([loadLanguage(boot.user?.language ?? boot.lang), loadMe().catch(() => undefined)]);
  startClock();
  listenToKeys(whenAnswered);
  guardDrafts();
  restorePending();
  const line = makeSocket(options);
  socket = line;
  line.hold(...options.topics);
  onApplied(tell);
  effect(() => {
    badge.value = unread.ids.value.length;
    whisperBadge.value = casesWithWhispers().reduce((n, c) => n + whispersWaiting(c), 0);
  });
  const cursor = await options.load().catch(() => null);
  line.start(cursor);
}

function makeSocket(options: SessionOptions): Socket {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  const line = new Socket(`${scheme}://${location.host}/ws`, {
    event: (frame, live) => applyEvent(frame, live),
    signal: (frame) => applySignal(frame, serverNow()),
    ready: (_, at) => heardServerTime(at),
    reset: () => { void (options.onReset?.() ?? Promise.resolve()); void reloadAll(options.lists); },
    state: (open) => {
      const before = connection.value;
      if (before.open === open && before.ever) return;
      connection.value = { open, since: Date.now(), ever: before.ever || open };
      if (open) void afterReconnect();
    },
    signedOut: () => location.assign('/sign-in'),
  });
  window.addEventListener('online', () => { line.nudge(); void resendAll(); });
  setInterval(() => { if (connection.value.open) void resendAll(); }, retryEvery);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) line.nudge(); });
  showDraftsLive((id, text) => { line.send({ type: 'draft', case: id, text }); });
  return line;
}

async function afterReconnect(): Promise<void> {
  await flushDrafts();
  await resendAll();
}

const retryEvery = 5000;
let isResending = false;

/** The line may stand while a request was lost: what could not be reached is tried until it is. */
async function resendAll(): Promise<void> {
  if (isResending) return;
  isResending = true;
  await resendUnreachable(begunTimelines()).finally(() => { isResending = false; });
}

/** Follows topics as long as something shows them. */
export function hold(...topics: string[]): () => void {
  return socket ? socket.hold(...topics) : () => undefined;
}

/** The same of a case that was opened to its reader since. */
export function holdAgain(caseId: string): void {
  socket?.again(`case:${caseId}`);
}

let typedAt = 0;
export function tellTyping(caseId: string): void {
  if (Date.now() - typedAt < 3000) return;
  typedAt = Date.now();
  socket?.send({ type: 'typing', case: caseId });
}

export function tellSeen(caseId: string, position: number): void {
  socket?.send({ type: 'seen', case: caseId, position });
}

function guardDrafts(): void {
  document.addEventListener('visibilitychange', () => { if (document.hidden) void flushDrafts(true); });
  window.addEventListener('pagehide', () => { leaveWithPage(); void flushDrafts(true); });
  window.addEventListener('pageshow', pageIsBack);
}

export async function signOut(): Promise<void> {
  leaveWithPage();
  await flushDrafts();
  forgetDrafts();
  whenSignedOut(() => undefined);
  socket?.stop();
  // The answer empties the browser's storage; what was left in it on purpose stays: texts the server does not have, the look of the page.
  const stays = Object.entries(localStorage);
  await call('DELETE', '/api/v1/session').catch(() => undefined);
  for (const [key, value] of stays) localStorage.setItem(key, String(value));
  location.assign('/sign-in');
}

const old = 60_000;

/** What a person should hear of. Replays of old events are shown, not sounded. */
function tell(frame: EventFrame): void {
  const id = String(frame.case ?? frame.data.id ?? '');
  if (frame.name === 'notice.created' && frame.data.break_glass) { tellGlass(frame); return; }
  const held = caseOf(id)?.value;
  if (!held || now.value - Date.parse(frame.at) > old) return;
  if (frame.name === 'whisper.created') tellWhisper(held, frame.data as unknown as Whisper);
  else if (frame.name === 'message.created') tellMessage(held, frame.data as unknown as Item);
  else if (frame.name === 'case.assigned') tellAssigned(held, frame);
  else if (frame.name === 'takeover.started') tellTakenOver(held, frame);
  else if (frame.name === 'notice.created') tellNews(held, frame);
}

/** What the books have for one person: an offer answered, a promise kept or broken, an answer that is due. */
function tellNews(held: Case, frame: EventFrame): void {
  const text = known(`notice.kind.${String(frame.data.kind)}`, '', { name: held.debtor.name });
  if (!text) return;
  notice({ id: frame.id, at: frame.at, text, caseId: held.id, tone: 'plain' });
  if (lookedAt().includes(held.id)) return;
  chime('assigned');
  toast(text, { act: { label: t('open'), run: () => openCase(held.id) } });
}

/** Somebody read beyond their own in an emergency, or nobody reviewed it in time: told wherever its case is not held. */
function tellGlass(frame: EventFrame): void {
  const text = known(`notice.kind.${String(frame.data.kind)}`, '', { name: '' });
  if (!text || now.value - Date.parse(frame.at) > old) return;
  notice({ id: frame.id, at: frame.at, text, ...(frame.case ? { caseId: frame.case } : {}), tone: 'bad' });
  chime('alarm');
  toast(text, { tone: 'bad' });
}

function tellWhisper(held: Case, item: Whisper): void {
  if (item.to?.id !== me.value?.id || item.author?.id === me.value?.id) return;
  chime('whisper');
  const text = t('notice.whisper', { from: firstName(item.author?.name ?? ''), name: held.debtor.name });
  notice({ id: item.id, at: item.at, text, caseId: held.id, tone: 'whisper' });
  desktopNotice(t('notice.whisperTitle'), text, () => openCase(held.id));
  if (!lookedAt().includes(held.id)) {
    toast(text, { tone: 'whisper', act: { label: t('open'), run: () => openCase(held.id) }, ms: 15_000 });
  }
}

function tellMessage(held: Case, item: Item): void {
  if (item.kind !== 'message' || item.direction !== 'in' || !isMine(held)) return;
  if (lookedAt().includes(held.id) && document.hasFocus()) return;
  chime('message');
  desktopNotice(held.debtor.name, item.text ?? '', () => openCase(held.id));
}

function tellAssigned(held: Case, frame: EventFrame): void {
  if (!isMine(held) || held.taken_over_from || takenByMe.delete(held.id)) return;
  const text = t('notice.assigned', { name: held.debtor.name });
  notice({ id: frame.id, at: frame.at, text, caseId: held.id, tone: 'plain' });
  chime('assigned');
}

function tellTakenOver(held: Case, frame: EventFrame): void {
  if (held.taken_over_from?.id !== me.value?.id || isMine(held)) return;
  const by = frame.data.user as Person | undefined;
  const text = t('notice.takenOver', { by: firstName(by?.name ?? ''), name: held.debtor.name });
  notice({ id: frame.id, at: frame.at, text, caseId: held.id, tone: 'bad' });
  toast(text, { tone: 'bad' });
}

/** The case of the newest whisper to me that I have not seen, anywhere. Of a case never opened only the count is known: it comes last. */
export function newestUnseenWhisper(): string | null {
  let newest: { id: string; at: string } | null = null;
  for (const c of casesWithWhispers()) {
    const at = unseenWhispers(c.id).at(-1)?.at ?? '';
    if (whispersWaiting(c) && (!newest || at > newest.at)) newest = { id: c.id, at };
  }
  return newest?.id ?? null;
}

/** Where whispers may wait: the list told so, or the thread is here. */
function casesWithWhispers(): Case[] {
  return [...new Set([...whispered.ids.value, ...begunTimelines()])].flatMap((id) => { const c = caseOf(id)?.value; return c ? [c] : []; });
}

/** How many whispers wait for me on a case: counted here once its thread is loaded, told by the list before. */
export function whispersWaiting(c: Case): number {
  const here = unseenWhispers(c.id).length;
  return heldTimeline(c.id)?.state.value === 'ready' ? here : Math.max(here, c.whispers ?? 0);
}

export function unseenWhispers(caseId: string): Whisper[] {
  return (heldTimeline(caseId)?.items.value ?? []).filter((i): i is Whisper =>
    i.kind === 'whisper' && !i.seen_at && i.to?.id === myId.value && i.author?.id !== myId.value);
}
