import { useRef, useState } from 'preact/hooks';
import { now } from '../clock';
import { firstName } from '../format';
import { known, t } from '../i18n';
import { caseOf, liveOf, me, timelineOf } from '../store/state';
import { Button } from '../ui/button';
import { Icon } from '../ui/icon';
import { useSettled } from '../ui/settle';
import { Age, Avatar, ChannelGlyph, Sum, Wait } from '../ui/signs';
import type { Case, Message } from '../wire';
import { lastChannel, lastWords } from '../desk/row';
import { live, onlyAgent, opened, order, parked, reasonsOf, tiles, withParked, type Order } from './state';

const orders: Order[] = ['risk', 'wait', 'value'];
const page = 96;

/** Live conversations, riskiest first; they hold still while the pointer is over them. */
export function Tiles() {
  const host = useRef<HTMLUListElement>(null);
  const [most, setMost] = useState(page);
  const placed = useSettled([{ key: `${order.value}${onlyAgent.value ?? ''}`, ids: tiles.value }], host);
  const ids = placed[0]?.ids ?? [];
  return (
    <main class="grid mid" id="tiles" data-pane tabIndex={-1}>
      <div class="mid-h">
        <h1>{t('wall.live')}</h1><span class="num">{t('wall.count', { n: live.value.length })}</span>
        {parked.value.length ? <button type="button" class="t-link" aria-pressed={withParked.value} title={t('wall.parkedWhy')} onClick={() => { withParked.value = !withParked.value; }}>{t(withParked.value ? 'wall.parkedHide' : 'wall.parkedShow', { n: parked.value.length })}</button> : null}
        {onlyAgent.value ? <button type="button" class="chip info" onClick={() => { onlyAgent.value = null; }}>{t('wall.filtered')} <Icon name="x" size={12} label={t('wall.clear')} /></button> : null}
        <span class="seg" role="tablist" aria-label={t('wall.order')}>{orders.map((o) => <button key={o} type="button" role="tab" aria-selected={order.value === o} onClick={() => { order.value = o; }}>{t(`wall.by.${o}`)}</button>)}</span>
      </div>
      <ul class="tiles" ref={host}>
        {ids.slice(0, most).map((id) => (caseOf(id) ? <li key={id}><Tile id={id} /></li> : null))}
        {ids.length ? null : <li class="empty tall"><Icon name="done" size={24} /><b>{t('wall.quiet')}</b><span>{t('wall.quietHint')}</span></li>}
        {ids.length > most ? <li class="more"><Button kind="small" onClick={() => setMost(most + page)}>{t('list.more')}</Button></li> : null}
      </ul>
    </main>
  );
}

function Tile({ id }: { id: string }) {
  const c = caseOf(id)!.value;
  const reasons = reasonsOf(c, now.value);
  const isHot = reasons[0]?.key === 'distress';
  const isOn = opened.value === id;
  return (
    <a class={`tile${isOn ? ' sel' : ''}${isHot ? ' hot' : ''}`} href={`#/monitor/${id}`} data-tile={id} aria-current={isOn ? 'true' : undefined} onClick={(e) => { e.preventDefault(); opened.value = id; }}>
      <span class="h"><ChannelGlyph channel={lastChannel(c)} /><b class="clip">{c.debtor.name}</b><Wait value={c} /></span>
      <span class="rs">{reasons.length ? reasons.slice(0, 4).map((r, i) => <span key={r.key} class={`chip ${r.tone}`} title={reasonWords(r.key, c)}><Icon name={r.icon} size={12} /><span class={i ? 'ct' : ''}>{reasonWords(r.key, c)}</span></span>) : <span class="faint none">{t('reason.none')}</span>}</span>
      <span class="ls"><Lines c={c} /></span>
      <span class="f">{c.owner ? <><Avatar person={c.owner} mine={c.owner.id === me.value?.id} /><span class="clip">{firstName(c.owner.name)}</span></> : <><Icon name="queue" size={14} /><span class="clip">{t('caseStatus.queued')}</span></>}<span class="sp" /><Age value={c} /><Sum value={c} whole /></span>
    </a>
  );
}

function reasonWords(key: string, c: Case): string {
  if (key === 'hand' && c.hand) return known(`hand.${c.hand.reason}`, c.hand.reason);
  return known(`reason.${key}`, key);
}

const typingLasts = 6000;

/** The last three lines; the debtor's last in two whole lines when there is room. */
function Lines({ c }: { c: Case }) {
  const items = timelineOf(c.id).items.value.filter((i): i is Message => i.kind === 'message' && !!(i.text || i.attachments?.length)).slice(-3);
  const typing = liveOf(c.id).value.typing;
  const isTyping = typing && !typing.debtor && now.value - typing.at < typingLasts;
  const shown = isTyping ? items.slice(-2) : items;
  return (
    <>
      {items.length ? shown.map((i) => <Said key={i.id} out={i.direction === 'out'} text={i.text || i.attachments?.[0]?.name || ''} lone={shown.length < 2} />)
        : <Said out={c.last_item?.direction === 'out'} text={lastWords(c)} lone />}
      {isTyping ? <p class="ty"><span class="typing"><i /><i /><i /></span> {t('header.types', { name: firstName(typing.by?.name ?? '') })}</p> : null}
    </>
  );
}

function Said({ out, text, lone }: { out: boolean; text: string; lone: boolean }) {
  return <p class={out ? 'out' : 'in'}>{out ? <Icon name="right" size={12} /> : null}<span class={lone ? 'clip2' : 'clip'}>{text}</span></p>;
}
