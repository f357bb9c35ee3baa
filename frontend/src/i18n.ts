/** Words of the interface. One language is loaded; a missing key shows itself, and a test forbids it. */
import type pt from '../i18n/pt-BR.json';
import { boot } from './boot';

export type Key = keyof typeof pt;
type Entry = string | { one: string; other: string };
type Vars = Record<string, string | number | null | undefined>;

export const languages = ['pt-BR', 'es', 'en'] as const;
export type Language = (typeof languages)[number];
/** Each in its own words. */
export const languageNames: Record<Language, string> = { 'pt-BR': 'Português', es: 'Español', en: 'English' };

let messages: Record<string, Entry> = {};
let plural = new Intl.PluralRules('pt-BR');
export let lang: Language = 'pt-BR';

/** The nearest language we speak: "es-CO" is "es", anything unknown is pt-BR. */
export function nearest(tag: string): Language {
  const head = tag.toLowerCase().split('-')[0];
  return languages.find((l) => l.toLowerCase().split('-')[0] === head) ?? 'pt-BR';
}

const loaders: Record<Language, () => Promise<{ default: object }>> = {
  'pt-BR': () => import('../i18n/pt-BR.json'),
  es: () => import('../i18n/es.json'),
  en: () => import('../i18n/en.json'),
};

export function useMessages(language: Language, words: Record<string, unknown>): void {
  lang = language;
  messages = words as Record<string, Entry>;
  plural = new Intl.PluralRules(language);
}

export async function loadLanguage(tag: string = boot.lang): Promise<void> {
  const language = nearest(tag);
  useMessages(language, (await loaders[language]()).default as Record<string, unknown>);
  if (typeof document !== 'undefined') document.documentElement.lang = language;
}

function fill(text: string, vars: Vars): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = vars[name];
    return value === undefined || value === null ? whole : String(value);
  });
}

/** The words of `key`. `{name}` is filled from `vars`; with plural forms `vars.n` chooses. */
export function t(key: Key, vars: Vars = {}): string {
  const entry = messages[key];
  if (entry === undefined) return key;
  if (typeof entry === 'string') return fill(entry, vars);
  const n = Number(vars.n ?? 0);
  // CLDR counts 0 as singular in Portuguese; people write "0 casos".
  return fill(n !== 0 && plural.select(n) === 'one' ? entry.one : entry.other, vars);
}

/** The words of a key that came from the server, or the fallback when we have none for it. */
export function known(key: string, fallback: string, vars: Vars = {}): string {
  return key in messages ? t(key as Key, vars) : fallback;
}
