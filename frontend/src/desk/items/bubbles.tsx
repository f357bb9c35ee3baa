import { Component } from 'preact';
import { useContext } from 'preact/hooks';
import { clockTime, firstName, whenWillBe } from '../../format';
import { known, t } from '../../i18n';
import { now } from '../../clock';
import { run } from '../../keys';
import { cancelMessage, retryMessage, settleMessage } from '../../store/commands';
import { isFresh, resend, takeBack, undoSend } from '../../store/sending';
import { editDraft } from '../../store/drafts';
import { caseOf, connection, timelineOf, type Pending } from '../../store/state';
import { Icon } from '../../ui/icon';
import { Avatar, ChannelGlyph, channelName } from '../../ui/signs';
import type { Channel, Message } from '../../wire';
import { ThreadContext, useDebtorName, useMayWrite } from '../context';
import { holderAt, holderWords } from '../holders';
import { File } from './files';
import { bubbleTone, Meta } from './status';
import { faultWords } from './faults';
import { Said } from './text';

export function Bubbles({ items, showFrom }: { items: Message[]; showFrom: boolean }) {
  const first = items[0]!;
  return (
    <article class={`msg ${first.direction}`}>
      {showFrom ? <From item={first} /> : null}
      {items.map((item) => <Bubble key={item.id} item={item} />)}
    </article>
  );
}

function From({ item }: { item: Message }) {
  const { id } = useContext(ThreadContext);
  const debtor = useDebtorName(id);
  const holder = holderAt(caseOf(id)?.value, item.contact_point);
  const who = item.direction === 'in' ? (holder ? holderWords(holder) : firstName(debtor))
    : item.template ? t('item.template', { name: item.template.name })
    : item.automated ? t('item.automated') : item.author ? firstName(item.author.name) : '';
  return (
    <p class="from">
      {item.direction === 'out' && item.author?.role === 'supervisor' ? <Avatar person={item.author} /> : <ChannelGlyph channel={item.channel} />}
      {channelName(item.channel)}{who ? ` · ${who}` : ''}{holder && item.direction === 'out' ? ` → ${holderWords(holder)}` : ''}
    </p>
  );
}

/** One bubble of a breath that may be long: drawn anew when its message is another, not with each that joins it. */
class Bubble extends Component<{ item: Message }> {
  override shouldComponentUpdate(next: { item: Message }): boolean { return next.item !== this.props.item; }

  override render() { return <Drawn item={this.props.item} />; }
}

function Drawn({ item }: { item: Message }) {
  const { id } = useContext(ThreadContext);
  const files = item.attachments ?? [];
  const isPicture = files.length > 0 && files.every((f) => f.type.startsWith('image/') && (!f.state || f.state === 'ready'));
  const canReply = useMayWrite(id) && !item.deleted && item.channel !== 'sms' && item.status !== 'failed';
  const reply = () => { if (canReply) { editDraft(id, { replyTo: item.id }); run('reply'); } };
  return (
    <>
      <div class={`bub${bubbleTone(item)}${isPicture ? ' media' : ''}`} data-item={item.id} data-position={item.position} onDblClick={reply}>
        <Quote item={item} />
        {item.deleted ? <span class="muted"><Icon name="x" size={14} /> {t('item.deleted')}</span> : null}
        {files.map((file) => <File key={file.id} file={file} />)}
        {item.deleted ? null : <Body item={item} />}
        <Meta item={item} />
        {canReply ? <button type="button" class="re" title={t('item.reply')} onClick={reply}><Icon name="reply" size={14} label={t('item.reply')} /></button> : null}
      </div>
      {item.reactions?.length ? (
        <span class="react">{item.reactions.map((r) => r.emoji ?? r.text).join(' ')}<span class="vh"> {t('item.reaction')}</span></span>
      ) : null}
      <After item={item} />
    </>
  );
}

function Body({ item }: { item: Message }) {
  if (item.sort === 'unsupported') {
    return <span class="after"><Icon name="info" size={12} /> {t('item.unsupported', { channel: channelName(item.channel) })}</span>;
  }
  if (item.sort === 'location') {
    const { latitude, longitude, name } = (item.detail ?? {}) as { latitude?: number; longitude?: number; name?: string };
    return <span class="words">{t('sort.location')}: {name ?? item.text ?? ''} {latitude !== undefined ? `${latitude}, ${longitude}` : ''}</span>;
  }
  return item.text ? <Said text={item.text} /> : null;
}

function Quote({ item }: { item: Message }) {
  const { id } = useContext(ThreadContext);
  const debtor = useDebtorName(id);
  if (!item.reply_to) return null;
  const quoted = timelineOf(id).items.value.find((i): i is Message => i.kind === 'message' && (i.id === item.reply_to || i.provider_id === item.reply_to));
  if (!quoted) return null;
  const who = quoted.direction === 'in' ? firstName(debtor) : firstName(quoted.author?.name ?? 'Acordo');
  return (
    <span class="quote"><b>{who} · {clockTime(quoted.at)}</b><span class="clip2">{quoted.text || quoted.attachments?.[0]?.name}</span></span>
  );
}

/** Under the bubble: what happened to it in plain words, and what can be done. */
function After({ item }: { item: Message }) {
  const { id } = useContext(ThreadContext);
  const canWrite = useMayWrite(id);
  if (item.direction === 'in') return null;
  switch (item.status) {
    case 'unconfirmed':
      return <p class="after warn"><Icon name="unsure" size={12} /> {t('after.unconfirmed')} {canWrite ? <span class="keep"><button type="button" onClick={() => void settleMessage(id, item.id, true)}>{t('after.arrived')}</button> · <button type="button" onClick={() => void settleMessage(id, item.id, false)}>{t('after.lost')}</button></span> : null}</p>;
    case 'failed':
      return <Failed item={item} canWrite={canWrite} />;
    case 'scheduled':
      return <p class="after"><Icon name="calendar" size={12} /> {t('after.scheduled', { at: item.due_at ? whenWillBe(item.due_at, now.value) : '' })} {canWrite ? <button type="button" onClick={() => void cancelMessage(id, item.id)}>{t('after.cancel')}</button> : null}</p>;
    case 'held': {
      const until = item.held?.until ?? item.due_at;
      return <p class="after warn"><Icon name="shieldwait" size={12} /> {t('after.held', { why: codeWords(item.held?.code), at: until ? whenWillBe(until, now.value) : '' })} {canWrite ? <button type="button" onClick={() => void cancelMessage(id, item.id)}>{t('after.cancel')}</button> : null}</p>;
    }
    case 'cancelled':
      return <p class="after"><Icon name="x" size={12} /> {t('after.cancelled', { why: known(`cancelled.${item.cancelled?.why ?? ''}`, codeWords(item.cancelled?.why)) })}</p>;
    case 'sending':
      return item.attempts && item.due_at ? <p class="after"><Icon name="clock" size={12} /> {t('after.retrying', { n: item.attempts ?? 1, at: clockTime(item.due_at) })}</p> : null;
    default:
      return null;
  }
}

export function codeWords(code?: string | null): string {
  return code ? known(`gate.code.${code.replace(':', '.')}`, known(`gate.code.${code.split(':')[0]}`, code)) : '';
}

function Failed({ item, canWrite }: { item: Message; canWrite: boolean }) {
  const { id } = useContext(ThreadContext);
  const held = caseOf(id)?.value;
  const why = faultWords(item.error);
  const others = [...new Set(held?.contact_points?.filter((p) => p.state !== 'opted_out').map((p) => p.channel))]
    .filter((c): c is Channel => c !== item.channel);
  const again = () => void retryMessage(id, item.id);
  return (
    <p class="after bad">
      <Icon name="fail" size={12} /> {t('after.failed', { why })}{item.error?.code ? ` (${item.error.code})` : ''}{' '}
      {canWrite && item.text ? (
        <span class="keep">
          {item.error?.retryable !== false ? <button type="button" onClick={again}>{t('tryAgain')}</button> : null}
          {others.slice(0, 1).map((c) => (
            <> · <button type="button" onClick={() => editDraft(id, { tab: c, text: item.text ?? '' })}>{t('after.other', { channel: channelName(c) })}</button></>
          ))}
        </span>
      ) : null}
    </p>
  );
}

/** What was typed and is on its way: it can be undone, it leaves, or it stays in place with the reason and what can be done. */
export function Standing({ pending }: { pending: Pending }) {
  const text = pending.shown ?? String(pending.body.text ?? '');
  const after = <Fate pending={pending} />;
  if (pending.kind === 'note') {
    return <article class="note"><header><Icon name="pencil" size={12} /><b>{t('item.note')}</b></header><Said text={text} />{after}</article>;
  }
  if (pending.kind === 'whisper') {
    return <article class="whis"><header><Icon name="eyeoff" size={14} /><b>{t('item.youWhisper')}</b><time>{clockTime(pending.at)}</time></header><Said text={text} />{after}</article>;
  }
  const isOnItsWay = pending.state === 'pending' || pending.state === 'undoable';
  return (
    <article class="msg out">
      <div class={`bub ${pending.state === 'refused' ? 'bad' : 'pending'}`}>
        {pending.files?.map((f) => <span key={f.name} class="att"><span class="thumb"><Icon name="clip" /></span><span class="grow"><b class="clip">{f.name}</b></span></span>)}
        <Said text={text} />
        <span class="meta"><time>{clockTime(pending.at)}</time><Icon name={isOnItsWay ? 'clock' : 'fail'} label={t(isOnItsWay ? 'status.queued' : 'pending.notSent')} /></span>
      </div>
      {after}
    </article>
  );
}

function Fate({ pending }: { pending: Pending }) {
  const { id } = useContext(ThreadContext);
  const again = <button type="button" onClick={() => void resend(id, pending)}>{t('tryAgain')}</button>;
  const back = <button type="button" onClick={() => takeBack(id, pending)}>{t('pending.edit')}</button>;
  switch (pending.state) {
    case 'pending': return null;
    case 'undoable': return <Undo until={pending.until ?? 0} onUndo={() => { undoSend(id); run('reply'); }} />;
    case 'refused': return <p class="after bad" role="status"><Icon name="fail" size={12} /> {t('pending.refused', { why: pending.why ?? '' })} <span class="keep">{again} · {back}</span></p>;
    // While the line is down nobody knows whether it arrived: it may be sent again under its name, not written anew.
    case 'unreachable': return isFresh(pending) ? <p class="after warn" role="status"><Icon name="wifi" size={12} /> {t('pending.unreachable')}</p>
      : <p class="after warn" role="status"><Icon name="wifi" size={12} /> {t('pending.late')} {connection.value.open ? <span class="keep">{again} · {back}</span> : null}</p>;
  }
}

function Undo({ until, onUndo }: { until: number; onUndo: () => void }) {
  void now.value;
  const left = Math.max(1, Math.ceil((until - Date.now()) / 1000));
  return <p class="after undo"><span>{t('pending.leaves', { n: left })}</span> <button type="button" onClick={onUndo}>{t('pending.undo')}<span class="kbd">Ctrl Z</span></button></p>;
}
