import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ComponentChild } from 'preact';
import { get, query } from '../../api';
import { now } from '../../clock';
import { ago } from '../../format';
import { t } from '../../i18n';
import { openCaseOf } from '../../store/commands';
import { allCases } from '../../store/state';
import { Dialog } from '../../ui/dialog';
import { Icon } from '../../ui/icon';
import type { IconName } from '../../ui/outlines';
import type { Debtor, Page } from '../../wire';
import { actsNow, type Act } from '../acts';
import { open, openAt, passes, plain } from '../nav';
import { closeOverlay } from '../overlays';

/** A message, note or whisper that holds the words, where it stands. */
interface Hit {
  id: string;
  kind: string;
  case: string;
  position: number;
  at: string;
  debtor: { id: string; name: string } | null;
  text: string;
  highlights?: [number, number][];
}
interface Line { key: string; icon: IconName; title: string; hint: ComponentChild; keys?: string; go: () => void }

const rest = 250;
const most = 60;

/** One bar that searches, goes and acts; each act shows its key, so the bar teaches. */
export function SearchDialog() {
  const [words, setWords] = useState('');
  const [at, setAt] = useState(0);
  const { hits, debtors, isBusy } = useFound(words);
  const acts = useMemo(actsNow, []);
  const lines = useMemo(() => linesOf(words, hits, debtors, acts), [words, hits, debtors]);
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => setAt(0), [words]);
  useEffect(() => { list.current?.children[at]?.scrollIntoView({ block: 'nearest' }); }, [at]);
  const choose = (line: Line | undefined) => { if (!line) return; closeOverlay(); line.go(); };
  const press = (e: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[e.key];
    if (!step || !lines.length) return;
    e.preventDefault();
    const to = Math.abs(step) === 1 ? (at + step + lines.length) % lines.length : Math.max(0, Math.min(lines.length - 1, at + step));
    setAt(to);
  };
  return (
    <Dialog title={t('search.title')} onClose={closeOverlay} onSubmit={() => choose(lines[at])} class="bar-dlg">
      <span class="inp big"><Icon name="search" /><input data-first value={words} maxLength={200} placeholder={t('search.placeholder')} aria-label={t('search.title')} role="combobox" aria-expanded="true" aria-controls="hits"
        aria-activedescendant={lines[at] ? `hit-${at}` : undefined} onInput={(e) => setWords(e.currentTarget.value)} onKeyDown={(e) => press(e as unknown as KeyboardEvent)} /></span>
      <ul class="choices" id="hits" role="listbox" aria-label={t('search.title')} aria-busy={isBusy} ref={list}>
        {lines.map((line, i) => (
          <li key={line.key} id={`hit-${i}`} role="option" aria-selected={i === at} class={`hit${i === at ? ' on' : ''}`} onClick={() => choose(line)}>
            <Icon name={line.icon} /><span class="clip">{line.title}</span><small class="muted clip grow">{line.hint}</small>{line.keys ? <span class="kbd">{line.keys}</span> : null}</li>
        ))}
      </ul>
      {words.trim().length > 1 && !lines.length && !isBusy ? <p class="hint">{t('search.none')}</p> : null}
    </Dialog>
  );
}

function useFound(words: string) {
  const [hits, setHits] = useState<Hit[]>([]);
  const [debtors, setDebtors] = useState<Debtor[]>([]);
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    if (words.trim().length < 2) { setHits([]); setDebtors([]); setBusy(false); return undefined; }
    const abort = new AbortController();
    setBusy(true);
    const ask = <T,>(where: string, take: (items: T[]) => void) =>
      get<Page<T>>(`/search${query({ q: words, in: where })}`, { signal: abort.signal }).then((page) => take(page.items), () => undefined);
    const timer = setTimeout(() => {
      void Promise.all([ask<Hit>('messages', setHits), ask<Debtor>('debtors', setDebtors)]).then(() => { if (!abort.signal.aborted) setBusy(false); });
    }, rest);
    return () => { clearTimeout(timer); abort.abort(); };
  }, [words]);
  return { hits, debtors, isBusy };
}

async function begin(debtor: Debtor, portfolio: string): Promise<void> {
  const id = await openCaseOf(debtor, portfolio);
  if (id) open(id);
}

/** What was found, with the words that were looked for marked. */
function Excerpt({ hit }: { hit: Hit }) {
  const parts: ComponentChild[] = [];
  let from = 0;
  for (const [start, end] of hit.highlights ?? []) {
    parts.push(hit.text.slice(from, start), <mark>{hit.text.slice(start, end)}</mark>);
    from = end;
  }
  return <>{[...parts, hit.text.slice(from)]} · {ago(hit.at, now.peek())}</>;
}

function linesOf(words: string, hits: Hit[], debtors: Debtor[], acts: Act[]): Line[] {
  const asked = plain(words.trim());
  const cases: Line[] = asked ? allCases().filter((c) => !c.masked && passes(c, words)).slice(0, 6).map((c) => (
    { key: c.id, icon: 'inbox', title: c.debtor.name, hint: c.last_item?.text ?? '', go: () => open(c.id) })) : [];
  const found: Line[] = hits.map((h) => (
    { key: h.id, icon: 'search', title: h.debtor?.name ?? '', hint: <Excerpt hit={h} />, go: () => openAt(h.case, h.position) }));
  const people: Line[] = debtors.filter((d) => !d.masked).flatMap((d) => (d.accounts ?? []).map(({ portfolio }): Line => (
    { key: `${d.id} ${portfolio.id}`, icon: 'user', title: d.name, hint: portfolio.name, go: () => void begin(d, portfolio.id) }))).slice(0, 5);
  const does: (Line & { isMeant: boolean })[] = acts.filter((a) => asked.split(/\s+/).every((word) => plain(a.label).includes(word))).map((a) => (
    { key: `act ${a.key}`, icon: 'bolt', title: a.label, hint: '', ...(a.keys ? { keys: a.keys } : {}), go: a.go, isMeant: !!asked && plain(a.label).startsWith(asked) }));
  return [...does.filter((d) => d.isMeant), ...cases, ...people, ...found, ...does.filter((d) => !d.isMeant)].slice(0, most);
}
