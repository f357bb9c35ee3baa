import { clockTime } from '../../format';
import { t } from '../../i18n';
import { Icon } from '../../ui/icon';
import type { IconName } from '../../ui/outlines';
import type { Message, MessageStatus } from '../../wire';

const glyphs: Partial<Record<MessageStatus, IconName>> = {
  scheduled: 'calendar', held: 'shieldwait', queued: 'clock', sending: 'clock', unconfirmed: 'unsure', sent: 'tick',
  failed: 'fail', delivered: 'ticks', read: 'ticks', cancelled: 'x',
};

export function StatusGlyph({ status }: { status: MessageStatus }) {
  const glyph = glyphs[status];
  if (!glyph) return null;
  return <span class={status === 'read' ? 'read' : ''} title={t(`status.${status}`)}><Icon name={glyph} label={t(`status.${status}`)} /></span>;
}

export function Meta({ item }: { item: Message }) {
  return (
    <span class="meta">
      {item.edited ? <span>{t('item.edited')}</span> : null}
      <time dateTime={item.at}>{clockTime(item.at)}</time>
      {item.direction === 'out' ? <StatusGlyph status={item.status} /> : null}
    </span>
  );
}

export function bubbleTone(item: Message): string {
  if (item.direction === 'in') return '';
  if (item.status === 'failed') return ' bad';
  if (item.status === 'unconfirmed') return ' unsure';
  return ['queued', 'sending', 'scheduled', 'held', 'cancelled'].includes(item.status) ? ' pending' : '';
}
