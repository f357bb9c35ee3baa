/** The card of an agreement that waits for an authority: its figures, and what may be done with it. */
import { useState } from 'preact/hooks';
import { money, number, places, plainDate } from '../format';
import { known, t } from '../i18n';
import { approvePlan, counterPlan, refusePlan } from '../store/money';
import { isSupervisor, me } from '../store/state';
import { parseAmount } from '../desk/pane/plan';
import type { Money } from '../wire';
import { Button } from './button';

interface Figures {
  plan: string;
  role: string;
  because: string[];
  note: string;
  total: Money;
  before: Money;
  schedule: { n: number; due: string; amount: Money }[];
  discounts: { component: string; bp: number }[];
}

export function Approval({ figures, by, state = 'open', decidedBy }: { figures: Record<string, unknown>; by?: string | undefined; state?: string; decidedBy?: string }) {
  const [act, setAct] = useState<'' | 'counter' | 'refuse'>('');
  const [reason, setReason] = useState('');
  const f = figures as unknown as Figures;
  const down = f.schedule.find((s) => s.n === 0);
  const rest = f.schedule.filter((s) => s.n > 0);
  const first = rest[0];
  const decides = state === 'open' && isSupervisor.value && by !== me.value?.id;
  const refuse = async () => { if (reason.trim() && await refusePlan(f.plan, reason)) setAct(''); };
  return (
    <div class="asked">
      <dl class="num">
        <div><dt>{t('debt.balance')}</dt><dd>{money(f.before)}</dd></div>
        {f.discounts.map((d) => <div key={d.component}><dt>{t('card.discount', { what: known(`debt.${d.component}`, d.component) })}</dt><dd>{number(d.bp / 100)} %</dd></div>)}
        <div><dt>{t('plan.total')}</dt><dd><b>{money(f.total)}</b></dd></div>
        {down ? <div><dt>{t('plan.down')}</dt><dd>{money(down.amount)} · {plainDate(down.due)}</dd></div> : null}
        {first ? <div><dt>{t('plan.count')}</dt><dd>{rest.length} × {money(first.amount)} · {plainDate(first.due)}</dd></div> : null}
      </dl>
      <p class="hint">{t('card.needs', { role: known(`authority.${f.role}`, f.role) })}: {f.because.map((what) => known(`plan.because.${what}`, what)).join(', ')}</p>
      {state !== 'open' ? <p class="hint">{known(`card.${state}`, state, { by: decidedBy ?? '' })}</p> : null}
      {decides && !act ? (
        <div class="kv acts"><Button kind="small main" onClick={() => void approvePlan(f.plan)}>{t('card.approve')}</Button>
          <Button kind="small" onClick={() => setAct('counter')}>{t('card.counter')}</Button>
          <Button kind="small quiet" onClick={() => setAct('refuse')}>{t('card.refuse')}</Button></div>
      ) : null}
      {act === 'refuse' ? (
        <form class="kv acts" onSubmit={(e) => { e.preventDefault(); void refuse(); }}>
          <span class="inp"><input aria-label={t('card.why')} placeholder={t('card.why')} value={reason} onInput={(e) => setReason(e.currentTarget.value)} /></span>
          <Button kind="small danger" submit impeded={!reason.trim()}>{t('card.refuse')}</Button></form>
      ) : null}
      {act === 'counter' ? <CounterForm f={f} onDone={() => setAct('')} /> : null}
    </div>
  );
}

function CounterForm({ f, onDone }: { f: Figures; onDone: () => void }) {
  const currency = f.total.currency;
  const size = 10 ** places(currency);
  const [down, setDown] = useState(String((f.schedule.find((s) => s.n === 0)?.amount.amount ?? 0) / size).replace('.', ','));
  const [count, setCount] = useState(f.schedule.filter((s) => s.n > 0).length);
  const [principal, setPrincipal] = useState((f.discounts.find((d) => d.component === 'principal')?.bp ?? 0) / 100);
  const kept = f.discounts.filter((d) => d.component !== 'principal');
  const go = async () => {
    const discounts = [...kept, ...(principal ? [{ component: 'principal', bp: Math.round(principal * 100) }] : [])];
    const first = f.schedule.find((s) => s.n > 0)?.due;
    const wish = { down_payment: { amount: Math.round(parseAmount(down) * size), currency }, instalments: count, discounts, ...(first ? { first_due: first } : {}) };
    if (await counterPlan(f.plan, wish)) onDone();
  };
  return (
    <form class="plan" onSubmit={(e) => { e.preventDefault(); void go(); }}>
      <label class="field"><span class="label">{t('plan.down')}</span><span class="inp"><input class="num" inputMode="decimal" value={down} onInput={(e) => setDown(e.currentTarget.value)} /></span></label>
      <label class="field"><span class="label">{t('plan.count')}</span><span class="inp"><input class="num" type="number" min="0" max="60" value={count} onInput={(e) => setCount(Number(e.currentTarget.value) || 0)} /></span></label>
      <label class="field wide"><span class="label">{t('plan.less.principal')} (%)</span><span class="inp"><input class="num" type="number" min="0" max="70" value={principal} onInput={(e) => setPrincipal(Number(e.currentTarget.value) || 0)} /></span></label>
      <div class="wide kv"><Button kind="small quiet" onClick={onDone}>{t('cancel')}</Button><Button kind="small main" submit>{t('card.counterSave')}</Button></div>
    </form>
  );
}
