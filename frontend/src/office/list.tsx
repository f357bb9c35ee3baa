import type { ComponentChildren } from 'preact';
import { t } from '../i18n';
import { Button } from '../ui/button';
import { Icon } from '../ui/icon';
import type { IconName } from '../ui/outlines';
import { books, type Listed } from './state';

interface FieldProps { label: string; id: string; children: ComponentChildren }

export function Field({ label, id, children }: FieldProps) {
  return <div class="field"><label for={id}>{label}</label>{children}</div>;
}

interface ChoiceProps { label: string; id: string; value: string; options: [string, string][]; onPick: (value: string) => void }

export function Choice({ label, id, value, options, onPick }: ChoiceProps) {
  return (
    <Field label={label} id={id}>
      <span class="inp"><select id={id} value={value} onChange={(e) => onPick(e.currentTarget.value)}>
        {options.map(([key, words]) => <option key={key} value={key}>{words}</option>)}
      </select></span>
    </Field>
  );
}

interface BookProps { id: string; value: string; onPick: (value: string) => void; all?: boolean }

/** Which portfolio. */
export function BookChoice({ id, value, onPick, all }: BookProps) {
  const options = books.value.map((one): [string, string] => [one.id, one.name]);
  return <Choice label={t('office.portfolio')} id={id} value={value} onPick={onPick} options={all ? [['', t('office.every')], ...options] : options} />;
}

interface WordsProps { label: string; id: string; value: string; onWords: (value: string) => void; hint?: string }

export function Words({ label, id, value, onWords, hint }: WordsProps) {
  return (
    <Field label={label} id={id}>
      <span class="inp"><input id={id} value={value} maxLength={200} placeholder={hint} onInput={(e) => onWords(e.currentTarget.value)} /></span>
    </Field>
  );
}

interface TableProps<T> {
  list: Listed<T>;
  label: string;
  heads: string[];
  empty: string;
  icon?: IconName;
  line: (one: T) => ComponentChildren;
}

/** A plain list: one table, what it lacks said in words, the next page on demand. Its rows take the focus by J and K. */
export function List<T>({ list, label, heads, empty, icon = 'done', line }: TableProps<T>) {
  if (list.state === 'failed') {
    return <p class="empty" role="alert"><Icon name="fail" size={20} /><b>{list.why}</b><Button icon="refresh" onClick={list.reload}>{t('retry')}</Button></p>;
  }
  if (list.state === 'ready' && !list.items.length) return <p class="empty"><Icon name={icon} size={20} />{empty}</p>;
  return (
    <div class="lines" aria-busy={list.state === 'loading'} role="region" aria-label={label} tabIndex={0}>
      <table>
        <caption class="vh">{label}</caption>
        <thead><tr>{heads.map((head) => <th key={head} scope="col">{head || <span class="vh">{t('office.acts')}</span>}</th>)}</tr></thead>
        <tbody>{list.items.map(line)}</tbody>
      </table>
      {list.hasMore ? <p class="more"><Button icon="down" onClick={list.more}>{t('office.more')}</Button></p> : null}
    </div>
  );
}

/** Moves the focus from row to row; Enter on one presses its first button. */
export function stepRow(by: 1 | -1): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>('.lines tbody tr[tabindex]')];
  if (!rows.length) return false;
  const at = rows.indexOf(document.activeElement?.closest('tr') as HTMLElement);
  rows[at < 0 ? 0 : (at + by + rows.length) % rows.length]!.focus();
  return true;
}

export function pressRow(e: KeyboardEvent): void {
  if (e.key !== 'Enter' || e.target !== e.currentTarget) return;
  (e.currentTarget as HTMLElement).querySelector<HTMLElement>('button, a')?.click();
}
