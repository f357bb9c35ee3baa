/** What the page knows of the server, as signals. Views read it; only `apply.ts` and the loaders write it. */
import { batch, computed, signal, type Signal } from '@preact/signals';
import { now } from '../clock';
import type { Draft } from './drafts';
import type { AgentLine, Case, HelpRequest, Item, LastItem, Person, QueueLine, User } from '../wire';

/** A message on its way: what was typed, kept until the server has it. */
export interface Pending {
  clientId: string;
  kind: 'message' | 'note' | 'whisper';
  at: string;
  body: Record<string, unknown>;
  /** A template's words, which the body does not hold. */
  shown?: string;
  state: 'undoable' | 'pending' | 'refused' | 'unreachable';
  why?: string | undefined;
  files?: { name: string; type: string; size: number }[];
  /** What goes back into the composer when it does not leave. */
  kept?: Partial<Draft>;
  /** Until when it can be undone, by this browser's own clock. */
  until?: number;
}

export interface Timeline {
  items: Signal<Item[]>;
  pending: Signal<Pending[]>;
  /** Cursor to older items; null at the beginning, undefined while nothing is loaded. */
  older: Signal<string | null | undefined>;
  state: Signal<'empty' | 'loading' | 'ready' | 'error'>;
}

/** Ephemeral: who types, who looks, the live draft. */
export interface Live {
  draft?: { text: string; by: Person | null; at: number };
  typing?: { by: Person | null; debtor: boolean; at: number };
  viewing?: Person[];
}

export const me = signal<User | null>(null);
/** Who looks: hangs on the person, not on their load, which changes all the time. */
export const myId = computed(() => me.value?.id);
export const connection = signal<{ open: boolean; since: number; ever: boolean }>({ open: false, since: 0, ever: false });

const cases = new Map<string, Signal<Case>>();
const timelines = new Map<string, Timeline>();
const lives = new Map<string, Signal<Live>>();
/** Raised when a case appears or goes, so that lists look again. */
export const population = signal(0);
/** Raised when a thread begins to be held. */
const begun = signal(0);

type CaseListener = (id: string, now: Case | undefined) => void;
const caseListeners: CaseListener[] = [];

/** Told of every case that comes, changes or goes, at once: the lists of `kept.ts` hang here. */
export function onCase(listener: CaseListener): void { caseListeners.push(listener); }

function tellOf(id: string, now: Case | undefined): void {
  for (const listener of caseListeners) listener(id, now);
}

export const agents = signal<Map<string, AgentLine>>(new Map());
export const queues = signal<QueueLine[]>([]);
export const figures = signal<Record<string, unknown>>({});
/** The last words of a case as they were when the wall was loaded; what follows comes live. */
export const tails = signal<Record<string, LastItem[]>>({});
export const requests = signal<Map<string, HelpRequest>>(new Map());
/** Debtors whose ledger changed: a raised number means "read it again". */
export const ledgerChanges = signal<Map<string, number>>(new Map());

/** The case as a signal. A view that asks for one not held yet hears when it comes, one that shows it when it goes. */
export function caseOf(id: string): Signal<Case> | undefined {
  const held = cases.get(id);
  if (!held) void population.value;
  return held;
}

export function allCases(): Case[] {
  void population.value;
  return Array.from(cases.values(), (c) => c.value);
}

/** Every case as it stands, without hearing of what changes. */
export function peekCases(): Case[] {
  return Array.from(cases.values(), (c) => c.peek());
}

export function putCase(value: Case): void {
  batch(() => {
    const held = cases.get(value.id);
    if (held) held.value = value;
    else {
      cases.set(value.id, signal(value));
      population.value += 1;
    }
    tellOf(value.id, value);
  });
}

export function dropCase(id: string): void {
  timelines.delete(id);
  lives.delete(id);
  const held = cases.get(id);
  if (!held) return;
  batch(() => {
    cases.delete(id);
    held.value = { ...held.peek() }; // whoever shows it looks again, and finds it gone
    population.value += 1;
    tellOf(id, undefined);
  });
}

export function timelineOf(id: string): Timeline {
  let held = timelines.get(id);
  if (!held) {
    held = { items: signal([]), pending: signal([]), older: signal(undefined), state: signal('empty') };
    timelines.set(id, held);
    begun.value = begun.peek() + 1;
  }
  return held;
}

/** The thread if there is one; whoever asks hears when it begins. */
export function heldTimeline(id: string): Timeline | undefined {
  const held = timelines.get(id);
  if (!held) void begun.value;
  return held;
}

/** The cases of which anything of the thread is held. */
export function begunTimelines(): string[] {
  void begun.value;
  return [...timelines.keys()];
}

export function loadedTimelines(): [string, Timeline][] {
  return [...timelines].filter(([, line]) => line.state.value === 'ready');
}

export function liveOf(id: string): Signal<Live> {
  let held = lives.get(id);
  if (!held) lives.set(id, (held = signal<Live>({})));
  return held;
}

export function forgetEverything(): void {
  for (const id of [...cases.keys()]) dropCase(id);
  timelines.clear();
  lives.clear();
}

/** A case of another team that a supervisor reads in an emergency: nothing may be done to it. */
export const isOfOthers = (c: Case): boolean => isSupervisor.value && !!me.value?.teams && !!c.team && !me.value.teams.some((one) => one.id === c.team?.id);
export const isSupervisor = computed(() => me.value?.role === 'supervisor');
/** Whoever is more than an agent has something to do in the back office. */
export const hasOffice = computed(() => ['supervisor', 'compliance', 'admin'].includes(me.value?.role ?? ''));
export const mayWatchAs = (role: string | undefined): boolean => role === 'supervisor' || role === 'compliance';
export const mayWatch = computed(() => mayWatchAs(me.value?.role));

/** How sure we are now who reads: an identification ends by itself. */
export const levelNow = (c: Case): number => (c.disclosure_until && Date.parse(c.disclosure_until) <= now.value ? 0 : c.disclosure ?? 0);

export function isMine(c: Case): boolean { return !!me.value && c.owner?.id === me.value.id; }

/** Taken from me: I may read it, my text is kept, another writes. */
export function isTakenFromMe(c: Case): boolean {
  return !!me.value && c.taken_over_from?.id === me.value.id && c.owner?.id !== me.value.id && c.status !== 'resolved';
}

export function hasBarged(c: Case): boolean { return !!c.barge?.some((p) => p.id === me.value?.id); }

export function mayWrite(c: Case): boolean { return c.status !== 'resolved' && (isMine(c) || hasBarged(c)); }
