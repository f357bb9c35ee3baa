import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../i18n';
import { IconButton } from './button';

interface DialogProps {
  title: string;
  onClose: () => void;
  onSubmit?: () => void;
  children: ComponentChildren;
  actions?: ComponentChildren;
  class?: string;
}

/** The browser's own modal: it keeps the focus, Esc closes it, Ctrl Enter agrees from anywhere in it, and the focus returns to where it was. */
export function Dialog({ title, onClose, onSubmit, children, actions, class: extra }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement as HTMLElement | null;
    dialog?.showModal();
    dialog?.querySelector<HTMLElement>('[autofocus], [data-first]')?.focus();
    return () => { dialog?.close(); before?.focus?.(); };
  }, []);
  return (
    <dialog ref={ref} class={`dlg ${extra ?? ''}`} aria-label={title} onCancel={(e) => { e.preventDefault(); onClose(); }}
      onClick={(e) => { if (e.target === ref.current) onClose(); }}>
      <form onSubmit={(e) => { e.preventDefault(); onSubmit?.(); }}
        onKeyDown={(e) => { if (e.key === 'Enter' && (e.ctrlKey || e.metaKey) && onSubmit) { e.preventDefault(); onSubmit(); } }}>
        <h2>{title}</h2>
        {children}
        {actions ? <footer role="none">{actions}</footer> : null}
      </form>
      <IconButton icon="x" label={t('close')} keys="Esc" class="shut" onClick={onClose} />
    </dialog>
  );
}
