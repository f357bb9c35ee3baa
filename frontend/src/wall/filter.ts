/** What the wall is narrowed to. Kept in this browser, since a supervisor returns to the same corner each day. */
import { computed, signal } from '@preact/signals';
import { agents } from '../store/state';
import { lastChannel } from '../desk/row';
import { heldCases } from './held';
import type { Case, Named } from '../wire';

export type Part = 'team' | 'portfolio' | 'channel' | 'agent';
export type Filters = Record<Part, string> & { watched: boolean };

const nothing: Filters = { team: '', portfolio: '', channel: '', agent: '', watched: false };
const place = 'acordo:wall';

function read(): Filters {
  if (typeof localStorage === 'undefined') return nothing;
  try {
    return { ...nothing, ...(JSON.parse(localStorage.getItem(place) ?? '{}') as Partial<Filters>), watched: false };
  } catch {
    return nothing;
  }
}

export const filters = signal<Filters>(read());

export function narrow(change: Partial<Filters>): void {
  filters.value = { ...filters.value, ...change };
  if (typeof localStorage !== 'undefined') localStorage.setItem(place, JSON.stringify(filters.value));
}

export const widen = () => narrow(nothing);
export const isNarrowed = computed(() => JSON.stringify(filters.value) !== JSON.stringify(nothing));

/** Cases that go on being watched when their drawer is closed. */
export const kept = signal<ReadonlySet<string>>(new Set());

export function fits(c: Case, f: Filters): boolean {
  return (!f.team || c.team?.id === f.team) && (!f.portfolio || c.portfolio.id === f.portfolio) &&
    (!f.channel || lastChannel(c) === f.channel) && (!f.agent || c.owner?.id === f.agent) && (!f.watched || kept.value.has(c.id));
}

/** What there is to choose from, by name; a part with one choice is not offered. */
export const choices = computed(() => {
  const found: Record<Part, Map<string, string>> = { team: new Map(), portfolio: new Map(), channel: new Map(), agent: new Map() };
  const put = (part: Part, one: Named | null | undefined) => { if (one) found[part].set(one.id, one.name); };
  for (const c of heldCases.value) {
    if (c.masked || c.status === 'resolved' || c.status === 'snoozed') continue;
    put('team', c.team);
    put('portfolio', c.portfolio);
    put('agent', c.owner);
    found.channel.set(lastChannel(c), '');
  }
  for (const line of agents.value.values()) if (line.user.role === 'agent') put('agent', line.user);
  return found;
});
