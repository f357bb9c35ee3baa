/** Payments: those there are, one written down by hand, one taken back. */
import { useState } from 'preact/hooks';
import { Problem, clientId } from '../../api';
import { serverNow } from '../../clock';
import { money, places, plainDate } from '../../format';
import { known, t } from '../../i18n';
import { recordPayment, reversePayment } from '../../store/money';
import { isOfOthers, me } from '../../store/state';
import { explain } from '../../store/words';
import { Button } from '../../ui/button';
import type { Case } from '../../wire';
import type { CaseLedger, Claim, Payment } from '../../wire.gen';
import { parseAmount } from './plan';

const methods = ['pix', 'boleto', 'transfer', 'card', 'cash', 'spei', 'pse', 'link', 'other'];

/** Who may fill the books: the API's own rule for payments. */
const fills = (c: Case): boolean => ['supervisor', 'admin'].includes(me.value?.role ?? '') && !isOfOthers(c) && !c.debtor.provisional;

/** The youngest first. */
export function Payments({ c, ledger }: { c: Case; ledger: CaseLedger }) {
  const [isOpen, open] = useState(false);
  const mayFill = fills(c);
  if (!ledger.payments.length && !mayFill) return null;
  const done = () => { open(false); document.getElementById(`pn-${c.id}`)?.focus(); };
  return (
    <section class="sec">
      <h2>{t('payments.title')}<span class="r">{ledger.credit.amount ? t('payments.credit', { amount: money(ledger.credit) }) : null}
        {mayFill ? <button type="button" id={`pn-${c.id}`} class="t-link" aria-expanded={isOpen} onClick={() => open(!isOpen)}>+ {t('payments.new')}</button> : null}</span></h2>
      {isOpen && mayFill ? <NewPayment c={c} ledger={ledger} onDone={done} /> : null}
      {ledger.payments.map((p) => <Paid key={p.id} payment={p} mayFill={mayFill} />)}
    </section>
  );
}

function Paid({ payment, mayFill }: { payment: Payment; mayFill: boolean }) {
  const [isOpen, open] = useState(false);
  const isReversed = payment.state === 'reversed';
  return (
    <>
      <div class="kv"><span><span class="num">{plainDate(payment.value_date)}</span> · {known(`payments.method.${payment.method}`, payment.method)}</span>
        <span class="sum">{isReversed ? <span class="chip bad">{t('payments.reversed')}</span> : null}
          {mayFill && !isReversed ? <button type="button" class="t-link" aria-expanded={isOpen} onClick={() => open(!isOpen)}>{t('payments.reverse')}</button> : null}
          <b class="num">{money(payment.amount)}</b></span></div>
      {isReversed && payment.reason ? <p class="hint">{payment.reason}</p> : null}
      {isOpen && mayFill && !isReversed ? <Reverse payment={payment} onDone={() => open(false)} /> : null}
    </>
  );
}

function Reverse({ payment, onDone }: { payment: Payment; onDone: () => void }) {
  const [reason, setReason] = useState('');
  const [wrong, setWrong] = useState('');
  const [isBusy, setBusy] = useState(false);
  const lacks = !reason.trim();
  const go = async () => {
    if (lacks || isBusy) return;
    setBusy(true);
    await reversePayment(payment.id, reason).then(onDone, (error) => { setWrong(explain(error)); setBusy(false); });
  };
  return (
    <form class="plan" onSubmit={(e) => { e.preventDefault(); void go(); }}>
      <p class="wide hint">{t('payments.owedAgain', { amount: money(payment.amount) })}</p>
      <div class="field wide"><label for={`rv-${payment.id}`}>{t('payments.reason')}</label><span class="inp"><input id={`rv-${payment.id}`} value={reason} maxLength={500} required onInput={(e) => setReason(e.currentTarget.value)} /></span></div>
      {wrong ? <p class="wide hint bad" role="alert">{wrong}</p> : null}
      <div class="wide kv"><Button kind="small quiet" onClick={onDone}>{t('cancel')}</Button><Button kind="small danger" submit impeded={lacks} busy={isBusy}>{t('payments.doReverse')}</Button></div>
    </form>
  );
}

/** The receipt that the money proves: the one there is, none when there are several to choose from. */
const ownClaim = (claims: Claim[]): string => (claims.length === 1 ? claims[0]!.id : '');
const plain = (claim: Claim | undefined): string => (claim?.amount ? (claim.amount.amount / 10 ** places(claim.amount.currency)).toFixed(places(claim.amount.currency)).replace('.', ',') : '');

function NewPayment({ c, ledger, onDone }: { c: Case; ledger: CaseLedger; onDone: () => void }) {
  const claims = ledger.claims.filter((one) => one.state === 'open');
  const [claim, setClaim] = useState(ownClaim(claims));
  const [sum, setSum] = useState(plain(claims.find((one) => one.id === claim)));
  const [day, setDay] = useState(ledger.today);
  const [method, setMethod] = useState('pix');
  const [reference, setReference] = useState('');
  const [key, setKey] = useState(clientId());
  const [wrong, setWrong] = useState('');
  const [isBusy, setBusy] = useState(false);
  const currency = ledger.credit.currency;
  const amount = Math.round(parseAmount(sum) * 10 ** places(currency));
  const lacks = !(amount > 0) || !day;
  const go = async () => {
    if (lacks || isBusy) return;
    setBusy(true);
    // A day alone is meant: three in the afternoon of UTC is the same day all over the Americas and Europe.
    const paid_at = day === ledger.today ? new Date(serverNow()).toISOString() : `${day}T15:00:00.000Z`;
    const body = { client_id: key, debtor: c.debtor.id, portfolio: c.portfolio.id, amount: { amount, currency }, paid_at, method, ...(reference.trim() ? { external_id: reference.trim() } : {}), ...(claim ? { claim } : {}) };
    await recordPayment(body).then(onDone, (error) => {
      setWrong(told(error));
      if (error instanceof Problem && error.code !== 'offline') setKey(clientId()); // it was refused: what follows is another wish
      setBusy(false);
    });
  };
  const id = (what: string) => `${what}-${c.id}`;
  return (
    <form class="plan" onSubmit={(e) => { e.preventDefault(); void go(); }}>
      {claims.length ? (
        <div class="field wide"><label for={id('pyc')}>{t('payments.claim')}</label><span class="inp"><select id={id('pyc')} value={claim} onChange={(e) => { const chosen = e.currentTarget.value; setClaim(chosen); setSum(plain(claims.find((one) => one.id === chosen)) || sum); }}>
          <option value="">{t('payments.noClaim')}</option>
          {claims.map((one) => <option key={one.id} value={one.id}>{one.amount ? t('receipt.of', { amount: money(one.amount) }) : t('receipt.any')} · {plainDate(one.created_at.slice(0, 10))}</option>)}</select></span></div>
      ) : null}
      <div class="field"><label for={id('pya')}>{t('payments.amount')}</label><span class="inp"><input id={id('pya')} class="num" inputMode="decimal" placeholder="0,00" value={sum} onInput={(e) => setSum(e.currentTarget.value)} /></span></div>
      <div class="field"><label for={id('pyd')}>{t('payments.day')}</label><span class="inp"><input id={id('pyd')} type="date" max={ledger.today} value={day} onInput={(e) => setDay(e.currentTarget.value)} /></span></div>
      <div class="field"><label for={id('pym')}>{t('payments.by')}</label><span class="inp"><select id={id('pym')} value={method} onChange={(e) => setMethod(e.currentTarget.value)}>
        {methods.map((one) => <option key={one} value={one}>{known(`payments.method.${one}`, one)}</option>)}</select></span></div>
      <div class="field"><label for={id('pyr')}>{t('payments.reference')}</label><span class="inp"><input id={id('pyr')} value={reference} maxLength={200} onInput={(e) => setReference(e.currentTarget.value)} /></span></div>
      <p class="wide hint">{t('payments.order')}</p>
      {wrong ? <p class="wide hint bad" role="alert">{wrong}</p> : null}
      <div class="wide kv"><Button kind="small quiet" onClick={onDone}>{t('cancel')}</Button><Button kind="small main" submit impeded={lacks} busy={isBusy}>{t('payments.save')}</Button></div>
    </form>
  );
}

/** A refusal by the field it names. */
const told = (error: unknown): string => (error instanceof Problem && error.body.field ? known(`payments.wrong.${String(error.body.field)}`, explain(error)) : explain(error));
