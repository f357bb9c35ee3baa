import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/** Whether the focus stood in what goes, or nowhere any more since it went. */
export function isUnplaced(gone: HTMLElement | null): boolean {
  return document.activeElement === document.body || !document.activeElement || !!gone?.contains(document.activeElement);
}

/** A small panel beside its button. Esc or a click elsewhere closes it; arrows move inside it. */
export function Menu({ children, onClose, label, class: extra, role = 'dialog' }:
  { children: ComponentChildren; onClose: () => void; label: string; class?: string; role?: 'menu' | 'dialog' }) {
  const ref = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    const outside = (e: Event) => { if (!ref.current?.parentElement?.contains(e.target as Node)) onClose(); };
    document.addEventListener('pointerdown', outside);
    ref.current?.querySelector<HTMLElement>('button, input, a')?.focus();
    return () => {
      document.removeEventListener('pointerdown', outside);
      if (isUnplaced(ref.current)) before?.focus?.();
    };
  }, []);
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.key === 'Escape') { e.preventDefault(); e.stopPropagation(); onClose(); return; }
    if (e.key !== 'ArrowDown' && e.key !== 'ArrowUp') return;
    const all = [...(ref.current?.querySelectorAll<HTMLElement>('button, a') ?? [])];
    const at = all.indexOf(document.activeElement as HTMLElement);
    e.preventDefault();
    all[(at + (e.key === 'ArrowDown' ? 1 : -1) + all.length) % all.length]?.focus();
  };
  return (
    <div ref={ref} class={`pop menu ${extra ?? ''}`} role={role} aria-label={label} onKeyDown={onKeyDown}>{children}</div>
  );
}
