import { useEffect, useState } from 'preact/hooks';
import { clientId, post } from '../../api';
import { serverNow } from '../../clock';
import { money, number, places, plainDate } from '../../format';
import { t } from '../../i18n';
import { onKeys, shownKey } from '../../keys';
import { explain, explainPart } from '../../store/words';
import { draftOf, editDraft } from '../../store/drafts';
import { toast } from '../../store/notices';
import { mayWrite } from '../../store/state';
import { Button, IconButton } from '../../ui/button';
import { Icon } from '../../ui/icon';
import type { Balance, Case, Money } from '../../wire';

interface Preview {
  id?: string;
  state: string;
  total: Money;
  schedule: { n: number; due: string; amount: Money }[];
  needs_approval: null | { role: string; because: string };
}

const isoDay = (at: number) => new Date(at).toISOString().slice(0, 10);
const rest = 350;

/** The plan builder: what may I offer. The server reckons every date and cent; nothing is stored before it is offered. */
export function Plan({ c, balance }: { c: Case; balance: Balance }) {
  const [isOpen, setOpen] = useState(false);
  const [down, setDown] = useState('');
  const [count, setCount] = useState(3);
  const [discount, setDiscount] = useState(0);
  const [first, setFirst] = useState(isoDay(serverNow() + 7 * 86_400_000));
  const [preview, setPreview] = useState<Preview | null>(null);
  const [why, setWhy] = useState('');
  const currency = balance.total.currency;
  const body = () => ({
    down_payment: { amount: Math.round(parseAmount(down) * 10 ** places(currency)), currency },
    instalments: count, first_due: first,
    ...(discount ? { discounts: [{ component: 'interest', bp: discount * 100 }] } : {}),
  });
  useEffect(() => {
    if (!isOpen) return undefined;
    const timer = setTimeout(() => {
      post<Preview>('/plans/preview', { case: c.id, ...body() }).then(
        (p) => { setPreview(p); setWhy(''); },
        (error: unknown) => { setPreview(null); setWhy(explainPart(error)); });
    }, rest);
    return () => clearTimeout(timer);
  }, [isOpen, down, count, discount, first, balance.total.amount]);
  const insert = () => { if (preview) putOffer(c.id, preview); };
  useEffect(() => (isOpen ? onKeys({ offer: insert }) : undefined), [isOpen, preview]);
  return (
    <section class="sec">
      <h2><button type="button" class="folder" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}><Icon name={isOpen ? 'down' : 'right'} size={12} /> {t('plan.title')}</button>
        <span class="r">{t('debt.balance')} <b class="num">{money(balance.total)}</b></span></h2>
      {isOpen ? (
        <div class="plan">
          <div class="field"><label for={`down-${c.id}`}>{t('plan.down')}</label><span class="inp"><input id={`down-${c.id}`} class="num" inputMode="decimal" placeholder="0,00" value={down} onInput={(e) => setDown(e.currentTarget.value)} /></span></div>
          <div class="field"><label for={`n-${c.id}`}>{t('plan.count')}</label>
            <span class="inp step"><IconButton icon="minus" label={t('plan.fewer')} size={14} onClick={() => setCount(Math.max(1, count - 1))} />
              <input id={`n-${c.id}`} class="num" inputMode="numeric" value={count} onInput={(e) => setCount(Math.max(1, Number(e.currentTarget.value) || 1))} />
              <IconButton icon="plus" label={t('plan.moreOf')} size={14} onClick={() => setCount(count + 1)} /></span></div>
          <div class="field wide"><label for={`first-${c.id}`}>{t('plan.first')}</label><span class="inp"><input id={`first-${c.id}`} type="date" value={first} onInput={(e) => setFirst(e.currentTarget.value)} /></span></div>
          <div class="field wide"><label for={`disc-${c.id}`}><span>{t('plan.discount')} <b class="num">{number(discount)} %</b></span>{preview?.needs_approval ? <span class="t-warn">{t('plan.approval')}</span> : null}</label>
            <input id={`disc-${c.id}`} class="rng" type="range" min="0" max="100" step="5" value={discount} style={{ '--v': `${discount}%` }} onInput={(e) => setDiscount(Number(e.currentTarget.value))} /></div>
          {why ? <p class="hint bad wide">{why}</p> : null}
          {preview ? <Schedule preview={preview} /> : null}
          <div class="wide kv"><span>{t('plan.total')} <b class="num">{preview ? money(preview.total) : '—'}</b></span>
            <Button kind="main small" impeded={!preview || !mayWrite(c)} keys={shownKey('offer')} onClick={insert}>{t('plan.insert')}</Button></div>
          {preview?.needs_approval ? <Button kind="small" icon="hand" onClick={() => void ask(c, body())}>{t('plan.ask')}</Button> : null}
        </div>
      ) : null}
    </section>
  );
}

function Schedule({ preview }: { preview: Preview }) {
  return (
    <ul class="sched wide num">
      {preview.schedule.map((s) => <li key={s.n}><span>{s.n === 0 ? t('plan.down') : `${s.n}ª`} <b>{plainDate(s.due)}</b></span><b>{money(s.amount)}</b></li>)}
    </ul>
  );
}

/** "1.234,56" and "1,234.56" are the same: the last mark is the decimal one when two digits follow. */
export function parseAmount(text: string): number {
  const clean = text.replace(/[^\d.,]/g, '');
  const decimal = /[.,](\d{1,2})$/.exec(clean);
  const whole = (decimal ? clean.slice(0, decimal.index) : clean).replace(/\D/g, '');
  return Number(whole || '0') + (decimal ? Number(decimal[1]) / 10 ** decimal[1]!.length : 0);
}

function putOffer(caseId: string, preview: Preview): void {
  const first = preview.schedule.find((s) => s.n > 0) ?? preview.schedule[0];
  if (!first) return;
  const down = preview.schedule.find((s) => s.n === 0);
  const count = preview.schedule.filter((s) => s.n > 0).length;
  const words = t(down ? 'plan.wordsDown' : 'plan.words', {
    n: count, amount: money(first.amount), first: plainDate(first.due), total: money(preview.total), down: down ? money(down.amount) : '',
  });
  const { text } = draftOf(caseId).value;
  editDraft(caseId, { text: text.trim() ? `${text.trimEnd()}\n${words}` : words });
}

/** Beyond one's authority: the plan is made and waits for the supervisor. */
async function ask(c: Case, body: object): Promise<void> {
  try {
    await post(`/cases/${c.id}/plans`, { client_id: clientId(), ...body });
    toast(t('plan.asked'));
  } catch (error) {
    toast(explain(error), { tone: 'bad' });
  }
}
