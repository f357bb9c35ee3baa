import { Component } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { now, serverNow } from '../clock';
import { Problem } from '../api';
import { clockTime, dayName, firstName } from '../format';
import { t } from '../i18n';
import { claim } from '../store/commands';
import { takeServerDraft } from '../store/drafts';
import { readFirst, shown } from '../store/first';
import { loadCase, loadDownTo, loadOlder, loadTimeline, markSeen } from '../store/load';
import { caseOf, isMine, isSupervisor, isTakenFromMe, liveOf, timelineOf } from '../store/state';
import { hold, tellSeen } from '../store/session';
import { keptAtEnd, letGoOfOlder, mostHeld, showThread } from '../store/threads';
import { Button } from '../ui/button';
import { Icon } from '../ui/icon';
import { Age, Wait } from '../ui/signs';
import type { Case, Item } from '../wire';
import { Composer } from './composer/composer';
import { ThreadContext, useOfCase } from './context';
import { wanted } from './nav';
import { overlay } from './overlays';
import { entriesOf, isSame, type Breaths, type Entry } from './entries';
import { Header } from './header';
import { Bubbles, Standing } from './items/bubbles';
import { EventItem } from './items/event';
import { Mail } from './items/mail';
import { NoteItem, WhisperItem } from './items/team';

interface ThreadProps { id: string; active: boolean; column?: number; onClose?: () => void }

/** One case: its header, its timeline, its composer. */
export function Thread({ id, active, column, onClose }: ThreadProps) {
  const [missing, setMissing] = useState(false);
  // A case changes with every message: what hangs here is drawn anew only when these two do.
  const isHeld = useOfCase(id, (c) => !!c);
  const masked = useOfCase(id, (c) => c?.masked);
  const context = useMemo(() => ({ id, watching: false }), [id]);
  const wasHeld = useRef(isHeld);
  useEffect(() => { if (wasHeld.current && !isHeld) setMissing(true); wasHeld.current = isHeld; }, [isHeld]);
  useEffect(() => { setMissing(false); if (masked) return undefined; return openThread(id, setMissing); }, [id, masked]);
  if (missing && !isHeld) return <Missing id={id} />;
  if (masked) return <ClaimCard id={id} />;
  return (
    <ThreadContext.Provider value={context}>
      <Header id={id} column={column} onClose={onClose} />
      <TakenBanner id={id} />
      <Timeline id={id} reading={active} />
      <div class="foot"><Composer key={id} id={id} active={active} /></div>
    </ThreadContext.Provider>
  );
}

/** Case and timeline are asked for at once, of a thread already here once it is shown; the topic is held as long as the thread stands. */
export function openThread(id: string, onMissing: (missing: boolean) => void, ...moreTopics: string[]): () => void {
  const let_go = hold(`case:${id}`, ...moreTopics);
  const gone = (error: unknown) => { if (error instanceof Problem && error.status === 404) onMissing(true); };
  let isOver = false;
  const load = () => {
    if (isOver) return undefined;
    void loadCase(id).then(() => takeServerDraft(id, caseOf(id)?.value.draft), gone);
    return loadTimeline(id).catch(gone);
  };
  if (timelineOf(id).state.peek() === 'ready') readFirst(shown().then(() => { void load(); }));
  else readFirst(Promise.resolve(load()));
  return () => { isOver = true; let_go(); };
}

/** A supervisor may see it for an hour in an emergency; whether it exists is not told before. */
function Missing({ id }: { id: string }) {
  return (
    <div class="empty tall"><Icon name="eyeoff" size={24} /><b>{t('thread.missing')}</b><span>{t('thread.missingHint')}</span>
      {isSupervisor.value ? <Button icon="lock" onClick={() => { overlay.value = { kind: 'glass', id }; }}>{t('glass.break')}</Button> : null}
    </div>
  );
}

function ClaimCard({ id }: { id: string }) {
  const c = caseOf(id)?.value;
  if (!c) return null;
  return (
    <div class="empty tall">
      <Icon name="queue" size={24} /><b>{c.debtor.name}</b>
      <span class="facts"><Age value={c} words /><Wait value={c} /></span>
      {c.status === 'queued' ? <><span>{t('thread.masked')}</span><Button kind="main" onClick={() => void claim(c.id)}>{t('case.claim')}</Button></>
        : <span>{t('thread.maskedOwned', { name: c.owner?.name ?? t('case.noOwner') })}</span>}
    </div>
  );
}

function TakenBanner({ id }: { id: string }) {
  const c = caseOf(id)?.value;
  if (!c || !isTakenFromMe(c)) return null;
  return <p class="banner bad" role="alert"><Icon name="takeover" /><span><b>{t('lock.taken', { name: firstName(c.owner?.name ?? '') })}</b> {t('lock.takenHint')}</span></p>;
}

const nearEnd = 48;

/** The log of the conversation. New items never move what is being read: a pill tells of them. */
export function Timeline({ id, reading, label }: { id: string; reading: boolean; label?: string }) {
  const line = timelineOf(id);
  const box = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const items = line.items.value;
  const pending = line.pending.value;
  const unreadFrom = useUnreadFrom(id, line.state.value);
  const breaths = useRef<Breaths>(new Map());
  const entries = useMemo(() => entriesOf(items, pending, unreadFrom, breaths.current), [items, pending, unreadFrom]);
  const { fresh, toEnd, onScroll, isAtEnd } = useAnchor(box, list, items, pending.length);
  useReading(id, reading, items, fresh);
  useTrim(id, items, isAtEnd);
  useWanted(id, box, line.state.value);
  const older = async () => {
    if (!line.older.value) return;
    await loadOlder(id).catch(() => undefined);
  };
  const scrolled = () => {
    onScroll();
    const el = box.current;
    if (el && el.scrollHeight + el.scrollTop - el.clientHeight < 200) void older();
  };
  const state = line.state.value;
  return (
    <div class="tl-box">
      <div class="tl" ref={box} tabIndex={0} role="log" aria-live={reading ? 'polite' : 'off'} aria-label={label ?? t('thread.timeline')} onScroll={scrolled} data-pane>
        <ol ref={list}>
          {line.older.value === null ? <Earlier id={id} /> : null}
          {line.older.value ? <li class="sys"><button type="button" class="fold" onClick={() => void older()}><Icon name="up" size={12} /> {t('thread.older')}</button></li> : null}
          {state === 'loading' || state === 'empty' ? <Skeleton /> : null}
          {state === 'error' ? <li><p class="banner bad"><Icon name="fail" /> {t('thread.failed')} <button type="button" class="t-link" onClick={() => void loadTimeline(id).catch(() => undefined)}>{t('retry')}</button></p></li> : null}
          {state === 'ready' && !entries.length ? <li class="sys">{t('thread.empty')}</li> : null}
          {entries.map((entry, i) => <Line key={entry.key} entry={entry} last={i > entries.length - 4} />)}
          <TypingLine id={id} />
        </ol>
      </div>
      {fresh ? <button type="button" class="newpill" onClick={toEnd}><Icon name="down" size={14} /> {t('thread.new', { n: fresh })}</button> : null}
    </div>
  );
}

/** The case before this one, above a hairline; whispers of then were for others. */
function Earlier({ id }: { id: string }) {
  const previous = caseOf(id)?.value.previous;
  const [shown, show] = useState(false);
  if (!previous) return null;
  if (!shown) return <li class="sys"><button type="button" class="fold" onClick={() => { show(true); void loadCase(previous).catch(() => undefined); void loadTimeline(previous).catch(() => undefined); }}><Icon name="up" size={12} /> {t('thread.previous')}</button></li>;
  const line = timelineOf(previous);
  const entries = entriesOf(line.items.value.filter((i) => i.kind !== 'whisper'), [], null);
  return (
    <>
      {line.older.value === null ? <Earlier id={previous} /> : null}
      {line.older.value ? <li class="sys"><button type="button" class="fold" onClick={() => void loadOlder(previous)}><Icon name="up" size={12} /> {t('thread.older')}</button></li> : null}
      {line.state.value === 'error' ? <li class="sys">{t('thread.missing')}</li> : null}
      {entries.map((entry) => <Line key={entry.key} entry={entry} last={false} />)}
      <li><div class="day">{t('thread.thisCase')}</div></li>
    </>
  );
}

interface LineProps { entry: Entry; last: boolean }

/** One line of the log. A long thread is not compared anew with each message: a line of which nothing changed stays as it was.
 *  Told by what it is drawn of. A vnode that is kept to be used again would keep every page it ever stood in. */
class Line extends Component<LineProps> {
  override shouldComponentUpdate(next: LineProps): boolean {
    return next.last !== this.props.last || !isSame(this.props.entry, next.entry);
  }

  override render() { return lineOf(this.props.entry, this.props.last); }
}

function lineOf(entry: Entry, last: boolean) {
  switch (entry.kind) {
    case 'day': return <li><div class="day">{dayName(entry.at, now.peek())}</div></li>;
    case 'unread': return <li><div class="day unread">{t('thread.unread')}</div></li>;
    case 'bubbles': return <li><Bubbles items={entry.items} showFrom={entry.showFrom} /></li>;
    case 'mail': return <li><Mail item={entry.item} startOpen={last} /></li>;
    case 'pending': return <li><Standing pending={entry.pending} /></li>;
    case 'single': return entry.item.kind === 'event' ? <li class="sys"><EventItem item={entry.item} /></li>
      : <li>{entry.item.kind === 'note' ? <NoteItem item={entry.item} /> : <WhisperItem item={entry.item} />}</li>;
  }
}

function Skeleton() {
  return (
    <>
      {[40, 62, 48].map((w, i) => <li key={w}><div class={`msg ${i % 2 ? 'out' : 'in'}`} aria-hidden="true"><div class={`bub sk-bub w${w}`}><i class="sk" /><i class="sk" /></div></div></li>)}
    </>
  );
}

const typingLasts = 6000;

function TypingLine({ id }: { id: string }) {
  const typing = liveOf(id).value.typing;
  if (!typing?.debtor || now.value - typing.at > typingLasts) return null;
  return <li><div class="msg in"><div class="bub"><span class="typing" role="img" aria-label={t('thread.debtorTypes', { name: firstName(caseOf(id)?.value.debtor.name ?? '') })}><i /><i /><i /></span></div></div></li>;
}

/** Where the unread begin, taken once when the case is opened, so that the line does not wander. */
function useUnreadFrom(id: string, state: string): number | null {
  const [mark, setMark] = useState<{ id: string; from: number | null } | null>(null);
  useEffect(() => {
    if (state !== 'ready' || mark?.id === id) return;
    const c = caseOf(id)?.peek();
    const from = c?.unread && c.seen_position !== undefined ? c.seen_position : null;
    setMark({ id, from });
  }, [id, state]);
  return mark?.id === id ? mark.from : null;
}

/** Keeps the reader's place. The box scrolls in reverse, so what is loaded above moves nothing by itself. */
function useAnchor(box: { current: HTMLDivElement | null }, list: { current: HTMLOListElement | null }, items: Item[], standing: number) {
  const [fresh, setFresh] = useState(0);
  const height = useRef(0);
  const lastId = useRef<string | undefined>(undefined);
  const lastStanding = useRef(0);
  // Told by scrolling: asked of the box here, it would lay the whole log out anew with each message.
  const atEnd = useRef(true);
  const isAtEnd = () => atEnd.current;
  const toEnd = () => { if (box.current) box.current.scrollTop = 0; atEnd.current = true; setFresh(0); };
  useLayoutEffect(() => {
    const el = box.current;
    const ol = list.current;
    if (!el || !ol) return;
    const last = items[items.length - 1];
    const isAppended = last && lastId.current !== undefined && last.id !== lastId.current;
    if (standing > lastStanding.current) toEnd();
    else if (!isAtEnd()) {
      const grown = ol.offsetHeight - height.current;
      if (isAppended) { el.scrollTop -= grown; setFresh((n) => n + 1); }
      height.current += grown;
    }
    lastId.current = last?.id;
    lastStanding.current = standing;
  }, [items, standing]);
  const onScroll = () => {
    atEnd.current = !box.current || box.current.scrollTop > -nearEnd;
    height.current = list.current?.offsetHeight ?? 0;
    if (atEnd.current && fresh) setFresh(0);
  };
  return { fresh, toEnd, isAtEnd, onScroll };
}

/** Whoever reads at the end of a long thread does not hold all that is far above it. */
function useTrim(id: string, items: Item[], isAtEnd: () => boolean): void {
  useEffect(() => { if (items.length > mostHeld && isAtEnd() && wanted.peek()?.id !== id) letGoOfOlder(timelineOf(id), keptAtEnd); }, [items]);
  useEffect(() => showThread(id), [id]);
}

/** Brings what was looked for to the middle of the screen, marks it for a moment and puts the reader there. */
function useWanted(id: string, box: { current: HTMLDivElement | null }, state: string): void {
  const goal = wanted.value;
  useEffect(() => {
    if (goal?.id !== id || state !== 'ready') return;
    void loadDownTo(id, goal.position).catch(() => undefined).then(() => requestAnimationFrame(() => {
      if (wanted.peek() !== goal) return;
      wanted.value = null;
      const found = box.current?.querySelector<HTMLElement>(`[data-position="${goal.position}"]`);
      if (!found) return;
      found.scrollIntoView({ block: 'center' });
      found.tabIndex = -1;
      found.focus({ preventScroll: true });
      found.classList.add('found');
      setTimeout(() => found.classList.remove('found'), 3000);
    }));
  }, [goal, id, state]);
}

/** Read is what stood on the screen, at its end, while the page was looked at, by the owner. */
function useReading(id: string, reading: boolean, items: Item[], fresh: number): void {
  const told = useRef(0);
  useEffect(() => { told.current = 0; }, [id]);
  useEffect(() => {
    const c = caseOf(id)?.peek();
    const last = items[items.length - 1];
    if (!reading || fresh || !c || !last || !isMine(c) || last.position <= told.current) return undefined;
    const tell = () => {
      if (!document.hasFocus() || last.position <= told.current) return;
      told.current = last.position;
      tellSeen(id, last.position);
      void markSeen(id, last.position).catch(() => undefined);
    };
    const timer = setTimeout(tell, 300);
    window.addEventListener('focus', tell);
    return () => { clearTimeout(timer); window.removeEventListener('focus', tell); };
  }, [id, reading, items, fresh]);
}

export function localTime(c: Case): string {
  return clockTime(serverNow(), c.debtor.timezone || undefined);
}
