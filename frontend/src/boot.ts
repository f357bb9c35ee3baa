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
  /** Parts of the product that this server has besides conversations: plans, promises, pix. */
  features?: string[];
}

function read(): Boot {
  const blank: Boot = { user: null, csrf: '', lang: 'pt-BR', demo: false, persona_hosts: [] };
  if (typeof document === 'undefined') return blank;
  const text = document.getElementById('boot')?.textContent;
  if (!text) return blank;
  return { ...blank, ...(JSON.parse(text) as Partial<Boot>) };
}

export const boot = read();

/** What the server cannot do is not drawn. */
export const has = (feature: string) => boot.features?.includes(feature) ?? false;
