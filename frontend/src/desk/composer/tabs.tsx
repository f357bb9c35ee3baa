import { now } from '../../clock';
import { span } from '../../format';
import { t } from '../../i18n';
import { shownKey } from '../../keys';
import { Icon } from '../../ui/icon';
import { ChannelGlyph, channelName } from '../../ui/signs';
import type { Case, Channel, ContactPoint } from '../../wire';
import { pointOf } from '../holders';
import { segmentsOf } from './segments';

const order: Channel[] = ['whatsapp', 'sms', 'email', 'webchat'];

export function channelsOf(c: Case): Channel[] {
  const has = new Set<Channel>([...(c.contact_points ?? []).map((p) => p.channel), ...(c.channels ?? [])]);
  return order.filter((one) => has.has(one));
}

/** The channel a reply would take: the one they asked for while it is open to us, else theirs last, else the first there is. */
export function proposed(c: Case): Channel {
  const all = channelsOf(c);
  const isOpen = (one: Channel) => !pointOf(c, one)?.state || pointOf(c, one)?.state === 'active';
  const wish = [...[c.preferred_channel].filter((one) => one && isOpen(one)), c.last_channel, c.last_item?.channel].find((one) => one && all.includes(one));
  return wish ?? all[0] ?? 'whatsapp';
}

export type ChannelState = 'open' | 'closing' | 'templates' | 'opted_out' | 'wrong_number' | 'invalid' | 'free';

export function stateOf(channel: Channel, point: ContactPoint | undefined, at: number): ChannelState {
  if (point?.state === 'opted_out' || point?.state === 'wrong_number' || point?.state === 'invalid') return point.state;
  if (channel !== 'whatsapp') return 'free';
  const left = point?.window_closes_at ? Date.parse(point.window_closes_at) - at : 0;
  return left <= 0 ? 'templates' : left < 30 * 60_000 ? 'closing' : 'open';
}

/** What a tab says of its channel before it is chosen. */
function TabState({ channel, c, text }: { channel: Channel; c: Case; text: string }) {
  const at = now.value;
  const point = pointOf(c, channel);
  const state = stateOf(channel, point, at);
  if (state === 'open' || state === 'closing') {
    return <span class={`chip ${state === 'open' ? 'ok' : 'warn'} num`}>{t('tab.closesIn', { span: span(Date.parse(point!.window_closes_at!) - at) })}</span>;
  }
  if (state === 'templates') return <span class="chip"><Icon name="template" size={12} /> {t('tab.templates')}</span>;
  if (state !== 'free') return <span class="chip"><Icon name="lock" size={12} /> {t(`point.${state}`)}</span>;
  if (channel !== 'sms' || !text) return null;
  const { count, guilty } = segmentsOf(text);
  if (count < 2 && !guilty) return null;
  return <span class="num" title={guilty ? t('tab.segmentsWhy', { letter: guilty }) : undefined}>{t('tab.segments', { n: count })}{guilty ? ` (“${guilty}”)` : ''}</span>;
}

interface TabsProps { c: Case; tab: Channel | 'note'; text: string; locked: string | null; onPick: (tab: Channel | 'note') => void }

export function Tabs({ c, tab, text, locked, onPick }: TabsProps) {
  const at = now.value;
  const move = (e: KeyboardEvent) => {
    if (e.key !== 'ArrowLeft' && e.key !== 'ArrowRight') return;
    const all = [...(e.currentTarget as HTMLElement).querySelectorAll<HTMLButtonElement>('[role=tab]')];
    const next = all[(all.indexOf(document.activeElement as HTMLButtonElement) + (e.key === 'ArrowRight' ? 1 : -1) + all.length) % all.length];
    next?.focus();
  };
  return (
    <div class="chs" role="tablist" aria-label={t('composer.channel')} onKeyDown={(e) => move(e as unknown as KeyboardEvent)}>
      {locked ? (
        <button type="button" role="tab" aria-selected={tab !== 'note'} class={tab !== 'note' ? 'on' : ''} onClick={() => onPick(channelsOf(c)[0] ?? 'whatsapp')}>
          <Icon name="lock" size={14} /> {locked}
        </button>
      ) : channelsOf(c).map((channel) => {
        const on = tab === channel;
        const shut = ['opted_out', 'wrong_number', 'invalid'].includes(stateOf(channel, pointOf(c, channel), at));
        return (
          <button key={channel} type="button" role="tab" aria-selected={on} tabIndex={on ? 0 : -1} class={`${on ? 'on' : ''}${shut ? ' no' : ''}`} onClick={() => onPick(channel)}
            title={on ? undefined : `${channelName(channel)} (${shownKey('channel')})`}>
            <ChannelGlyph channel={channel} /> <span class="cname">{channelName(channel)}</span> <TabState channel={channel} c={c} text={text} />
          </button>
        );
      })}
      <button type="button" role="tab" aria-selected={tab === 'note'} tabIndex={tab === 'note' ? 0 : -1} class={`note-tab${tab === 'note' ? ' on' : ''}`} onClick={() => onPick('note')} title={shownKey('note')}>
        <Icon name="pencil" size={14} /> {tab === 'note' ? t('composer.noteOn') : t('composer.note')}
      </button>
    </div>
  );
}
