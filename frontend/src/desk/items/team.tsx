/** What only the team sees: notes, whispers, requests. */
import { useContext } from 'preact/hooks';
import { clockTime, firstName } from '../../format';
import { known, t } from '../../i18n';
import { now } from '../../clock';
import { run, shownKey } from '../../keys';
import { useSuggestion } from '../../store/drafts';
import { agents, caseOf, mayWrite, me } from '../../store/state';
import { heldOf } from '../../store/approvals';
import { Approval } from '../../ui/approval';
import { Button } from '../../ui/button';
import { HeldText } from '../../ui/held-text';
import { Icon } from '../../ui/icon';
import type { Note, Whisper } from '../../wire';
import { ThreadContext, useDebtorName } from '../context';
import { Said } from './text';

export function NoteItem({ item }: { item: Note }) {
  return (
    <article class="note" data-item={item.id} data-position={item.position}>
      <header><Icon name="pencil" size={12} /><b>{t('item.noteBy', { name: firstName(item.author?.name ?? '') })}</b> · {t('item.teamOnly')}<time dateTime={item.at}>{clockTime(item.at)}</time></header>
      <Said text={item.text} />
    </article>
  );
}

export function WhisperItem({ item }: { item: Whisper }) {
  if (item.request) return <RequestItem item={item} />;
  const mine = item.author?.id === me.value?.id;
  return mine ? <MyWhisper item={item} /> : <TheirWhisper item={item} />;
}

function MyWhisper({ item }: { item: Whisper }) {
  const to = firstName(item.to?.name ?? '');
  const age = now.value - Date.parse(item.at);
  const isLost = !item.seen_at && !item.used_at && age > unseenFor;
  const state = item.used_at ? t('whisper.used', { to, at: clockTime(item.used_at) })
    : item.seen_at ? t('whisper.seen', { to, at: clockTime(item.seen_at) })
      : agents.value.get(item.to?.id ?? '')?.connected === false ? t('whisper.away', { to })
        : isLost ? t('whisper.unseen', { to }) : age > arrivesWithin ? t('whisper.elsewhere', { to }) : t('whisper.sent');
  return (
    <article class="whis" data-item={item.id} data-position={item.position}>
      <header><Icon name="eyeoff" size={14} /><b>{t('item.youWhisper')}</b> · {state}<time dateTime={item.at}>{clockTime(item.at)}</time></header>
      {item.suggestion ? <blockquote><Said text={item.text} /></blockquote> : <Said text={item.text} />}
      {isLost ? <footer><span>{t('whisper.lost', { to })}</span><Button kind="small danger" icon="takeover" onClick={() => run('takeOver')}>{t('mode.takeover')}</Button></footer> : null}
    </article>
  );
}

const unseenFor = 60_000;
/** Whoever has the case open has seen it by then: longer unseen, they are in another one. */
const arrivesWithin = 2_000;

function TheirWhisper({ item }: { item: Whisper }) {
  const { id, watching } = useContext(ThreadContext);
  const held = caseOf(id)?.value;
  const from = firstName(item.author?.name ?? '');
  const canUse = !watching && !!held && mayWrite(held) && item.to?.id === me.value?.id;
  const head = item.used_at ? <>· <Icon name="check" size={12} /> {t('whisper.usedAt', { at: clockTime(item.used_at) })}</>
    : <>· {item.to?.id === me.value?.id ? t('whisper.onlyYou') : t('whisper.only', { to: firstName(item.to?.name ?? '') })}</>;
  return (
    <article class="whis" aria-label={t('whisper.label', { from })} data-item={item.id} data-position={item.position}>
      <header><Icon name="eyeoff" size={14} /><b>{t('whisper.by', { from })}</b> <span>{head}</span><time dateTime={item.at}>{clockTime(item.at)}</time></header>
      {item.suggestion ? <blockquote><Said text={item.text} /></blockquote> : <Said text={item.text} />}
      {canUse && item.suggestion ? (
        <footer><Button kind="whisper small" keys={item.used_at ? undefined : shownKey('useWhisper')} onClick={() => useSuggestion(id, item.id, item.text)}>{t('whisper.use')}</Button></footer>
      ) : null}
    </article>
  );
}

function RequestItem({ item }: { item: Whisper }) {
  const name = firstName(item.author?.name ?? '');
  const words = item.request?.kind === 'approval' ? t('request.approvalBy', { name }) : t('request.handBy', { name });
  const reason = item.request?.reason ?? item.text;
  const held = heldOf(item);
  const to = firstName(useDebtorName(useContext(ThreadContext).id));
  return (
    <article class="whis" data-item={item.id} data-position={item.position}>
      <header><Icon name="hand" size={14} /><b>{words}</b> · {t('item.teamOnly')}<time dateTime={item.at}>{clockTime(item.at)}</time></header>
      {held ? <HeldText held={held} text={item.text} to={to} by={item.author?.id} />
        : item.request?.plan ? <Approval figures={item.request} by={item.author?.id} state={String(item.request.state ?? 'open')} decidedBy={String(item.request.by ?? '')} /> : known(`hand.${reason}`, reason)}
    </article>
  );
}
