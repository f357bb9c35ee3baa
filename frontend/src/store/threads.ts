/** How much of the threads is held. What stands on a screen is held as far as it is read; of the others the end. */
import type { Timeline } from './state';
import { heldTimeline } from './state';

export const [mostHeld, keptAtEnd] = [300, 250];
const mostLeft = 40;
const mostUnopened = 20;
const shown = new Map<string, number>();
/** Those that were read and left, the one left longest ago first. */
const left: string[] = [];

/** A panel shows this thread; call what is given back when it does no more. */
export function showThread(id: string): () => void {
  shown.set(id, (shown.get(id) ?? 0) + 1);
  const at = left.indexOf(id);
  if (at >= 0) left.splice(at, 1);
  return () => leave(id);
}

function leave(id: string): void {
  const others = (shown.get(id) ?? 1) - 1;
  if (others > 0) return void shown.set(id, others);
  shown.delete(id);
  left.push(id);
  bound(id, keptAtEnd);
  if (left.length > mostLeft) forget(left.shift() as string);
}

/** After something was added: a thread that nobody looks at does not grow for a whole shift. */
export function bound(id: string, most = mostHeld): void {
  const line = heldTimeline(id);
  if (!line || shown.has(id)) return;
  const { length } = line.items.value;
  if (line.state.value === 'ready' ? length > most : length > mostUnopened) letGoOfOlder(line, line.state.value === 'ready' ? keptAtEnd : mostUnopened);
}

/** Lets go of all but the newest items: they come back when somebody scrolls up to them. */
export function letGoOfOlder(line: Timeline, keep: number): void {
  line.items.value = line.items.value.slice(-keep);
  if (line.state.value === 'ready') line.older.value = String(line.items.value[0]?.position ?? '');
}

/** As if it had never been opened: opening it loads it. */
function forget(id: string): void {
  const line = heldTimeline(id);
  if (line?.state.value !== 'ready') return;
  line.state.value = 'empty';
  line.older.value = undefined;
  letGoOfOlder(line, mostUnopened);
}
