/** The card of a text that waits for a supervisor: its words as their reader would see them, why they are held, what may be done. */
import { useState } from 'preact/hooks';
import { clockTime } from '../format';
import { known, t } from '../i18n';
import { approveText, counterText, refuseText, type HeldText as Held } from '../store/approvals';
import { mayWatch, me } from '../store/state';
import { marked } from '../desk/composer/marks';
import { holderWords } from '../desk/holders';
import { Button } from './button';
import { Icon } from './icon';
import { ChannelGlyph, channelName } from './signs';

export const whyHeld = (codes: readonly string[]): string =>
  codes.map((code) => known(`gate.code.${code.replace(':', '.')}`, known(`gate.code.${code.split(':')[0]}`, code))).join(', ');

interface CardProps { held: Held; text: string; to: string; by?: string | undefined }

export function HeldText({ held, text, to, by }: CardProps) {
  const state = held.state ?? 'open';
  const decides = state === 'open' && mayWatch.value && by !== me.value?.id;
  const reader = held.holder ? holderWords(held.holder) : to;
  return (
    <div class="asked held" data-held={held.id} tabIndex={-1}>
      <p class="hint line"><ChannelGlyph channel={held.channel} size={14} /><span>{t('held.to', { name: reader, channel: channelName(held.channel) })}{held.address ? <span class="num"> · {held.address}</span> : null}</span></p>
      {held.inbox?.name ? <p class="hint">{t('held.from', { inbox: held.inbox.name })}</p> : null}
      {held.quoted ? <p class="hint quoted">{t('held.quoted')} <q>{held.quoted.text || t('held.quotedFile')}</q></p> : null}
      <blockquote>{held.subject ? <b>{held.subject}</b> : null}<span class="words">{text ? marked(text, held.spans ?? [], false) : t('held.gone')}</span></blockquote>
      {held.values?.map((one) => <p key={one.name} class="hint">{t('held.value', { name: one.name })} <b class="num">{one.value}</b></p>)}
      {held.files?.length ? <p class="hint line"><Icon name="clip" size={12} />{held.files.map((one) => <a key={one.id} class="t-link" href={`/api/v1/attachments/${one.id}`} target="_blank" rel="noreferrer">{one.name}</a>)}</p> : null}
      <p class="why"><Icon name="hand" size={14} /><span><b>{whyHeld(held.codes)}</b>{held.source ? <small>{held.source}</small> : null}</span></p>
      {held.note ? <p class="hint">{t('held.note', { note: held.note })}</p> : null}
      {state === 'open' ? null : <p class="hint" role="status"><b>{stateWords(held, state)}</b>{held.answer ? `: ${held.answer}` : ''}</p>}
      {decides ? <Deciding request={held.id ?? ''} text={text} /> : state === 'open' ? <p class="hint">{t('held.waits')}</p> : null}
    </div>
  );
}

export function stateWords(held: Held, state: string): string {
  return known(`held.${state}`, state, { by: held.decided_by?.name ?? '', at: held.until ? clockTime(held.until) : '' });
}

function Deciding({ request, text }: { request: string; text: string }) {
  const [act, setAct] = useState<'' | 'counter' | 'refuse'>('');
  const [words, setWords] = useState(text);
  const [why, setWhy] = useState('');
  const isSame = !words.trim() || words.trim() === text.trim();
  const back = () => setAct('');
  if (act === 'refuse') {
    const refuse = async () => { if (why.trim() && await refuseText(request, why.trim())) back(); };
    return (
      <form class="kv acts" onSubmit={(e) => { e.preventDefault(); void refuse(); }}>
        <span class="inp"><input aria-label={t('card.why')} placeholder={t('card.why')} maxLength={500} value={why} onInput={(e) => setWhy(e.currentTarget.value)} /></span>
        <Button kind="small quiet" onClick={back}>{t('cancel')}</Button><Button kind="small danger" submit impeded={!why.trim()}>{t('card.refuse')}</Button></form>
    );
  }
  if (act === 'counter') {
    const counter = async () => { if (!isSame && await counterText(request, words.trim(), why.trim())) back(); };
    return (
      <form class="otherwise" onSubmit={(e) => { e.preventDefault(); void counter(); }}>
        <textarea class="area" rows={3} aria-label={t('held.words')} value={words} onInput={(e) => setWords(e.currentTarget.value)} />
        <span class="inp"><input aria-label={t('held.hint')} placeholder={t('held.hint')} maxLength={500} value={why} onInput={(e) => setWhy(e.currentTarget.value)} /></span>
        <span class="kv acts"><Button kind="small quiet" onClick={back}>{t('cancel')}</Button><Button kind="small main" submit impeded={isSame}>{t('held.suggest')}</Button></span></form>
    );
  }
  return (
    <div class="kv acts"><Button kind="small main" onClick={() => void approveText(request)}>{t('card.approve')}</Button>
      <Button kind="small" onClick={() => setAct('counter')}>{t('held.otherwise')}</Button>
      <Button kind="small quiet" onClick={() => setAct('refuse')}>{t('card.refuse')}</Button></div>
  );
}
