/** What the debtor contests: written down, asked about, decided. */
import { useState } from 'preact/hooks';
import { Problem } from '../../api';
import { money, places, plainDate } from '../../format';
import { known, t } from '../../i18n';
import { moveDispute, openDispute, resolveDispute } from '../../store/money';
import { draftOf, editDraft } from '../../store/drafts';
import { toast } from '../../store/notices';
import { isMine, isSupervisor, mayWrite, me } from '../../store/state';
import { explain } from '../../store/words';
import { Button } from '../../ui/button';
import { Icon } from '../../ui/icon';
import type { Balance, Case } from '../../wire';
import type { CaseLedger, Dispute } from '../../wire.gen';
import { parseAmount } from './plan';

const moves = ['info_requested', 'under_review', 'reopened'];
const givesUp = ['upheld', 'partially_upheld'];
const whileOpen = ['info_requested', 'under_review', 'upheld', 'partially_upheld', 'rejected', 'withdrawn'];
const tone = (state: string) => (state === 'upheld' || state === 'partially_upheld' ? 'ok' : state === 'rejected' ? 'bad' : 'warn');

/** Who decides is the case's owner, or a supervisor of its team: the API's own rule for work on a case. */
const handles = (c: Case): boolean => isMine(c) || (isSupervisor.value && !!me.value?.teams?.some((one) => one.id === c.team?.id));

/** The steps that the state allows and that this reader may take: the table of `console/ledger/states.py`. */
function stepsOf(c: Case, dispute: Dispute, ledger: CaseLedger): string[] {
  const mayGive = ['supervisor', 'manager'].includes(String(ledger.limits.level));
  // A move is a right of the case on which it was opened; a decision, of any case of the matter.
  const mayMove = dispute.case === c.id || isSupervisor.value;
  const next = !dispute.closed_at ? whileOpen.filter((one) => one !== dispute.state)
    : dispute.state === 'rejected' && !dispute.note.split('\n').includes('reopened') ? ['reopened'] : [];
  return next.filter((one) => (moves.includes(one) ? mayMove : mayGive || !givesUp.includes(one)));
}

export function Disputed({ c, dispute, ledger }: { c: Case; dispute: Dispute; ledger: CaseLedger }) {
  const [isOpen, open] = useState(false);
  const steps = handles(c) ? stepsOf(c, dispute, ledger) : [];
  const isLate = !dispute.closed_at && dispute.answer_by < ledger.today;
  return (
    <>
      <div class="kv"><span class="who"><Icon name="scale" size={12} /><span>{dispute.reference} · {known(`dispute.reason.${dispute.reason}`, dispute.reason)}</span></span>
        <span class={`chip ${tone(dispute.state)}`}>{known(`dispute.state.${dispute.state}`, dispute.state)}</span></div>
      {dispute.closed_at && !steps.length ? null : (
        <div class="kv">{dispute.closed_at ? <span /> : <span class={`hint ${isLate ? 'bad' : ''}`}>{t(isLate ? 'dispute.late' : 'dispute.until', { at: plainDate(dispute.answer_by) })}</span>}
          {steps.length ? <button type="button" id={`dh-${dispute.id}`} class="t-link" aria-expanded={isOpen} onClick={() => open(!isOpen)}>{t('dispute.handle')}</button> : null}</div>
      )}
      {dispute.ask && mayWrite(c) ? <div class="kv"><span class="hint">{t('dispute.askHint')}</span><button type="button" class="t-link" onClick={() => putAsk(c, dispute)}>{t('dispute.ask')}</button></div> : null}
      {isOpen && steps.length ? <Handle key={dispute.state} c={c} dispute={dispute} steps={steps} onDone={() => { open(false); document.getElementById(`dh-${dispute.id}`)?.focus(); }} /> : null}
    </>
  );
}

/** The words that ask for the documents go where messages are written, below what stands there: a person sends them. */
function putAsk(c: Case, dispute: Dispute): void {
  if (!dispute.ask || !mayWrite(c)) return;
  const { text, tab } = draftOf(c.id).value;
  editDraft(c.id, { text: text.includes(dispute.ask) ? text : [text.trimEnd(), dispute.ask].filter(Boolean).join('\n'), ...(tab === 'note' ? { tab: null } : {}) });
  toast(t('dispute.asked'));
}

function Handle({ c, dispute, steps, onDone }: { c: Case; dispute: Dispute; steps: string[]; onDone: () => void }) {
  const [step, setStep] = useState(steps[0]!);
  const [note, setNote] = useState('');
  const [sum, setSum] = useState('');
  const [wrong, setWrong] = useState('');
  const [isBusy, setBusy] = useState(false);
  const currency = c.balance?.currency ?? 'BRL';
  const isMove = moves.includes(step);
  const amount = step === 'partially_upheld' ? { amount: Math.round(parseAmount(sum) * 10 ** places(currency)), currency } : undefined;
  const lacks = (!isMove && !note.trim()) || (amount !== undefined && !(amount.amount > 0));
  const go = async () => {
    if (lacks || isBusy) return;
    setBusy(true);
    await (isMove ? moveDispute(dispute.id, step, note).then((now) => putAsk(c, now)) : resolveDispute(c.id, dispute.id, step, note, amount))
      .then(onDone, (error) => { setWrong(told(error, currency)); setBusy(false); });
  };
  const id = (what: string) => `${what}-${dispute.id}`;
  return (
    <form class="plan" onSubmit={(e) => { e.preventDefault(); void go(); }}>
      {dispute.text ? <p class="wide hint">“{dispute.text}”</p> : null}
      {dispute.note.split('\n').filter((line) => line && line !== 'reopened').map((line, n) => <p key={n} class="wide hint">{line}</p>)}
      <div class="field wide"><label for={id('dst')}>{t('dispute.next')}</label><span class="inp"><select id={id('dst')} value={step} onChange={(e) => { setStep(e.currentTarget.value); setWrong(''); }}>
        {steps.map((one) => <option key={one} value={one}>{known(`dispute.step.${one}`, one)}</option>)}</select></span></div>
      {amount ? <div class="field wide"><label for={id('dsa')}>{t('dispute.givenUp')}</label><span class="inp"><input id={id('dsa')} class="num" inputMode="decimal" placeholder="0,00" value={sum} onInput={(e) => setSum(e.currentTarget.value)} /></span></div> : null}
      <div class="field wide"><label for={id('dsn')}>{t(isMove ? 'dispute.note' : 'dispute.how')}</label><span class="inp"><input id={id('dsn')} value={note} maxLength={2000} required={!isMove} onInput={(e) => setNote(e.currentTarget.value)} /></span></div>
      {wrong ? <p class="wide hint bad" role="alert">{wrong}</p> : null}
      <div class="wide kv"><Button kind="small quiet" onClick={onDone}>{t('cancel')}</Button><Button kind="small main" submit impeded={lacks} busy={isBusy}>{t('dispute.record')}</Button></div>
    </form>
  );
}

/** What was refused, in words of a dispute where the general ones would not say what to do. */
function told(error: unknown, currency: string): string {
  if (!(error instanceof Problem)) return explain(error);
  const { state, most, field } = error.body as { state?: string; most?: number; field?: string };
  if (error.code === 'conflict' && state) return t('dispute.moved', { state: known(`dispute.state.${state}`, state) });
  if (field === 'amount' && typeof most === 'number') return t('dispute.less', { amount: money({ amount: most, currency }) });
  return error.code === 'forbidden' ? t('dispute.needsSupervisor') : explain(error);
}

const reasons = ['not_mine', 'identity_theft', 'already_paid', 'wrong_amount', 'service_not_delivered', 'cancelled_contract', 'prescribed', 'duplicate', 'unauthorised_fee', 'other'];

export function NewDispute({ c, balance, onDone }: { c: Case; balance: Balance | null; onDone: () => void }) {
  const [charge, setCharge] = useState('all');
  const [reason, setReason] = useState('already_paid');
  const [text, setText] = useState('');
  const open = (balance?.charges ?? []).filter((x) => x.total.amount > 0);
  const go = async () => { if (await openDispute(c.id, charge === 'all' ? 'all' : [charge], reason, text)) onDone(); };
  return (
    <form class="plan" onSubmit={(e) => { e.preventDefault(); void go(); }}>
      <div class="field"><label for={`dc-${c.id}`}>{t('dispute.what')}</label><span class="inp"><select id={`dc-${c.id}`} value={charge} onChange={(e) => setCharge(e.currentTarget.value)}>
        <option value="all">{t('dispute.all')}</option>{open.map((x) => <option key={x.id} value={x.id}>{x.number}</option>)}</select></span></div>
      <div class="field"><label for={`dr-${c.id}`}>{t('dispute.why')}</label><span class="inp"><select id={`dr-${c.id}`} value={reason} onChange={(e) => setReason(e.currentTarget.value)}>
        {reasons.map((r) => <option key={r} value={r}>{known(`dispute.reason.${r}`, r)}</option>)}</select></span></div>
      <div class="field wide"><label for={`dt-${c.id}`}>{t('dispute.text')}</label><span class="inp"><input id={`dt-${c.id}`} value={text} maxLength={4000} onInput={(e) => setText(e.currentTarget.value)} /></span></div>
      <div class="wide kv"><Button kind="small quiet" onClick={onDone}>{t('cancel')}</Button><Button kind="small main" submit>{t('dispute.save')}</Button></div>
    </form>
  );
}
