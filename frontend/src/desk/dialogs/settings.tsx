/** What each person sets for this browser: sounds told apart, quiet hours, notices of the desktop, undo, keys. */
import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { doesEnterSend, lettersAreOn, setEnterSends, setLetters } from '../../keys';
import { chimes, hearChime, quiet, setQuiet, setSound, sounds } from '../../store/notices';
import { canUndoSend, setUndoSend } from '../../store/sending';
import { Button, IconButton } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { closeOverlay } from '../overlays';

export function SettingsDialog() {
  return (
    <Dialog title={t('settings.title')} class="small settings" onClose={closeOverlay} onSubmit={closeOverlay} actions={<Button kind="main" submit>{t('close')}</Button>}>
      <h3>{t('settings.sounds')}</h3>
      <ul>{chimes.map((kind, i) => (
        <li key={kind} class="kv"><label class="check"><input type="checkbox" class="cb" data-first={i === 0 ? '' : undefined} checked={sounds.value[kind]} onChange={(e) => setSound(kind, e.currentTarget.checked)} /> {t(`settings.sound.${kind}`)}</label>
          <IconButton icon="play" label={t('settings.listen', { what: t(`settings.sound.${kind}`) })} onClick={() => hearChime(kind)} /></li>
      ))}</ul>
      <QuietHours />
      <Desktop />
      <h3>{t('settings.writing')}</h3>
      <Switch label={t('settings.undo')} first={canUndoSend()} set={setUndoSend} />
      <Switch label={t('keys.enter')} first={doesEnterSend()} set={setEnterSends} />
      <Switch label={t('keys.letters')} first={lettersAreOn()} set={setLetters} />
    </Dialog>
  );
}

export function Switch({ label, first, set }: { label: string; first: boolean; set: (on: boolean) => void }) {
  const [on, setOn] = useState(first);
  return <label class="check"><input type="checkbox" class="cb" checked={on} onChange={(e) => { set(e.currentTarget.checked); setOn(e.currentTarget.checked); }} /> {label}</label>;
}

/** Hours in which nothing sounds and nothing is shown outside the page. What happened still stands in the list of notices. */
function QuietHours() {
  const set = quiet.value;
  const usual = { from: '12:00', to: '13:00' };
  return (
    <>
      <label class="check"><input type="checkbox" class="cb" checked={!!set} onChange={(e) => setQuiet(e.currentTarget.checked ? usual : null)} /> {t('settings.quiet')}</label>
      {set ? <p class="f hours"><label class="inp"><input type="time" aria-label={t('settings.quietFrom')} value={set.from} onInput={(e) => setQuiet({ ...set, from: e.currentTarget.value })} /></label>–
        <label class="inp"><input type="time" aria-label={t('settings.quietTo')} value={set.to} onInput={(e) => setQuiet({ ...set, to: e.currentTarget.value })} /></label></p> : null}
    </>
  );
}

function Desktop() {
  const [state, setState] = useState(typeof Notification === 'undefined' ? 'denied' : Notification.permission);
  if (state === 'granted') return <p class="hint">{t('settings.desktopOn')}</p>;
  if (state === 'denied') return <p class="hint">{t('settings.desktopOff')}</p>;
  return <Button icon="bell" onClick={() => void Notification.requestPermission().then(setState)}>{t('me.desktop')}</Button>;
}
