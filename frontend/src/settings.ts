/** What a person sets for themselves. The server keeps it, so that it follows them to any browser; a copy lies here, for what asks before any answer. */
import { call } from './api';
import { boot } from './boot';

const names = ['theme', 'sounds', 'quiet', 'letters', 'enter', 'undo', 'strokes', 'views'] as const;
export type Setting = (typeof names)[number];

const place = (name: string) => `acordo:${name}`;
const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** At the start of a page: the server's word is taken; what another person left in this browser goes. */
function take(): void {
  if (typeof localStorage === 'undefined' || !boot.user) return;
  const told = boot.user.settings ?? {};
  const isOthers = ![null, boot.user.id].includes(localStorage.getItem(place('of')));
  for (const name of names) {
    if (told[name] !== undefined) localStorage.setItem(place(name), asText(told[name]));
    else if (isOthers) localStorage.removeItem(place(name));
  }
  localStorage.setItem(place('of'), boot.user.id);
}

take();

export function kept<T>(name: Setting): T | null {
  return typeof localStorage === 'undefined' ? null : JSON.parse(localStorage.getItem(place(name)) ?? 'null') as T | null;
}

export function keptWord(name: Setting): string | null {
  return typeof localStorage === 'undefined' ? null : localStorage.getItem(place(name));
}

/** Keeps one setting; null forgets it. What the server cannot be told now stays in this browser, and goes to it with the next change. */
export async function keep(name: Setting, value: string | object | null): Promise<void> {
  if (value === null) localStorage.removeItem(place(name));
  else localStorage.setItem(place(name), asText(value));
  if (boot.user) await call('PATCH', '/api/v1/me', { settings: { [name]: value } }, { quiet: true }).catch(() => undefined);
}
