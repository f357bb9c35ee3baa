import { number, firstName, initials } from '../format';
import { now } from '../clock';
import { rough } from '../format';
import { known, t } from '../i18n';
import { lowerHand } from '../store/commands';
import { caseOf, requests } from '../store/state';
import { post } from '../api';
import { explain } from '../store/words';
import { toast } from '../store/notices';
import { Button, IconButton } from '../ui/button';
import { Icon } from '../ui/icon';
import { LoadBar, PresenceDot, WaitSince } from '../ui/signs';
import type { AgentLine, HelpRequest, QueueLine } from '../wire';
import { agentLines, onlyAgent, opened, queueLines } from './state';

const crowded = 12;

export function Left() {
  const lines = agentLines.value;
  return (
    <aside class="left" aria-label={t('wall.left')} data-pane tabIndex={-1}>
      <Requests />
      <h2>{t('wall.agents')} <span>{t('wall.byWait')}</span></h2>
      {lines.length ? <ul class={lines.length > crowded ? 'dense' : ''}>{lines.map((line) => <Agent key={line.user.id} line={line} />)}</ul> : <p class="hint pad">{t('wall.noAgents')}</p>}
      <h2>{t('wall.queues')} <span>{t('wall.queuesHint')}</span></h2>
      <ul>{queueLines.value.map((q) => <Queue key={q.team.id} line={q} />)}</ul>
    </aside>
  );
}

/** Hands, approvals and alarms in one queue, oldest first. */
function Requests() {
  const all = [...requests.value.values()].sort((a, b) => (b.kind === 'alarm' ? 1 : 0) - (a.kind === 'alarm' ? 1 : 0) || a.at.localeCompare(b.at));
  if (!all.length) return null;
  return (
    <section id="requests" aria-live="polite">
      <h2>{t('wall.requests')} <span class="badge bad">{all.length}</span></h2>
      <ul>{all.map((r) => <RequestLine key={r.id} r={r} />)}</ul>
    </section>
  );
}

function RequestLine({ r }: { r: HelpRequest }) {
  const debtor = r.case ? caseOf(r.case)?.value.debtor.name : undefined;
  const plan = typeof r.detail?.plan === 'string' ? r.detail.plan : null;
  return (
    <li class={`rq ${r.kind}`}>
      <button type="button" class="rq-main" onClick={() => { opened.value = r.case; }} disabled={!r.case}>
        <Icon name={r.kind === 'alarm' ? 'heart' : 'hand'} size={14} label={t(`request.${r.kind}`)} />
        <span class="grow"><b class="clip">{debtor ?? t(`request.${r.kind}`)}</b><small class="clip">{r.by ? `${firstName(r.by.name)}: ` : ''}{known(`alarm.${r.reason}`, known(`hand.${r.reason}`, r.reason))}</small></span>
        <small class="num">{rough(now.value - Date.parse(r.at))}</small>
      </button>
      {r.kind === 'hand' && r.case ? <IconButton icon="check" label={t('case.lowerHand')} onClick={() => void lowerHand(r.case!)} /> : null}
      {plan ? <span class="rq-acts"><Button kind="small" onClick={() => void decide(plan, 'approve', {})}>{t('request.approve')}</Button><Button kind="small quiet" onClick={() => void decide(plan, 'refuse', { reason: '' })}>{t('request.refuse')}</Button></span> : null}
    </li>
  );
}

async function decide(plan: string, verb: 'approve' | 'refuse', body: object): Promise<void> {
  try {
    await post(`/plans/${plan}/${verb}`, body);
  } catch (error) {
    toast(explain(error), { tone: 'bad' });
  }
}

function Agent({ line }: { line: AgentLine }) {
  const on = onlyAgent.value === line.user.id;
  const said = line.status === 'away' && line.reason ? `${t('presence.away')} · ${known(`pause.${line.reason}`, line.reason)}` : t(`presence.${line.status}`);
  return (
    <li>
      <button type="button" class={`ag${on ? ' on' : ''}`} aria-pressed={on} title={t('wall.onlyAgent', { name: line.user.name })} onClick={() => { onlyAgent.value = on ? null : line.user.id; }}>
        <span class={`av${line.user.role === 'supervisor' ? ' sup' : ''}`}>{initials(line.user.name)}</span>
        <span class="mid">
          <span class="l"><b class="clip">{line.user.name}</b>{line.hand ? <span class="t-whis"><Icon name="hand" size={14} label={t('row.hand')} /></span> : null}
            <span class="sp" />{line.oldest_wait ? <WaitSince since={line.oldest_wait} tone={line.tone ?? ''} /> : <span class="faint">—</span>}</span>
          <span class="l"><LoadBar line={line} /><span class="num ld">{number(line.load)}/{number(line.capacity)}</span></span>
          <span class="l sub"><PresenceDot status={line.status} /><span class="clip">{said}{line.status === 'online' && line.connected === false ? ` · ${t('wall.lost')}` : ''}</span><span class="sp" /><span class="num">{t('wall.held', { n: line.held ?? 0 })}</span></span>
        </span>
      </button>
    </li>
  );
}

function Queue({ line }: { line: QueueLine }) {
  const words = line.late ? t('queue.late', { n: line.late }) : line.at_risk ? t('queue.risk', { n: line.at_risk }) : '';
  return (
    <li class="q"><span class="clip">{line.team.name}</span><b class="num">{line.depth}</b>
      {line.oldest_wait ? <WaitSince since={line.oldest_wait} tone={line.late ? 'late' : line.at_risk ? 'warn' : ''} /> : <span class="faint">—</span>}
      <small class={line.late ? 'bad' : ''}>{words}</small></li>
  );
}
