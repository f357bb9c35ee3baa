import { useState } from 'preact/hooks';
import { firstName } from '../../format';
import { t } from '../../i18n';
import { checkIdentity } from '../../store/commands';
import { caseOf } from '../../store/state';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Icon } from '../../ui/icon';
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
