import { useState } from 'preact/hooks';
import { clockTime, firstName } from '../../format';
import { t } from '../../i18n';
import { answerWho, askWho, checkIdentity } from '../../store/commands';
import { caseOf } from '../../store/state';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Icon } from '../../ui/icon';
import { explain } from '../../store/words';
import { closeOverlay } from '../overlays';

const kinds = ['birth_date', 'document_digits', 'last_payment', 'one_time_code'] as const;
const needed = 2;

/** Two facts by choice: which was asked and whether it held. The answers themselves are nowhere written. */
export function IdentityDialog({ id }: { id: string }) {
  const [given, give] = useState<Record<string, boolean>>({});
  const passed = Object.values(given).filter(Boolean).length;
  const checks = Object.entries(given).map(([kind, held]) => ({ kind, passed: held }));
  const go = () => { closeOverlay(); void checkIdentity(id, checks); };
  const pick = (kind: string, held: boolean) => {
    const { [kind]: before, ...rest } = given;
    give(before === held ? rest : { ...given, [kind]: held });
  };
  return (
    <Dialog title={t('check.title', { name: firstName(caseOf(id)?.value.debtor.name ?? '') })} class="small" onClose={closeOverlay} onSubmit={() => { if (checks.length) go(); }}
      actions={<><Button kind="quiet" onClick={closeOverlay} keys="Esc">{t('cancel')}</Button><Button kind="main" submit impeded={!checks.length}>{t('check.save')}</Button></>}>
      <ByList id={id} />
      <p class="hint">{t('check.hint')}</p>
      <ul class="checks">
        {kinds.map((kind, i) => (
          <li key={kind} class="kv"><span>{t(`check.${kind}`)}</span>
            <span class="seg" role="group" aria-label={t(`check.${kind}`)}>
              <button type="button" data-first={i === 0 ? '' : undefined} aria-pressed={given[kind] === true} class={given[kind] === true ? 'on' : ''} onClick={() => pick(kind, true)}><Icon name="check" size={12} /> {t('check.held')}</button>
              <button type="button" aria-pressed={given[kind] === false} class={given[kind] === false ? 'on' : ''} onClick={() => pick(kind, false)}><Icon name="x" size={12} /> {t('check.not')}</button>
            </span></li>
        ))}
      </ul>
      <p class={passed >= needed ? 'hint t-ok' : 'hint'} role="status">{passed >= needed ? t('check.enough') : t('check.more', { n: needed - passed })}</p>
    </Dialog>
  );
}

const listed = ['document_digits', 'birth_date', 'last_payment', 'product'] as const;

/** Five choices from the server, of which the debtor names one; only the server knows which is right. */
function ByList({ id }: { id: string }) {
  const [asked, setAsked] = useState<{ id: string; kind: string; choices: string[] } | null>(null);
  const [said, say] = useState('');
  const ask = (kind: string) => void askWho(id, kind).then((one) => { setAsked(one); say(''); }, (error) => say(explain(error)));
  const choose = (choice: number) => {
    if (!asked) return;
    void answerWho(id, asked.id, choice).then((a) => {
      setAsked(null);
      say(a.verified_until ? t('check.until', { at: clockTime(a.verified_until) }) : a.passed ? t('check.right', { n: a.right.length, needed: a.needed }) : t('check.wrong', { n: a.failures }));
    }, (error) => say(explain(error)));
  };
  return (
    <fieldset class="field"><legend>{t('check.ask')}</legend>
      <p class="hint">{t('check.listHint')}</p>
      <span class="seg" role="group">{listed.map((kind) => <button key={kind} type="button" aria-pressed={asked?.kind === kind} class={asked?.kind === kind ? 'on' : ''} onClick={() => ask(kind)}>{t(`check.${kind}`)}</button>)}</span>
      {asked ? <ul class="choices">{asked.choices.map((choice, i) => <li key={choice}><button type="button" onClick={() => choose(i)}><span class="grow">{choice}</span><span class="kbd">{i + 1}</span></button></li>)}</ul> : null}
      <p class="hint" role="status">{said}</p>
    </fieldset>
  );
}
