/** What the wall shows, worked out of live cases, agents and queues: risk, figures, order. */
import { computed, signal } from '@preact/signals';
import { now } from '../clock';
import { agents, figures, me, queues, requests } from '../store/state';
import { waitTone } from '../ui/signs';
import { places } from '../format';
import type { AgentLine, Case, Money, QueueLine } from '../wire';
import type { IconName } from '../ui/outlines';
import { filters, fits, kept, narrow, widen, type Filters } from './filter';
import { heldCases } from './held';

export type Order = 'risk' | 'wait' | 'value';
export const order = signal<Order>('risk');
export const opened = signal<string | null>(null);
export const wanted = signal<'watch' | 'whisper'>('watch');

/** From what on a balance is high, in whole units of its currency. */
const highValue: Record<string, number> = { BRL: 5_000, MXN: 20_000, COP: 5_000_000, CLP: 1_000_000, ARS: 1_000_000, PEN: 4_000, UYU: 40_000, USD: 1_000 };
const isHigh = (sum: Money): boolean => sum.amount / 10 ** places(sum.currency) >= (highValue[sum.currency] ?? 5_000);
const closing = 30 * 60_000;

export interface Reason { key: string; tone: 'bad' | 'warn' | 'whisper' | 'barge' | ''; icon: IconName; weight: number }

const known: Record<string, Omit<Reason, 'key'>> = {
  distress: { tone: 'bad', icon: 'heart', weight: 1000 },
  hardship: { tone: 'bad', icon: 'heart', weight: 500 },
  long_wait: { tone: 'bad', icon: 'alert', weight: 300 },
  approval: { tone: 'whisper', icon: 'hand', weight: 260 },
  hand: { tone: 'whisper', icon: 'hand', weight: 250 },
  tone: { tone: 'warn', icon: 'alert', weight: 200 },
  window: { tone: 'warn', icon: 'shieldwait', weight: 150 },
  rescue: { tone: 'bad', icon: 'bolt', weight: 140 },
  near: { tone: 'warn', icon: 'clock', weight: 120 },
  dispute: { tone: '', icon: 'scale', weight: 80 },
  high_value: { tone: 'warn', icon: 'money', weight: 60 },
  taken: { tone: 'barge', icon: 'takeover', weight: 40 },
};

/** The cases in which an agreement waits for an authority. */
const approvals = computed(() => new Set([...requests.value.values()].flatMap((r) => (r.kind === 'approval' && r.case ? [r.case] : []))));

/** Why this conversation stands where it stands, gravest first. The server's own reasons are taken as they are. */
export function reasonsOf(c: Case, at: number): Reason[] {
  const keys = new Set(c.reasons ?? []);
  for (const hold of c.holds ?? []) if (hold in known) keys.add(hold);
  const tone = waitTone(c, at);
  if (tone === 'late') keys.add('long_wait');
  if (tone === 'warn') keys.add('near');
  if (c.hand) keys.add('hand');
  if (approvals.value.has(c.id)) keys.add('approval');
  if (c.rescue) keys.add('rescue');
  if ((c.overlays ?? []).includes('DISPUTED')) keys.add('dispute');
  if (c.balance && isHigh(c.balance)) keys.add('high_value');
  if (c.taken_over_from) keys.add('taken');
  if ((c.contact_points ?? []).some((p) => p.window_closes_at && isClosing(p.window_closes_at, at))) keys.add('window');
  return [...keys].flatMap((key) => (known[key] ? [{ key, ...known[key] }] : [])).sort((a, b) => b.weight - a.weight);
}

function isClosing(closes: string, at: number): boolean {
  const left = Date.parse(closes) - at;
  return left > 0 && left < closing;
}

/** What the wall is narrowed to, for a view kept by name. What is watched is of this day only. */
export const narrowing = () => ({ order: order.value, ...filters.value, watched: false });

export function narrowTo({ order: by, ...facts }: Record<string, unknown>): void {
  order.value = by as Order;
  widen();
  narrow(facts as Partial<Filters>);
}

/** Whether conversations silent for hours are shown too. */
export const withParked = signal(false);

const talks = computed(() => heldCases.value.filter((c) => (c.status === 'assigned' || c.status === 'queued') && !c.masked));
const asked = computed(() => new Set([...requests.value.values()].map((r) => r.case)));
/** Silent for hours, so that it costs nobody load, and nobody asks for anything in it. */
const isParked = (c: Case) => c.weight === 0 && !c.waiting_since && !c.hand && !c.taken_over_from && !asked.value.has(c.id) && !kept.value.has(c.id);
const shown = computed(() => talks.value.filter((c) => fits(c, filters.value)));

export const live = computed(() => shown.value.filter((c) => !isParked(c)));
export const parked = computed(() => shown.value.filter(isParked));

const waited = (c: Case, at: number) => (c.waiting_since ? at - Date.parse(c.waiting_since) : 0);

/** Risk is judged afresh every few seconds, not at every tick: tiles must not dance. */
const beat = computed(() => Math.floor(now.value / 5000));

export const tiles = computed(() => {
  const at = beat.value * 5000;
  const risk = (c: Case) => reasonsOf(c, at).reduce((n, r) => n + r.weight, 0) + Math.min(100, waited(c, at) / 60_000);
  const rank: Record<Order, (c: Case) => number> = { risk, wait: (c) => waited(c, at), value: (c) => (c.balance ? c.balance.amount / 10 ** places(c.balance.currency) / (highValue[c.balance.currency] ?? 5_000) : 0) };
  const weigh = rank[order.value];
  const all = withParked.value ? shown.value : live.value;
  return all.map((c) => [weigh(c), c] as const).sort((a, b) => b[0] - a[0] || a[1].id.localeCompare(b[1].id)).map(([, c]) => c.id);
});

/** Agents with what they hold now. Of those whose every team is ours the cases tell; of others the server's last word. */
export const agentLines = computed(() => {
  const mine = new Set((me.value?.teams ?? []).map((team) => team.id));
  const isWhole = (a: AgentLine) => me.value?.role === 'compliance' || (a.teams ?? []).every((id) => mine.has(id));
  const held = new Map<string, Case[]>();
  for (const c of heldCases.value) if (c.owner && c.status !== 'resolved' && !c.masked) (held.get(c.owner.id) ?? held.set(c.owner.id, []).get(c.owner.id)!).push(c);
  return [...agents.value.values()]
    .filter((a) => a.user.role === 'agent' || held.has(a.user.id))
    .map((a) => (isWhole(a) ? counted(a, held.get(a.user.id) ?? []) : { ...a, tone: toneOfWait(a.oldest_wait, held.get(a.user.id) ?? []) }))
    .sort(byWait);
});

function counted(line: AgentLine, cases: Case[]): AgentLine {
  const waiting = cases.flatMap((c) => (c.waiting_since && c.status === 'assigned' ? [c.waiting_since] : [])).sort();
  return {
    ...line, load: cases.reduce((sum, c) => sum + (c.weight ?? 1), 0), held: cases.length, waiting: waiting.length,
    oldest_wait: waiting[0] ?? null, hand: cases.some((c) => c.hand), tone: toneOfWait(waiting[0], cases),
  };
}

/** How the longest wait stands against what was promised to that very customer, judged each few seconds. */
function toneOfWait(since: string | null | undefined, cases: Case[]): 'late' | 'warn' | '' {
  const longest = since ? cases.find((c) => c.waiting_since === since) : undefined;
  const tone = longest ? waitTone(longest, beat.value * 5000) : '';
  return tone === 'calm' ? '' : tone;
}

function byWait(a: AgentLine, b: AgentLine): number {
  const rank = { online: 0, away: 1, offline: 2 };
  return rank[a.status] - rank[b.status] || (a.oldest_wait ?? '9').localeCompare(b.oldest_wait ?? '9') || a.user.name.localeCompare(b.user.name);
}

/** Queues by team, from the cases held; teams the server names stay, empty as they may be. */
export const queueLines = computed<QueueLine[]>(() => {
  const at = beat.value * 5000;
  const lines = new Map<string, QueueLine>(queues.value.map((q) => [q.team.id, { ...q, depth: 0, at_risk: 0, late: 0, oldest_wait: null }]));
  for (const c of heldCases.value) {
    if (c.status !== 'queued' || !c.team) continue;
    const line = lines.get(c.team.id) ?? { team: c.team, depth: 0, at_risk: 0, late: 0, oldest_wait: null };
    const tone = waitTone(c, at);
    if (c.waiting_since && (!line.oldest_wait || c.waiting_since < line.oldest_wait)) line.oldest_wait = c.waiting_since;
    lines.set(c.team.id, {
      ...line, depth: line.depth + 1, late: (line.late ?? 0) + (tone === 'late' ? 1 : 0), at_risk: (line.at_risk ?? 0) + (tone === 'warn' ? 1 : 0),
    });
  }
  return [...lines.values()].sort((a, b) => b.depth - a.depth || a.team.name.localeCompare(b.team.name));
});

export const strip = computed(() => {
  const at = beat.value * 5000;
  const waiting = heldCases.value.filter((c) => c.status === 'queued');
  const open = heldCases.value.filter((c) => c.waiting_since && (c.status === 'queued' || c.status === 'assigned'));
  const staff = agentLines.value.filter((a) => a.user.role === 'agent');
  const oldest = open.reduce<string | null>((least, c) => (!least || c.waiting_since! < least ? c.waiting_since! : least), null);
  return {
    waiting: waiting.length,
    oldest,
    oldestLate: open.some((c) => c.waiting_since === oldest && waitTone(c, at) === 'late'),
    risk: open.filter((c) => ['late', 'warn'].includes(waitTone(c, at))).length,
    of: talks.value.length,
    online: staff.filter((a) => a.status === 'online').length,
    away: staff.filter((a) => a.status === 'away').length,
    staff: staff.length,
    load: staff.reduce((n, a) => n + a.load, 0),
    capacity: staff.filter((a) => a.status === 'online').reduce((n, a) => n + a.capacity, 0),
    more: figures.value,
  };
});
