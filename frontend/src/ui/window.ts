import { useEffect, useState } from 'preact/hooks';

export interface Slice { from: number; to: number; above: number; below: number }

/** Which of `count` rows of one height stand in view, with a few more on either side, and the space of the others. */
export function sliceOf(count: number, rowHeight: number, scrollTop: number, height: number, spare = 12): Slice {
  const from = Math.max(0, Math.min(count, Math.floor(scrollTop / rowHeight) - spare));
  const to = Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + spare);
  return { from, to, above: from * rowHeight, below: Math.max(0, count - to) * rowHeight };
}

/** Rows by which the window moves on: drawing anew with each one would cost a frame. */
const step = 8;

/** Follows the scrolling of `host`. Short lists are drawn whole: find-in-page and readers get all of them. */
export function useWindow(count: number, rowHeight: number, host: { current: HTMLElement | null }, whole = 200): Slice {
  const [view, setView] = useState({ first: 0, last: 24 });
  const isShort = count <= whole;
  useEffect(() => {
    const element = host.current;
    if (!element || isShort) return undefined;
    let asked = 0;
    const look = () => {
      asked = 0;
      const first = Math.floor(element.scrollTop / rowHeight / step) * step;
      const last = Math.ceil((element.scrollTop + element.clientHeight) / rowHeight / step) * step;
      setView((held) => (held.first === first && held.last === last ? held : { first, last }));
    };
    const scrolled = () => { asked ||= requestAnimationFrame(look); };
    element.addEventListener('scroll', scrolled, { passive: true });
    look();
    return () => { element.removeEventListener('scroll', scrolled); cancelAnimationFrame(asked); };
  }, [isShort]);
  return isShort ? { from: 0, to: count, above: 0, below: 0 } : sliceOf(count, rowHeight, view.first * rowHeight, (view.last - view.first) * rowHeight);
}
