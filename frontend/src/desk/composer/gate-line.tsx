import type { ComponentChildren } from 'preact';
import { now } from '../../clock';
import { clockTime, firstName, whenWillBe } from '../../format';
import { t } from '../../i18n';
import { shownKey } from '../../keys';
import { myAsked } from '../../store/approvals';
import { draftOf } from '../../store/drafts';
import { timelineOf } from '../../store/state';
import { stateWords } from '../../ui/held-text';
import { Icon } from '../../ui/icon';
import type { IconName } from '../../ui/outlines';
import type { Case, Channel, GateDecision, Mend } from '../../wire';
import { codeWords } from '../items/bubbles';
import { overlay } from '../overlays';
import { gateOf } from './gate';

const looks: Record<GateDecision['outcome'], [string, IconName]> = {
  allow: ['ok', 'shieldok'], defer: ['hold', 'shieldwait'], needs_approval: ['hold', 'hand'], block: ['no', 'shieldno'],
};

interface GateLineProps {
  c: Case;
  channel: Channel;
  care: boolean;
  onSchedule: (at: string) => void;
  onTemplates: () => void;
  onApproval: () => void;
  onMend: (mend: Mend) => void;
}

/** For whoever only looks on: the same answer, with its rule and the next lawful minute, and nothing to be done about it. */
export function GateLight({ c, channel, care }: { c: Case; channel: Channel; care: boolean }) {
  return <Line c={c} channel={channel} care={care} after={(decision) => (decision.rule && decision.outcome !== 'allow' ? <span class="muted">{decision.rule}</span> : null)} />;
}

/** The last line of the composer: may this leave now, and if not, why and what else may be done. */
export function GateLine({ c, channel, care, ...ways }: GateLineProps) {
  return <Line c={c} channel={channel} care={care} after={(decision) => <Remedy decision={decision} c={c} {...ways} />} />;
}

interface LineProps { c: Case; channel: Channel; care: boolean; after: (decision: GateDecision) => ComponentChildren }

function Line({ c, channel, care, after }: LineProps) {
  const { items, checking, unavailable } = gateOf(c.id).value;
  const decision = items.find((d) => d.channel === channel);
  if (!decision) {
    return <p class="gate" role="status"><Icon name="shield" size={14} /><span>{checking ? t('gate.checking') : unavailable ? t('gate.unavailable') : t('gate.none')}</span></p>;
  }
  const [tone, icon] = looks[decision.outcome];
  return (
    <p class={`gate ${tone}${checking ? ' is-checking' : ''}`} role="status" aria-live="polite" id={`gate-${c.id}`}>
      <Icon name={icon} size={14} />
      <b>{headline(decision, c)}</b>
      <span class="says" title={detail(decision, c)}>{detail(decision, c)}</span>
      {care ? <span class="chip warn">{t('gate.care')}</span> : null}
      <span class="why">
        {after(decision)}
        <button type="button" class="t-link" onClick={() => { overlay.value = { kind: 'rules', id: c.id }; }}>{t('gate.rules')}</button>
      </span>
    </p>
  );
}

function headline(d: GateDecision, c: Case): string {
  if (d.outcome === 'allow') return d.approval ? t('gate.approved', { by: d.approval.by?.name ?? '' }) : t('gate.allow');
  if (d.outcome === 'defer') return d.allowed_at ? t('gate.defer', { at: whenWillBe(d.allowed_at, now.value, c.debtor.timezone) }) : t('gate.deferOpen');
  return d.outcome === 'needs_approval' ? t('gate.approval') : t('gate.block');
}

function detail(d: GateDecision, c: Case): string {
  if (d.outcome === 'defer' && d.warnings?.includes('WA_WINDOW_CLOSES_FIRST')) return [codeWords(d.code), t('gate.closesFirst')].join(' · ');
  if (d.outcome !== 'allow') return codeWords(d.code) || d.rule || '';
  const until = d.valid_until ? t('gate.until', { at: whenWillBe(d.valid_until, now.value, c.debtor.timezone) }) : '';
  if (d.warnings?.includes('NOTICE_DUE')) return [t('gate.noticeDue'), until].filter(Boolean).join(' · ');
  if (d.warnings?.includes('TIME_BARRED')) return [t('gate.timeBarred'), until].filter(Boolean).join(' · ');
  const cost = d.counts ? t('gate.counts') : c.waiting_since ? t('gate.reply', { name: firstName(c.debtor.name) }) : '';
  return [until, cost].filter(Boolean).join(' · ');
}

function Remedy({ decision, c, onSchedule, onTemplates, onApproval, onMend }: Omit<GateLineProps, 'channel' | 'care'> & { decision: GateDecision }) {
  const closesFirst = decision.warnings?.includes('WA_WINDOW_CLOSES_FIRST');
  if (decision.allowed_at && decision.outcome === 'defer' && !closesFirst) {
    const at = decision.allowed_at;
    return <button type="button" class="t-link" onClick={() => onSchedule(at)}>{t('gate.sendAt', { at: whenWillBe(at, now.value, c.debtor.timezone) })}</button>;
  }
  const { mend } = decision;
  if (mend && !draftOf(c.id).value.template) return <><button type="button" class="t-link" title={mend.text} onClick={() => onMend(mend)}>{t(mend.document ? 'gate.mendNotice' : 'gate.mend')}</button><span class="kbd">{shownKey('mend')}</span></>;
  if (decision.code === 'WA_WINDOW_CLOSED' || closesFirst) return <button type="button" class="t-link" onClick={onTemplates}>{t('gate.useTemplate')}</button>;
  if (decision.outcome === 'needs_approval' && decision.approver !== 'writer') return <Ask c={c} onApproval={onApproval} />;
  return null;
}

/** What became of this very text, where it was asked for; else, or where it may not leave so, the way to ask. */
function Ask({ c, onApproval }: { c: Case; onApproval: () => void }) {
  const { text, template } = draftOf(c.id).value;
  const mine = myAsked(timelineOf(c.id).items.value);
  const words = (template?.preview ?? text).trim();
  const state = words && mine?.text.endsWith(words) ? mine.state ?? 'open' : '';
  if (mine && state === 'open') return <span class="muted">{t('gate.asked', { at: clockTime(mine.at) })}</span>;
  return (
    <>
      {mine && (state === 'refused' || state === 'countered') ? <span class="muted">{stateWords(mine, state)}{mine.answer ? `: ${mine.answer}` : ''}</span> : null}
      <button type="button" class="t-link" onClick={onApproval}>{t(state ? 'gate.askAgain' : 'gate.ask')}</button><span class="kbd">{shownKey('askApproval')}</span>
    </>
  );
}
