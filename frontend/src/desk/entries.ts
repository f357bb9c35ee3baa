/** Turns a timeline into what is drawn: days, groups of bubbles, single items. Pure, so that it can be tested. */
import { dayKey } from '../format';
import type { Item, Message } from '../wire';
import type { Pending } from '../store/state';

export type Entry =
  | { kind: 'day'; key: string; at: string }
  | { kind: 'unread'; key: string }
  | { kind: 'bubbles'; key: string; items: Message[]; showFrom: boolean }
  | { kind: 'mail'; key: string; item: Message }
  | { kind: 'single'; key: string; item: Exclude<Item, Message> }
  | { kind: 'pending'; key: string; pending: Pending };

const sameBreath = 5 * 60_000;

function joins(before: Message, item: Message): boolean {
  return before.direction === item.direction && before.channel === item.channel && before.contact_point === item.contact_point && before.author?.id === item.author?.id &&
    Date.parse(item.at) - Date.parse(before.at) < sameBreath && !before.template && !item.template;
}

/** Which breath each message stood in when it was last drawn: message → key of the breath. */
export type Breaths = Map<string, string>;

/** `unreadFrom` is the position after which things were new when the case was opened.
 *  `breaths` is read and renewed: a breath whose beginning is let go of stays the one that was drawn. */
export function entriesOf(items: Item[], pending: Pending[], unreadFrom: number | null, breaths: Breaths = new Map()): Entry[] {
  const entries: Entry[] = [];
  let day = '';
  let lastChannel = '';
  let lastAuthor = '';
  let lastPoint: string | null | undefined;
  let isMarked = unreadFrom === null;
  for (const item of items) {
    const today = dayKey(item.at);
    if (today !== day) { entries.push({ kind: 'day', key: `day-${today}`, at: item.at }); day = today; lastChannel = ''; }
    if (!isMarked && item.position > unreadFrom! && item.kind === 'message' && item.direction === 'in') {
      entries.push({ kind: 'unread', key: 'unread' });
      isMarked = true;
    }
    if (item.kind !== 'message') { entries.push({ kind: 'single', key: item.id, item }); continue; }
    if (item.channel === 'email') { entries.push({ kind: 'mail', key: item.id, item }); lastChannel = 'email'; continue; }
    const last = entries[entries.length - 1];
    if (last?.kind === 'bubbles' && joins(last.items[last.items.length - 1]!, item)) { last.items.push(item); continue; }
    const author = item.direction === 'out' ? item.author?.id ?? 'machine' : 'debtor';
    const showFrom = item.channel !== lastChannel || item.contact_point !== lastPoint || (item.direction === 'out' && author !== lastAuthor) || !!item.template;
    entries.push({ kind: 'bubbles', key: item.id, items: [item], showFrom });
    lastChannel = item.channel;
    lastPoint = item.contact_point;
    if (item.direction === 'out') lastAuthor = author;
  }
  keep(entries, breaths);
  const shown = new Set(items.flatMap((i) => ('client_id' in i && i.client_id ? [i.client_id] : [])));
  for (const p of pending) if (!shown.has(p.clientId)) entries.push({ kind: 'pending', key: p.clientId, pending: p });
  return entries;
}

function keep(entries: Entry[], breaths: Breaths): void {
  const before = new Map(breaths);
  breaths.clear();
  const taken = new Set<string>();
  for (const entry of entries) {
    if (entry.kind !== 'bubbles') continue;
    const key = before.get(entry.key);
    if (key !== undefined && !taken.has(key)) entry.key = key;
    taken.add(entry.key);
    for (const { id } of entry.items) breaths.set(id, entry.key);
  }
}

/** Whether two entries of one key draw the same: items are never changed in place. */
export function isSame(a: Entry, b: Entry): boolean {
  if (a.kind === 'bubbles') return b.kind === 'bubbles' && a.showFrom === b.showFrom && a.items.length === b.items.length && a.items.every((item, i) => item === b.items[i]);
  if (a.kind === 'mail' || a.kind === 'single') return b.kind === a.kind && a.item === b.item;
  if (a.kind === 'pending') return b.kind === 'pending' && a.pending === b.pending;
  // A day's name changes at midnight: it is drawn each time.
  return a.kind === 'unread' && b.kind === 'unread';
}
