import { computed } from '@preact/signals';
import { createContext } from 'preact';
import { useMemo } from 'preact/hooks';
import { caseOf, mayWrite } from '../store/state';
import type { Case } from '../wire';

/** The thread that items and composer belong to. `watching` is a supervisor's view: nothing in it marks as read. */
export const ThreadContext = createContext<{ id: string; watching: boolean }>({ id: '', watching: false });

/** What follows from a case. It changes with every message: whoever asks is drawn anew only when what they asked for does. */
export function useOfCase<T>(id: string, ask: (c: Case | undefined) => T): T {
  return useMemo(() => computed(() => ask(caseOf(id)?.value)), [id]).value;
}

export const useMayWrite = (id: string): boolean => useOfCase(id, (c) => !!c && mayWrite(c));
export const useDebtorName = (id: string): string => useOfCase(id, (c) => c?.debtor.name ?? '');
