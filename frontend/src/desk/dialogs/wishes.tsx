/** How a person wants to be reached and to pay. The gate keeps to the hours; the rest is proposed first. */
import { useEffect, useState } from 'preact/hooks';
import { firstName, weekday } from '../../format';
import { t } from '../../i18n';
import { setWishes } from '../../store/commands';
import { loadWays } from '../../store/load';
import { toast } from '../../store/notices';
import { caseOf } from '../../store/state';
import { Button, IconButton } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { channelName } from '../../ui/signs';
import { days, type Hours, type Way } from '../../wire';
import { channelsOf } from '../composer/tabs';
import { closeOverlay } from '../overlays';

const mostSpans = 14;
const usual: Hours = { days: ['MON', 'TUE', 'WED', 'THU', 'FRI'], from: '09:00', to: '18:00', channels: [] };

export function WishesDialog({ id }: { id: string }) {
  const c = caseOf(id)?.value;
  const [channel, setChannel] = useState<string>(c?.preferred_channel ?? '');
  const [means, setMeans] = useState<string>(c?.preferred_means ?? '');
  const [hours, setHours] = useState<Hours[]>(c?.preferred_hours ?? []);
  const [ways, setWays] = useState<Way[]>([]);
  useEffect(() => { if (c?.debtor.id) void loadWays(c.debtor.id, c.portfolio.id).then(setWays, () => undefined); }, [id]);
  if (!c) return null;
  const submit = async () => {
    closeOverlay();
    if (await setWishes(id, { channel: channel || null, hours: hours.length ? hours : null, means: means || null })) toast(t('wish.done'));
  };
  const put = (at: number, span: Hours) => setHours(hours.map((one, i) => (i === at ? span : one)));
  return (
    <Dialog title={t('wish.title', { name: firstName(c.debtor.name) })} class="small" onClose={closeOverlay} onSubmit={() => void submit()}
      actions={<><Button kind="quiet" onClick={closeOverlay} keys="Esc">{t('cancel')}</Button><Button kind="main" submit impeded={hours.some(isWrong)}>{t('save')}</Button></>}>
      <div class="field"><label for="wish-channel">{t('wish.channel')}</label><span class="inp"><select id="wish-channel" data-first value={channel} onChange={(e) => setChannel(e.currentTarget.value)}>
        <option value="">{t('wish.any')}</option>{channelsOf(c).map((one) => <option key={one} value={one}>{channelName(one)}</option>)}</select></span></div>
      {ways.length ? <div class="field"><label for="wish-means">{t('wish.means')}</label><span class="inp"><select id="wish-means" value={means} onChange={(e) => setMeans(e.currentTarget.value)}>
        <option value="">{t('wish.any')}</option>{ways.map((one) => <option key={one.kind} value={one.kind}>{one.title}</option>)}</select></span></div> : null}
      {hours.map((span, i) => <Span key={i} n={i} span={span} onInput={(next) => put(i, next)} onDrop={() => setHours(hours.filter((_, other) => other !== i))} />)}
      {hours.length < mostSpans ? <Button kind="small" icon="plus" onClick={() => setHours([...hours, usual])}>{t('wish.addHours')}</Button> : null}
      <p class="hint">{t('wish.hint')}</p>
    </Dialog>
  );
}

const isWrong = (span: Hours) => !span.days.length || span.from >= span.to;

function Span({ n, span, onInput, onDrop }: { n: number; span: Hours; onInput: (span: Hours) => void; onDrop: () => void }) {
  const turn = (day: Hours['days'][number], on: boolean) => onInput({ ...span, days: days.filter((one) => (one === day ? on : span.days.includes(one))) });
  return (
    <fieldset class="spans" aria-label={t('wish.hours')}>
      <span>{days.map((day) => <label key={day} class="check"><input type="checkbox" class="cb" checked={span.days.includes(day)} onChange={(e) => turn(day, e.currentTarget.checked)} /> {weekday(day)}</label>)}</span>
      <span>
        <span class="inp"><input type="time" aria-label={t('wish.from')} id={`wish-from-${n}`} value={span.from} onInput={(e) => onInput({ ...span, from: e.currentTarget.value })} /></span>
        <span class="inp"><input type="time" aria-label={t('wish.to')} value={span.to} onInput={(e) => onInput({ ...span, to: e.currentTarget.value })} /></span>
        <IconButton icon="x" label={t('wish.dropHours')} size={14} onClick={onDrop} />
      </span>
      {isWrong(span) ? <p class="hint bad">{t('wish.wrong')}</p> : null}
    </fieldset>
  );
}
