/** Where the desk is: the view of the list, the open case, the deck. The address bar follows, so that a reload stays. */
import { computed, signal } from '@preact/signals';
import { shown } from '../store/first';
import { kept } from '../store/kept';
import { masked, queued, replied, taken, waiting, whole } from '../store/lists';
import { loadView, viewOf, type ViewName } from '../store/load';
import { caseOf } from '../store/state';
import { serverNow } from '../clock';
import type { Placed } from '../ui/settle';
import type { Bucket, Case, Channel } from '../wire';

export const view = signal<ViewName>('mine');
export const openId = signal<string | null>(null);
export const deck = signal<string[]>([]);
export const deckOn = signal(false);
export const deckFocus = signal(0);
export const paneShown = signal(readPane());
/** On a phone one of three is on the screen. */
export const phone = signal<'list' | 'thread' | 'pane'>('list');
export const filter = signal('');
/** Rows chosen for one act on all of them. */
export const selected = signal<string[]>([]);
/** A message to be shown in its place: set by whoever looked for it, cleared when it stands on the screen. */
export const wanted = signal<{ id: string; position: number } | null>(null);

/** What the list is narrowed to, besides words. Several of a kind are either-or. */
export interface Facets { channels: Channel[]; buckets: Bucket[]; unread: boolean; hand: boolean }
export const noFacets: Facets = { channels: [], buckets: [], unread: false, hand: false };
export const facets = signal<Facets>(noFacets);

export function fits(c: Case, f: Facets): boolean {
  return (!f.channels.length || f.channels.some((one) => (c.last_channel ?? c.last_item?.channel ?? c.channels?.[0]) === one)) &&
    (!f.buckets.length || (!!c.bucket && f.buckets.includes(c.bucket))) && (!f.unread || (c.unread ?? 0) > 0) && (!f.hand || !!c.hand);
}
/** Enter stays inert until then: the thread changed by itself under a typing hand. */
export const inertUntil = signal(0);

const inertMs = 400;
export const mostColumns = 4;

function readPane(): boolean {
  return typeof localStorage === 'undefined' || localStorage.getItem('acordo:pane') !== 'off';
}

export function togglePane(): void {
  paneShown.value = !paneShown.value;
  localStorage.setItem('acordo:pane', paneShown.value ? 'on' : 'off');
}

export function readAddress(): void {
  const [, kind, rest] = location.hash.split('/');
  if (kind === 'case' && rest) openId.value = rest;
  else if (kind === 'deck' && rest) { deck.value = rest.split(',').slice(0, mostColumns); deckOn.value = true; }
  else if (kind === 'view' && rest && /^(mine|queue|team|snoozed|resolved)$/.test(rest)) view.value = rest as ViewName;
  if (openId.value) phone.value = 'thread';
}

/** After the picture: the browser takes some ms for it. */
function writeAddress(): void {
  void shown().then(replaceAddress);
}

function replaceAddress(): void {
  const hash = deckOn.value ? `#/deck/${deck.value.join(',')}` : openId.value ? `#/case/${openId.value}` : `#/view/${view.value}`;
  if (location.hash !== hash) history.replaceState(null, '', hash);
}

/** On the wall a case opens in the monitor: the page says how. */
let elsewhere: ((id: string) => void) | null = null;
export function onOpen(act: (id: string) => void): void { elsewhere = act; }

/** `byItself`: nobody asked for this very case, so Enter must not send into it at once. */
export function open(id: string, byItself = false): void {
  if (elsewhere) { elsewhere(id); return; }
  if (byItself) inertUntil.value = performance.now() + inertMs;
  if (deckOn.value) addToDeck(id);
  openId.value = id;
  phone.value = 'thread';
  writeAddress();
}

export function openAt(id: string, position: number): void {
  wanted.value = { id, position };
  open(id);
}

export function toggleSelected(id: string): void {
  selected.value = selected.value.includes(id) ? selected.value.filter((one) => one !== id) : [...selected.value, id];
}

export function close(): void {
  openId.value = null;
  phone.value = 'list';
  writeAddress();
}

export function go(name: ViewName): void {
  view.value = name;
  deckOn.value = false;
  phone.value = 'list';
  filter.value = '';
  selected.value = [];
  facets.value = noFacets;
  writeAddress();
  if (name !== 'mine' || viewOf(name).state.value === 'empty') void loadView(name).catch(() => undefined);
}

/** What the list is narrowed to, for a view kept by name. */
export const narrowing = () => ({ view: view.value, words: filter.value.trim(), facets: { ...facets.value } });

export function narrowTo(facts: Record<string, unknown>): void {
  const { view: name, words, facets: told } = facts as Partial<ReturnType<typeof narrowing>>;
  go(name ?? 'mine');
  filter.value = words ?? '';
  facets.value = told && JSON.stringify(told) !== JSON.stringify(noFacets) ? { ...noFacets, ...told } : noFacets;
}

export function toggleDeck(): void {
  deckOn.value = !deckOn.value;
  if (deckOn.value && deck.value.length === 0) {
    const first = openId.value ? [openId.value] : [];
    deck.value = [...new Set([...first, ...waiting.ids.value, ...replied.ids.value])].slice(0, 3);
  }
  writeAddress();
}

function addToDeck(id: string): void {
  if (!deck.value.includes(id)) deck.value = [...deck.value, id].slice(-mostColumns);
  deckFocus.value = deck.value.indexOf(id);
}

export function leaveDeck(id: string): void {
  deck.value = deck.value.filter((one) => one !== id);
  deckFocus.value = Math.max(0, Math.min(deckFocus.value, deck.value.length - 1));
  if (!deck.value.length) deckOn.value = false;
  writeAddress();
}

export type Group = Placed<'waiting' | 'replied' | 'taken' | 'all'>;

export const groups = computed<Group[]>(() => {
  if (view.value === 'mine') {
    return [
      { key: 'waiting', ids: waiting.ids.value },
      { key: 'replied', ids: replied.ids.value },
      ...(taken.ids.value.length ? [{ key: 'taken' as const, ids: taken.ids.value }] : []),
    ];
  }
  if (view.value === 'queue') return [{ key: 'all', ids: queued.ids.value }];
  const loaded = viewOf(view.value).ids.value;
  return [{ key: 'all', ids: view.value === 'team' ? withNew(loaded) : loaded.filter((id) => caseOf(id)) }];
});

/** The team's list as it was loaded, without what was resolved since, and what has come since at its end. */
function withNew(loaded: string[]): string[] {
  const old = loaded.filter((id) => whole.has(id) || masked.has(id));
  const held = new Set(old);
  return [...old, ...whole.ids.value.filter((id) => !held.has(id))];
}

export const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** The filter above the list: every word must occur in name, last words, labels or sum. */
export function passes(c: Case, words: string): boolean {
  if (!words.trim()) return true;
  const hay = plain([c.debtor.name, c.last_item?.text ?? '', c.bucket ?? '', ...(c.labels ?? []), ...(c.debtor.labels ?? []),
    c.balance ? String(c.balance.amount / 100) : ''].join(' '));
  return plain(words).split(/\s+/).every((word) => hay.includes(word));
}

const matching = kept((c) => passes(c, filter.value) && fits(c, facets.value), undefined, () => [filter.value, facets.value]);

/** The groups with what words and facets leave of them. Unnarrowed, nothing of a case is looked at. */
export const narrowed = (all: Group[]): Group[] =>
  filter.value.trim() || facets.value !== noFacets ? all.map((g) => ({ ...g, ids: g.ids.filter(matching.has) })) : all;

/** The neighbour of the open case as the list shows it. */
export function neighbour(step: 1 | -1): string | null {
  const ids = narrowed(groups.value).flatMap((g) => g.ids);
  if (!ids.length) return null;
  const at = openId.value ? ids.indexOf(openId.value) : -1;
  return ids[at < 0 ? 0 : (at + step + ids.length) % ids.length] ?? null;
}

/** Who should be helped next: the longest waiting of mine, other than the one just left. */
export function nextWaiting(except: string): string | null {
  return waiting.ids.value.find((id) => id !== except) ?? null;
}

export function snoozeChoices(): { key: 'hour' | 'afternoon' | 'tomorrow' | 'twoDays' | 'week'; at: Date }[] {
  const base = new Date(serverNow());
  const at = (days: number, hour: number) => {
    const d = new Date(base);
    d.setDate(d.getDate() + days);
    d.setHours(hour, 0, 0, 0);
    return d;
  };
  return [
    { key: 'hour', at: new Date(base.getTime() + 2 * 3_600_000) },
    { key: 'afternoon', at: base.getHours() < 14 ? at(0, 15) : at(1, 15) },
    { key: 'tomorrow', at: at(1, 8) },
    { key: 'twoDays', at: at(2, 8) },
    { key: 'week', at: at(7, 8) },
  ];
}
