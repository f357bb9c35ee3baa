import { useEffect, useRef, useState } from 'preact/hooks';

/** A group of a list by its key, and who stands in it, in order. */
export interface Placed<K extends string = string> { key: K; ids: string[] }

/** The order settles only while pointer and keyboard focus are elsewhere: nothing moves under a hand. */
export function useSettled<K extends string>(wanted: Placed<K>[], host: { current: HTMLElement | null }): Placed<K>[] {
  const [held, hold] = useState<Placed<K>[]>(wanted);
  const busy = useRef(false);
  const latest = useRef(wanted);
  latest.current = wanted;
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    let isPointed = false;
    const look = () => {
      busy.current = isPointed || !!element.querySelector(':focus-visible');
      if (!busy.current) hold(latest.current);
    };
    const enter = () => { isPointed = true; look(); };
    const leave = () => { isPointed = false; look(); };
    const moved = () => setTimeout(look);
    const parts: [string, () => void][] = [['pointerenter', enter], ['pointerleave', leave], ['focusin', moved], ['focusout', moved]];
    for (const [name, act] of parts) element.addEventListener(name, act);
    return () => { for (const [name, act] of parts) element.removeEventListener(name, act); };
  }, []);
  const same = isSame(wanted, held);
  useEffect(() => { if (!same && !busy.current) hold(latest.current); });
  return busy.current ? keepPlaces(held, wanted) : wanted;
}

function isSame<K extends string>(a: Placed<K>[], b: Placed<K>[]): boolean {
  return a === b || (a.length === b.length && a.every((group, i) => {
    const [ids, others] = [group.ids, b[i]?.ids ?? []];
    return group.key === b[i]?.key && (ids === others || (ids.length === others.length && ids.every((id, at) => id === others[at])));
  }));
}

/** Rows stay where they are; gone ones leave, new ones join at the end of their group. */
export function keepPlaces<K extends string>(held: Placed<K>[], wanted: Placed<K>[]): Placed<K>[] {
  if (held.map((g) => g.key).join() !== wanted.map((g) => g.key).join()) return wanted;
  const present = new Set(wanted.flatMap((g) => g.ids));
  const placed = new Set(held.flatMap((g) => g.ids));
  return wanted.map((group, i) => ({
    key: group.key,
    ids: [...(held[i]?.ids ?? []).filter((id) => present.has(id)), ...group.ids.filter((id) => !placed.has(id))],
  }));
}
