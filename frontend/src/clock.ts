/** The page's one clock: ticks each second while looked at, and follows the server when the demo's clock is moved. */
import { signal } from '@preact/signals';

let offset = 0;
export const now = signal(Date.now());

/** The server's greeting, or a live frame's time (never a replayed one's). Small differences are transport; a large one is another clock. */
export function heardServerTime(at: string | undefined, local: number = Date.now()): void {
  const difference = Date.parse(at ?? '') - local;
  if (Number.isNaN(difference)) return;
  const wanted = Math.abs(difference) > 30_000 ? difference : 0;
  if (Math.abs(wanted - offset) > 30_000) { offset = wanted; now.value = local + offset; }
}

export function serverNow(): number { return Date.now() + offset; }

export function startClock(): void {
  const tick = () => { if (!document.hidden) now.value = serverNow(); };
  setInterval(tick, 1000);
  document.addEventListener('visibilitychange', tick);
  tick();
}
