/** Theme and language. */
import { signal } from '@preact/signals';
import { call } from '../api';
import type { Language } from '../i18n';
import { keep, keptWord } from '../settings';

export type Theme = 'light' | 'dark';

const wantsDark = () => typeof matchMedia !== 'undefined' && matchMedia('(prefers-color-scheme: dark)').matches;

function first(): Theme {
  if (typeof document === 'undefined') return 'light';
  const set = keptWord('theme') ?? document.documentElement.dataset.theme;
  return set === 'dark' || set === 'light' ? set : wantsDark() ? 'dark' : 'light';
}

export const theme = signal<Theme>(first());
if (typeof document !== 'undefined' && keptWord('theme')) document.documentElement.dataset.theme = theme.value;

export function saveTheme(next: Theme): void {
  theme.value = next;
  document.documentElement.dataset.theme = next;
  void keep('theme', next);
}

/** Formats are made for one language: a change loads the page anew, the drafts stay. */
export async function saveLanguage(next: Language): Promise<void> {
  document.cookie = `acordo_lang=${next}; path=/; max-age=31536000; samesite=lax`;
  await call('PATCH', '/api/v1/me', { language: next }, { quiet: true }).catch(() => undefined);
  location.reload();
}
