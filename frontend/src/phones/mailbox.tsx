import { useEffect, useState } from 'preact/hooks';
import { clockTime, dayKey, initials, shortDate } from '../format';
import { t } from '../i18n';
import { Button } from '../ui/button';
import { Icon } from '../ui/icon';
import { ChannelGlyph } from '../ui/signs';
import { Said } from '../desk/items/text';
import { base64Of, bounce, people, tellTyping, write, type Bubble, type Phone, type Thread } from './api';
import { Attached } from './phone';
import { sandboxNow } from './top';

/** Of several addresses of ours, the one that wrote or was written to last. */
function mailOf(p: Phone): Thread | undefined {
  const all = p.threads.filter((one) => one.channel === 'email');
  const last = (one: Thread) => one.messages[one.messages.length - 1]?.at ?? '';
  return all.toSorted((a, b) => last(b).localeCompare(last(a)))[0];
}

/** One person's mailbox: what came, and an answer with its quotation, as any mail program would send it. */
export function Mailbox({ person: id, onPick }: { person: string; onPick: (id: string) => void }) {
  const all = people.value.filter((p) => p.email && mailOf(p));
  const person = all.find((p) => p.id === id) ?? all[0];
  const thread = person ? mailOf(person) : undefined;
  const [chosen, choose] = useState<string | null>(null);
  const [isNew, setNew] = useState(false);
  useEffect(() => { choose(null); setNew(false); }, [person?.id]);
  if (!person || !thread) return null;
  const mails = thread.messages.toReversed();
  const shown = mails.find((m) => m.id === chosen) ?? mails[0];
  return (
    <section aria-label={t('phones.mailbox')}>
      <p class="cap"><ChannelGlyph channel="email" />
        <select class="who" value={person.id} aria-label={t('phones.person')} onChange={(e) => onPick(e.currentTarget.value)}>{all.map((p) => <option key={p.id} value={p.id}>{p.name}</option>)}</select>
        <span class="clip">{person.email}</span></p>
      <div class="mb">
        <div class="tb"><Button kind="small main" icon="pencil" onClick={() => setNew(true)}>{t('phones.compose')}</Button><span class="sp" />
          {shown?.direction === 'out' ? <Button kind="small quiet" title={t('phones.bounceWhy')} onClick={() => void bounce(shown.id)}>{t('phones.bounce')}</Button> : null}</div>
        <div class="its">{mails.map((m) => <Line key={m.id} m={m} own={person.name} from={thread.name} on={m === shown && !isNew} onPick={() => { choose(m.id); setNew(false); }} />)}</div>
        {isNew || !shown ? <Write key={`new-${person.id}`} person={person} inbox={thread.inbox} to={thread.address} onDone={() => setNew(false)} />
          : <><Article m={shown} person={person} from={thread.name} address={thread.address} /><Reply key={shown.id} person={person} inbox={thread.inbox} to={mails.find((m) => m.direction === 'out')} /></>}
      </div>
    </section>
  );
}

function Line({ m, own, from, on, onPick }: { m: Bubble; own: string; from: string; on: boolean; onPick: () => void }) {
  const at = dayKey(m.at) === dayKey(sandboxNow()) ? clockTime(m.at) : shortDate(m.at);
  return (
    <button type="button" class={`it ${on ? 'on' : ''}`} onClick={onPick}>
      <span class={m.direction === 'out' && m.status !== 'read' ? 'dot fresh' : ''} /><b class="clip">{m.direction === 'out' ? from : own}</b><time class="num">{at}</time>
      <span class="subj clip">{m.subject || m.text}</span>
    </button>
  );
}

function Article({ m, person, from, address }: { m: Bubble; person: Phone; from: string; address: string }) {
  const isOurs = m.direction === 'out';
  return (
    <article>
      <h2>{m.subject || t('mail.noSubject')}</h2>
      <p class="from"><span class="av">{initials(isOurs ? from : person.name)}</span><span><b>{isOurs ? from : person.name}</b> <span class="muted">{t('phones.to', { address: isOurs ? person.email ?? '' : address })}</span></span></p>
      <div><Said text={m.text} /></div>
      {m.attachments.map((f) => <Attached key={f.id} f={f} />)}
    </article>
  );
}

function Reply({ person, inbox, to }: { person: Phone; inbox: string; to: Bubble | undefined }) {
  const [text, setText] = useState('');
  const send = async () => {
    const words = text.trim();
    if (!words) return;
    setText('');
    const subject = to?.subject ? (/^re:/i.test(to.subject) ? to.subject : `Re: ${to.subject}`) : t('phones.subject');
    if (!await write({ inbox, from: person.id, text: words, subject, ...(to ? { in_reply_to: to.id } : {}) })) setText(words);
  };
  return (
    <form class="rp" onSubmit={(e) => { e.preventDefault(); void send(); }}>
      <label class="inp"><input value={text} placeholder={t('phones.replyAs', { name: person.name })} aria-label={t('phones.replyAs', { name: person.name })} onInput={(e) => { setText(e.currentTarget.value); tellTyping(person.id); }} /><span class="kbd">Enter</span></label>
    </form>
  );
}

function Write({ person, inbox, to, onDone }: { person: Phone; inbox: string; to: string; onDone: () => void }) {
  const [subject, setSubject] = useState('');
  const [text, setText] = useState('');
  const [files, setFiles] = useState<globalThis.File[]>([]);
  const send = async () => {
    if (!text.trim()) return;
    const attachments = await Promise.all(files.map(async (f) => ({ name: f.name, type: f.type || 'application/octet-stream', base64: await base64Of(f) })));
    if (await write({ inbox, from: person.id, subject: subject.trim() || t('phones.subject'), text: text.trim(), ...(attachments.length ? { attachments } : {}) })) onDone();
  };
  return (
    <form class="new" onSubmit={(e) => { e.preventDefault(); void send(); }}>
      <p class="muted">{t('phones.to', { address: to })}</p>
      <div class="field"><label for="subj">{t('phones.subjectLabel')}</label><span class="inp"><input id="subj" value={subject} onInput={(e) => setSubject(e.currentTarget.value)} /></span></div>
      <textarea class="area" rows={8} aria-label={t('phones.message')} value={text} onInput={(e) => { setText(e.currentTarget.value); tellTyping(person.id); }} />
      <p class="acts"><label class="ib" title={t('composer.attach')}><Icon name="clip" label={t('composer.attach')} /><input type="file" multiple hidden onChange={(e) => setFiles([...(e.currentTarget.files ?? [])])} /></label>
        <span class="muted">{files.map((f) => f.name).join(', ')}</span><span class="sp" /><Button kind="quiet" onClick={onDone}>{t('cancel')}</Button><Button kind="main" icon="send" submit>{t('phones.send')}</Button></p>
    </form>
  );
}
