import { useEffect, useState } from 'preact/hooks';
import { get, query } from '../../api';
import { t } from '../../i18n';
import type { Debtor, Page } from '../../wire';

const rest = 250;

/** Debtors by name, document or address, one to be chosen. */
export function FindDebtor({ label, first, portfolio, isOffered, chosen, onChoose }:
  { label: string; first: string; portfolio: string | undefined; isOffered: (d: Debtor) => boolean; chosen: string; onChoose: (d: Debtor | null) => void }) {
  const [words, setWords] = useState(first);
  const [found, setFound] = useState<Debtor[]>([]);
  useEffect(() => {
    if (words.trim().length < 2) { setFound([]); return undefined; }
    const timer = setTimeout(() => void get<Page<Debtor>>(`/debtors${query({ q: words, portfolio })}`).then((page) => setFound(page.items), () => setFound([])), rest);
    return () => clearTimeout(timer);
  }, [words]);
  const offered = found.filter(isOffered);
  return (
    <>
      <span class="inp"><input data-first value={words} aria-label={label} placeholder={label} onInput={(e) => { setWords(e.currentTarget.value); onChoose(null); }} /></span>
      <ul class="choices" role="radiogroup" aria-label={label}>
        {offered.map((d) => <li key={d.id}><button type="button" role="radio" aria-checked={chosen === d.id} class={chosen === d.id ? 'on' : ''} onClick={() => onChoose(d)}><span class="grow">{d.name}</span><small class="muted">{d.document?.value}</small></button></li>)}
      </ul>
      {offered.length ? null : <p class="hint">{t('search.none')}</p>}
    </>
  );
}
