import { useRef, useState } from 'preact/hooks';
import { clientId } from '../../api';
import { money, places, plainDate } from '../../format';
import { t } from '../../i18n';
import { putPayLink } from '../../store/commands';
import { Button } from '../../ui/button';
import { Icon } from '../../ui/icon';
import { Menu } from '../../ui/menu';
import type { Case, Money } from '../../wire';
import type { CaseLedger } from '../../wire.gen';
import { parseAmount } from '../pane/plan';

interface Choice { words: string; wish: { target: string; n?: number; amount?: Money } }

/** What a link can be made for: an agreement's next instalment; without one the promise, the debt or a part of it. */
function choicesOf(c: Case, ledger: CaseLedger): Choice[] {
  const plan = ledger.plans.find((p) => ['accepted', 'active'].includes(p.state));
  if (plan) {
    const next = plan.schedule.find((s) => s.state !== 'paid');
    const rest = next ? left(next.amount, next.paid) : null;
    return next && rest ? [{ words: t('link.instalment', { amount: money(rest), at: plainDate(next.due) }), wish: { target: 'instalment', n: next.n } }] : [];
  }
  const promised = ledger.promises.find((p) => p.state === 'open');
  const found: Choice[] = promised ? [{ words: t('link.promise', { amount: money(left(promised.amount, promised.paid)), at: plainDate(promised.effective_due) }), wish: { target: 'promise' } }] : [];
  if (c.balance?.amount) found.push({ words: t('link.debt', { amount: money(c.balance) }), wish: { target: 'debt' } });
  return found;
}

const left = (whole: Money, paid: Money | null): Money => ({ ...whole, amount: whole.amount - (paid?.amount ?? 0) });

/** A link at which they pay, into the text. A choice that failed is asked for again under its own id: one link. */
export function LinkMenu({ c, ledger, onClose }: { c: Case; ledger: CaseLedger; onClose: () => void }) {
  const [sum, setSum] = useState('');
  const [busy, setBusy] = useState(false);
  const ids = useRef<Record<string, string>>({});
  const choices = choicesOf(c, ledger);
  const currency = c.balance?.currency ?? ledger.credit.currency;
  const amount = Math.round(parseAmount(sum) * 10 ** places(currency));
  const isFree = choices.some((one) => one.wish.target === 'debt');
  const go = async (wish: Choice['wish']) => {
    if (busy) return;
    setBusy(true);
    const id = (ids.current[JSON.stringify(wish)] ??= clientId());
    if (await putPayLink(c.id, { client_id: id, ...wish })) onClose();
    else setBusy(false);
  };
  const goPart = () => { if (amount > 0) void go({ target: 'debt', amount: { amount, currency } }); };
  return (
    <Menu label={t('composer.link')} role="dialog" onClose={onClose} class="above right">
      <h3>{t('composer.link')}</h3>
      {choices.map((one) => <button key={one.wish.target} type="button" aria-disabled={busy} onClick={() => void go(one.wish)}><Icon name="link" />{one.words}</button>)}
      {choices.length ? null : <p class="hint">{t('link.nothing')}</p>}
      {isFree ? (
        <span class="own"><label class="inp"><input class="num" inputMode="decimal" placeholder={t('link.amount')} value={sum} aria-label={t('link.amount')} onInput={(e) => setSum(e.currentTarget.value)}
          onKeyDown={(e) => { if (e.key === 'Enter') { e.preventDefault(); goPart(); } }} /></label>
          <Button kind="small" impeded={amount <= 0 || busy} onClick={goPart}>{t('link.make')}</Button></span>
      ) : null}
    </Menu>
  );
}
