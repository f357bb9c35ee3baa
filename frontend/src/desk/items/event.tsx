import { useContext } from 'preact/hooks';
import { clockTime, money, plainDate, whenWillBe } from '../../format';
import { known, t } from '../../i18n';
import { now } from '../../clock';
import { Icon } from '../../ui/icon';
import type { IconName } from '../../ui/outlines';
import type { Money, TimelineEvent } from '../../wire';
import { ThreadContext } from '../context';
import { open } from '../nav';
import { showWhy } from '../overlays';
import { codeWords } from './bubbles';

const icons: [RegExp, IconName][] = [
  [/^takeover/, 'takeover'], [/^barge/, 'barge'], [/^watch/, 'eye'], [/^case\.(assigned|transferred|claimed)/, 'transfer'],
  [/^case\.resolved/, 'check'], [/^case\.snoozed/, 'snooze'], [/^(hand|approval)/, 'hand'], [/^(identity|debtor)/, 'shieldok'],
  [/^(payment|plan|promise|claim)/, 'money'], [/^dispute/, 'scale'], [/^(gate|consent|optout|stop)/, 'shield'], [/cancel/, 'bolt'], [/^hold/, 'heart'], [/^break_glass/, 'lock'], [/^contact_point/, 'fail'], [/^mail/, 'mail'],
];

function iconOf(name: string): IconName {
  return icons.find(([pattern]) => pattern.test(name))?.[1] ?? 'info';
}

const isMoney = (v: unknown): v is Money => typeof v === 'object' && v !== null && 'amount' in v && 'currency' in v;
const isNamed = (v: unknown): v is { name: string } => typeof v === 'object' && v !== null && typeof (v as { name?: unknown }).name === 'string';

/** The facts of an event as words: names, sums, dates, codes. */
function factsOf(data: Record<string, unknown>): Record<string, string> {
  const facts: Record<string, string> = {};
  for (const [key, value] of Object.entries(data)) {
    if (isNamed(value)) facts[key] = value.name;
    else if (isMoney(value)) facts[key] = money(value);
    else if (typeof value === 'number') facts[key] = value > 1e12 ? whenWillBe(new Date(value).toISOString(), now.value) : String(value);
    else if (typeof value === 'string') facts[key] = dateWords(key, value);
  }
  return facts;
}

function dateWords(key: string, value: string): string {
  if (/^\d{4}-\d\d-\d\d$/.test(value)) return plainDate(value);
  if (/^\d{4}-\d\d-\d\dT/.test(value)) return whenWillBe(value, now.value);
  if (key === 'code') return codeWords(value);
  if (key === 'reason') return known(`reason.${value}`, known(`hand.${value}`, known(`dispute.reason.${value}`, value)));
  return known(`${key}.${value}`, key === 'hold' || key === 'stop' ? known(`hold.${value}`, value) : known(`dispute.state.${value}`, value));
}

/** A line of the system: who did what, in one breath. */
export function EventItem({ item }: { item: TimelineEvent }) {
  const { id } = useContext(ThreadContext);
  const facts = factsOf(item.data ?? {});
  const by = item.author?.name ?? facts.by ?? facts.user ?? 'Acordo';
  const to = facts.to ?? facts.owner ?? facts.user ?? '';
  facts.n = facts.count ?? '';
  const words = known(`event.${item.name}`, facts.text ?? item.name.replace(/[._]/g, ' '), { ...facts, by, to });
  const tail = facts.reason || facts.note || facts.why || facts.cause;
  return (
    <>
      <Icon name={iconOf(item.name)} size={14} />
      <span><b>{words}</b>{tail && !words.includes(tail) ? `: ${tail}` : ''}</span>
      {item.name === 'case.assigned' && item.data.cause === 'routed' ? <button type="button" class="t-link" onClick={() => showWhy(id)}>{t('why.link')}</button> : null}
      {typeof item.data?.merged_into === 'string' ? <MergedInto id={item.data.merged_into} /> : null}
      <time dateTime={item.at}>{clockTime(item.at)}</time>
    </>
  );
}

/** The way from a case that gave way to the one that goes on. */
function MergedInto({ id }: { id: string }) {
  return <a class="t-link" href={`#/case/${id}`} onClick={(e) => { e.preventDefault(); open(id); }}>{t('event.mergedInto')}</a>;
}
