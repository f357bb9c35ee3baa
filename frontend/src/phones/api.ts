/** The sandbox's own API and its stream of changes. Everything it says is invented and stays on this machine. */
import { signal } from '@preact/signals';
import { call } from '../api';
import type { Channel } from '../wire';

export interface File { id: string; name: string; type: string; size: number; url: string }
export interface Tap { id: string; title: string; type?: string }
export interface Bubble {
  seq: number;
  id: string;
  /** The product's word: "in" is the person's own. */
  direction: 'in' | 'out';
  at: string;
  kind: string;
  text: string;
  status: string;
  attachments: File[];
  subject?: string;
  html?: string;
  error?: unknown;
  footer?: string;
  header?: string;
  buttons?: Tap[];
  pressed?: string;
  quoted?: string;
  reacted?: string;
  template?: unknown;
  voice?: boolean;
  returned?: boolean;
  location?: { name?: string; latitude?: number; longitude?: number };
}
export interface Thread {
  inbox: string;
  channel: Channel;
  provider: Provider;
  address: string;
  name: string;
  window_closes_at: string | null;
  opted_out: boolean;
  messages: Bubble[];
}
export interface Phone { id: string; name: string; phone: string | null; email: string | null; language: string; persona: string | null; prefers: Channel; threads: Thread[] }
export type Provider = 'meta' | 'twilio' | 'smtp';
export interface Behaviour {
  provider: Provider;
  accept: boolean;
  error_code: string | number;
  latency_ms: number;
  statuses: string[];
  duplicate_callbacks: number | boolean;
  shuffle_callbacks: boolean;
  drop_response: boolean;
}
export interface Step { step: string; done: boolean }
interface Whole { people: Phone[]; steps: Step[]; scripted: boolean; behaviours: Behaviour[]; cursor: number }

const base = '/sandbox/api';
export const people = signal<Phone[]>([]);
export const steps = signal<Step[]>([]);
export const scripted = signal(true);
export const behaviours = signal<Behaviour[]>([]);
export const clock = signal<{ now: string; offset_s: number; heard: number } | null>(null);
/** Who is being typed to, as "person inbox", until when. */
export const typing = signal<Map<string, number>>(new Map());
export const failed = signal('');
export const online = signal(false);

let source: EventSource | undefined;

export async function load(): Promise<void> {
  const whole = await call<Whole>('GET', `${base}/phones`);
  people.value = whole.people;
  steps.value = whole.steps;
  scripted.value = whole.scripted;
  behaviours.value = whole.behaviours;
  const time = await call<{ now: string; offset_s: number }>('GET', `${base}/clock`);
  clock.value = { ...time, heard: Date.now() };
  listen(whole.cursor);
}

function listen(cursor: number): void {
  source?.close();
  const stream = new EventSource(`${base}/events?since=${cursor}`);
  source = stream;
  stream.onopen = () => { online.value = true; };
  stream.onerror = () => { online.value = false; };
  const on = (name: string, act: (data: Record<string, unknown>) => void) =>
    stream.addEventListener(name, (e) => act(JSON.parse((e as MessageEvent<string>).data) as Record<string, unknown>));
  on('message.created', (d) => { stopTyping(String(d.person), String(d.inbox)); void refresh(String(d.person)); });
  on('message.updated', (d) => void refresh(String(d.person)));
  on('person.created', (d) => void refresh(String(d.id)));
  on('steps.changed', () => void call<Step[]>('GET', `${base}/steps`).then((s) => { steps.value = s; }));
  on('behaviour.changed', (d) => setBehaviourHere(d.behaviour as Behaviour));
  on('scripted.changed', (d) => { scripted.value = !!d.on; });
  on('clock.changed', (d) => { clock.value = { now: String(d.now), offset_s: Number(d.offset_s), heard: Date.now() }; });
  on('typing', (d) => { typing.value = new Map(typing.value).set(`${String(d.person)} ${String(d.inbox)}`, Date.now() + Number(d.ms ?? 5000)); });
  on('reset', () => void load().catch(() => undefined));
}

function stopTyping(person: string, inbox: string): void {
  const next = new Map(typing.value);
  if (next.delete(`${person} ${inbox}`)) typing.value = next;
}

const asked = new Map<string, ReturnType<typeof setTimeout>>();

/** Several changes of one person in one breath are one look. */
function refresh(id: string): void {
  if (asked.has(id)) return;
  asked.set(id, setTimeout(() => {
    asked.delete(id);
    void call<Phone>('GET', `${base}/phones/${id}`).then((phone) => {
      const at = people.value.findIndex((p) => p.id === id);
      people.value = at < 0 ? [phone, ...people.value] : people.value.with(at, phone);
    }, () => undefined);
  }, 30));
}

function setBehaviourHere(changed: Behaviour): void {
  behaviours.value = behaviours.value.map((b) => (b.provider === changed.provider ? changed : b));
}

async function tell(method: string, path: string, body: object): Promise<boolean> {
  try {
    await call(method, base + path, body);
    failed.value = '';
    return true;
  } catch (error) {
    failed.value = error instanceof Error ? error.message : String(error);
    return false;
  }
}

export interface Writing {
  inbox: string;
  from: string;
  text?: string;
  subject?: string;
  in_reply_to?: string;
  interactive?: { type: string; id: string; title: string };
  attachments?: { name: string; type: string; base64: string; voice?: boolean }[];
}

export const write = (writing: Writing) => tell('POST', '/inbound', writing);
export const showOpen = (person: string, inbox: string) => tell('PUT', '/open', { person, inbox });
export const pay = (person: string, message: string) => tell('POST', '/pay', { person, message });
export const bounce = (id: string) => tell('POST', '/bounce', { id });
export const addPerson = (name: string, phone: string, email: string) => tell('POST', '/people', { name, phone, email });
export const setScripted = (on: boolean) => tell('PUT', '/scripted', { on });
export const setClock = (body: { now?: string; offset_s?: number }) => tell('PUT', '/clock', body);
export const reset = () => tell('POST', '/reset', {});

export function behave(change: Partial<Behaviour> & { provider: Provider }): void {
  const held = behaviours.value.find((b) => b.provider === change.provider);
  if (!held) return;
  const next = { ...held, ...change };
  setBehaviourHere(next);
  void tell('PUT', '/behaviour', next);
}

let typedAt = 0;
/** A human is writing as this person: the script that plays them waits. */
export function tellTyping(person: string): void {
  if (Date.now() - typedAt < 2000) return;
  typedAt = Date.now();
  void call('PUT', `${base}/typing`, { person }).catch(() => undefined);
}

export function base64Of(file: globalThis.File): Promise<string> {
  return new Promise((done, fail) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result).split(',')[1] ?? '');
    reader.onerror = () => fail(reader.error ?? new Error('unreadable'));
    reader.readAsDataURL(file);
  });
}
