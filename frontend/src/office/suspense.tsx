import { useState } from 'preact/hooks';
import { post } from '../api';
import { money, shortDate } from '../format';
import { known, t } from '../i18n';
import { toast } from '../store/notices';
import { explain } from '../store/words';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import type { Money } from '../wire';
import { List, pressRow } from './list';
import { Recalls } from './recalls';
import { mayFill, usePages } from './state';
import { type Found, Whose } from './whose';

interface Stray { payment: { id: string; amount: Money; paid_at: string; method: string }; reference: string; why: string }

/** What came and nobody could place: money, and recalls whose debt is not here. */
export function Suspense() {
  const list = usePages<Stray>('/payments', { state: 'suspense' });
  const [placing, place] = useState<Stray | null>(null);
  const placed = (one: Stray) => {
    list.change(list.items.filter((each) => each !== one));
    place(null);
  };
  return (
    <>
      <h2>{t('suspense.money')}</h2>
      <p class="hint">{t('suspense.hint')}</p>
      <List list={list} label={t('suspense.money')} empty={t('suspense.none')} icon="money"
        heads={[t('suspense.amount'), t('suspense.paidAt'), t('suspense.method'), t('suspense.reference'), t('suspense.why'), '']}
        line={(one) => (
          <tr key={one.payment.id} tabIndex={-1} onKeyDown={(e) => pressRow(e as unknown as KeyboardEvent)}>
            <td class="num"><b>{money(one.payment.amount)}</b></td><td>{shortDate(one.payment.paid_at)}</td><td>{known(`suspense.by.${one.payment.method}`, one.payment.method)}</td>
            <td>{one.reference || '—'}</td><td>{known(`suspense.why.${one.why}`, one.why)}</td>
            <td>{mayFill.value ? <Button kind="small" onClick={() => place(one)}>{t('suspense.place')}</Button> : null}</td>
          </tr>
        )} />
      {placing ? <Place one={placing} onClose={() => place(null)} onPlaced={() => placed(placing)} /> : null}
      <Recalls />
    </>
  );
}

/** Whose it is: searched, and said once more before it is booked. */
function Place({ one, onClose, onPlaced }: { one: Stray; onClose: () => void; onPlaced: () => void }) {
  const [picked, pick] = useState<Found | null>(null);
  const [wrong, setWrong] = useState('');
  const [isBusy, setBusy] = useState(false);
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
      <Whose picked={picked} onPick={pick} onWrong={setWrong} />
      {wrong ? <p class="hint bad" role="alert">{wrong}</p> : null}
    </Dialog>
  );
}
