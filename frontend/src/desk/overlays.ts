/** Which dialog is open. One at a time: a dialog is a question, and two questions are none. */
import { signal } from '@preact/signals';

export type Overlay =
  | { kind: 'resolve'; id: string; ids?: string[]; thenNext: boolean }
  | { kind: 'snooze' | 'transfer' | 'labels' | 'priority'; id: string; ids?: string[] }
  | { kind: 'points' | 'skills' | 'glass' | 'hand' | 'why' | 'rules' | 'templates' | 'identify' | 'identity' | 'merge' | 'contact' | 'protect' | 'wishes'; id: string }
  | { kind: 'picture'; url: string; name: string }
  | { kind: 'search' | 'keys' | 'shift' | 'settings' | 'toContact' }
  | null;

export const overlay = signal<Overlay>(null);
export const closeOverlay = (): void => { overlay.value = null; };
export const showWhy = (id: string): void => { overlay.value = { kind: 'why', id }; };
