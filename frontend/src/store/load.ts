/** Snapshots by HTTP. They go through the same merges as events, so neither can undo the other. */
import { batch, signal, type Signal } from '@preact/signals';
import { get, lastCursor, post, query } from '../api';
import type { Assignment, Balance, Case, Debtor, HelpRequest, Item, Page, Person, User, Wall, Way } from '../wire';
import { mergeAgent, mergeCase, mergePage, mergeRequest } from './apply';
import { agents, dropCase, figures, liveOf, loadedTimelines, me, peekCases, queues, requests, tails, timelineOf } from './state';

export type ViewName = 'mine' | 'queue' | 'team' | 'snoozed' | 'resolved' | 'search';

export interface View { ids: Signal<string[]>; next: Signal<string | null>; state: Signal<'empty' | 'loading' | 'ready' | 'error'> }

const views = new Map<ViewName, View>();

export function viewOf(name: ViewName): View {
  let held = views.get(name);
  if (!held) views.set(name, (held = { ids: signal([]), next: signal(null), state: signal('empty') }));
  return held;
}

const asks: Record<ViewName, Record<string, string>> = {
  mine: { view: 'mine' },
  queue: { view: 'queue' },
  team: { view: 'team' },
  snoozed: { view: 'snoozed' },
  resolved: { view: 'resolved' },
  search: { view: 'all', sort: 'activity' },
};

/** The first page of a view, or the next one. Gives the cursor that the snapshot is current to. */
export async function loadView(name: ViewName, q = '', more = false): Promise<string | null> {
  const view = viewOf(name);
  if (!more && view.state.value !== 'ready') view.state.value = 'loading';
  try {
    const page = await get<Page<Case>>(`/cases${query({ ...asks[name], q, limit: 100, cursor: more ? view.next.value : null })}`);
    batch(() => {
      for (const c of page.items) mergeCase(c);
      if (name === 'mine' && !more && !page.next) forgetMissing(page.items);
      view.ids.value = [...(more ? view.ids.value : []), ...page.items.map((c) => c.id)];
      view.next.value = page.next;
      view.state.value = 'ready';
    });
  } catch (error) {
    view.state.value = 'error';
    throw error;
  }
  return lastCursor;
}

/** After a reset: what the server no longer counts as mine is not mine, whatever we held. */
function forgetMissing(items: Case[]): void {
  const present = new Set(items.map((c) => c.id));
  for (const c of peekCases()) {
    if (c.owner?.id === me.value?.id && c.status === 'assigned' && !present.has(c.id)) dropCase(c.id);
  }
}

export async function loadMe(): Promise<void> {
  const answer = await get<User | { user: User }>('/me');
  me.value = 'user' in answer ? { ...answer, ...answer.user } : answer;
}

/** How a debtor can pay a creditor, what they prefer first. */
export const loadWays = async (debtor: string, portfolio: string): Promise<Way[]> =>
  (await get<Page<Way>>(`/debtors/${debtor}/payment-means${query({ portfolio })}`)).items;

export async function loadCase(id: string): Promise<void> {
  const c = await get<Case>(`/cases/${id}`);
  mergeCase(c);
  if (c.owner_draft) showDraft(id, c.owner_draft, c.owner);
}

/** What the owner had typed before one looked; what they type now is newer. */
function showDraft(id: string, typed: { text: string; at: string }, by: Person | null): void {
  const live = liveOf(id);
  const at = Date.parse(typed.at);
  if (!live.value.draft || live.value.draft.at < at) live.value = { ...live.value, draft: { text: typed.text, by, at } };
}

export async function loadTimeline(id: string): Promise<void> {
  const line = timelineOf(id);
  if (line.state.value === 'empty') line.state.value = 'loading';
  try {
    const page = await get<Page<Item>>(`/cases/${id}/timeline?limit=50`);
    const first = page.items.reduce((least, item) => Math.min(least, item.position), Infinity);
    const joins = line.state.value === 'ready' && line.items.value.some((held) => held.position >= first);
    // What was heard before this page stays only where it joins the page without a gap.
    if (!joins) line.items.value = line.items.value.filter((held) => held.position >= first);
    mergePage(id, page.items);
    if (!joins) line.older.value = olderCursor(page);
    line.state.value = 'ready';
  } catch (error) {
    if (line.state.value !== 'ready') line.state.value = 'error';
    throw error;
  }
}

/** Older items are asked for by position; a page's `previous` says whether there are any. */
function olderCursor(page: Page<Item>): string | null {
  if (page.previous !== undefined) return page.previous;
  const first = page.items.reduce((least, item) => Math.min(least, item.position), Infinity);
  return page.items.length >= 50 && first > 1 ? String(first) : null;
}

const mostSteps = 50;

/** Loads upward until a position is held: an old message is shown in its place, with all that followed. */
export async function loadDownTo(id: string, position: number): Promise<void> {
  const line = timelineOf(id);
  for (let step = 0; step < mostSteps && line.older.value && (line.items.value[0]?.position ?? 0) > position; step += 1) await loadOlder(id, 200);
}

export async function loadOlder(id: string, limit = 50): Promise<void> {
  const line = timelineOf(id);
  if (!line.older.value) return;
  const page = await get<Page<Item>>(`/cases/${id}/timeline${query({ before: line.older.value, limit })}`);
  line.older.value = page.items.length ? olderCursor(page) : null;
  mergePage(id, page.items);
}

/** The live picture, and every live case of the teams. Gives the cursor of the first answer: what follows is newer. */
export async function loadWall(): Promise<string | null> {
  const wall = await get<Wall>('/wall').catch(() => null);
  let cursor = wall ? lastCursor : null;
  if (wall) takeWall(wall);
  const first = await loadView('team');
  cursor ??= first;
  void loadRequests().catch(() => undefined);
  for (let pages = 0; viewOf('team').next.value && pages < mostPages; pages += 1) await loadView('team', '', true);
  return cursor;
}

/** The figures that only the server counts. */
export async function loadFigures(): Promise<void> {
  const wall = await get<Wall>('/wall');
  figures.value = { ...figures.value, ...wall.figures };
}

const mostPages = 10;

function takeWall(wall: Wall): void {
  figures.value = wall.figures ?? {};
  queues.value = wall.queues ?? [];
  agents.value = new Map();
  for (const line of wall.agents ?? []) mergeAgent(line);
  tails.value = wall.tails ?? {};
  for (const c of wall.cases) mergeCase(c);
}

export async function loadRequests(): Promise<void> {
  const page = await get<Page<HelpRequest>>('/requests');
  requests.value = new Map();
  for (const request of page.items) mergeRequest(request);
}

export const loadBalance = (debtor: string, portfolio: string) => get<Balance>(`/debtors/${debtor}/balance${query({ portfolio })}`);
export const loadDebtor = (debtor: string) => get<Debtor>(`/debtors/${debtor}`);
export const loadAssignments = async (id: string) => (await get<Page<Assignment>>(`/cases/${id}/assignments`)).items;

/** Everything on the page anew, after the line told that it cannot replay. */
export async function reloadAll(lists: ViewName[]): Promise<void> {
  await Promise.allSettled([...lists.map((name) => loadView(name)), ...loadedTimelines().map(([id]) => loadTimeline(id))]);
}

/** Tells the server that the owner has read up to here. */
export async function markSeen(id: string, position: number): Promise<void> {
  await post(`/cases/${id}/seen`, { position }, { quiet: true });
}
