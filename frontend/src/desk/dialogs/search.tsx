import { useEffect, useMemo, useState } from 'preact/hooks';
import { get, query } from '../../api';
import { now } from '../../clock';
import { ago } from '../../format';
import { t } from '../../i18n';
import { bindings, run, shownKey } from '../../keys';
import { allCases } from '../../store/state';
import { Dialog } from '../../ui/dialog';
import { Icon } from '../../ui/icon';
import { openCaseOf } from '../../store/commands';
import type { Debtor, Page } from '../../wire';
import { open, passes } from '../nav';
import { closeOverlay } from '../overlays';

interface Hit {
  id?: string;
  kind?: string;
  case?: string | { id: string } | null;
  debtor?: { id: string; name: string } | null;
  name?: string;
  text?: string;
  snippet?: string;
  at?: string;
}
interface Line { key: string; icon: 'user' | 'inbox' | 'bolt' | 'search'; title: string; hint: string; keys?: string; go: () => void }

const acts = ['pull', 'deck', 'goMine', 'goQueue', 'goWall', 'snooze', 'transfer', 'resolve', 'hand', 'templates', 'attach', 'schedule', 'keys'];
const rest = 250;

/** One bar that searches, goes and acts; each act shows its key, so the bar teaches. */
export function SearchDialog() {
  const [words, setWords] = useState('');
  const [hits, setHits] = useState<Hit[]>([]);
  const [debtors, setDebtors] = useState<Debtor[]>([]);
  const [at, setAt] = useState(0);
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    setAt(0);
    if (words.trim().length < 2) { setHits([]); setDebtors([]); return undefined; }
    const abort = new AbortController();
    const timer = setTimeout(() => {
      setBusy(true);
      const ask = <T,>(where: string, take: (items: T[]) => void) =>
        get<Page<T>>(`/search${query({ q: words, in: where })}`, { signal: abort.signal }).then((page) => take(page.items), () => undefined);
      void Promise.all([ask<Hit>('messages', setHits), ask<Debtor>('debtors', setDebtors)]).then(() => { if (!abort.signal.aborted) setBusy(false); });
    }, rest);
    return () => { clearTimeout(timer); abort.abort(); };
  }, [words]);
  const lines = useMemo(() => linesOf(words, hits, debtors), [words, hits, debtors]);
  const choose = (line: Line | undefined) => { if (!line) return; closeOverlay(); line.go(); };
  const press = (e: KeyboardEvent) => {
    if (e.key === 'ArrowDown' || e.key === 'ArrowUp') { e.preventDefault(); setAt((at + (e.key === 'ArrowDown' ? 1 : -1) + lines.length) % Math.max(1, lines.length)); }
  };
  return (
    <Dialog title={t('search.title')} onClose={closeOverlay} onSubmit={() => choose(lines[at])} class="bar-dlg">
      <span class="inp big"><Icon name="search" /><input data-first value={words} placeholder={t('search.placeholder')} aria-label={t('search.title')} role="combobox" aria-expanded="true" aria-controls="hits"
        aria-activedescendant={lines[at] ? `hit-${at}` : undefined} onInput={(e) => setWords(e.currentTarget.value)} onKeyDown={(e) => press(e as unknown as KeyboardEvent)} /></span>
      <ul class="choices" id="hits" role="listbox" aria-busy={isBusy}>
        {lines.map((line, i) => (
          <li key={line.key} id={`hit-${i}`} role="option" aria-selected={i === at} class={`hit${i === at ? ' on' : ''}`} onClick={() => choose(line)}>
            <Icon name={line.icon} /><span class="clip">{line.title}</span><small class="muted clip grow">{line.hint}</small>{line.keys ? <span class="kbd">{line.keys}</span> : null}</li>
        ))}
      </ul>
      {words.trim().length > 1 && !lines.length && !isBusy ? <p class="hint">{t('search.none')}</p> : null}
    </Dialog>
  );
}

async function begin(debtor: Debtor, portfolio: string): Promise<void> {
  const id = await openCaseOf(debtor, portfolio);
  if (id) open(id);
}

function linesOf(words: string, hits: Hit[], debtors: Debtor[]): Line[] {
  const held: Line[] = words.trim() ? allCases().filter((c) => !c.masked && passes(c, words)).slice(0, 6).map((c) => (
    { key: c.id, icon: 'inbox', title: c.debtor.name, hint: c.last_item?.text ?? '', go: () => open(c.id) })) : [];
  const found: Line[] = hits.flatMap((h, i): Line[] => {
    const caseId = typeof h.case === 'string' ? h.case : h.case?.id;
    if (!caseId || held.some((l) => l.key === caseId && !h.text && !h.snippet)) return [];
    return [{ key: `h${i}`, icon: 'search', title: h.debtor?.name ?? h.name ?? '', hint: `${h.snippet ?? h.text ?? ''}${h.at ? ` · ${ago(h.at, now.peek())}` : ''}`, go: () => open(caseId) }];
  });
  const people: Line[] = debtors.filter((d) => !d.masked).flatMap((d) => (d.accounts ?? []).map(({ portfolio }) => (
    { key: `${d.id} ${portfolio.id}`, icon: 'user' as const, title: d.name, hint: portfolio.name, go: () => void begin(d, portfolio.id) }))).slice(0, 5);
  const does: Line[] = bindings.filter((b) => acts.includes(b.act)).map((b) => (
    { key: b.act, icon: 'bolt' as const, title: t(`keys.${b.act}` as never), hint: '', keys: shownKey(b.act), go: () => { run(b.act); } }));
  const plain = words.trim().toLowerCase();
  return [...held, ...people, ...found, ...does.filter((d) => !plain || d.title.toLowerCase().includes(plain))].slice(0, 14);
}
