/** Money, dates and spans by locale. Cached, since Intl formatters are dear to build. */
import { lang, t } from './i18n';
import { days, type Day, type Money } from './wire';

const cache = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

function once<T extends Intl.NumberFormat | Intl.DateTimeFormat>(key: string, make: () => T): T {
  const id = `${lang}|${key}`;
  let held = cache.get(id) as T | undefined;
  if (!held) cache.set(id, (held = make()));
  return held;
}

/** Minor units of a currency, by ISO 4217. The browser's own table says 0 for COP, which is how it is shown, not counted. */
export function places(currency: string): number {
  return ['CLP', 'PYG', 'JPY', 'KRW', 'VND'].includes(currency) ? 0 : 2;
}

const homes: Record<string, string> = {
  BRL: 'pt-BR', COP: 'es-CO', CLP: 'es-CL', ARS: 'es-AR', UYU: 'es-UY', PEN: 'es-PE', MXN: 'es-MX', USD: 'en-US', EUR: 'es-ES',
};

/** Sums are written as people write them where the money is from; in English as English does. */
const moneyLocale = (currency: string): string => (lang === 'en' ? 'en' : homes[currency] ?? lang);

/** Cents that nobody uses are left out where there are none. */
function shownPlaces(value: Money, whole: boolean): number {
  const counted = places(value.currency);
  return whole || (value.currency === 'COP' && value.amount % 100 === 0) ? 0 : counted;
}

/** Whether people write this currency with the bare "$" that others use too: pesos of five countries, dollars. */
export const isBareDollar = (currency: string): boolean => ['COP', 'MXN', 'CLP', 'ARS', 'UYU', 'USD'].includes(currency);

/** "R$ 1.234,56"; with `whole` no cents, for lists; with `spelt` the currency by its letters, "COP 562.572". */
export function money(value: Money | null | undefined, whole = false, spelt = false): string {
  if (!value) return '';
  const size = value.amount / 10 ** places(value.currency);
  const shown = shownPlaces(value, whole);
  return once(`money|${value.currency}|${shown}|${spelt}`, () =>
    new Intl.NumberFormat(moneyLocale(value.currency), {
      style: 'currency', currency: value.currency, currencyDisplay: spelt ? 'code' : 'narrowSymbol', minimumFractionDigits: shown, maximumFractionDigits: shown,
    })).format(whole ? Math.floor(size) : size).replace(/\u00a0/g, ' ');
}

/** Like `money`, without the currency: for columns whose head names it. */
export function amount(value: Money | null | undefined): string {
  if (!value) return '';
  const shown = shownPlaces(value, false);
  return once(`amount|${value.currency}|${shown}`, () =>
    new Intl.NumberFormat(moneyLocale(value.currency), { minimumFractionDigits: shown, maximumFractionDigits: shown }))
    .format(value.amount / 10 ** places(value.currency));
}

export function number(value: number, places = 1): string {
  return once(`number|${places}`, () => new Intl.NumberFormat(lang, { maximumFractionDigits: places })).format(value);
}

export function bytes(size: number): string {
  if (size < 1024) return `${size} B`;
  if (size < 1024 * 1024) return `${Math.round(size / 1024)} kB`;
  return `${number(size / 1024 / 1024)} MB`;
}

export function clockTime(at: string | number | Date, zone?: string): string {
  const minute = Math.floor(new Date(at).getTime() / 60_000);
  const key = `${minute}|${lang}|${zone ?? ''}`;
  let told = times.get(key);
  if (told === undefined) {
    if (times.size >= timesKept) times.clear();
    const words = once(`time|${zone ?? ''}`, () =>
      new Intl.DateTimeFormat(lang, { hour: '2-digit', minute: '2-digit', hour12: false, ...(zone ? { timeZone: zone } : {}) }));
    times.set(key, (told = words.format(minute * 60_000)));
  }
  return told;
}

/** Formatting a time costs more than drawing it, and a screen full of messages shares a few minutes. */
const times = new Map<string, string>();
const timesKept = 2000;

export function shortDate(at: string | number | Date): string {
  return once('date', () => new Intl.DateTimeFormat(lang, { day: '2-digit', month: '2-digit', year: 'numeric' })).format(new Date(at));
}

/** A calendar date ("2026-09-28") stays itself whatever the zone. */
export function plainDate(date: string): string {
  return once('plain', () =>
    new Intl.DateTimeFormat(lang, { day: '2-digit', month: '2-digit', year: 'numeric', timeZone: 'UTC' }))
    .format(new Date(`${date.slice(0, 10)}T00:00:00Z`));
}

/** "seg." for MON, in the reader's language. */
export function weekday(day: Day): string {
  return once('weekday', () => new Intl.DateTimeFormat(lang, { weekday: 'short', timeZone: 'UTC' })).format(Date.UTC(2024, 0, 1 + days.indexOf(day)));
}

export function dayKey(at: string | number): string {
  const d = new Date(at);
  return `${d.getFullYear()}-${d.getMonth()}-${d.getDate()}`;
}

/** "hoje, quinta-feira, 19 de novembro" */
export function dayName(at: string, now: number): string {
  const long = once('day', () => new Intl.DateTimeFormat(lang, { weekday: 'long', day: 'numeric', month: 'long' })).format(new Date(at));
  if (dayKey(at) === dayKey(now)) return t('time.todayIs', { day: long });
  if (dayKey(at) === dayKey(now - 86_400_000)) return t('time.yesterdayIs', { day: long });
  return long;
}

/** When something will be: "14:30" today, "sex 14:30" this week, else the date and hour. In a debtor's `zone`, whose day
 *  it then is, with a word that says so where their clock shows another hour than the reader's. */
export function whenWillBe(at: string, now: number, zone?: string | null): string {
  const told = timeIn(at, now, zone ?? undefined);
  return zone && clockTime(at, zone) !== clockTime(at) ? t('time.there', { at: told }) : told;
}

function timeIn(at: string, now: number, zone: string | undefined): string {
  const date = new Date(at);
  const time = clockTime(at, zone);
  const there = zone ? { timeZone: zone } : {};
  const day = once(`day|${zone ?? ''}`, () =>
    new Intl.DateTimeFormat(lang, { day: '2-digit', month: '2-digit', year: 'numeric', ...there }));
  if (day.format(date) === day.format(now)) return time;
  if (Math.abs(date.getTime() - now) >= 6 * 86_400_000) return `${day.format(date)} ${time}`;
  const weekday = once(`wd|${zone ?? ''}`, () => new Intl.DateTimeFormat(lang, { weekday: 'short', ...there })).format(date);
  return `${weekday.replace('.', '')} ${time}`;
}

/** A running wait: "0:52", "6:41", "41 min" from a quarter of an hour on, "3 h 12". */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 900) return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return t('time.minutes', { n: minutes });
  if (minutes < 24 * 60) return `${t('time.hours', { n: Math.floor(minutes / 60) })}${minutes % 60 ? ` ${String(minutes % 60).padStart(2, '0')}` : ''}`;
  return t('time.days', { n: Math.floor(minutes / 1440) });
}

/** A rough span: "agora", "3 min", "2 h", "4 d". */
export function rough(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  if (minutes < 60) return t('time.minutes', { n: Math.max(1, minutes) });
  if (minutes < 24 * 60) return t('time.hours', { n: Math.floor(minutes / 60) });
  return t('time.days', { n: Math.floor(minutes / 1440) });
}

export function ago(at: string, now: number): string {
  const ms = now - Date.parse(at);
  return ms < 60_000 ? t('time.justNow') : t('time.ago', { span: rough(ms) });
}

export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  return ((words[0]?.[0] ?? '') + (words.length > 1 ? words[words.length - 1]![0] : words[0]?.[1] ?? '')).toUpperCase();
}

const company = /\b(ltda|s\.?\s?a\.?(\s?s\.?)?|eireli|epp|me|inc|llc|c\.?\s?v\.?|e\.?i\.?r\.?l\.?)\.?$/i;

const longestName = 32;

/** How one speaks of somebody: a person's first name, a company's whole; cut where it would fill the screen. */
export function firstName(name: string): string {
  const whole = name.trim();
  const spoken = company.test(whole) ? whole : whole.split(/\s+/)[0] ?? whole;
  return spoken.length > longestName ? `${spoken.slice(0, longestName - 1)}…` : spoken;
}
