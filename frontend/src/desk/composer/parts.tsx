/** The parts of the composer around its text: what is answered, the subject, the template, the files, the price of an SMS. */
import { now } from '../../clock';
import { clockTime, firstName, number, whenWillBe } from '../../format';
import { t } from '../../i18n';
import { draftOf, editDraft, type FileDraft } from '../../store/drafts';
import { isTakenFromMe, timelineOf } from '../../store/state';
import { Button, IconButton } from '../../ui/button';
import { Icon } from '../../ui/icon';
import type { Case, ContactPoint, Message } from '../../wire';
import { holderWords } from '../holders';
import { mostFiles, removeFile } from './files';
import { segmentsOf } from './segments';

export function ReplyTo({ c }: { c: Case }) {
  const to = draftOf(c.id).value.replyTo;
  const item = to ? timelineOf(c.id).items.value.find((i): i is Message => i.id === to && i.kind === 'message') : undefined;
  if (!item) return null;
  return (
    <p class="reply-to"><span class="quote"><b>{item.direction === 'in' ? firstName(c.debtor.name) : t('you')} · {clockTime(item.at)}</b><span class="clip">{item.text}</span></span>
      <IconButton icon="x" label={t('composer.noQuote')} onClick={() => editDraft(c.id, { replyTo: null })} size={14} /></p>
  );
}

/** Where a channel reaches more people than the customer: whom this message goes to, to be chosen. */
export function Reader({ c, reader }: { c: Case; reader: ContactPoint }) {
  const points = (c.contact_points ?? []).filter((p) => p.channel === reader.channel);
  return (
    <p class="gate"><Icon name="user" size={14} /><label for={`reader-${c.id}`}>{t('composer.reader')}</label><span class="inp"><select id={`reader-${c.id}`} value={reader.id} onChange={(e) => editDraft(c.id, { point: e.currentTarget.value, replyTo: null })}>
      {points.map((p) => <option key={p.id} value={p.id}>{p.holder ? holderWords(p.holder) : firstName(c.debtor.name)} · {p.address}</option>)}</select></span>
      {reader.holder?.role === 'other' || (reader.holder && !reader.holder.proof) ? <span class="says">{t('composer.neutral')}</span> : null}</p>
  );
}

export function Subject({ c }: { c: Case }) {
  const { subject } = draftOf(c.id).value;
  const last = timelineOf(c.id).items.value.findLast((i): i is Message => i.kind === 'message' && i.channel === 'email');
  return (
    <p class="subject-line"><input value={subject} aria-label={t('composer.subject')} placeholder={last?.subject ? `Re: ${last.subject.replace(/^(re:\s*)+/i, '')}` : t('composer.subject')}
      onInput={(e) => editDraft(c.id, { subject: e.currentTarget.value })} /></p>
  );
}

export function TemplateBlock({ c }: { c: Case }) {
  const template = draftOf(c.id).value.template!;
  return (
    <div class="txt tpl"><span class="muted">{template.name} · {template.language}</span><p class="words">{template.preview}</p>
      <Button kind="small quiet" icon="x" onClick={() => editDraft(c.id, { template: null })}>{t('composer.noTemplate')}</Button></div>
  );
}

/** Each file with what became of it. Of many only the first go with this message; the rest stand by, each by its name. */
export function Files({ c }: { c: Case }) {
  const files = draftOf(c.id).value.files;
  if (!files.length) return null;
  const later = files.filter((f) => f.later).length;
  return (
    <>
      {later ? <p class="hint files-more" role="status"><b>{t('file.many', { n: files.length })}</b> · {t('file.manyHint', { most: mostFiles(c.id), later })}</p> : null}
      <ul class="files">{files.map((f) => <FileChip key={f.key} f={f} caseId={c.id} />)}</ul>
    </>
  );
}

function FileChip({ f, caseId }: { f: FileDraft; caseId: string }) {
  const state = f.error ?? (f.later ? t('file.later') : f.upload ? '' : t('file.uploading'));
  const tone = f.error ? 'bad' : f.later ? 'edge' : f.upload ? '' : 'is-busy';
  return (
    <li class={`chip ${tone}`} title={state ? `${f.name}: ${state}` : f.name}>
      <Icon name={f.error ? 'fail' : f.later ? 'clock' : 'clip'} size={12} /> <span class="clip">{f.name}</span> {state ? <span class="state">{state}</span> : null}
      <button type="button" title={t('file.remove', { name: f.name })} onClick={() => removeFile(caseId, f.key)}><Icon name="x" size={12} label={t('file.remove', { name: f.name })} /></button>
    </li>
  );
}

export function SmsCount({ text }: { text: string }) {
  const { count, used, room, guilty } = segmentsOf(text);
  return <span class="count num">{used}/{room} · {t('tab.sms', { n: count })}{guilty ? ` (“${guilty}”)` : ''}</span>;
}

export function LockLine({ c }: { c: Case }) {
  if (isTakenFromMe(c)) {
    return <p class="gate no" role="status"><Icon name="takeover" size={14} /><b>{t('lock.taken', { name: firstName(c.owner?.name ?? '') })}</b><span>{t('lock.takenHint')}</span></p>;
  }
  if (c.status === 'snoozed' && c.snooze_until) return <p class="gate"><Icon name="snooze" size={14} /><span>{t('lock.snoozed', { at: whenWillBe(c.snooze_until, now.value) })}</span></p>;
  return <p class="gate"><Icon name="lock" size={14} /><span>{t('lock.hint')}</span></p>;
}

/** How far a text is beyond what one message holds. */
export function TooLong({ used, most }: { used: number; most: number }) {
  return <p class="gate no" role="alert"><Icon name="fail" size={14} /><b>{t('composer.tooLong', { used: number(used), most: number(most) })}</b></p>;
}

/** Nothing leaves while the line is down, and nothing waits to leave by itself. */
export function OfflineLine() {
  return <p class="gate hold" role="status"><Icon name="wifi" size={14} /><b>{t('gate.offline')}</b><span>{t('gate.offlineHint')}</span></p>;
}
