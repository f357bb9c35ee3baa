import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { firstName } from '../../format';
import { t } from '../../i18n';
import { doesEnterSend, isSend, onKeys, run, shownKey } from '../../keys';
import { askApproval } from '../../store/approvals';
import { putPayCode } from '../../store/commands';
import { loadLedger, tried } from '../../store/money';
import { sendMessage, sendNote, undoSend } from '../../store/sending';
import { draftOf, editDraft, saveDraft, undoSuggestion, useSuggestion } from '../../store/drafts';
import { toast } from '../../store/notices';
import { caseOf, connection, isOfOthers, mayWrite, timelineOf } from '../../store/state';
import { newestUnseenWhisper, tellTyping, unseenWhispers } from '../../store/session';
import { Button, IconButton } from '../../ui/button';
import { Icon } from '../../ui/icon';
import { channelName } from '../../ui/signs';
import type { Case, Channel, Mend, Message, QuickReply, Whisper } from '../../wire';
import type { CaseLedger } from '../../wire.gen';
import { readerOf } from '../holders';
import { inertUntil, open } from '../nav';
import { overlay } from '../overlays';
import { addDocument, addFiles, moveUp } from './files';
import { EmojiMenu } from './emoji';
import { askGate, decisionFor } from './gate';
import { GateLine } from './gate-line';
import { AskWhy, Guarded } from './guarded';
import { LinkMenu } from './link';
import { Marks } from './marks';
import { WrongThread } from './others';
import { Files, LockLine, OfflineLine, Reader, ReplyTo, SmsCount, Subject, TemplateBlock, TooLong } from './parts';
import { matching, QuickList, slashWord, spoken, useQuickReplies } from './quick';
import { ScheduleMenu } from './schedule';
import { channelsOf, proposed, Tabs } from './tabs';

const careHolds = ['hardship', 'distress', 'vulnerable', 'deceased'];
export const needsCare = (c: Case) => (c.holds ?? []).some((h) => careHolds.includes(h));

function lockWords(c: Case): string | null {
  if (mayWrite(c)) return null;
  if (c.status === 'resolved') return t('lock.resolved');
  if (c.status === 'queued') return t('lock.queued');
  return c.owner ? t('lock.owner', { name: firstName(c.owner.name) }) : t('lock.nobody');
}

/** `active` says that the keys of the desk belong to this composer (there may be four on a deck). */
export function Composer({ id, active }: { id: string; active: boolean }) {
  const held = caseOf(id);
  if (!held || held.value.masked) return null;
  if (isOfOthers(held.value)) return <p class="gate"><Icon name="lock" size={14} /><span>{t('lock.glass')}</span></p>;
  return <Box c={held.value} active={active} />;
}

function Box({ c, active }: { c: Case; active: boolean }) {
  const id = c.id;
  const draft = draftOf(id).value;
  const tab = draft.tab ?? proposed(c);
  const isNote = tab === 'note';
  const channel = isNote ? proposed(c) : tab;
  const locked = lockWords(c);
  const care = needsCare(c);
  const text = isNote ? draft.note : draft.text;
  const area = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const mending = useRef(false);
  const asking = useRef(false);
  const [later, setLater] = useState(false);
  const [isUnfolded, unfold] = useState(false);
  const [signs, setSigns] = useState(false);
  const [links, setLinks] = useState<CaseLedger | null>(null);
  const openLinks = async () => { if (!isNote && !locked) setLinks(await tried(loadLedger(id))); };
  const [caret, setCaret] = useState(0);
  const [pick, setPick] = useState(0);
  const [drop, setDrop] = useState(false);
  const [reason, setReason] = useState('');
  const [alsoWhy, setAlsoWhy] = useState(false);
  const slash = !isNote && !locked ? slashWord(text, caret) : null;
  const replies = useQuickReplies(c, active || !!slash);
  const offered = slash ? matching(spoken(replies, c.debtor.language), slash.word) : [];
  const reader = isNote ? null : readerOf(c, channel, draft.point ?? quotedPoint(id, draft.replyTo));
  const decision = decisionFor(id, channel);
  const asksWhy = decision?.approver === 'writer';
  const subject = channel === 'email' && !isNote ? draft.subject.trim() : '';
  const stopped = !isNote && (decision?.outcome === 'block' || decision?.outcome === 'defer' || (decision?.outcome === 'needs_approval' && !(asksWhy && reason.trim().length >= 3)));
  const uploading = !isNote && draft.files.some((f) => !f.upload && !f.error && !f.later);
  const isEmpty = !text.trim() && !(draft.files.some((f) => f.upload) && !isNote) && !draft.template;
  const most = isNote ? mostLetters : decision?.text_chars ?? mostLetters;
  const used = lettersOf(text, most);
  const isTooLong = used > most;
  const isOffline = useOffline();
  const impeded = isEmpty || stopped || uploading || isTooLong || isOffline || (!!locked && !isNote);

  useEffect(() => {
    if (!locked && !isNote) askGate(id, { text: draft.text, template: draft.template, attachments: draft.files.flatMap((f) => (f.later ? [] : f.upload?.id ?? [])), ...(care ? { purpose: 'care' } : {}), ...(reader ? { channel, contact_point: reader.id } : {}), ...(subject ? { subject } : {}), ...(draft.replyTo ? { reply_to: draft.replyTo } : {}) }, draft.text || decision ? undefined : 0);
  }, [id, draft.text, draft.template, draft.files, draft.replyTo, tab, locked, c.updated_at, care, reader?.id, subject]);
  useEffect(() => () => void saveDraft(id), [id]);
  useLayoutEffect(() => { if (area.current) grow(area.current); }, [text, id]);

  const edit = (value: string) => {
    if (isNote) editDraft(id, { note: value });
    else { editDraft(id, { text: value }); tellTyping(id); }
  };
  const change = (tabTo: Channel | 'note') => { editDraft(id, { tab: tabTo }); moveUp(id); area.current?.focus(); };
  const letter = () => ({ channel, contactPoint: reader?.id, text: draft.text.trim(), ...(care ? { purpose: 'care' } : {}), ...((asksWhy || alsoWhy) && reason.trim() ? { reason: reason.trim() } : {}) });
  const ask = async () => {
    if (isEmpty || uploading || isOffline || decision?.outcome !== 'needs_approval' || asksWhy || asking.current) return;
    asking.current = true; // pressed twice, it is still one request
    const answer = await askApproval(id, letter()).finally(() => { asking.current = false; });
    if (answer === 'reason') setAlsoWhy(true);
  };
  const send = (sendAt?: string) => {
    if (performance.now() < inertUntil.value) return;
    if (isEmpty || uploading || isTooLong || (!!locked && !isNote)) return;
    if (isOffline) { toast(`${t('gate.offline')}: ${t('gate.offlineHint')}`, { tone: 'bad' }); return; }
    if (isNote) { void sendNote(id, draft.note.trim()); return; }
    if (stopped && !sendAt) { document.getElementById(`gate-${id}`)?.classList.add('shake'); toast(t('gate.notYet'), { tone: 'bad' }); return; }
    void sendMessage(id, { ...letter(), ...(sendAt ? { sendAt } : {}) });
    setLater(false);
    setReason('');
    setAlsoWhy(false);
    moveUp(id);
    area.current?.focus();
  };
  const put = (sign: string) => {
    const [from, to] = [area.current?.selectionStart ?? text.length, area.current?.selectionEnd ?? text.length];
    setSigns(false);
    edit(text.slice(0, from) + sign + text.slice(to));
    requestAnimationFrame(() => { area.current?.focus(); area.current?.setSelectionRange(from + sign.length, from + sign.length); });
  };
  const insert = (reply: QuickReply) => {
    const at = slashWord(text, area.current?.selectionStart ?? caret);
    const before = at ? text.slice(0, at.from) : text ? `${text.trimEnd()} ` : '';
    const after = at ? text.slice(area.current?.selectionStart ?? caret) : '';
    edit(before + reply.text + after);
    setCaret(0);
    requestAnimationFrame(() => { area.current?.focus(); const end = (before + reply.text).length; area.current?.setSelectionRange(end, end); });
  };
  const mend = (what?: Mend | null) => {
    if (!what || isNote || draft.template || mending.current) return;
    mending.current = !!what.document; // a document takes a moment to be made: pressed twice, it is still one
    if (what.document) void addDocument(id, { kind: what.document }).finally(() => { mending.current = false; });
    const whole = text.includes(what.text) ? text : [text.trimEnd(), what.text].filter(Boolean).join('\n');
    edit(whole);
    requestAnimationFrame(() => { area.current?.focus(); area.current?.setSelectionRange(whole.length, whole.length); });
  };
  const keydown = (e: KeyboardEvent) => {
    if (e.isComposing) return;
    if (slash && offered.length) {
      if (e.key === 'ArrowDown' || e.key === 'ArrowUp') { e.preventDefault(); setPick((pick + (e.key === 'ArrowDown' ? 1 : -1) + offered.length) % offered.length); return; }
      if (e.key === 'Enter' || e.key === 'Tab') { e.preventDefault(); insert(offered[Math.min(pick, offered.length - 1)]!); return; }
      if (e.key === 'Escape') { e.preventDefault(); setCaret(0); return; }
    }
    if (isSend(e)) { e.preventDefault(); send(); return; }
    if (e.key === 'Escape') { (e.currentTarget as HTMLElement).blur(); return; }
    if (e.key.toLowerCase() === 'z' && (e.ctrlKey || e.metaKey) && ((draft.before !== null && undoSuggestion(id)) || (!text && undoSend(id)))) e.preventDefault();
  };

  useKeys(active, c, { area, picker, insertSlash: () => { edit(text && !/\s$/.test(text) ? `${text} /` : `${text}/`); requestAnimationFrame(() => { area.current?.focus(); setCaret(area.current?.value.length ?? 0); }); },
    change, tab, openLater: () => setLater(true), openLinks: () => void openLinks(), mend: () => mend(decision?.mend), ask: () => void ask() });

  const name = firstName(reader?.holder?.name || c.debtor.name);
  return (
    <form class={`comp${isNote ? ' note-on' : ''}${locked && !isNote ? ' locked' : ''}${drop ? ' is-drop' : ''}`} aria-label={t('composer.label', { name })}
      onSubmit={(e) => { e.preventDefault(); send(); }}
      onDragOver={(e) => { if (!locked && e.dataTransfer?.types.includes('Files')) { e.preventDefault(); setDrop(true); } }}
      onDragLeave={() => setDrop(false)}
      onDrop={(e) => { setDrop(false); if (e.dataTransfer?.files.length && !locked) { e.preventDefault(); addFiles(id, e.dataTransfer.files); } }}>
      {slash ? <QuickList list={offered} at={Math.min(pick, Math.max(0, offered.length - 1))} onPick={insert} /> : null}
      <Tabs c={c} tab={tab} text={draft.text} locked={locked} onPick={change} />
      <ReplyTo c={c} />
      {reader && !locked ? <Reader c={c} reader={reader} /> : null}
      {channel === 'email' && !isNote && !locked ? <Subject c={c} /> : null}
      {draft.template && !isNote ? <TemplateBlock c={c} /> : (
        <div class="write">
        <Marks text={text} spans={isNote || locked ? [] : decision?.spans ?? []} bad={decision?.outcome === 'block'} area={area} />
        <textarea ref={area} class="txt" rows={2} value={text} readOnly={!!locked && !isNote} spellcheck lang={c.debtor.language}
          placeholder={isNote ? t('composer.notePlaceholder') : locked ? '' : t('composer.placeholder', { name })}
          aria-label={isNote ? t('composer.noteOn') : t('composer.textLabel', { name, channel: channelName(channel) })}
          aria-describedby={isNote ? undefined : `gate-${id}`} aria-controls={slash ? 'quick-list' : undefined}
          aria-activedescendant={slash && offered.length ? `quick-${Math.min(pick, offered.length - 1)}` : undefined}
          onInput={(e) => { edit(e.currentTarget.value); setCaret(e.currentTarget.selectionStart ?? 0); setPick(0); }}
          onKeyDown={(e) => keydown(e as unknown as KeyboardEvent)} onBlur={() => void saveDraft(id)}
          onPaste={(e) => { const files = pastedFiles(e.clipboardData); if (files.length && !locked) { e.preventDefault(); addFiles(id, files); } }} />
        </div>
      )}
      <Files c={c} />
      {isNote || locked ? null : <WrongThread c={c} text={draft.text} />}
      {(asksWhy || alsoWhy) && !isNote && !locked ? <AskWhy id={id} value={reason} onInput={setReason} /> : null}
      {isNote || locked ? null : <Guarded c={c} care={care} channel={channel} onText={(words) => edit(text.trim() ? `${text.trimEnd()}\n\n${words}` : words)} />}
      <div class={`tools${isUnfolded ? ' all' : ''}`}>
        {locked && !isNote ? <span class="count grow">{text ? <><Icon name="pencil" size={12} /> {t('composer.kept')}</> : null}</span> : (
          <>
            <IconButton icon="slash" label={t('composer.quick')} keys={`/ ${t('or')} ${shownKey('quickReply')}`} onClick={() => run('quickReply')} impeded={isNote} />
            <IconButton icon="template" label={t('composer.templates')} keys={shownKey('templates')} onClick={() => { overlay.value = { kind: 'templates', id }; }} impeded={isNote} />
            <IconButton icon="clip" label={t('composer.attach')} keys={shownKey('attach')} onClick={() => picker.current?.click()} impeded={isNote} />
            <IconButton icon="pix" label={t('composer.pay')} keys={shownKey('pay')} onClick={() => void putPayCode(id)} impeded={isNote} class="opt-phone" />
            <span class="anchor"><IconButton icon="link" label={t('composer.link')} keys={shownKey('link')} onClick={() => { if (links) setLinks(null); else void openLinks(); }} impeded={isNote} class="opt" expanded={!!links} />
              {links ? <LinkMenu c={c} ledger={links} onClose={() => setLinks(null)} /> : null}</span>
            <IconButton icon="file" label={t('composer.document')} keys={shownKey('document')} onClick={() => void addDocument(id)} impeded={isNote} class="opt-phone" />
            <span class="anchor"><IconButton icon="smile" label={t('composer.emoji')} onClick={() => setSigns(!signs)} class="opt" expanded={signs} />
              {signs ? <EmojiMenu onPick={put} onClose={() => setSigns(false)} /> : null}</span>
            <span class="anchor"><IconButton icon="calendar" label={t('composer.schedule')} keys={shownKey('schedule')} onClick={() => setLater(!later)} impeded={isNote || isEmpty} class="opt" expanded={later} />
              {later ? <ScheduleMenu allowedAt={decision?.allowed_at ?? null} onPick={(at) => send(at)} onClose={() => setLater(false)} /> : null}</span>
            <IconButton icon="dots" label={t('composer.more')} onClick={() => unfold(!isUnfolded)} class="unfold" expanded={isUnfolded} />
            <input ref={picker} type="file" multiple hidden onChange={(e) => { addFiles(id, e.currentTarget.files ?? []); e.currentTarget.value = ''; }} />
            <span class="sp" />
            {channel === 'sms' && !isNote && draft.text ? <SmsCount text={draft.text} /> : null}
            {draft.before !== null && !isNote ? <button type="button" class="count t-link" onClick={() => undoSuggestion(id)}>{t('composer.undoWhisper')}</button> : null}
            <Button kind="main" submit impeded={impeded} keys={doesEnterSend() ? 'Enter' : 'Ctrl Enter'}><span class="clip">{isNote ? t('composer.saveNote') : t('composer.send', { name })}</span></Button>
          </>
        )}
      </div>
      {isNote ? <p class="gate"><Icon name="eyeoff" size={14} /><span>{t('composer.noteHint')}</span></p>
        : locked ? <LockLine c={c} />
        : isOffline ? <OfflineLine />
        : isTooLong ? <TooLong used={used} most={most} />
        : <GateLine c={c} channel={channel} care={care} onSchedule={(at) => send(at)} onTemplates={() => { overlay.value = { kind: 'templates', id }; }} onApproval={() => void ask()} onMend={mend} />}
    </form>
  );
}

/** What is quoted goes back to where it came from. */
function quotedPoint(id: string, quoted: string | null): string | null | undefined {
  return quoted ? timelineOf(id).items.value.find((i): i is Message => i.kind === 'message' && i.id === quoted)?.contact_point : null;
}

/** A spreadsheet comes as words and as a picture of them: the words are meant. */
function pastedFiles(data: DataTransfer | null): File[] {
  return data && !data.types.includes('text/plain') ? [...data.files] : [];
}

const mostLetters = 16_384;

/** As the server counts them: a sign beyond the first plane is one. Counted out only where it matters. */
const lettersOf = (text: string, most: number) => (text.length > most ? [...text].length : text.length);

const patience = 3000;

/** True once the line has been down for some seconds: a blink is nobody's business. */
function useOffline(): boolean {
  const { open: isOpen, since } = connection.value;
  const [gone, setGone] = useState(false);
  useEffect(() => {
    setGone(false);
    if (isOpen) return undefined;
    const timer = setTimeout(() => setGone(true), Math.max(0, patience - (Date.now() - since)));
    return () => clearTimeout(timer);
  }, [isOpen, since]);
  return gone && !isOpen;
}

function grow(area: HTMLTextAreaElement): void {
  area.style.height = 'auto';
  area.style.height = `${Math.min(136, Math.max(56, area.scrollHeight))}px`;
}

interface KeyHooks {
  area: { current: HTMLTextAreaElement | null };
  picker: { current: HTMLInputElement | null };
  insertSlash: () => void;
  change: (tab: Channel | 'note') => void;
  tab: Channel | 'note';
  openLater: () => void;
  openLinks: () => void;
  mend: () => void;
  ask: () => void;
}

function useKeys(active: boolean, c: Case, hooks: KeyHooks): void {
  const latest = useRef(hooks);
  latest.current = hooks;
  useLayoutEffect(() => {
    if (!active) return undefined;
    return onKeys({
      reply: () => latest.current.area.current?.focus(),
      quote: () => quoteLast(c.id, latest.current.area.current),
      quickReply: () => latest.current.insertSlash(),
      templates: () => { overlay.value = { kind: 'templates', id: c.id }; },
      attach: () => latest.current.picker.current?.click(),
      note: () => latest.current.change(latest.current.tab === 'note' ? proposed(c) : 'note'),
      schedule: () => latest.current.openLater(),
      pay: () => { void putPayCode(c.id); },
      link: () => latest.current.openLinks(),
      document: () => { void addDocument(c.id); },
      mend: () => latest.current.mend(),
      askApproval: () => latest.current.ask(),
      channel: () => nextChannel(c, latest.current),
      useWhisper: () => takeWhisper(c),
    });
  }, [active, c.id]);
}

/** Q answers what they said last, with their words above ours. */
function quoteLast(id: string, area: HTMLTextAreaElement | null): boolean {
  const last = timelineOf(id).items.value.findLast((i): i is Message => i.kind === 'message' && i.direction === 'in' && i.channel !== 'email');
  if (!last) return false;
  editDraft(id, { replyTo: last.id });
  area?.focus();
  return true;
}

function nextChannel(c: Case, hooks: KeyHooks): void {
  const all = channelsOf(caseOf(c.id)?.value ?? c);
  const at = hooks.tab === 'note' ? -1 : all.indexOf(hooks.tab);
  hooks.change(all[(at + 1) % all.length] ?? proposed(c));
}

/** Here, the newest suggestion goes into the text; when none is here, to the newest unseen one anywhere. */
function takeWhisper(c: Case): boolean {
  const here = timelineOf(c.id).items.value.filter((i): i is Whisper => i.kind === 'whisper' && i.suggestion && !i.used_at && !i.request);
  const newest = here[here.length - 1];
  const elsewhere = newestUnseenWhisper();
  if (elsewhere && elsewhere !== c.id && !unseenWhispers(c.id).length) { open(elsewhere, true); return true; }
  if (!newest || !mayWrite(c)) return false;
  useSuggestion(c.id, newest.id, newest.text);
  return true;
}
