import { useState } from 'preact/hooks';
import { money, plainDate } from '../../format';
import { known, t } from '../../i18n';
import { acceptPlan, cancelPlan, cancelPromise, dismissReceipt, offerPlan, reportReceipt } from '../../store/money';
import { mayWrite, timelineOf } from '../../store/state';
import { Button, IconButton } from '../../ui/button';
import { Icon } from '../../ui/icon';
import type { Balance, Case, Message } from '../../wire';
import type { CaseLedger, Claim, Plan, Promise as Promised } from '../../wire.gen';
import { Disputed, NewDispute } from './dispute';
import { NewPromise } from './promise';

const alive = ['draft', 'needs_approval', 'offered', 'accepted', 'active'];
const tone = (state: string) => (['fulfilled', 'kept', 'active', 'accepted', 'confirmed'].includes(state) ? 'ok' : ['broken', 'refused', 'reversed'].includes(state) ? 'bad' : 'warn');

interface Props { c: Case; ledger: CaseLedger }

/** Agreements that live, and the last one that ended. */
export function Agreements({ c, ledger }: Props) {
  const shown = [...ledger.plans.filter((p) => alive.includes(p.state)), ...ledger.plans.filter((p) => !alive.includes(p.state)).slice(0, 1)];
  if (!shown.length) return null;
  const drafts = ledger.plans.filter((p) => p.state === 'draft').reverse(); // as they were made
  const [first, ...also] = drafts;
  return (
    <section class="sec">
      <h2>{t('plan.agreements')}</h2>
      {shown.map((p) => <Agreement key={p.id} c={c} plan={p} />)}
      {first && also.length && mayWrite(c) ? <div class="kv acts"><Button kind="small" icon="send" onClick={() => void offerPlan(c, first.id, also.map((p) => p.id))}>{t('plan.offerTogether', { n: drafts.length })}</Button></div> : null}
    </section>
  );
}

/** In how many instalments; one of a down payment alone is one payment. */
function inParts(plan: Plan): string {
  const n = plan.schedule.filter((s) => s.n > 0).length;
  return n ? t('plan.inParts', { n }) : t('plan.atOnce');
}

function Agreement({ c, plan }: { c: Case; plan: Plan }) {
  const next = plan.schedule.find((s) => s.state !== 'paid');
  const writes = mayWrite(c);
  const isOffered = plan.state === 'offered';
  const words = lastWords(c.id);
  return (
    <div class="agreed">
      <div class="kv"><span><b class="num">{money(plan.total)}</b> {inParts(plan)}</span>
        <span class={`chip ${tone(plan.state)}`}>{known(`plan.state.${plan.detail}`, '') || known(`plan.state.${plan.state}`, plan.state)}</span></div>
      {['accepted', 'active'].includes(plan.state) && next ? <div class="kv"><span class="muted">{t('plan.next', { at: plainDate(next.due) })}</span><b class="num">{money(next.amount)}</b></div> : null}
      {plan.paid.amount ? <div class="kv"><span class="muted">{t('plan.paid')}</span><span class="num">{money(plan.paid)}</span></div> : null}
      {plan.state === 'refused' && plan.reason ? <p class="hint">{plan.reason}</p> : null}
      {writes && alive.includes(plan.state) ? (
        <div class="kv acts">
          {plan.state === 'draft' ? <Button kind="small main" icon="send" onClick={() => void offerPlan(c, plan.id)}>{t('plan.offer')}</Button> : null}
          {isOffered ? <Button kind="small" icon="check" impeded={!words} title={words?.text ?? ''} onClick={() => { if (words) void acceptPlan(c, plan.id, { item: words.id }); }}>{t('plan.mark')}</Button> : null}
          <Button kind="small quiet" onClick={() => void cancelPlan(plan.id, t('plan.calledOff'))}>{t('plan.cancel')}</Button>
        </div>
      ) : null}
    </div>
  );
}

/** What the debtor wrote last: the evidence of an acceptance that the agent marks. */
function lastWords(id: string): Message | undefined {
  return timelineOf(id).items.value.filter((i): i is Message => i.kind === 'message' && i.direction === 'in').at(-1);
}

/** Promises, disputes and receipts shown: what the debtor says. */
export function Said({ c, ledger, balance }: Props & { balance: Balance | null }) {
  const [isOpen, open] = useState<'' | 'promise' | 'dispute'>('');
  const writes = mayWrite(c) && !c.debtor.provisional;
  const link = (what: 'promise' | 'dispute') => <button type="button" class="t-link" aria-expanded={isOpen === what} onClick={() => open(isOpen === what ? '' : what)}>+ {t(what === 'promise' ? 'promise.new' : 'dispute.new')}</button>;
  const shown = shownReceipt(c.id, ledger);
  return (
    <section class="sec">
      <h2>{t('promise.andDisputes')}{writes ? <span class="r">{link('promise')}{link('dispute')}</span> : null}</h2>
      {isOpen === 'promise' ? <NewPromise c={c} onDone={() => open('')} /> : null}
      {isOpen === 'dispute' ? <NewDispute c={c} balance={balance} onDone={() => open('')} /> : null}
      {writes && shown ? <div class="kv"><span class="muted">{t('receipt.shown')}</span><Button kind="small" icon="image" onClick={() => void reportReceipt(c.id, shown.id)}>{t('receipt.report')}</Button></div> : null}
      {ledger.claims.map((r) => <Receipt key={r.id} claim={r} writes={writes} />)}
      {ledger.promises.map((p) => <Promised_ key={p.id} promise={p} writes={writes} />)}
      {ledger.disputes.map((d) => <Disputed key={d.id} c={c} dispute={d} ledger={ledger} />)}
    </section>
  );
}

/** The youngest picture or document of theirs that nobody has written down yet. */
function shownReceipt(id: string, ledger: CaseLedger): Message | undefined {
  const told = new Set(ledger.claims.map((r) => r.item));
  const last = timelineOf(id).items.value.filter((i): i is Message => i.kind === 'message' && i.direction === 'in' && !!i.attachments?.length).at(-1);
  return last && !told.has(last.id) ? last : undefined;
}

function Receipt({ claim, writes }: { claim: Claim; writes: boolean }) {
  const isOpen = claim.state === 'open';
  return (
    <>
      <div class="kv"><span class="who"><Icon name="clock" size={12} /><span>{claim.amount ? t('receipt.of', { amount: money(claim.amount) }) : t('receipt.any')}</span></span>
        <span class="sum"><span class={`chip ${tone(claim.state)}`}>{known(`receipt.state.${claim.state}`, claim.state)}</span>
          {isOpen && writes ? <IconButton icon="x" label={t('receipt.dismiss')} size={14} onClick={() => void dismissReceipt(claim.id)} /> : null}</span></div>
      {isOpen ? <p class="hint">{t('receipt.until', { at: plainDate(claim.until) })}</p> : null}
    </>
  );
}

function Promised_({ promise, writes }: { promise: Promised; writes: boolean }) {
  return (
    <div class="kv"><span><b class="num">{money(promise.amount)}</b> {t('promise.for', { at: plainDate(promise.effective_due) })}</span>
      <span class="who"><span class={`chip ${tone(promise.state)}`}>{t(`promise.${promise.state}`)}</span>
        {promise.state === 'open' && writes ? <IconButton icon="x" label={t('promise.takeBack')} size={14} onClick={() => void cancelPromise(promise.id)} /> : null}</span></div>
  );
}
