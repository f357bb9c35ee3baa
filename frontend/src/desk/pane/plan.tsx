import { useEffect, useLayoutEffect, useMemo, useState } from 'preact/hooks';
import { post } from '../../api';
import { money, number, places, plainDate } from '../../format';
import { known, t } from '../../i18n';
import { onKeys, shownKey } from '../../keys';
import { draftOf, editDraft } from '../../store/drafts';
import { makePlan, offerPlan } from '../../store/money';
import { toast } from '../../store/notices';
import { mayWrite } from '../../store/state';
import { explainPart } from '../../store/words';
import { Button, IconButton } from '../../ui/button';
import { Icon } from '../../ui/icon';
import type { Balance, Case } from '../../wire';
import type { CaseLedger, Preview } from '../../wire.gen';
import { endOf, More, type Chosen } from './more';
import { bankDay, bankDaysOn, beyond, components, moneyOf, openOf, reckon, type Limits, type Line, type Off, type Terms } from './reckon';

const settled = 500;
const mostCount = 60;

/** The plan builder: what may I offer. Reckoned here while a person drags, and checked by the server when they rest. */
export function Plan({ c, balance, ledger }: { c: Case; balance: Balance; ledger: CaseLedger }) {
  const [isOpen, setOpen] = useState(false);
  const [down, setDown] = useState('');
  const [count, setCount] = useState(3);
  const [off, setOff] = useState<Off>({ fine: 0, interest: 0, fees: 0, principal: 0 });
  const [first, setFirst] = useState(() => daysOn(ledger.today, 7));
  const [chosen, choose] = useState<Chosen>({ day: null, until: '', without: new Set(), last: false });
  const [checked, setChecked] = useState<Preview | null>(null);
  const [why, setWhy] = useState('');
  const [busy, setBusy] = useState(false);
  const currency = balance.total.currency;
  const shut = useMemo(() => new Set(ledger.shut), [ledger.shut]);
  const limits = ledger.limits as unknown as Limits;
  const all = balance.charges.filter((x) => x.total.amount > 0 && !(x.overlays ?? []).length);
  const charges = all.filter((x) => !chosen.without.has(x.id));
  const own = useMemo(() => bankDaysOn(ledger.today, limits.days, shut), [ledger.today, limits.days, shut]);
  const terms: Terms = { charges, off, down: Math.round(parseAmount(down) * 10 ** places(currency)), count, first, day: chosen.day, until: chosen.until || own, today: ledger.today, shut, increment: ledger.increment };
  const shown = reckon(terms);
  const eased = shown.discount > 0;
  const over = beyond(limits, terms, shown.total);
  const body = { ...wish(terms, currency), ...(chosen.until && chosen.until !== own ? { expires_at: endOf(chosen.until, eased, c.debtor.timezone) } : {}), ...(eased && chosen.last ? { last: true } : {}) };
  const asked = JSON.stringify(body);
  useEffect(() => {
    setChecked(null);
    setWhy('');
    if (!isOpen || shown.wrong) return undefined;
    const timer = setTimeout(() => {
      post<Preview>('/plans/preview', { case: c.id, ...body }).then(setChecked, (error: unknown) => setWhy(explainPart(error)));
    }, settled);
    return () => clearTimeout(timer);
  }, [isOpen, asked, shown.before]);
  const lines = checked ? checked.schedule.map((s): Line => ({ n: s.n, due: s.due, amount: s.amount.amount, moved: s.moved_from })) : shown.lines;
  const total = checked ? checked.total.amount : shown.total;
  const needs = checked ? checked.needs_approval !== null : over.length > 0;
  const impeded = !!shown.wrong || !!why || !mayWrite(c) || busy;
  const insert = () => { if (lines.length) putOffer(c.id, lines, total, currency); };
  useLayoutEffect(() => (isOpen ? onKeys({ offer: insert }) : undefined), [isOpen, asked]);
  const go = async () => {
    setBusy(true);
    const made = await makePlan(c.id, body);
    if (made && made.state === 'draft') await offerPlan(c, made.id);
    else if (made) toast(t('plan.asked'));
    setBusy(false);
    if (made) setOpen(false);
  };
  const limit = (value: number) => number(value / 100);
  return (
    <section class="sec">
      <h2><button type="button" class="folder" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}><Icon name={isOpen ? 'down' : 'right'} size={12} /> {t('plan.title')}</button>
        <span class="r">{t('debt.balance')} <b class="num">{money(moneyOf(all.reduce((sum, x) => sum + x.total.amount, 0), currency))}</b></span></h2>
      {isOpen ? (
        <div class="plan">
          <div class="field"><label for={`down-${c.id}`}>{t('plan.down')}</label><span class="inp"><input id={`down-${c.id}`} class="num" inputMode="decimal" placeholder="0,00" value={down} onInput={(e) => setDown(e.currentTarget.value)} /></span></div>
          <div class="field"><label for={`n-${c.id}`}>{t('plan.count')}</label>
            <span class="inp step"><IconButton icon="minus" label={t('plan.fewer')} size={14} onClick={() => setCount(Math.max(0, count - 1))} />
              <input id={`n-${c.id}`} class="num" inputMode="numeric" value={count} onInput={(e) => setCount(Math.min(mostCount, Math.max(0, Number(e.currentTarget.value) || 0)))} />
              <IconButton icon="plus" label={t('plan.moreOf')} size={14} onClick={() => setCount(Math.min(mostCount, count + 1))} /></span></div>
          <Slide id={`ds-${c.id}`} label={t('plan.downShare')} value={Math.min(terms.down, shown.total)} most={shown.total} step={10 ** places(currency)} said={money(moneyOf(terms.down, currency))}
            hint={t('plan.least', { n: limit(limits.down_bp) })} onInput={(value) => setDown(String(value / 10 ** places(currency)).replace('.', ','))} />
          <Slide id={`ns-${c.id}`} label={t('plan.count')} value={count} most={Math.max(36, count)} step={1} said={String(count)} hint={t('plan.upTo', { n: String(limits.instalments) })} onInput={setCount} />
          {components.filter((name) => openOf(charges, name) > 0).map((name) => (
            <Slide key={name} id={`off-${name}-${c.id}`} label={t(`plan.less.${name}`)} value={off[name]} most={name === 'principal' ? 70 : 100} step={name === 'principal' ? 1 : 5}
              said={`${number(off[name])} %`} hint={t('plan.upToShare', { n: limit(name === 'principal' ? limits.principal_bp : limits.extras_bp) })} onInput={(value) => setOff({ ...off, [name]: value })} />
          ))}
          {count > 0 ? <div class="field wide"><label for={`first-${c.id}`}>{t('plan.first')}</label><span class="inp"><input id={`first-${c.id}`} type="date" min={ledger.today} value={first} onInput={(e) => { if (e.currentTarget.value) setFirst(e.currentTarget.value); }} /></span></div> : null}
          <More id={c.id} charges={all} count={count} today={ledger.today} own={own} eased={eased} chosen={chosen} onChoose={choose} />
          {shown.wrong ? <p class="hint bad wide">{t(`plan.wrong.${shown.wrong}`)}</p> : why ? <p class="hint bad wide">{why}</p> : null}
          <ul class="sched wide num">
            {lines.map((s) => <li key={s.n}><span>{s.n === 0 ? t('plan.down') : t('plan.nth', { n: s.n })} <b>{plainDate(s.due)}</b>{s.moved ? <span class="muted"> {t('plan.moved', { at: plainDate(s.moved) })}</span> : null}</span><b>{money(moneyOf(s.amount, currency))}</b></li>)}
          </ul>
          <div class="wide kv"><span>{t('plan.total')} <b class="num">{money(moneyOf(total, currency))}</b></span><span class="muted">{shown.discount ? t('plan.off', { amount: money(moneyOf(shown.discount, currency)) }) : ''}</span></div>
          {needs ? <p class="hint wide t-warn">{t('plan.approval')}: {(checked?.needs_approval?.because ?? over).map((what) => known(`plan.because.${what}`, what)).join(', ')}</p> : null}
          <div class="wide kv"><Button kind="small" impeded={impeded} keys={shownKey('offer')} onClick={insert}>{t('plan.insert')}</Button>
            <Button kind="main small" icon={needs ? 'hand' : 'send'} impeded={impeded} busy={busy} onClick={() => void go()}>{needs ? t('plan.ask') : t('plan.offer')}</Button></div>
        </div>
      ) : null}
    </section>
  );
}

interface SlideProps { id: string; label: string; value: number; most: number; step: number; said: string; hint: string; onInput: (value: number) => void }

function Slide({ id, label, value, most, step, said, hint, onInput }: SlideProps) {
  const share = most ? Math.round((value / most) * 100) : 0;
  return (
    <div class="field wide"><label for={id}><span>{label} <b class="num">{said}</b></span><span>{hint}</span></label>
      <input id={id} class="rng" type="range" min="0" max={most} step={step} value={value} style={{ '--v': `${share}%` }} onInput={(e) => onInput(Number(e.currentTarget.value))} /></div>
  );
}

function wish(terms: Terms, currency: string) {
  const discounts = components.filter((component) => terms.off[component] > 0 && openOf(terms.charges, component) > 0)
    .map((component) => ({ component, bp: Math.round(terms.off[component] * 100) }));
  return {
    down_payment: { amount: terms.down, currency }, instalments: terms.count, charges: terms.charges.map((x) => x.id),
    ...(terms.count ? { first_due: terms.first } : {}), ...(terms.count > 1 && terms.day ? { day: terms.day } : {}), ...(discounts.length ? { discounts } : {}),
  };
}

/** A date some days on, on a day when banks are open. */
function daysOn(today: string, days: number): string {
  const found = new Date(`${today}T00:00:00Z`);
  found.setUTCDate(found.getUTCDate() + days);
  return bankDay(found.toISOString().slice(0, 10), new Set());
}

/** "1.234,56" and "1,234.56" are the same: the last mark is the decimal one when two digits follow. */
export function parseAmount(text: string): number {
  const clean = text.replace(/[^\d.,]/g, '');
  const decimal = /[.,](\d{1,2})$/.exec(clean);
  const whole = (decimal ? clean.slice(0, decimal.index) : clean).replace(/\D/g, '');
  return Number(whole || '0') + (decimal ? Number(decimal[1]) / 10 ** decimal[1]!.length : 0);
}

function putOffer(caseId: string, lines: Line[], total: number, currency: string): void {
  const first = lines.find((s) => s.n > 0) ?? lines[0]!;
  const down = lines.find((s) => s.n === 0);
  const n = lines.filter((s) => s.n > 0).length;
  const words = t(!n ? 'plan.wordsOnce' : down ? 'plan.wordsDown' : 'plan.words', {
    n, amount: money(moneyOf(first.amount, currency)), first: plainDate(first.due), total: money(moneyOf(total, currency)),
    down: down ? money(moneyOf(down.amount, currency)) : '',
  });
  const { text } = draftOf(caseId).value;
  editDraft(caseId, { text: text.trim() ? `${text.trimEnd()}\n${words}` : words });
}
