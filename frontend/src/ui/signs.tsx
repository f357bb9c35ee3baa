/** The small signs that rows, headers and tiles share. */
import { signal } from '@preact/signals';
import { now } from '../clock';
import { ago, initials, isBareDollar, money, number, span } from '../format';
import { t } from '../i18n';
import type { AgentLine, Case, Channel, Person, Presence } from '../wire';
import { Icon } from './icon';
import type { IconName } from './outlines';

const glyphs: Record<Channel, [IconName, string]> = {
  whatsapp: ['wa', 'wa'], sms: ['sms', 'sms'], email: ['mail', 'mail'], webchat: ['web', 'web'],
};

export function channelName(channel: Channel): string { return t(`channel.${channel}`); }

export function ChannelGlyph({ channel, size = 14 }: { channel: Channel; size?: 12 | 14 | 16 }) {
  const [icon, tone] = glyphs[channel] ?? glyphs.webchat;
  return <span class={`ch ${tone}`} title={channelName(channel)}><Icon name={icon} size={size} label={channelName(channel)} /></span>;
}

const steps = { CURRENT: 1, B1_30: 2, B31_60: 3, B61_PLUS: 4 } as const;

/** The ladder of age, always beside its number. `words` gives the bucket in place of the days. */
export function Age({ value, words = false }: { value: Case; words?: boolean }) {
  if (!value.bucket) return null;
  const late = value.days_late ?? 0;
  const text = value.bucket === 'CURRENT' ? t('age.CURRENT')
    : words || value.days_late === null || value.days_late === undefined ? t(`age.${value.bucket}`) : t('age.days', { n: late });
  return <span class="age" data-n={steps[value.bucket]}><i><b /><b /><b /><b /></i>{text}</span>;
}

export type WaitTone = 'calm' | '' | 'warn' | 'late';

/** Grey, then amber in the last quarter of the promise, then red after it. */
export function waitTone(value: Case, at: number): WaitTone {
  if (!value.waiting_since) return 'calm';
  if (!value.sla_due_at) return '';
  const due = Date.parse(value.sla_due_at);
  if (at >= due) return 'late';
  return due - at < Math.max(60_000, (due - Date.parse(value.waiting_since)) / 4) ? 'warn' : '';
}

const toneIcons: Record<WaitTone, IconName> = { calm: 'reply', '': 'clock', warn: 'clock', late: 'alert' };

export function Wait({ value }: { value: Case }) {
  const at = now.value;
  const tone = waitTone(value, at);
  if (tone === 'calm') {
    const last = value.last_item;
    if (!last) return null;
    return (
      <span class="wait calm"><Icon name="reply" size={12} label={t('wait.answered')} /><span class="num">{ago(last.at, at)}</span></span>
    );
  }
  return <WaitSince since={value.waiting_since!} tone={tone} />;
}

export function WaitSince({ since, tone = '' }: { since: string; tone?: WaitTone }) {
  return (
    <span class={`wait ${tone}`}>
      <Icon name={toneIcons[tone]} size={12} label={tone === 'late' ? t('wait.late') : tone === 'warn' ? t('wait.near') : t('wait.waits')} />
      <span class="num">{span(now.value - Date.parse(since))}</span>
    </span>
  );
}

export function Avatar({ person, mine = false }: { person: Person; mine?: boolean }) {
  const kind = person.role === 'supervisor' ? ' sup' : mine ? ' me' : '';
  return <span class={`av${kind}`} aria-hidden="true">{initials(person.name)}</span>;
}

export function PresenceDot({ status }: { status: Presence }) {
  return <span class={`dot${status === 'online' ? '' : status === 'away' ? ' away' : ' off'}`} />;
}

/** As many segments as the capacity, up to `most`; the last one half filled where the load is a fraction. */
export function LoadBar({ line, most = 12 }: { line: Pick<AgentLine, 'load' | 'capacity'>; most?: number }) {
  const size = Math.min(most, Math.max(1, Math.round(line.capacity)));
  const share = line.capacity ? line.load / line.capacity : 0;
  const filled = Math.floor(share * size + 0.001);
  const tone = share >= 1 ? ' max' : share >= 0.85 ? ' hi' : '';
  return (
    <span class={`load${tone}`} role="img" aria-label={t('load.of', { load: number(line.load), capacity: number(line.capacity) })}>
      {Array.from({ length: size }, (_, i) => (
        <i key={i} class={i < filled ? 'f' : i === filled && share * size - filled > 0.05 ? 'h' : ''} />
      ))}
    </span>
  );
}

/** Currencies with the bare "$" that stand on this page: of two, each is told by its letters (docs/decisions/0036). */
const dollars = signal<string[]>([]);

export function Sum({ value, whole = false }: { value: Case; whole?: boolean }) {
  const { balance } = value;
  if (!balance) return null;
  const isBare = isBareDollar(balance.currency);
  if (isBare && !dollars.value.includes(balance.currency)) {
    queueMicrotask(() => { dollars.value = [...new Set([...dollars.peek(), balance.currency])]; });
  }
  return <span class="num">{money(balance, whole, isBare && dollars.value.length > 1)}</span>;
}
