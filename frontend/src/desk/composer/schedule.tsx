import { useState } from 'preact/hooks';
import { now } from '../../clock';
import { whenWillBe } from '../../format';
import { t } from '../../i18n';
import { Button } from '../../ui/button';
import { Icon } from '../../ui/icon';
import { Menu } from '../../ui/menu';
import { snoozeChoices } from '../nav';

/** Later: the gate judges again at that hour, and an answer or a payment cancels it. */
export function ScheduleMenu({ allowedAt, onPick, onClose }: { allowedAt: string | null; onPick: (at: string) => void; onClose: () => void }) {
  const [own, setOwn] = useState('');
  return (
    <Menu label={t('composer.schedule')} role="dialog" onClose={onClose} class="above right">
      <h3>{t('composer.schedule')}</h3>
      {allowedAt ? <button type="button" onClick={() => onPick(allowedAt)}><Icon name="shieldok" />{t('schedule.allowed', { at: whenWillBe(allowedAt, now.value) })}</button> : null}
      {snoozeChoices().slice(0, 3).map((c) => (
        <button key={c.key} type="button" onClick={() => onPick(c.at.toISOString())}><Icon name="calendar" />{whenWillBe(c.at.toISOString(), now.value)}</button>
      ))}
      <span class="own"><label class="inp"><input type="datetime-local" value={own} aria-label={t('schedule.own')} onInput={(e) => setOwn(e.currentTarget.value)} /></label>
        <Button kind="small" impeded={!own} onClick={() => onPick(new Date(own).toISOString())}>{t('composer.scheduleDo')}</Button></span>
      <p class="hint">{t('schedule.hint')}</p>
    </Menu>
  );
}
