/** The back office: which part of it is open, and lists read page by page. */
import { computed, signal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { get, query } from '../api';
import { explain } from '../store/words';
import { me } from '../store/state';
import type { IconName } from '../ui/outlines';

export type PartName = 'files' | 'suspense' | 'misses' | 'audit' | 'stops' | 'conduct' | 'removals' | 'glass';
interface Part { name: PartName; icon: IconName; roles: string[] }

/** Each with whom it is for. Whoever may only read a part sees it without its acts. */
const all: Part[] = [
  { name: 'files', icon: 'file', roles: ['supervisor', 'admin', 'compliance'] },
  { name: 'suspense', icon: 'money', roles: ['supervisor', 'admin', 'compliance'] },
  { name: 'misses', icon: 'alert', roles: ['supervisor', 'compliance'] },
  { name: 'stops', icon: 'shield', roles: ['supervisor', 'admin', 'compliance'] },
  { name: 'conduct', icon: 'scale', roles: ['supervisor', 'admin', 'compliance'] },
  { name: 'audit', icon: 'eye', roles: ['admin', 'compliance'] },
  { name: 'glass', icon: 'lock', roles: ['supervisor', 'admin', 'compliance'] },
  { name: 'removals', icon: 'x', roles: ['admin', 'compliance'] },
];

export const parts = computed(() => all.filter((one) => one.roles.includes(me.value?.role ?? '')));
export const part = signal<PartName>('files');
/** Who may fill the books, and who may stop what leaves. */
export const mayFill = computed(() => ['supervisor', 'admin'].includes(me.value?.role ?? ''));
export const mayKeep = computed(() => ['compliance', 'admin'].includes(me.value?.role ?? ''));

export interface Book { id: string; name: string; currency: string }
export interface Colleague { id: string; name: string }
export const books = signal<Book[]>([]);
const people = signal<Map<string, string>>(new Map());
export const nameOf = (id: string | null): string => (id ? people.value.get(id) ?? (id === 'system' ? 'Acordo' : id) : 'Acordo');

export async function loadNames(): Promise<void> {
  const [told, known] = await Promise.all([get<{ items: Book[] }>('/portfolios'), get<{ items: Colleague[] }>('/users')]);
  books.value = told.items;
  people.value = new Map(known.items.map((one) => [one.id, one.name]));
}

interface Page<T> { items: T[]; next: string | null }
export interface Listed<T> {
  items: T[];
  state: 'loading' | 'ready' | 'failed';
  why: string;
  hasMore: boolean;
  more: () => void;
  reload: () => void;
  change: (items: T[] | ((before: T[]) => T[])) => void;
}

/** A list of the API, a page at a time; other filters begin it anew, and an answer to older ones is not taken. */
export function usePages<T>(path: string, filters: Record<string, string> = {}, limit = 50): Listed<T> {
  const [items, change] = useState<T[]>([]);
  const [next, setNext] = useState<string | null>(null);
  const [state, setState] = useState<Listed<T>['state']>('loading');
  const [why, setWhy] = useState('');
  const asked = useRef(0);
  const ask = (cursor: string | null) => {
    const mine = ++asked.current;
    if (!cursor) setState('loading');
    get<Page<T>>(`${path}${query({ ...filters, limit, cursor })}`).then((page) => {
      if (asked.current !== mine) return;
      change((before) => (cursor ? [...before, ...page.items] : page.items));
      setNext(page.next);
      setState('ready');
    }, (error) => {
      if (asked.current !== mine) return;
      setWhy(explain(error));
      setState('failed');
    });
  };
  const key = JSON.stringify([path, filters]);
  useEffect(() => { ask(null); }, [key]);
  return { items, state, why, hasMore: next !== null, more: () => ask(next), reload: () => ask(null), change };
}
