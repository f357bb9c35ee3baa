/** Cases that belong together, in order, kept as they change: a change costs its own place, not the length of the list. */
import { computed, signal, untracked, type ReadonlySignal } from '@preact/signals';
import type { Case } from '../wire';
import { caseOf, onCase, peekCases } from './state';

export interface Kept {
  /** In order. Changes when a case comes, goes or moves, not when anything else of it changes. */
  ids: ReadonlySignal<string[]>;
  /** The same with everything in it: for lists that stay short. */
  cases: ReadonlySignal<Case[]>;
  has: (id: string) => boolean;
}

type Order = (a: Case, b: Case) => number;

/** Plain comparison: these are times and ids, and a locale's order costs fifty times as much. */
export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byId: Order = (a, b) => compare(a.id, b.id);

/** `belongs` and `order` look at the case; `hangsOn` reads whatever else they look at, and builds the list anew when that changes. */
export function kept(belongs: (c: Case) => boolean, order: Order = byId, hangsOn: () => unknown = () => undefined): Kept {
  const full: Order = (a, b) => order(a, b) || byId(a, b);
  const members = new Map<string, Case>();
  const moved = signal(0);
  let sorted: Case[] = [];
  let isBuilt = false;

  const built = computed(() => {
    hangsOn();
    untracked(() => {
      sorted = peekCases().filter(belongs).sort(full);
      members.clear();
      for (const c of sorted) members.set(c.id, c);
      isBuilt = true;
    });
    return {};
  });

  onCase((id, now) => {
    if (!isBuilt) return;
    const before = members.get(id);
    const after = now && untracked(() => belongs(now)) ? now : undefined;
    if (!before && !after) return;
    const from = before ? placeOf(sorted, before, full) : -1;
    if (before && after && full(before, after) === 0) sorted[from] = after;
    else {
      if (before) sorted.splice(from, 1);
      const to = after ? placeOf(sorted, after, full) : -1;
      if (after) sorted.splice(to, 0, after);
      if (from !== to) moved.value = moved.peek() + 1;
    }
    if (after) members.set(id, after);
    else members.delete(id);
  });

  const ids = computed(() => { void built.value; void moved.value; return sorted.map((c) => c.id); });
  return {
    ids,
    cases: computed(() => ids.value.flatMap((id) => { const c = caseOf(id)?.value; return c ? [c] : []; })),
    has: (id) => { void built.value; void moved.value; return members.has(id); },
  };
}

/** Where a case stands in a sorted list, or would stand. */
function placeOf(sorted: Case[], c: Case, order: Order): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (order(sorted[middle] as Case, c) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
