import { useEffect, useState } from 'preact/hooks';
import type { ReadonlySignal } from '@preact/signals';

/** What changes many times between two pictures is drawn once for each. */
export function useFrame<T>(source: ReadonlySignal<T>): T {
  const [, redraw] = useState({});
  useEffect(() => {
    let asked = 0;
    let isFirst = true;
    const stop = source.subscribe(() => {
      if (isFirst) { isFirst = false; return; }
      asked ||= requestAnimationFrame(() => { asked = 0; redraw({}); });
    });
    return () => { stop(); cancelAnimationFrame(asked); };
  }, [source]);
  return source.peek();
}
