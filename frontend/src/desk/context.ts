import { useComputed } from '@preact/signals';
import { createContext } from 'preact';
import { caseOf, mayWrite } from '../store/state';

/** The thread that items and composer belong to. `watching` is a supervisor's view: nothing in it marks as read. */
export const ThreadContext = createContext<{ id: string; watching: boolean }>({ id: '', watching: false });

/** Facts of the case that an item hangs on. A case changes with every message: its items are drawn anew only when these do. */
export const useMayWrite = (id: string): boolean => useComputed(() => { const c = caseOf(id)?.value; return !!c && mayWrite(c); }).value;
export const useDebtorName = (id: string): string => useComputed(() => caseOf(id)?.value.debtor.name ?? '').value;
