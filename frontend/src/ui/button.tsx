import type { ComponentChildren } from 'preact';
import { Icon } from './icon';
import type { IconName } from './outlines';

interface IconButtonProps {
  icon: IconName;
  label: string;
  keys?: string;
  onClick: (event: MouseEvent) => void;
  pressed?: boolean;
  expanded?: boolean;
  impeded?: boolean;
  class?: string;
  size?: 14 | 16 | 20;
}

/** A square button whose name is its tooltip. Impeded, it stays in reach of the focus and says why. */
export function IconButton({ icon, label, keys, onClick, pressed, expanded, impeded, class: extra, size = 16 }: IconButtonProps) {
  return (
    <button type="button" class={`ib ${extra ?? ''}`} title={keys ? `${label} (${keys})` : label}
      aria-pressed={pressed} aria-expanded={expanded} aria-disabled={impeded}
      onClick={(e) => { if (!impeded) onClick(e as unknown as MouseEvent); }}>
      <Icon name={icon} size={size} label={label} />
    </button>
  );
}

interface ButtonProps {
  children: ComponentChildren;
  icon?: IconName;
  kind?: string;
  keys?: string;
  onClick?: () => void;
  submit?: boolean;
  impeded?: boolean;
  busy?: boolean;
  title?: string;
}

export function Button({ children, icon, kind = '', keys, onClick, submit, impeded, busy, title }: ButtonProps) {
  return (
    <button type={submit ? 'submit' : 'button'} class={`btn ${kind}${busy ? ' is-busy' : ''}`} title={title}
      aria-disabled={impeded || busy} onClick={() => { if (!impeded && !busy) onClick?.(); }}>
      {icon ? <Icon name={icon} size={kind.includes('small') ? 14 : 16} /> : null}
      {children}
      {keys ? <span class="kbd">{keys}</span> : null}
    </button>
  );
}
