import { useEffect, useState } from 'preact/hooks';

export interface Slice { from: number; to: number; above: number; below: number }

/** Which of `count` rows of one height stand in view, with a few more on either side, and the space of the others. */
export function sliceOf(count: number, rowHeight: number, scrollTop: number, height: number, spare = 12): Slice {
  const from = Math.max(0, Math.min(count, Math.floor(scrollTop / rowHeight) - spare));
  const to = Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + spare);
  return { from, to, above: from * rowHeight, below: Math.max(0, count - to) * rowHeight };
}

/** Follows the scrolling of `host`. Short lists are drawn whole: find-in-page and readers get all of them. */
export function useWindow(count: number, rowHeight: number, host: { current: HTMLElement | null }, whole = 200): Slice {
  const [view, setView] = useState({ top: 0, height: 900 });
  const isShort = count <= whole;
  useEffect(() => {
    const element = host.current;
    if (!element || isShort) return undefined;
    let asked = 0;
    const look = () => { asked = 0; setView({ top: element.scrollTop, height: element.clientHeight }); };
    const scrolled = () => { asked ||= requestAnimationFrame(look); };
    element.addEventListener('scroll', scrolled, { passive: true });
    look();
    return () => { element.removeEventListener('scroll', scrolled); cancelAnimationFrame(asked); };
  }, [isShort]);
  return isShort ? { from: 0, to: count, above: 0, below: 0 } : sliceOf(count, rowHeight, view.top, view.height);
}
