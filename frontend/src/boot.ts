/** What the page was served with: who is signed in, the CSRF token, the language. Read once from the shell. */
import type { User } from './wire';

export type Persona = string | { name?: string; id?: string; role?: string; host?: string; url?: string; email?: string; about?: string };

export interface Boot {
  user: User | null;
  csrf: string;
  lang: string;
  messages?: Record<string, unknown>;
  demo: boolean;
  persona_hosts: Persona[];
  next?: string;
  error?: string;
  sandbox?: string;
}

function read(): Boot {
  const blank: Boot = { user: null, csrf: '', lang: 'pt-BR', demo: false, persona_hosts: [] };
  if (typeof document === 'undefined') return blank;
  const text = document.getElementById('boot')?.textContent;
  if (!text) return blank;
  return { ...blank, ...(JSON.parse(text) as Partial<Boot>) };
}

export const boot = read();
