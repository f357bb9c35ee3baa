import { useEffect, useRef } from 'preact/hooks';
import type { ComponentChild } from 'preact';

interface MarksProps { text: string; spans: [number, number][]; bad: boolean; area: { current: HTMLTextAreaElement | null } }

/** The offending words, underlined beneath the field's own letters. Offsets are in NFC: another form is not marked. */
export function Marks({ text, spans, bad, area }: MarksProps) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const field = area.current;
    if (!field) return undefined;
    const follow = () => { if (ref.current) ref.current.scrollTop = field.scrollTop; };
    field.addEventListener('scroll', follow);
    return () => field.removeEventListener('scroll', follow);
  }, []);
  if (!spans.length || text.normalize('NFC') !== text) return null;
  return <div ref={ref} class="txt marks" aria-hidden="true">{marked(text, spans, bad)}</div>;
}

/** Offsets count code points, a text's own count code units. */
export function marked(text: string, spans: [number, number][], bad: boolean): ComponentChild[] {
  const points = [...text];
  const parts: ComponentChild[] = [];
  let from = 0;
  for (const [start, end] of spans.toSorted((a, b) => a[0] - b[0])) {
    if (start < from || end > points.length) continue;
    parts.push(points.slice(from, start).join(''), <span class={`tone${bad ? ' bad' : ''}`}>{points.slice(start, end).join('')}</span>);
    from = end;
  }
  return [...parts, points.slice(from).join('')];
}
