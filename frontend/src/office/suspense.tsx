import { useEffect, useState } from 'preact/hooks';
import { get, post, query } from '../api';
import { money, shortDate } from '../format';
import { known, t } from '../i18n';
import { toast } from '../store/notices';
import { explain } from '../store/words';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Icon } from '../ui/icon';
import type { Money } from '../wire';
import { List, pressRow, Words } from './list';
import { mayFill, usePages } from './state';

interface Stray { payment: { id: string; amount: Money; paid_at: string; method: string }; reference: string; why: string }
interface Found { id: string; name: string; document?: string | null }

const rest = 250;

/** Money that came and that nobody could place. */
export function Suspense() {
  const list = usePages<Stray>('/payments', { state: 'suspense' });
  const [placing, place] = useState<Stray | null>(null);
  const placed = (one: Stray) => {
    list.change(list.items.filter((each) => each !== one));
    place(null);
  };
  return (
    <>
      <p class="hint">{t('suspense.hint')}</p>
      <List list={list} label={t('office.suspense')} empty={t('suspense.none')} icon="money"
        heads={[t('suspense.amount'), t('suspense.paidAt'), t('suspense.method'), t('suspense.reference'), t('suspense.why'), '']}
        line={(one) => (
          <tr key={one.payment.id} tabIndex={-1} onKeyDown={(e) => pressRow(e as unknown as KeyboardEvent)}>
            <td class="num"><b>{money(one.payment.amount)}</b></td><td>{shortDate(one.payment.paid_at)}</td><td>{known(`suspense.by.${one.payment.method}`, one.payment.method)}</td>
            <td>{one.reference || '—'}</td><td>{known(`suspense.why.${one.why}`, one.why)}</td>
            <td>{mayFill.value ? <Button kind="small" onClick={() => place(one)}>{t('suspense.place')}</Button> : null}</td>
          </tr>
        )} />
      {placing ? <Place one={placing} onClose={() => place(null)} onPlaced={() => placed(placing)} /> : null}
    </>
  );
}

/** Whose it is: searched by name, key or number, and said once more before it is booked. */
function Place({ one, onClose, onPlaced }: { one: Stray; onClose: () => void; onPlaced: () => void }) {
  const [words, setWords] = useState('');
  const [found, setFound] = useState<Found[]>([]);
  const [picked, pick] = useState<Found | null>(null);
  const [wrong, setWrong] = useState('');
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    pick(null);
    if (words.trim().length < 2) { setFound([]); return undefined; }
    const abort = new AbortController();
    const timer = setTimeout(() => {
      get<{ items: Found[] }>(`/debtors${query({ q: words, limit: 20 })}`, { signal: abort.signal }).then((page) => setFound(page.items), (error) => { if (!abort.signal.aborted) setWrong(explain(error)); });
    }, rest);
    return () => { clearTimeout(timer); abort.abort(); };
  }, [words]);
  const book = async () => {
    if (!picked || isBusy) return;
    setBusy(true);
    await post(`/payments/${one.payment.id}/match`, { debtor: picked.id }).then(() => {
      toast(t('suspense.placed', { amount: money(one.payment.amount), name: picked.name }));
      onPlaced();
    }, (error) => { setWrong(explain(error)); setBusy(false); });
  };
  const submit = picked ? t('suspense.give', { amount: money(one.payment.amount), name: picked.name }) : t('suspense.place');
  return (
    <Dialog title={t('suspense.whose', { amount: money(one.payment.amount) })} onClose={onClose} onSubmit={() => void book()}
      actions={<><Button onClick={onClose}>{t('cancel')}</Button><Button kind="main" submit impeded={!picked} busy={isBusy}>{submit}</Button></>}>
      <Words label={t('suspense.search')} id="whose" value={words} onWords={setWords} hint={t('suspense.searchHint')} />
      <fieldset class="whose"><legend class="vh">{t('suspense.found')}</legend>
        {found.map((each) => (
          <label key={each.id} class="check"><input type="radio" name="whose" checked={picked?.id === each.id} onChange={() => pick(each)} /><Icon name="user" size={14} />{each.name}</label>
        ))}
      </fieldset>
      {words.trim().length > 1 && !found.length ? <p class="hint">{t('suspense.nobody')}</p> : null}
      {wrong ? <p class="hint bad" role="alert">{wrong}</p> : null}
    </Dialog>
  );
}
