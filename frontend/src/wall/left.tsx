import type { ComponentChildren } from 'preact';
import { number, initials, span } from '../format';
import { known, t } from '../i18n';
import { Icon } from '../ui/icon';
import { figures } from '../store/state';
import { LoadBar, PresenceDot, WaitSince } from '../ui/signs';
import type { AgentLine, QueueLine } from '../wire';
import { filters, narrow } from './filter';
import { Requests } from './requests';
import { agentLines, queueLines } from './state';

/** From so many on, an agent has one line of 32 px. */
const crowded = 12;

export function Left() {
  const lines = agentLines.value;
  return (
    <aside class="left" aria-label={t('wall.left')} data-pane tabIndex={-1}>
      <Requests />
      <h2>{t('wall.agents')} <span>{t('wall.byWait')}</span></h2>
      {lines.length ? <ul>{lines.map((line) => <li key={line.user.id}>{lines.length > crowded ? <ShortAgent line={line} /> : <Agent line={line} />}</li>)}</ul> : <p class="hint pad">{t('wall.noAgents')}</p>}
      <h2>{t('wall.queues')} <span>{t('wall.queuesHint')}</span></h2>
      <ul>{queueLines.value.map((q) => <Queue key={q.team.id} line={q} />)}</ul>
    </aside>
  );
}

interface AgentProps { line: AgentLine }

function saidOf(line: AgentLine): string {
  const said = line.status === 'away' && line.reason ? `${t('presence.away')} · ${known(`pause.${line.reason}`, line.reason)}` : t(`presence.${line.status}`);
  return line.status === 'online' && line.connected === false ? `${said} · ${t('wall.lost')}` : said;
}

function AgentButton({ line, short, children }: AgentProps & { short?: boolean; children: ComponentChildren }) {
  const on = filters.value.agent === line.user.id;
  return <button type="button" class={`ag${short ? ' short' : ''}${on ? ' on' : ''}${line.status === 'offline' ? ' gone' : ''}`} aria-pressed={on} title={t('wall.onlyAgent', { name: line.user.name })} onClick={() => narrow({ agent: on ? '' : line.user.id })}>{children}</button>;
}

const Waits = ({ line }: AgentProps) => (line.oldest_wait ? <WaitSince since={line.oldest_wait} tone={line.tone ?? ''} /> : <span class="faint">—</span>);
const Hand = ({ line }: AgentProps) => (line.hand ? <span class="t-whis"><Icon name="hand" size={14} label={t('row.hand')} /></span> : null);

export function Agent({ line }: AgentProps) {
  return (
    <AgentButton line={line}>
      <span class={`av${line.user.role === 'supervisor' ? ' sup' : ''}`}>{initials(line.user.name)}</span>
      <span class="mid">
        <span class="l"><b class="clip">{line.user.name}</b><Hand line={line} /><span class="sp" /><Waits line={line} /></span>
        <span class="l"><LoadBar line={line} /><Responds id={line.user.id} /><span class="num ld">{number(line.load)}/{number(line.capacity)}</span></span>
        <span class="l sub"><PresenceDot status={line.status} /><span class="clip">{saidOf(line)}</span><span class="sp" /><span class="num">{t('wall.held', { n: line.held ?? 0 })}</span></span>
      </span>
    </AgentButton>
  );
}

/** How long this agent's customers waited for an answer in the last hour. */
function Responds({ id }: { id: string }) {
  const by = figures.value.response_s_by_agent as Record<string, number> | undefined;
  const seconds = by?.[id];
  return seconds === undefined ? null : <span class="num resp" title={t('fig.responseWhy')}><Icon name="reply" size={12} label={t('fig.response')} /> {span(seconds * 1000)}</span>;
}

export function ShortAgent({ line }: AgentProps) {
  return (
    <AgentButton line={line} short>
      <PresenceDot status={line.status} /><span class="vh">{saidOf(line)}</span><b class="clip">{line.user.name}</b><Hand line={line} />
      <LoadBar line={line} most={6} /><span class="col"><Waits line={line} /></span>
    </AgentButton>
  );
}

function Queue({ line }: { line: QueueLine }) {
  const words = line.late ? t('queue.late', { n: line.late }) : line.at_risk ? t('queue.risk', { n: line.at_risk }) : '';
  return (
    <li class="q"><span class="clip" title={line.team.name}>{line.team.name}</span><b class="num">{line.depth}</b>
      {line.oldest_wait ? <WaitSince since={line.oldest_wait} tone={line.late ? 'late' : line.at_risk ? 'warn' : ''} /> : <span class="faint">—</span>}
      <small class={line.late ? 'bad' : ''}>{words}</small></li>
  );
}
