/** The only place where an event of the server becomes state. Every rule here bears being applied twice. */
import { heardServerTime } from '../clock';
import type { AgentLine, Case, EventFrame, HelpRequest, Item, LastItem, Message, Money, Person, SignalFrame } from '../wire';
import { drop } from './leaving';
import {
  agents, caseOf, dropCase, figures, ledgerChanges, liveOf, me, putCase, queues, requests, timelineOf,
} from './state';
import { bound } from './threads';

const remembered = 4000;
const seenEvents = new Set<string>();

type Listener = (frame: EventFrame) => void;
const listeners = new Set<Listener>();

/** Told after an event was applied, once each: notices and sounds hang here. */
export function onApplied(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** At least once is what the line promises; once is what the page shows. */
function isRepeated(id: string): boolean {
  if (seenEvents.has(id)) return true;
  seenEvents.add(id);
  if (seenEvents.size > remembered) seenEvents.delete(seenEvents.values().next().value as string);
  return false;
}

export function applyEvent(frame: EventFrame, live = true): void {
  if (isRepeated(frame.id)) return;
  if (live) heardServerTime(frame.at);
  const [noun] = frame.name.split('.');
  const data = frame.data ?? {};
  if (frame.name === 'case.hidden') hide(String(data.id ?? frame.case));
  else if (noun === 'case') mergeCase({ id: frame.case, ...data } as unknown as Case);
  else if (noun === 'message' || noun === 'note' || noun === 'whisper' || noun === 'event') {
    mergeItem(String(frame.case ?? data.case), data as unknown as Item);
  } else if (noun === 'watch' || noun === 'barge' || noun === 'takeover') applySupervision(frame);
  else if (noun === 'presence') mergeAgent(data as unknown as AgentLine);
  else if (noun === 'request') mergeRequest(data as unknown as HelpRequest);
  else if (noun === 'figures') mergeFigures(data);
  // What tells a person of what an event already said changes nothing of what is owed.
  else if (noun !== 'notice') applyLedger(frame);
  for (const listener of listeners) listener(frame);
}

function hide(id: string): void {
  dropCase(id);
}

/** A snapshot or an event in list shape. What is older than what we hold is left aside. */
export function mergeCase(data: Case): void {
  const held = caseOf(data.id)?.value;
  if (!held) { if (!data.masked || data.status === 'queued') putCase(withUnread(data)); return; }
  if (data.masked) { mergeMasked(held, data); return; }
  if (isOlder(data, held)) { bringMissing(data, held); return; }
  const merged: Case = { ...held, ...data };
  if (held.masked) { putCase(withUnread({ ...merged, masked: false })); return; }
  if (data.last_item && held.last_item && isOlderItem(data.last_item, held.last_item)) merged.last_item = held.last_item;
  putCase(merged);
}

/** Events leave out what differs by viewer. A case that comes unopened, with their words last, has something to read. */
function withUnread(c: Case): Case {
  if (c.masked || c.unread !== undefined) return c;
  return { ...c, unread: !c.opened_at && c.last_item?.direction === 'in' ? 1 : 0 };
}

/** A snapshot that was overtaken by an event still brings what events leave out. */
function bringMissing(data: Case, held: Case): void {
  if (data.epoch === held.epoch && Object.keys(data).some((key) => !(key in held))) putCase({ ...data, ...held });
}

function isOlder(data: Case, held: Case): boolean {
  if (data.epoch !== undefined && held.epoch !== undefined && data.epoch < held.epoch) return true;
  return !!data.updated_at && !!held.updated_at && data.updated_at < held.updated_at;
}

function isOlderItem(a: LastItem, b: LastItem): boolean {
  return a.at < b.at;
}

/** A queue's row names nobody and says no more than the queue needs: it never touches a case that we see whole. */
function mergeMasked(held: Case, row: Case): void {
  if (!held.masked) return;
  if (row.status && row.status !== 'queued') dropCase(row.id);
  else putCase({ ...held, ...row });
}

/** Puts an item in its place by position; a newer `rev` of it wins, an older one is left aside. */
export function mergeItem(caseId: string, item: Item): void {
  const line = timelineOf(caseId);
  const items = line.items.value;
  const at = items.findIndex((i) => i.id === item.id);
  const held = items[at];
  if (held && (item.rev ?? 0) < (held.rev ?? 0)) return;
  if (held) line.items.value = items.with(at, { ...held, ...item } as Item);
  else {
    line.items.value = insert(items, item);
    bound(caseId);
  }
  settle(caseId, item);
  if (item.kind === 'message') noteLastWords(caseId, item, !held);
}

/** What we sent has come back as itself: the stand-in goes. */
function settle(caseId: string, item: Item): void {
  if ('client_id' in item && item.client_id) drop(caseId, item.client_id);
}

/** A page of older or newer items, merged without doubles. */
export function mergePage(caseId: string, page: Item[]): void {
  const line = timelineOf(caseId);
  const byId = new Map(line.items.value.map((i) => [i.id, i]));
  for (const item of page) {
    const held = byId.get(item.id);
    if (!held || (item.rev ?? 0) >= (held.rev ?? 0)) byId.set(item.id, item);
  }
  line.items.value = [...byId.values()].sort((a, b) => a.position - b.position);
  for (const item of page) settle(caseId, item);
}

function insert(items: Item[], item: Item): Item[] {
  const last = items[items.length - 1];
  if (!last || last.position < item.position) return [...items, item];
  const at = items.findIndex((i) => i.position > item.position);
  return at < 0 ? [...items, item] : items.toSpliced(at, 0, item);
}

function noteLastWords(caseId: string, item: Message, isNew: boolean): void {
  const held = caseOf(caseId);
  if (!held || held.value.masked) return;
  const last = held.value.last_item;
  if (last && item.at < last.at && item.id !== last.id) return;
  if (['scheduled', 'held', 'cancelled'].includes(item.status)) return;
  const { id, kind, text, subject, direction, channel, status, sort, at } = item;
  const next: Case = {
    ...held.value,
    last_item: {
      id, kind, text: text || subject || attachmentWords(item), direction, channel, status, at, ...(sort ? { sort } : {}),
    },
  };
  const isCounted = !isNew || item.id === last?.id || item.position <= (held.value.seen_position ?? -1);
  if (!isCounted && direction === 'in') next.unread = (held.value.unread ?? 0) + 1;
  putCase(next);
  if (direction === 'in') quietTyping(caseId);
}

function attachmentWords(item: Message): string {
  return item.attachments?.map((a) => a.name).join(', ') ?? '';
}

function quietTyping(caseId: string): void {
  const live = liveOf(caseId);
  if (live.value.typing?.debtor) live.value = { ...live.value, typing: undefined };
}

function applySupervision(frame: EventFrame): void {
  const id = String(frame.data.id ?? frame.case);
  const held = caseOf(id)?.value;
  const user = frame.data.user as Person | undefined;
  if (!held) return;
  if (!user) { if (frame.name === 'barge.ended') putCase({ ...held, barge: [] }); return; }
  const [noun, verb] = frame.name.split('.');
  const without = (list?: Person[]) => (list ?? []).filter((p) => p.id !== user.id);
  const changed = (list?: Person[]) => (verb === 'started' ? [...without(list), user] : without(list));
  if (noun === 'watch') putCase({ ...held, watchers: changed(held.watchers) });
  else if (noun === 'barge') putCase({ ...held, barge: changed(held.barge) });
  else if (verb === 'started') takeOver(held, user, frame.data);
}

/** The composer must lock at once, also when the case's own event comes a moment later. */
function takeOver(held: Case, user: Person, data: Record<string, unknown>): void {
  const epoch = typeof data.epoch === 'number' ? data.epoch : held.epoch;
  if (epoch < held.epoch || held.owner?.id === user.id) return;
  const from = (data.from as Person | undefined) ?? held.owner;
  putCase({ ...held, owner: user, epoch, taken_over_from: from ?? null });
}

export function mergeAgent(line: AgentLine): void {
  if (!line.user) return;
  const held = agents.value.get(line.user.id);
  agents.value = new Map(agents.value).set(line.user.id, { ...held, ...line });
  const mine = me.value;
  if (!mine || mine.id !== line.user.id) return;
  me.value = {
    ...mine,
    load: line.load ?? mine.load, capacity: line.capacity ?? mine.capacity,
    presence: line.status ? { status: line.status, reason: line.reason ?? null, until: line.until ?? null } : mine.presence,
  };
}

export function mergeRequest(request: HelpRequest): void {
  const next = new Map(requests.value);
  const held = next.get(request.id);
  const merged = { ...held, ...request };
  if (merged.state !== 'done') next.set(request.id, merged);
  else next.delete(request.id);
  requests.value = next;
}

function mergeFigures(data: Record<string, unknown>): void {
  const { queues: lines, ...rest } = data;
  if (Array.isArray(lines)) queues.value = lines;
  figures.value = { ...figures.value, ...(rest.figures as object | undefined ?? rest) };
}

function applyLedger(frame: EventFrame): void {
  const debtor = String(frame.data.debtor ?? caseOf(String(frame.case))?.value.debtor.id ?? '');
  if (!debtor) return;
  ledgerChanges.value = new Map(ledgerChanges.value).set(debtor, (ledgerChanges.value.get(debtor) ?? 0) + 1);
  const held = frame.case ? caseOf(frame.case)?.value : undefined;
  const balance = frame.data.balance as Money | undefined;
  if (held && balance && typeof balance === 'object') putCase({ ...held, balance });
}

/** Signals are hints: the newest wins, none is kept for long. */
export function applySignal(frame: SignalFrame, at: number): void {
  const by = (frame.user ?? frame.by ?? null) as Person | null;
  if (frame.name === 'presence' || frame.name === 'load') {
    if (frame.user) mergeAgent(frame as unknown as AgentLine);
    return;
  }
  if (!frame.case) return;
  const live = liveOf(frame.case);
  if (frame.name === 'typing') live.value = { ...live.value, typing: { by, debtor: !by, at } };
  else if (frame.name === 'draft') live.value = { ...live.value, draft: { text: String(frame.text ?? ''), by, at } };
  else if (frame.name === 'viewing') live.value = { ...live.value, viewing: (frame.users ?? frame.viewers ?? []) as Person[] };
}
