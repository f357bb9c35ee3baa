import { useEffect, useState } from 'preact/hooks';
import { weekday } from '../../format';
import { t } from '../../i18n';
import { loadWays } from '../../store/load';
import { mayWrite } from '../../store/state';
import { ChannelGlyph, channelName } from '../../ui/signs';
import { days, type Case, type Hours, type Way } from '../../wire';
import { overlay } from '../overlays';

/** What the debtor asked for: on which channel, when, and how they would pay. */
export function Wishes({ c }: { c: Case }) {
  const [way, setWay] = useState<Way | null>(null);
  useEffect(() => {
    setWay(null);
    if (c.debtor.id && c.preferred_means) void loadWays(c.debtor.id, c.portfolio.id).then((all) => setWay(all.find((one) => one.kind === c.preferred_means) ?? null), () => undefined);
  }, [c.debtor.id, c.portfolio.id, c.preferred_means]);
  const hours = c.preferred_hours ?? [];
  return (
    <section class="sec">
      <h2>{t('wish.section')}{mayWrite(c) ? <span class="r"><button type="button" class="t-link" onClick={() => { overlay.value = { kind: 'wishes', id: c.id }; }}>{t('wish.change')}</button></span> : null}</h2>
      {c.preferred_channel ? <div class="kv"><span class="muted">{t('wish.channel')}</span><span class="who"><ChannelGlyph channel={c.preferred_channel} />{channelName(c.preferred_channel)}</span></div> : null}
      {hours.map((span, i) => <div key={i} class="kv"><span class="muted">{t('wish.hours')}</span><span class="num">{daysShort(span)} {span.from}–{span.to}</span></div>)}
      {c.preferred_means ? <div class="kv"><span class="muted">{t('wish.means')}</span><span>{way?.title ?? c.preferred_means}</span></div> : null}
      {c.preferred_channel || hours.length || c.preferred_means ? null : <p class="hint">{t('wish.none')}</p>}
    </section>
  );
}

/** "seg.–sex." where the days follow one another, else each. */
function daysShort(span: Hours): string {
  const at = span.days.map((day) => days.indexOf(day)).sort((a, b) => a - b);
  const isRun = at.length > 2 && at.at(-1)! - at[0]! === at.length - 1;
  const told = isRun ? [at[0]!, at.at(-1)!] : at;
  return told.map((one) => weekday(days[one]!)).join(isRun ? '–' : ', ');
}
