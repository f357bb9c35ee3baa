import { t } from '../../i18n';
import { release, setPresence } from '../../store/commands';
import { clearDraft, draftText } from '../../store/drafts';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Wait } from '../../ui/signs';
import { mine } from '../nav';
import { closeOverlay } from '../overlays';

/** The end of a shift: what waits and what is half written is kept or let go, each by itself. */
export function ShiftDialog() {
  const { waiting, replied } = mine.value;
  const drafted = replied.filter((c) => draftText(c.id));
  const listed = [...waiting, ...drafted];
  const leave = () => { closeOverlay(); void setPresence('offline'); };
  const letGo = async () => { for (const c of waiting) await release(c.id); };
  return (
    <Dialog title={t('shift.title')} onClose={closeOverlay} onSubmit={leave}
      actions={<><Button kind="quiet" onClick={closeOverlay} keys="Esc">{t('cancel')}</Button>{waiting.length ? <Button onClick={() => void letGo()}>{t('shift.all', { n: waiting.length })}</Button> : null}<Button kind="main" submit>{t('shift.leave')}</Button></>}>
      <p class="hint">{listed.length ? t('shift.hint') : t('shift.clear')}</p>
      <ul class="shift">
        {listed.map((c) => (
          <li key={c.id} class="kv"><span class="grow"><b class="clip">{c.debtor.name}</b>{draftText(c.id) ? <small class="clip t-bad">{t('row.draft')} {draftText(c.id)}</small> : null}</span><Wait value={c} />
            {draftText(c.id) ? <Button kind="small quiet" onClick={() => clearDraft(c.id, false)}>{t('shift.drop')}</Button> : null}
            <Button kind="small" onClick={() => void release(c.id)}>{t('case.release')}</Button></li>
        ))}
      </ul>
    </Dialog>
  );
}
