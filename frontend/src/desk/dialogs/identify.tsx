import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { identify } from '../../store/commands';
import { loadCase } from '../../store/load';
import { caseOf } from '../../store/state';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { closeOverlay } from '../overlays';
import { FindDebtor } from './find-debtor';

/** Ties an unknown sender to a customer, after the checks. It can be undone. */
export function IdentifyDialog({ id }: { id: string }) {
  const [chosen, choose] = useState('');
  const [checked, check] = useState(false);
  const c = caseOf(id)?.peek();
  const go = async () => {
    if (!chosen || !checked) return;
    closeOverlay();
    if (await identify(id, chosen)) await loadCase(id).catch(() => undefined);
  };
  return (
    <Dialog title={t('identify.title')} class="small" onClose={closeOverlay} onSubmit={() => void go()}
      actions={<><Button kind="quiet" onClick={closeOverlay} keys="Esc">{t('cancel')}</Button><Button kind="main" submit impeded={!chosen || !checked}>{t('identify.do')}</Button></>}>
      <FindDebtor label={t('identify.find')} first={c?.debtor.name ?? ''} portfolio={c?.portfolio.id} isOffered={(d) => !d.provisional} chosen={chosen} onChoose={(d) => choose(d?.id ?? '')} />
      <label class="check"><input type="checkbox" class="cb" checked={checked} onChange={(e) => check(e.currentTarget.checked)} /> {t('identify.checked')}</label>
    </Dialog>
  );
}
