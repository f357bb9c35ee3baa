import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { mergeDebtors, undoMerge } from '../../store/commands';
import { loadCase } from '../../store/load';
import { toast } from '../../store/notices';
import { caseOf } from '../../store/state';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import type { Debtor } from '../../wire';
import { closeOverlay } from '../overlays';
import { FindDebtor } from './find-debtor';

/** Two debtors who are one person: everything of this one becomes the other's. It can be undone. */
export function MergeDialog({ id }: { id: string }) {
  const [into, choose] = useState<Debtor | null>(null);
  const c = caseOf(id)?.value;
  if (!c?.debtor.id) return null;
  const { id: gone, name } = c.debtor;
  const look = () => void loadCase(id).catch(() => undefined);
  const go = async () => {
    if (!into) return;
    closeOverlay();
    if (!await mergeDebtors(gone!, into.id)) return;
    look();
    toast(t('merge.done', { name, into: into.name }), { act: { label: t('undo'), run: () => void undoMerge(gone!).then(look) }, ms: 15_000 });
  };
  return (
    <Dialog title={t('merge.title', { name })} class="small" onClose={closeOverlay} onSubmit={() => void go()}
      actions={<><Button kind="quiet" onClick={closeOverlay} keys="Esc">{t('cancel')}</Button><Button kind="main" submit impeded={!into}>{t('merge.do')}</Button></>}>
      <FindDebtor label={t('merge.find')} first="" portfolio={undefined} isOffered={(d) => d.id !== gone && !d.provisional} chosen={into?.id ?? ''} onChoose={choose} />
      <p class="hint">{into ? t('merge.says', { name, into: into.name }) : t('merge.hint')}</p>
    </Dialog>
  );
}
