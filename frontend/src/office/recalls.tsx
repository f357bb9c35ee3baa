import { useEffect, useState } from 'preact/hooks';
import { get, post, query } from '../api';
import { plainDate, money, shortDate } from '../format';
import { known, t } from '../i18n';
import { toast } from '../store/notices';
import { explain } from '../store/words';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import type { Money } from '../wire';
import { Choice, Field, List, pressRow } from './list';
import { mayFill, usePages } from './state';
import { type Found, Whose } from './whose';

const states = ['waiting', 'applied', 'tied', 'dismissed'] as const;
type State = typeof states[number];
interface Recall {
  id: string; portfolio: { id: string; name: string }; debtor_key: string; debt_key: string; charge_key: string; reason: string; why: string;
  state: State; file: string; by: { name: string } | null; created_at: string; note: string; settled_by: { name: string } | null; settled_at: string | null;
}
interface Charge { id: string; number: string; due: string; total: Money }

const what = (one: Recall): string => one.charge_key || (one.debt_key ? t('recalls.debt', { key: one.debt_key }) : t('recalls.all'));

/** Charges taken back before they came: they wait for their debt, for a person, or for nothing any more. */
export function Recalls() {
  const [state, setState] = useState<State>('waiting');
  const list = usePages<Recall>('/recalls', { state });
  const [open, setOpen] = useState<{ one: Recall; act: 'tie' | 'dismiss' } | null>(null);
  const settled = (one: Recall) => { list.change(list.items.filter((each) => each.id !== one.id)); setOpen(null); };
  const acts = (one: Recall) => (mayFill.value ? (
    <>
      {one.state === 'waiting' || one.state === 'dismissed' ? <Button kind="small" onClick={() => setOpen({ one, act: 'tie' })}>{t('recalls.tie')}</Button> : null}
      {one.state === 'waiting' || (one.state === 'applied' && !one.charge_key) ? <Button kind="small quiet" onClick={() => setOpen({ one, act: 'dismiss' })}>{t('recalls.dismiss')}</Button> : null}
    </>
  ) : null);
  return (
    <>
      <h2>{t('recalls.title')}</h2>
      <p class="hint">{t('recalls.hint')}</p>
      <div class="send"><Choice label={t('recalls.state')} id="recall-state" value={state} onPick={(each) => setState(each as State)} options={states.map((each) => [each, t(`recalls.state.${each}`)])} /></div>
      <List list={list} label={t('recalls.title')} empty={t('recalls.none')} icon="done"
        heads={[t('recalls.debtor'), t('recalls.what'), t('recalls.reason'), t('recalls.brought'), t('suspense.why'), '']}
        line={(one) => (
          <tr key={one.id} tabIndex={-1} onKeyDown={(e) => pressRow(e as unknown as KeyboardEvent)}>
            <td><b>{one.debtor_key}</b><small>{one.portfolio.name}</small></td><td>{what(one)}</td><td>{known(`reason.${one.reason}`, one.reason)}</td>
            <td>{shortDate(one.created_at)}<small>{[one.by?.name, one.file].filter(Boolean).join(' · ')}</small></td>
            <td>{one.state === 'waiting' ? known(`suspense.why.${one.why}`, one.why) : one.note || t(`recalls.state.${one.state}`)}
              {one.settled_at ? <small>{[shortDate(one.settled_at), one.settled_by?.name].filter(Boolean).join(' · ')}</small> : null}</td>
            <td>{acts(one)}</td>
          </tr>
        )} />
      {open?.act === 'tie' ? <Tie one={open.one} onClose={() => setOpen(null)} onDone={() => settled(open.one)} /> : null}
      {open?.act === 'dismiss' ? <Dismiss one={open.one} onClose={() => setOpen(null)} onDone={() => settled(open.one)} /> : null}
    </>
  );
}

interface ActProps { one: Recall; onClose: () => void; onDone: () => void }

/** Which charges it means: the debtor searched, theirs in that portfolio ticked, and said once more. */
function Tie({ one, onClose, onDone }: ActProps) {
  const [picked, pick] = useState<Found | null>(null);
  const [charges, setCharges] = useState<Charge[] | null>(null);
  const [meant, mean] = useState<string[]>([]);
  const [wrong, setWrong] = useState('');
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    setCharges(null);
    mean([]);
    if (!picked) return undefined;
    const abort = new AbortController();
    setWrong('');
    get<{ charges: Charge[] }>(`/debtors/${picked.id}/balance${query({ portfolio: one.portfolio.id })}`, { signal: abort.signal }).then((told) => setCharges(told.charges), (error) => { if (!abort.signal.aborted) setWrong(explain(error)); });
    return () => abort.abort();
  }, [picked?.id]);
  const take = async () => {
    if (!picked || !meant.length || isBusy) return;
    setBusy(true);
    await post(`/recalls/${one.id}/match`, { debtor: picked.id, charges: meant }).then(() => {
      toast(t('recalls.tied', { n: meant.length, name: picked.name }));
      onDone();
    }, (error) => { setWrong(explain(error)); setBusy(false); });
  };
  const submit = picked && meant.length ? t('recalls.takeBack', { n: meant.length, name: picked.name }) : t('recalls.tie');
  return (
    <Dialog title={t('recalls.whose', { key: `${one.debtor_key} · ${what(one)}` })} onClose={onClose} onSubmit={() => void take()}
      actions={<><Button onClick={onClose}>{t('cancel')}</Button><Button kind="main" submit impeded={!meant.length} busy={isBusy}>{submit}</Button></>}>
      <Whose picked={picked} onPick={pick} onWrong={setWrong} />
      {charges ? (
        <fieldset class="whose"><legend>{t('recalls.charges')}</legend>
          {charges.map((each) => (
            <label key={each.id} class="check">
              <input class="cb" type="checkbox" checked={meant.includes(each.id)} onChange={(e) => mean(e.currentTarget.checked ? [...meant, each.id] : meant.filter((id) => id !== each.id))} />
              {t('recalls.charge', { number: each.number, due: plainDate(each.due), total: money(each.total) })}
            </label>
          ))}
          {charges.length ? null : <p class="hint">{t('recalls.noCharges')}</p>}
        </fieldset>
      ) : null}
      {wrong ? <p class="hint bad" role="alert">{wrong}</p> : null}
    </Dialog>
  );
}

function Dismiss({ one, onClose, onDone }: ActProps) {
  const [reason, setReason] = useState('');
  const [wrong, setWrong] = useState('');
  const end = () => {
    if (!reason.trim()) { setWrong(t('recalls.sayWhy')); return; }
    post(`/recalls/${one.id}/dismiss`, { reason }).then(() => { toast(t('recalls.dismissed')); onDone(); }, (error) => setWrong(explain(error)));
  };
  return (
    <Dialog title={t('recalls.dismissing', { key: `${one.debtor_key} · ${what(one)}` })} onClose={onClose} onSubmit={end} class="small"
      actions={<><Button onClick={onClose}>{t('cancel')}</Button><Button kind="danger" submit>{t('recalls.dismiss')}</Button></>}>
      <p class="hint">{t('recalls.dismissHint')}</p>
      <Field label={t('recalls.note')} id="note"><span class="inp"><input id="note" data-first maxLength={500} value={reason} onInput={(e) => setReason(e.currentTarget.value)} /></span></Field>
      {wrong ? <p class="hint bad" role="alert">{wrong}</p> : null}
    </Dialog>
  );
}
