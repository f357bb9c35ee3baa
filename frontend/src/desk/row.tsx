import { initials, firstName } from '../format';
import { known, t } from '../i18n';
import { draftText } from '../store/drafts';
import { shownKey } from '../keys';
import { caseOf, isMine, isTakenFromMe } from '../store/state';
import { whispersWaiting } from '../store/session';
import { Icon } from '../ui/icon';
import { Age, ChannelGlyph, Sum, Wait } from '../ui/signs';
import type { Case } from '../wire';
import { open, openId, selected, toggleSelected } from './nav';

export function lastChannel(c: Case) {
  return c.last_item?.channel ?? c.last_channel ?? c.preferred_channel ?? c.channels?.[0] ?? 'whatsapp';
}

/** What they said last; a picture or a voice without words is told by its kind. */
export function lastWords(c: Case): string {
  const last = c.last_item;
  if (!last) return c.masked ? c.portfolio.name : '';
  return last.text || known(`sort.${last.sort ?? ''}`, '');
}

function Marks({ value }: { value: Case }) {
  const whispers = whispersWaiting(value);
  const overlays = value.overlays ?? [];
  return (
    <>
      {whispers ? <WhisperMark n={whispers} /> : null}
      {value.hand ? <span class="t-whis" title={t('row.hand')}><Icon name="hand" size={14} label={t('row.hand')} /></span> : null}
      {overlays.includes('DISPUTED') ? <span class="faint" title={t('overlay.DISPUTED')}><Icon name="scale" size={14} label={t('overlay.DISPUTED')} /></span> : null}
      {overlays.includes('PLAN') ? <span class="faint" title={t('overlay.PLAN')}><Icon name="flag" size={14} label={t('overlay.PLAN')} /></span> : null}
      {value.rescue ? <span class="t-bad" title={t('row.rescue')}><Icon name="bolt" size={14} label={t('row.rescue')} /></span> : null}
    </>
  );
}

/** Seen from anywhere: on a row, on a deck's edge. */
export function WhisperMark({ n }: { n: number }) {
  const words = t('row.whispers', { n });
  return <span class="whis-mark" title={words}><Icon name="eyeoff" size={14} />{n > 1 ? <b class="num" aria-hidden="true">{n}</b> : null}<span class="vh">{words}</span></span>;
}

/** One case in a list: 52 px, two lines, four columns that align. */
export function Row({ id, first }: { id: string; first: boolean }) {
  const held = caseOf(id);
  if (!held) return null;
  const c = held.value;
  const on = openId.value === id;
  const draft = on ? '' : draftText(id);
  const unread = c.unread ?? 0;
  const chosen = selected.value.includes(id);
  return (
    <li class={chosen ? 'chosen' : ''}>
      {isMine(c) ? <button type="button" class="pick" tabIndex={-1} aria-pressed={chosen} title={`${t('keys.select')} (${shownKey('select')})`} onClick={() => toggleSelected(id)}><Icon name="check" size={14} label={t('row.select', { name: c.debtor.name })} /></button> : null}
      <a class={`row${on ? ' on' : ''}${unread ? ' new' : ''}`} href={`#/case/${id}`} data-case={id} tabIndex={on || (first && !openId.value) ? 0 : -1}
        aria-current={on ? 'true' : undefined} onClick={(e) => { e.preventDefault(); if ((e.ctrlKey || e.metaKey) && isMine(c)) toggleSelected(id); else open(id); }}>
        <span class="lead">
          <ChannelGlyph channel={lastChannel(c)} size={16} />
          {unread ? <span class="badge">{unread > 99 ? '99+' : unread}<span class="vh"> {t('row.unread')}</span></span> : null}
        </span>
        <span>
          <span class="l">
            <b class="clip">{c.debtor.name}</b>
            <Marks value={c} />
            <span class="side">{isTakenFromMe(c) && c.owner
              ? <span class="wait calm"><Icon name="takeover" size={12} />{t('row.takenBy', { name: firstName(c.owner.name) })}</span>
              : <Wait value={c} />}</span>
          </span>
          <span class="l">
            <span class="said clip">
              {draft ? <><span class="draft"><Icon name="pencil" size={12} /> {t('row.draft')}</span> {draft}</> : lastWords(c)}
            </span>
            <span class="side">
              {c.owner && c.masked ? <span class="av" title={c.owner.name}>{initials(c.owner.name)}</span> : null}
              <Age value={c} /><Sum value={c} whole />
            </span>
          </span>
        </span>
      </a>
    </li>
  );
}

export function RowSkeleton() {
  return (
    <li class="row" aria-hidden="true">
      <span class="lead"><i class="sk w16" /></span>
      <span><span class="l"><i class="sk w50" /></span><span class="l"><i class="sk w80" /></span></span>
    </li>
  );
}
