import { useState } from 'preact/hooks';
import { clientId, post } from '../../api';
import { now } from '../../clock';
import { whenWillBe } from '../../format';
import { t } from '../../i18n';
import { loadCase, loadTimeline } from '../../store/load';
import { toast } from '../../store/notices';
import { holdAgain } from '../../store/session';
import { explain } from '../../store/words';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { closeOverlay } from '../overlays';

/** Break-glass: an hour's sight of a case of another team. What follows is said before it is asked for. */
export function GlassDialog({ id }: { id: string }) {
  const [reason, setReason] = useState('');
  const [wrong, setWrong] = useState('');
  const [made] = useState(clientId);
  const send = () => void post<{ until: string }>('/break-glass', { client_id: made, case: id, reason }).then(({ until }) => {
    closeOverlay();
    toast(t('glass.opened', { until: whenWillBe(until, now.value) }));
    holdAgain(id);
    void loadCase(id);
    void loadTimeline(id);
  }, (error) => setWrong(explain(error)));
  return (
    <Dialog title={t('glass.break')} onClose={closeOverlay} onSubmit={send} class="small"
      actions={<><Button onClick={closeOverlay}>{t('cancel')}</Button><Button kind="danger" icon="lock" submit>{t('glass.open')}</Button></>}>
      <p class="hint">{t('glass.hint')}</p>
      <div class="field"><label for="why">{t('glass.why')}</label>
        <span class="inp"><input id="why" data-first maxLength={500} value={reason} onInput={(e) => setReason(e.currentTarget.value)} /></span></div>
      {wrong ? <p class="hint bad" role="alert">{wrong}</p> : null}
    </Dialog>
  );
}
