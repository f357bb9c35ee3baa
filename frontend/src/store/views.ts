/** Narrowed lists kept by name: those of the desk and those of the wall. */
import { signal } from '@preact/signals';
import { keep, kept } from '../settings';

export type Screen = 'desk' | 'wall';
export interface SavedView { on: Screen; name: string; facts: Record<string, unknown> }
/** How this page tells what it is narrowed to, and narrows itself again. */
interface Here { on: Screen; read: () => Record<string, unknown>; show: (facts: Record<string, unknown>) => void }

export const mostViews = 20;
export const longestName = 40;
const all = signal<SavedView[]>(kept<SavedView[]>('views') ?? []);
let here: Here | undefined;

export function viewsHere(page: Here): void { here = page; }

export const savedViews = (): SavedView[] => all.value.filter((one) => one.on === here?.on);
export const areViewsFull = (): boolean => all.value.length >= mostViews;
export const showView = (view: SavedView): void => here?.show(view.facts);
export const isShown = (view: SavedView): boolean => JSON.stringify(here?.read()) === JSON.stringify(view.facts);

/** What the page shows now, by this name; the same name again means the new one. */
export function saveView(name: string): void {
  if (!here) return;
  const { on, read } = here;
  set([...all.value.filter((one) => one.on !== on || one.name !== name), { on, name, facts: read() }]);
}

export function dropView(view: SavedView): void { set(all.value.filter((one) => one !== view)); }

function set(next: SavedView[]): void {
  all.value = next;
  void keep('views', next);
}
