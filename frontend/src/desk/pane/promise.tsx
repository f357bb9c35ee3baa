import { useState } from 'preact/hooks';
import { serverNow } from '../../clock';
import { t } from '../../i18n';
import { promise } from '../../store/commands';
import { Button } from '../../ui/button';
import type { Case } from '../../wire';
import { places } from '../../format';
import { parseAmount } from './plan';

const inThreeDays = () => new Date(serverNow() + 3 * 86_400_000).toISOString().slice(0, 10);

export function NewPromise({ c, onDone }: { c: Case; onDone: (made: boolean) => void }) {
  const [sum, setSum] = useState('');
  const [due, setDue] = useState(inThreeDays());
  const currency = c.balance?.currency ?? 'BRL';
  const amount = Math.round(parseAmount(sum) * 10 ** places(currency));
  const go = async () => { if (amount > 0) onDone(await promise(c.id, { amount, currency }, due)); };
  return (
    <form class="plan" onSubmit={(e) => { e.preventDefault(); void go(); }}>
      <div class="field"><label for={`ps-${c.id}`}>{t('promise.amount')}</label><span class="inp"><input id={`ps-${c.id}`} class="num" inputMode="decimal" placeholder="0,00" value={sum} onInput={(e) => setSum(e.currentTarget.value)} /></span></div>
      <div class="field"><label for={`pd-${c.id}`}>{t('promise.due')}</label><span class="inp"><input id={`pd-${c.id}`} type="date" value={due} onInput={(e) => setDue(e.currentTarget.value)} /></span></div>
      <div class="wide kv"><Button kind="small quiet" onClick={() => onDone(false)}>{t('cancel')}</Button><Button kind="small main" submit impeded={amount <= 0}>{t('promise.save')}</Button></div>
    </form>
  );
}
