import { useContext, useEffect, useState } from 'preact/hooks';
import { get } from '../../api';
import { clockTime, firstName } from '../../format';
import { t } from '../../i18n';
import { caseOf } from '../../store/state';
import { Icon } from '../../ui/icon';
import { ChannelGlyph } from '../../ui/signs';
import type { Message } from '../../wire';
import { ThreadContext, useDebtorName } from '../context';
import { holderAt, holderWords } from '../holders';
import { File } from './files';
import { StatusGlyph } from './status';
import { Said } from './text';

/** A mail: one line when it is old, the whole when it is opened. */
export function Mail({ item, startOpen }: { item: Message; startOpen: boolean }) {
  const { id } = useContext(ThreadContext);
  const [isOpen, open] = useState(startOpen);
  const [quoted, showQuoted] = useState(false);
  const [html, showHtml] = useState(false);
  const debtor = useDebtorName(id);
  const holder = holderAt(caseOf(id)?.value, item.contact_point);
  const who = item.direction === 'in' ? (holder ? holderWords(holder) : firstName(debtor)) : [firstName(item.author?.name ?? 'Acordo'), holder ? holderWords(holder) : ''].filter(Boolean).join(' → ');
  const frame = item.html ? (item.html.startsWith('/') ? item.html : `/api/v1/messages/${item.id}/html`) : null;
  return (
    <article class={`mailitem ${item.direction}`} data-item={item.id} data-position={item.position}>
      <header>
        <ChannelGlyph channel="email" size={16} />
        <b class="clip subject">{item.subject || t('mail.noSubject')}</b>
        <span class="muted clip">{isOpen ? who : `${who}: ${item.text ?? ''}`}</span>
        <span class="meta"><time dateTime={item.at}>{clockTime(item.at)}</time>{item.direction === 'out' ? <StatusGlyph status={item.status} /> : null}</span>
        <button type="button" class="ib s24" aria-expanded={isOpen} title={isOpen ? t('mail.fold') : t('mail.open')} onClick={() => open(!isOpen)}>
          <Icon name={isOpen ? 'up' : 'down'} size={14} label={isOpen ? t('mail.fold') : t('mail.open')} />
        </button>
      </header>
      {isOpen ? (
        <div class="body">
          {html && frame ? <Frame id={item.id} src={frame} /> : <Said text={item.text ?? ''} />}
          <p class="folds">
            {item.quoted_text ? (
              <button type="button" class="fold" aria-expanded={quoted} onClick={() => showQuoted(!quoted)}>
                <Icon name="dots" size={12} /> {t('mail.quoted', { n: item.quoted_text.split('\n').length })}
              </button>
            ) : null}
            {frame ? (
              <button type="button" class="fold" aria-pressed={html} onClick={() => showHtml(!html)}>
                <Icon name="eye" size={12} /> {html ? t('mail.asText') : t('mail.asSent')}
              </button>
            ) : null}
          </p>
          {quoted ? <blockquote class="folded"><Said text={item.quoted_text ?? ''} /></blockquote> : null}
          {item.attachments?.filter((f) => !f.inline).map((file) => <File key={file.id} file={file} />)}
          {item.status === 'failed' ? <p class="after bad"><Icon name="fail" size={12} /> {item.error?.hint || item.error?.title}</p> : null}
        </div>
      ) : null}
    </article>
  );
}

/** The server's safe copy, in a frame of no origin and no scripts: it holds nothing and reaches nothing. */
function Frame({ id, src }: { id: string; src: string }) {
  const [pictures, show] = useState(false);
  const [blocked, setBlocked] = useState(0);
  useEffect(() => { void get<{ blocked_images?: number }>(`/messages/${id}/mail`).then((facts) => setBlocked(facts.blocked_images ?? 0), () => undefined); }, [id]);
  const address = pictures ? `${src}${src.includes('?') ? '&' : '?'}images=1` : src;
  return (
    <>
      <iframe class="mail-frame" sandbox="allow-popups allow-popups-to-escape-sandbox" referrerPolicy="no-referrer" loading="lazy" src={address} title={t('mail.asSent')} />
      {pictures || !blocked ? null : (
        <p class="after"><Icon name="image" size={12} /> {t('mail.pictures', { n: blocked })} <button type="button" onClick={() => show(true)}>{t('mail.showPictures')}</button></p>
      )}
    </>
  );
}
