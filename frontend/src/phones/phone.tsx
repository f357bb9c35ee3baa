import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { clockTime, dayName, dayKey, bytes, firstName } from '../format';
import { now } from '../clock';
import { t } from '../i18n';
import { Icon } from '../ui/icon';
import { Menu } from '../ui/menu';
import { ChannelGlyph, channelName } from '../ui/signs';
import { Said } from '../desk/items/text';
import { base64Of, pay, people, showOpen, tellTyping, typing, write, type Bubble, type File, type Phone, type Thread } from './api';
import { samplePhoto } from './receipt';
import { sandboxNow } from './top';

interface Held { person: string; inbox: string }

/** The phone thread one would look at first: where something was written last, else the channel they prefer. */
export function liveliest(p: Phone): Thread | undefined {
  const all = p.threads.filter((one) => one.channel !== 'email');
  const last = (one: Thread) => one.messages[one.messages.length - 1]?.at ?? '';
  const written = all.filter((one) => one.messages.length).sort((a, b) => last(b).localeCompare(last(a)));
  return written[0] ?? all.find((one) => one.channel === p.prefers) ?? all[0];
}

export function threadOf(held: Held): { person: Phone; thread: Thread } | null {
  const person = people.value.find((p) => p.id === held.person);
  const thread = person?.threads.find((one) => one.inbox === held.inbox) ?? person?.threads.find((one) => one.channel !== 'email');
  return person && thread ? { person, thread } : null;
}

/** A debtor's own phone: their bubbles right and green, ours left. */
export function PhoneView({ held, onPick }: { held: Held; onPick: (next: Held) => void }) {
  const found = threadOf(held);
  if (!found) return null;
  const { person, thread } = found;
  const isSms = thread.channel === 'sms';
  return (
    <section aria-label={t('phones.of', { name: person.name })}>
      <Caption person={person} thread={thread} onPick={onPick} />
      <div class={`ph ${isSms ? 'sms' : ''}`} onPointerDown={() => void showOpen(person.id, thread.inbox)}>
        <div class="scr">
          <p class="sb"><b class="num">{clockTime(sandboxNow())}</b><Icon name="wifi" size={12} /><Icon name="bolt" size={12} /></p>
          <div class="hd"><span class="pic2"><Icon name="logo" /></span><span><b>{isSms ? thread.address : thread.name}</b><small>{isSms ? 'SMS' : t('phones.business')}</small></span></div>
          <Messages person={person} thread={thread} />
          <Keyboard person={person} thread={thread} />
        </div>
      </div>
    </section>
  );
}

function Caption({ person, thread, onPick }: { person: Phone; thread: Thread; onPick: (next: Held) => void }) {
  const others = people.value.filter((p) => p.threads.some((one) => one.channel !== 'email'));
  const mine = person.threads.filter((one) => one.channel !== 'email');
  return (
    <p class="cap">
      <ChannelGlyph channel={thread.channel} />
      <select class="who" value={person.id} aria-label={t('phones.person')} title={person.phone ?? ''} onChange={(e) => {
        const next = people.value.find((p) => p.id === e.currentTarget.value);
        const first = next ? liveliest(next) : undefined;
        if (next && first) onPick({ person: next.id, inbox: first.inbox });
      }}>{others.map((p) => <option key={p.id} value={p.id}>{p.name}</option>)}</select>
      <select class="who at" value={thread.inbox} aria-label={t('phones.thread')} onChange={(e) => onPick({ person: person.id, inbox: e.currentTarget.value })}>
        {mine.map((one) => <option key={one.inbox} value={one.inbox}>{`${one.name || one.address} · ${channelName(one.channel)}${one.messages.length ? ` (${one.messages.length})` : ''}`}</option>)}
      </select>
    </p>
  );
}

function Messages({ person, thread }: { person: Phone; thread: Thread }) {
  const box = useRef<HTMLDivElement>(null);
  const last = thread.messages[thread.messages.length - 1];
  const isTyping = (typing.value.get(`${person.id} ${thread.inbox}`) ?? 0) > now.value;
  useLayoutEffect(() => { box.current?.scrollTo(0, box.current.scrollHeight); }, [last?.id, isTyping, thread.inbox]);
  let day = '';
  return (
    <div class="ms" ref={box} role="log" aria-label={t('thread.title')} tabIndex={0}>
      <span class="grow" />
      {thread.messages.length === 0 ? <span class="dt">{t('phones.empty', { name: firstName(person.name) })}</span> : null}
      {thread.messages.map((m) => {
        const key = dayKey(m.at);
        const isNew = key !== day;
        day = key;
        return <>{isNew ? <span key={`d${m.id}`} class="dt">{dayName(m.at, sandboxNow()).split(',')[0]}</span> : null}<One key={m.id} m={m} person={person} thread={thread} /></>;
      })}
      {thread.opted_out ? <span class="dt">{t('phones.optedOut')}</span> : null}
      {isTyping ? <p class="b typing-line">{t('phones.typing')}</p> : null}
    </div>
  );
}

const holdsPix = (m: Bubble) => m.direction === 'out' && /000201[\w.:\-*/ ]{20,}6304[0-9A-F]{4}/i.test(m.text);

function One({ m, person, thread }: { m: Bubble; person: Phone; thread: Thread }) {
  const own = m.direction === 'in';
  const isSms = thread.channel === 'sms';
  if (m.kind === 'reaction') return null;
  const tap = (b: { id: string; title: string; type?: string }) => void write({
    inbox: thread.inbox, from: person.id, text: b.title, in_reply_to: m.id, interactive: { type: m.kind === 'template' ? 'button' : b.type ?? 'button_reply', id: b.id, title: b.title } });
  const failed = m.error && !own;
  if (failed) return null;
  return (
    <>
      <div class={`b ${own ? 'o' : ''}`}>
        {m.quoted ? <span class="q">{thread.messages.find((x) => x.id === m.quoted)?.text ?? '…'}</span> : null}
        {m.header ? <b class="t">{m.header}<br /></b> : null}
        {m.attachments.map((f) => <Attached key={f.id} f={f} />)}
        {m.location ? <>📍 {m.location.name ?? `${m.location.latitude}, ${m.location.longitude}`}</> : null}
        {m.text ? <Said text={m.text} /> : null}
        {m.footer ? <small>{m.footer}</small> : null}
        {m.reacted ? <span class="rc">{m.reacted}</span> : null}
        {isSms ? null : <time>{clockTime(m.at)}{own ? <Tick status={m.status} /> : null}</time>}
      </div>
      {m.buttons?.length ? <div class="qb">{m.buttons.map((b) => <button key={b.id} type="button" class={m.pressed ? 'was' : ''} disabled={!!m.pressed} onClick={() => tap(b)}>{m.pressed === b.id || m.pressed === b.title ? '✓ ' : ''}{b.title}</button>)}</div> : null}
      {holdsPix(m) ? <div class="qb"><button type="button" onClick={() => void pay(person.id, m.id)}>{t('phones.payCode')}</button></div> : null}
      {isSms && own ? <span class="st">{m.status === 'received' || m.status === 'delivered' ? t('phones.delivered') : ''}</span> : null}
    </>
  );
}

function Tick({ status }: { status: string }) {
  return <span class={status === 'read' ? 'rd' : ''}><Icon name={status === 'sent' || status === 'posted' ? 'tick' : 'ticks'} /></span>;
}

export function Attached({ f }: { f: File }) {
  const src = `/sandbox/${f.url}`;
  if (f.type.startsWith('image/')) return <a href={src} target="_blank" rel="noopener"><img class="shot" src={src} alt={f.name} loading="lazy" /></a>;
  if (f.type.startsWith('audio/')) return <audio class="sound" controls src={src} aria-label={f.name} />;
  return <a class="pdf" href={src} target="_blank" rel="noopener"><i>{(f.name.split('.').pop() ?? '').slice(0, 4).toUpperCase()}</i><span>{f.name}<small>{bytes(f.size)}</small></span></a>;
}

function Keyboard({ person, thread }: { person: Phone; thread: Thread }) {
  const [text, setText] = useState('');
  useEffect(() => setText(''), [person.id, thread.inbox]);
  const send = async (files: globalThis.File[] = []) => {
    const words = text.trim();
    if (!words && !files.length) return;
    setText('');
    const attachments = await Promise.all(files.map(async (f) => ({ name: f.name, type: f.type || 'application/octet-stream', base64: await base64Of(f), ...(f.type.startsWith('audio/') ? { voice: true } : {}) })));
    if (!await write({ inbox: thread.inbox, from: person.id, ...(words ? { text: words } : {}), ...(attachments.length ? { attachments } : {}) })) setText(words);
  };
  const placeholder = thread.channel === 'sms' ? t('phones.sms') : t('phones.message');
  return (
    <form class="kb" onSubmit={(e) => { e.preventDefault(); void send(); }}>
      <span class="fld"><input value={text} placeholder={placeholder} aria-label={t('phones.writeAs', { name: person.name })} onFocus={() => void showOpen(person.id, thread.inbox)}
        onInput={(e) => { setText(e.currentTarget.value); tellTyping(person.id); }} />
        <Attach name={person.name} onFiles={(files) => void send(files)} /></span>
      <button type="submit" title={t('phones.send')}><Icon name="send" label={t('phones.send')} /></button>
    </form>
  );
}

/** A photo at hand, or any file: a voice note is an audio file. */
function Attach({ name, onFiles }: { name: string; onFiles: (files: globalThis.File[]) => void }) {
  const [shown, show] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  const photo = () => { show(false); void samplePhoto(name, sandboxNow()).then((file) => onFiles([file])); };
  return (
    <span class="anchor">
      <button type="button" class="clip-b" title={t('composer.attach')} aria-expanded={shown} onClick={() => show(!shown)}><Icon name="clip" label={t('composer.attach')} /></button>
      {shown ? (
        <Menu label={t('composer.attach')} class="above right" onClose={() => show(false)}>
          <button type="button" onClick={photo}><Icon name="image" />{t('phones.photo')}</button>
          <button type="button" onClick={() => { show(false); picker.current?.click(); }}><Icon name="file" />{t('phones.file')}</button>
        </Menu>
      ) : null}
      <input ref={picker} type="file" hidden multiple onChange={(e) => { onFiles([...(e.currentTarget.files ?? [])]); e.currentTarget.value = ''; }} />
    </span>
  );
}
