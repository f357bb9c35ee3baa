import { useRef, useState } from 'preact/hooks';
import { now } from '../clock';
import { firstName } from '../format';
import { known, t } from '../i18n';
import { caseOf, liveOf, me, tails, timelineOf } from '../store/state';
import { Button } from '../ui/button';
import { Icon } from '../ui/icon';
import { useSettled } from '../ui/settle';
import { Age, Avatar, ChannelGlyph, Sum, Wait } from '../ui/signs';
import type { Case, LastItem, Message } from '../wire';
import { lastChannel, lastWords } from '../desk/row';
import { filters, isNarrowed, kept, widen } from './filter';
import { FilterBar } from './filter-bar';
import { live, opened, order, parked, reasonsOf, tiles, withParked, type Order } from './state';

const orders: Order[] = ['risk', 'wait', 'value'];
const page = 96;

/** Live conversations, riskiest first; they hold still while pointer or focus is among them. */
export function Tiles() {
  const host = useRef<HTMLUListElement>(null);
  const [most, setMost] = useState(page);
  const placed = useSettled([{ key: `${order.value}${JSON.stringify(filters.value)}`, ids: tiles.value }], host);
  const ids = placed[0]?.ids ?? [];
  return (
    <main class="grid mid" id="tiles" data-pane tabIndex={-1}>
      <div class="mid-h">
        <h1>{t('wall.live')}</h1><span class="num">{t('wall.count', { n: live.value.length })}</span>
        {parked.value.length ? <button type="button" class="t-link" aria-pressed={withParked.value} title={t('wall.parkedWhy')} onClick={() => { withParked.value = !withParked.value; }}>{t(withParked.value ? 'wall.parkedHide' : 'wall.parkedShow', { n: parked.value.length })}</button> : null}
        <span class="seg" role="group" aria-label={t('wall.order')}>{orders.map((o) => <button key={o} type="button" class={order.value === o ? 'on' : ''} aria-pressed={order.value === o} onClick={() => { order.value = o; }}>{t(`wall.by.${o}`)}</button>)}</span>
      </div>
      <FilterBar />
      <ul class="tiles" ref={host}>
        {ids.slice(0, most).map((id) => (caseOf(id) ? <li key={id}><Tile id={id} /></li> : null))}
        {ids.length ? null : <Empty />}
        {ids.length > most ? <li class="more"><Button kind="small" onClick={() => setMost(most + page)}>{t('list.more')}</Button></li> : null}
      </ul>
    </main>
  );
}

function Empty() {
  if (isNarrowed.value) return <li class="empty tall"><Icon name="filter" size={24} /><b>{t('wall.noneFits')}</b><Button onClick={widen}>{t('wall.clear')}</Button></li>;
  return <li class="empty tall"><Icon name="done" size={24} /><b>{t('wall.quiet')}</b><span>{t('wall.quietHint')}</span></li>;
}

export function Tile({ id }: { id: string }) {
  const c = caseOf(id)!.value;
  const reasons = reasonsOf(c, now.value);
  const isHot = reasons[0]?.key === 'distress';
  const isOn = opened.value === id;
  const isKept = kept.value.has(id);
  return (
    <a class={`tile${isOn ? ' sel' : ''}${isHot ? ' hot' : ''}${c.taken_over_from ? ' taken' : ''}`} href={`#/monitor/${id}`} data-tile={id} aria-current={isOn ? 'true' : undefined} onClick={(e) => { e.preventDefault(); opened.value = id; }}>
      <span class="h"><ChannelGlyph channel={lastChannel(c)} /><b class="clip">{c.debtor.name}</b>{isKept ? <span class="faint" title={t('tile.watched')}><Icon name="eye" size={14} label={t('tile.watched')} /></span> : null}<Wait value={c} /></span>
      <span class="rs">{reasons.length ? reasons.slice(0, 4).map((r, i) => <span key={r.key} class={`chip ${r.tone}`} title={reasonWords(r.key, c)}><Icon name={r.icon} size={12} /><span class={i ? 'ct' : ''}>{reasonWords(r.key, c)}</span></span>) : <span class="faint none">{t('reason.none')}</span>}</span>
      <span class="ls"><Lines c={c} draft={isKept || isOn} /></span>
      <span class="f">{c.owner ? <><Avatar person={c.owner} mine={c.owner.id === me.value?.id} /><span class="clip">{firstName(c.owner.name)}</span></> : <><Icon name="queue" size={14} /><span class="clip">{t('caseStatus.queued')}</span></>}<span class="sp" /><Age value={c} /><Sum value={c} whole /></span>
    </a>
  );
}

function reasonWords(key: string, c: Case): string {
  if (key === 'hand' && c.hand) return known(`hand.${c.hand.reason}`, c.hand.reason);
  return known(`reason.${key}`, key);
}

const typingLasts = 6000;
const draftLasts = 120_000;

interface Said { id: string; out: boolean; text: string; at: string }

const wordsOf = (text: string | null | undefined, sort: string | undefined) => text || known(`sort.${sort ?? ''}`, '');
const ofTail = (l: LastItem): Said => ({ id: l.id ?? l.at, out: l.direction === 'out', text: wordsOf(l.text, l.sort), at: l.at });
const ofItem = (m: Message): Said => ({ id: m.id, out: m.direction === 'out', text: wordsOf(m.text, m.sort) || (m.attachments?.[0]?.name ?? ''), at: m.at });

/** What was said last: as the wall was loaded with it, and as it came in since. */
export function saidLast(c: Case): Said[] {
  const heard = new Map<string, Said>();
  for (const one of tails.value[c.id] ?? []) heard.set(one.id ?? one.at, ofTail(one));
  for (const one of timelineOf(c.id).items.value) if (one.kind === 'message') heard.set(one.id, ofItem(one));
  const said = [...heard.values()].filter((one) => one.text).sort((a, b) => a.at.localeCompare(b.at));
  if (!said.length && c.last_item) said.push({ ...ofTail(c.last_item), text: lastWords(c) });
  return said;
}

/** Three lines: the debtor's last words have two of them where they need two; what was said before fills the rest. */
function Lines({ c, draft }: { c: Case; draft: boolean }) {
  const said = saidLast(c);
  const theirs = said.findLastIndex((one) => !one.out);
  const answer = theirs < said.length - 1 ? said.at(-1) : undefined;
  const below = doing(c, draft);
  return (
    <>
      {said.slice(Math.max(0, theirs - 2), Math.max(0, theirs)).map((one) => <Line key={one.id} said={one} />)}
      {theirs >= 0 ? <Line said={said[theirs]!} whole /> : null}
      {below ?? (answer ? <Line said={answer} whole={theirs < 0} /> : null)}
    </>
  );
}

function Line({ said, whole = false }: { said: Said; whole?: boolean }) {
  return <p class={said.out ? 'out' : 'in'}>{said.out ? <Icon name="right" size={12} label={t('tile.ours')} /> : null}<span class={whole ? 'clip2' : 'clip'}>{said.text}</span></p>;
}

/** What the owner does at this moment: types, and what, where it is watched. */
function doing(c: Case, withDraft: boolean) {
  const { typing, draft } = liveOf(c.id).value;
  if (withDraft && draft?.text && now.value - draft.at < draftLasts) return <p class="ty" title={t('monitor.notSent')}><Icon name="pencil" size={12} label={t('row.draft')} /><span class="clip">{draft.text}</span></p>;
  if (!typing || typing.debtor || now.value - typing.at > typingLasts) return null;
  return <p class="ty"><span class="typing"><i /><i /><i /></span> {t('header.types', { name: firstName(typing.by?.name ?? '') })}</p>;
}
