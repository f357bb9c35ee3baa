/** The arithmetic of plans as the server has it (console/ledger/schedule.py): exact, in integers, while a person drags. */
import type { Balance, Money } from '../../wire';

export const components = ['fine', 'interest', 'fees', 'principal'] as const;
export type Off = Record<(typeof components)[number], number>;

export interface Terms {
  charges: Balance['charges'];
  /** Percent off each component. */
  off: Off;
  down: number;
  count: number;
  first: string;
  /** The debtor's own day of the month, 1 to 28, from the second instalment on; null: that of the first. */
  day: number | null;
  /** The last day on which the offer stands. */
  until: string;
  today: string;
  shut: ReadonlySet<string>;
  increment: number;
}

export interface Line { n: number; due: string; amount: number; moved: string | null }
export interface Reckoned { before: number; discount: number; total: number; lines: Line[]; wrong: '' | 'down' | 'nothing' | 'rest' }

const downWithin = 3;
const bp = (percent: number) => Math.round(percent * 100);

export function reckon(terms: Terms): Reckoned {
  const before = components.reduce((sum, name) => sum + openOf(terms.charges, name), 0);
  const off = components.reduce((sum, name) => sum + share(openOf(terms.charges, name), bp(terms.off[name])), 0);
  const total = before - off;
  const rest = total - terms.down;
  const wrong = total <= 0 ? 'nothing' : rest < 0 || (terms.count === 0 && rest > 0) ? 'down' : terms.count > 0 && rest < terms.count ? 'rest' : '';
  const lines: Line[] = [];
  if (wrong) return { before, discount: off, total, lines, wrong };
  if (terms.down) lines.push({ n: 0, due: bankDaysOn(terms.today, downWithin, terms.shut), amount: terms.down, moved: null });
  split(rest, terms.count, terms.increment).forEach((amount, index) => {
    const asked = index === 0 ? terms.first : monthsOn(terms.first, index, terms.day);
    const due = bankDay(asked, terms.shut);
    lines.push({ n: index + 1, due, amount, moved: due === asked ? null : asked });
  });
  return { before, discount: off, total, lines, wrong };
}

/** What is open of a component over all charges. */
export const openOf = (charges: Terms['charges'], name: string): number => charges.reduce((sum, charge) => sum + (charge.open?.[name]?.amount ?? 0), 0);

/** Half up, once. Products of amounts and rates go beyond what a float holds. */
function share(amount: number, rate: number): number {
  return Number((2n * BigInt(amount) * BigInt(rate) + 10_000n) / 20_000n);
}

/** Parts that add up: the first ones one step more; what fills no step is in the last. */
export function split(rest: number, count: number, step = 1): number[] {
  if (!count) return [];
  const units = Math.floor(rest / step);
  const base = Math.floor(units / count);
  const more = units % count;
  const parts = Array.from({ length: count }, (_, index) => (base + (index < more ? 1 : 0)) * step);
  parts[count - 1]! += rest % step;
  return parts;
}

const at = (iso: string) => new Date(`${iso}T00:00:00Z`);
const iso = (day: Date) => day.toISOString().slice(0, 10);

export function bankDay(day: string, shut: ReadonlySet<string>): string {
  const found = at(day);
  while (found.getUTCDay() % 6 === 0 || shut.has(iso(found))) found.setUTCDate(found.getUTCDate() + 1);
  return iso(found);
}

export function bankDaysOn(day: string, count: number, shut: ReadonlySet<string>): string {
  let found = day;
  for (let n = 0; n < count; n++) {
    const next = at(found);
    next.setUTCDate(next.getUTCDate() + 1);
    found = bankDay(iso(next), shut);
  }
  return found;
}

/** How many bank days an offer stands that ends with `last`. */
function bankDaysUntil(last: string, today: string, shut: ReadonlySet<string>): number {
  let count = 0;
  for (let day = bankDaysOn(today, 1, shut); day <= last; day = bankDaysOn(day, 1, shut)) count += 1;
  return count;
}

/** From the anchor, never from a date that moved; the last day of the month where there is no such day. */
export function monthsOn(first: string, months: number, own: number | null = null): string {
  const [year, month, day] = first.split('-').map(Number) as [number, number, number];
  const last = new Date(Date.UTC(year, month - 1 + months + 1, 0)).getUTCDate();
  return iso(new Date(Date.UTC(year, month - 1 + months, Math.min(own ?? day, last))));
}

export interface Limits { level: string; extras_bp: number; principal_bp: number; instalments: number; down_bp: number; days: number }

/** What of it goes beyond one's own authority. */
export function beyond(limits: Limits, terms: Terms, total: number): string[] {
  return [
    bp(Math.max(terms.off.fine, terms.off.interest, terms.off.fees)) > limits.extras_bp ? 'extras_discount' : '',
    bp(terms.off.principal) > limits.principal_bp ? 'principal_discount' : '',
    terms.count > limits.instalments ? 'instalments' : '',
    terms.count > 1 && terms.down * 10_000 < total * limits.down_bp ? 'down_payment' : '',
    bankDaysUntil(terms.until, terms.today, terms.shut) > limits.days ? 'validity' : '',
  ].filter(Boolean);
}

export const moneyOf = (amount: number, currency: string): Money => ({ amount, currency });
