import { useEffect, useState } from 'preact/hooks';
import { get, query } from '../../api';
import { t } from '../../i18n';
import { identify } from '../../store/commands';
import { loadCase } from '../../store/load';
import { caseOf } from '../../store/state';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import type { Debtor, Page } from '../../wire';
import { closeOverlay } from '../overlays';

const rest = 250;

/** Ties an unknown sender to a customer, after the checks. It can be undone. */
export function IdentifyDialog({ id }: { id: string }) {
  const [words, setWords] = useState(caseOf(id)?.value.debtor.name ?? '');
  const [found, setFound] = useState<Debtor[]>([]);
  const [chosen, choose] = useState('');
  const [checked, check] = useState(false);
  useEffect(() => {
    if (words.trim().length < 2) { setFound([]); return undefined; }
    const timer = setTimeout(() => void get<Page<Debtor>>(`/debtors${query({ q: words, portfolio: caseOf(id)?.value.portfolio.id })}`).then((page) => setFound(page.items), () => setFound([])), rest);
    return () => clearTimeout(timer);
  }, [words]);
  const go = async () => {
    if (!chosen || !checked) return;
    closeOverlay();
    if (await identify(id, chosen)) await loadCase(id).catch(() => undefined);
  };
  return (
    <Dialog title={t('identify.title')} class="small" onClose={closeOverlay} onSubmit={() => void go()}
      actions={<><Button kind="quiet" onClick={closeOverlay} keys="Esc">{t('cancel')}</Button><Button kind="main" submit impeded={!chosen || !checked}>{t('identify.do')}</Button></>}>
      <span class="inp"><input data-first value={words} aria-label={t('identify.find')} placeholder={t('identify.find')} onInput={(e) => { setWords(e.currentTarget.value); choose(''); }} /></span>
      <ul class="choices" role="radiogroup" aria-label={t('identify.title')}>
        {found.filter((d) => !d.provisional).map((d) => <li key={d.id}><button type="button" role="radio" aria-checked={chosen === d.id} class={chosen === d.id ? 'on' : ''} onClick={() => choose(d.id)}><span class="grow">{d.name}</span><small class="muted">{d.document?.value}</small></button></li>)}
      </ul>
      {found.length ? null : <p class="hint">{t('search.none')}</p>}
      <label class="check"><input type="checkbox" class="cb" checked={checked} onChange={(e) => check(e.currentTarget.checked)} /> {t('identify.checked')}</label>
    </Dialog>
  );
}
