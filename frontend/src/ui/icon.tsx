import { h } from 'preact';
import { outlines, type IconName, type IconPart } from './outlines';

/** An icon beside words. It says nothing to a screen reader: the words, or `label`, do. */
export function Icon({ name, size = 16, label }: { name: IconName; size?: 12 | 14 | 16 | 20 | 24; label?: string }) {
  const drawn: string | IconPart[] = outlines[name];
  const parts: IconPart[] = typeof drawn === 'string' ? [drawn] : drawn;
  return (
    <>
      <svg class={size === 16 ? 'i' : `i s${size}`} viewBox="0 0 24 24" aria-hidden="true">
        {parts.map((part) => (typeof part === 'string' ? <path d={part} /> : h('path', part)))}
      </svg>
      {label ? <span class="vh">{label}</span> : null}
    </>
  );
}
