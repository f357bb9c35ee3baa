import { useEffect, useState } from 'preact/hooks';
import { amount, firstName, money, number, plainDate, shortDate } from '../../format';
import { known, t } from '../../i18n';
import { loadBalance, loadDebtor } from '../../store/load';
import { onceRead } from '../../store/first';
import { loadLedger } from '../../store/money';
import { caseOf, ledgerChanges } from '../../store/state';
import { Button, IconButton } from '../../ui/button';
import { Icon } from '../../ui/icon';
import { ChannelGlyph } from '../../ui/signs';
import type { Balance, Bucket, Case, Charge, ContactPoint, Debtor, Money } from '../../wire';
import type { CaseLedger } from '../../wire.gen';
import { languageName, skillName } from '../dialogs/look';
import { Identity } from '../header';
import { holderWords } from '../holders';
import { open, phone } from '../nav';
import { overlay } from '../overlays';
import { Agreements, Said } from './agreed';
import { ChargeFiles } from './files';
import { Links } from './links';
import { Payments } from './paid';
import { Plan } from './plan';
import { Masked } from './reveal';
import { Wishes } from './wishes';

/** What an agent needs to negotiate: who this is, what is owed and why, what else there is. */
export function DebtorPane({ id }: { id: string }) {
  const c = caseOf(id)?.value;
  const debtorId = c && !c.masked ? c.debtor.id : undefined;
  const [debtor, setDebtor] = useState<Debtor | null>(null);
  const [balance, setBalance] = useState<Balance | 'error' | null>(null);
  const [ledger, setLedger] = useState<CaseLedger | null>(null);
  const changes = debtorId ? ledgerChanges.value.get(debtorId) ?? 0 : 0;
  useEffect(() => { setDebtor(null); setBalance(null); setLedger(null); }, [debtorId]);
  useEffect(() => {
    if (!debtorId || !c) return undefined;
    let isWanted = true;
    const take = <T,>(set: (value: T) => void) => (value: T) => { if (isWanted) set(value); };
    void onceRead().then(() => {
      if (!isWanted) return;
      void loadDebtor(debtorId).then(take(setDebtor), () => undefined);
      void loadBalance(debtorId, c.portfolio.id).then(take<Balance | 'error'>(setBalance), () => take<'error'>(setBalance)('error'));
      void loadLedger(id).then(take(setLedger), () => undefined);
    });
    return () => { isWanted = false; };
  }, [debtorId, changes]);
  if (!c || c.masked) return null;
  return (
    <section class="pane who2" aria-label={t('pane.title')} data-pane tabIndex={-1}>
      <div class="scroll">
        <Who c={c} debtor={debtor} />
        <Wishes c={c} />
        <Debts balance={balance} c={c} />
        {ledger ? <ChargeFiles c={c} ledger={ledger} /> : null}
        {ledger ? <Agreements c={c} ledger={ledger} /> : null}
        {ledger && balance && balance !== 'error' && balance.charges.some((x) => x.total.amount > 0 && !x.overlays?.length) ? <Plan key={id} c={c} balance={balance} ledger={ledger} /> : null}
        {ledger ? <Said c={c} ledger={ledger} balance={balance === 'error' ? null : balance} /> : null}
        {ledger ? <Links c={c} ledger={ledger} /> : null}
        {ledger ? <Payments key={id} c={c} ledger={ledger} /> : null}
        <Others c={c} debtor={debtor} />
      </div>
    </section>
  );
}

function Who({ c, debtor }: { c: Case; debtor: Debtor | null }) {
  const [shown, show] = useState(false);
  return (
    <section class="sec">
      <h2><IconButton icon="left" label={t('thread.title')} class="back" size={20} onClick={() => { phone.value = 'thread'; }} />{t('pane.title')}<span class="r"><Identity c={c} /></span></h2>
      {c.debtor.provisional ? <div class="kv"><span class="muted">{t('identify.hint')}</span><Button kind="small" onClick={() => { overlay.value = { kind: 'identify', id: c.id }; }}>{t('identify.go')}</Button></div> : null}
      {debtor?.document ? (
        <div class="kv"><span class="who">{debtor.document.kind.toUpperCase()} <Masked path={`/debtors/${debtor.id}/reveal`} masked={debtor.document.value} /></span></div>
      ) : null}
      {(c.contact_points ?? debtor?.contact_points ?? []).map((p) => <Point key={p.id} point={p} />)}
      {c.debtor.labels?.length || c.labels?.length ? <div class="labels">{[...(c.debtor.labels ?? []), ...(c.labels ?? [])].map((l) => <span key={l} class="chip edge">{l}</span>)}</div> : null}
      <div class="kv"><button type="button" class="t-link" aria-expanded={shown} onClick={() => show(!shown)}>{shown ? t('pane.less') : t('pane.more')}</button>
        {c.contact_points?.length ? <button type="button" class="t-link" onClick={() => { overlay.value = { kind: 'points', id: c.id }; }}>{t('points.open')}</button> : null}</div>
      {shown ? (
        <>
          <div class="kv"><span class="muted">{t('pane.language')}</span><span>{c.debtor.language ? languageName(c.debtor.language) : '—'}</span></div>
          <div class="kv"><span class="muted">{t('pane.place')}</span><span>{[c.debtor.jurisdiction, c.debtor.timezone].filter(Boolean).join(' · ') || '—'}</span></div>
          <div class="kv"><span class="muted">{t('pane.skills')}</span><span>{(c.skills ?? []).map((s) => `${skillName(s.skill)} ${s.level}`).join(', ') || '—'}</span></div>
          <div class="kv"><span class="muted">{t('pane.case')}</span><span class="num">{c.id.slice(-8)}</span></div>
        </>
      ) : null}
    </section>
  );
}

function Point({ point }: { point: ContactPoint }) {
  const state = point.state && point.state !== 'active' ? point.state : null;
  return (
    <>
    <div class="kv">
      <span class="who"><ChannelGlyph channel={point.channel} /><Masked path={`/contact-points/${point.id}/reveal`} masked={point.address} /></span>
      {state ? <span class="chip bad"><Icon name="fail" size={12} /> {t(`point.${state}` as never)}</span>
        : <span class={`chip ${point.consent === 'granted' ? 'ok' : point.consent === 'denied' || point.consent === 'revoked' ? 'bad' : ''}`}>
            {point.consent === 'granted' ? <Icon name="check" size={12} /> : null} {known(`consent.${point.consent ?? 'unknown'}`, point.consent ?? '')}</span>}
    </div>
    {point.holder ? <div class="kv"><span class="muted">{holderWords(point.holder)}</span></div> : null}
    </>
  );
}

const buckets: Bucket[] = ['CURRENT', 'B1_30', 'B31_60', 'B61_PLUS'];

function bucketOf(days: number): Bucket {
  return days <= 0 ? 'CURRENT' : days <= 30 ? 'B1_30' : days <= 60 ? 'B31_60' : 'B61_PLUS';
}

/** When it fell due, and by which rates it grows. */
const aboutCharge = (x: Charge): string => {
  const due = t('debt.due', { at: plainDate(x.due) });
  if (!x.terms?.fine_bp && !x.terms?.interest_bp_30d) return due;
  return `${due} · ${t('debt.terms', { fine: number(x.terms.fine_bp / 100, 2), interest: number(x.terms.interest_bp_30d / 100, 2) })}`;
};

function Debts({ balance, c }: { balance: Balance | 'error' | null; c: Case }) {
  if (balance === 'error') return <section class="sec"><h2>{t('debt.title')}</h2><p class="hint">{t('debt.failed')}</p></section>;
  if (!balance) return <section class="sec" aria-busy="true"><h2>{t('debt.title')}</h2><i class="sk w50" /><i class="sk" /><i class="sk w80" /></section>;
  const currency = balance.total.currency;
  const sums = buckets.map((b) => balance.charges.filter((x) => (x.bucket ?? bucketOf(x.days_late)) === b).reduce((n, x) => n + x.total.amount, 0));
  const overdue = balance.total.amount - sums[0]!;
  const hasFine = balance.charges.some((x) => x.fine?.amount);
  const of = (value: number): Money => ({ amount: value, currency });
  const sum = (pick: (x: Balance['charges'][number]) => Money | undefined) => of(balance.charges.reduce((n, x) => n + (pick(x)?.amount ?? 0), 0));
  return (
    <section class="sec">
      <h2>{t('debt.title')}<span class="r">{t('debt.asOf', { at: plainDate(balance.as_of) })}</span></h2>
      <div class="total"><b class="num">{money(of(overdue))}</b><span class="muted">{sums[0] ? t('debt.overdueAnd', { amount: amount(of(sums[0])) }) : t('debt.overdue')}</span></div>
      <div class="agebar" role="img" aria-label={buckets.map((b, i) => `${t(`age.${b}`)}: ${money(of(sums[i]!))}`).join('. ')}>
        {buckets.map((b, i) => (sums[i] ? <i key={b} class={`a${i}`} style={{ flex: sums[i] }} /> : null))}
      </div>
      <div class="agekey">{buckets.map((b, i) => (sums[i] ? <span key={b}><i class={`a${i}`} />{t(`age.${b}`)} <b class="num">{amount(of(sums[i]))}</b></span> : null))}</div>
      {balance.charges.length ? (
        <div class="tbl-box"><table class="tbl num">
          <thead><tr><th>{t('debt.invoice')}</th><th>{t('debt.days')}</th><th>{t('debt.principal')}</th>{hasFine ? <th>{t('debt.fine')}</th> : null}<th>{t('debt.interest')}</th><th>{t('debt.total')}</th></tr></thead>
          <tbody>
            {balance.charges.map((x) => <tr key={x.id} title={aboutCharge(x)}><td>{x.number}</td><td>{x.days_late > 0 ? x.days_late : '—'}</td><td>{amount(x.principal)}</td>{hasFine ? <td>{amount(x.fine)}</td> : null}<td>{amount(x.interest)}</td><td>{amount(x.total)}</td></tr>)}
            <tr class="sum"><td>{t('debt.sum')}</td><td /><td>{amount(sum((x) => x.principal))}</td>{hasFine ? <td>{amount(sum((x) => x.fine))}</td> : null}<td>{amount(sum((x) => x.interest))}</td><td>{amount(balance.total)}</td></tr>
          </tbody>
        </table></div>
      ) : <p class="hint">{t('debt.none', { name: firstName(c.debtor.name) })}</p>}
    </section>
  );
}

function Others({ c, debtor }: { c: Case; debtor: Debtor | null }) {
  const others = (debtor?.cases ?? []).filter((o) => o.id !== c.id);
  return (
    <section class="sec">
      <h2>{t('pane.others')}<span class="r num">{others.length || ''}</span></h2>
      {others.length ? others.map((o) => (
        <div key={o.id} class="kv"><button type="button" class="t-link clip" onClick={() => open(o.id)}>{o.portfolio.name}</button>
          <span class="chip edge">{o.outcome ? known(`outcome.${o.outcome}`, o.outcome) : t(`caseStatus.${o.status}`)}{o.updated_at ? ` · ${shortDate(o.updated_at)}` : ''}</span></div>
      )) : <p class="hint">{t('pane.noOthers')}</p>}
    </section>
  );
}
