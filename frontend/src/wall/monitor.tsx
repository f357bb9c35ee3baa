import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { now } from '../clock';
import { firstName } from '../format';
import { t } from '../i18n';
import { onKeys, shownKey } from '../keys';
import { barge, handBack, leaveBarge, lowerHand, takeOver, unwatch, watch } from '../store/commands';
import { sendWhisper } from '../store/sending';
import { draftOf, editDraft, takeServerDraft } from '../store/drafts';
import { hold } from '../store/session';
import { loadCase } from '../store/load';
import { caseOf, hasBarged, isMine, isSupervisor, liveOf, me } from '../store/state';
import { Button, IconButton } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Icon } from '../ui/icon';
import { isUnplaced } from '../ui/menu';
import type { IconName } from '../ui/outlines';
import { Age, ChannelGlyph, Sum, Wait } from '../ui/signs';
import type { Case } from '../wire';
import { Composer, needsCare } from '../desk/composer/composer';
import { askGate } from '../desk/composer/gate';
import { GateLight } from '../desk/composer/gate-line';
import { proposed } from '../desk/composer/tabs';
import { ThreadContext } from '../desk/context';
import { lastChannel } from '../desk/row';
import { openThread, Timeline } from '../desk/thread';
import { kept } from './filter';
import { focusedRequest, stepRequest } from './requests';
import { opened, tiles, wanted } from './state';

type Mode = 'watch' | 'whisper' | 'barge' | 'takeover';

function modeOf(c: Case): Mode {
  if (isMine(c) && c.taken_over_from) return 'takeover';
  return hasBarged(c) ? 'barge' : wanted.value;
}

export function step(by: 1 | -1): boolean {
  if (stepRequest(by)) return true;
  const ids = tiles.value;
  if (!ids.length) return false;
  const at = opened.value ? ids.indexOf(opened.value) : -1;
  opened.value = ids[at < 0 ? 0 : (at + by + ids.length) % ids.length]!;
  document.querySelector(`[data-tile="${opened.value}"]`)?.scrollIntoView({ block: 'nearest' });
  return true;
}

/** What the server kept of the agent's text, or what was seen being typed since: up to a second lies between them. */
function takeDraft(id: string, typed: string): void {
  const kept = caseOf(id)?.value.draft;
  takeServerDraft(id, kept);
  const mine = draftOf(id).peek().text;
  if (typed && typed !== mine && (!mine || mine === kept?.text)) editDraft(id, { text: typed });
}

const lettingGo = new Map<string, () => void>();

/** Watched on when the drawer is closed: its tile goes on showing what the agent writes. */
function toggleKept(id: string): void {
  const next = new Set(kept.value);
  if (next.delete(id)) {
    lettingGo.get(id)?.();
    lettingGo.delete(id);
  } else {
    next.add(id);
    lettingGo.set(id, hold(`case:${id}`, `case:${id}:team`));
  }
  kept.value = next;
}

/** The focus comes into the drawer with it, and goes back to the tile when it closes. */
function useFocusWithin(id: string, section: { current: HTMLElement | null }): void {
  useEffect(() => {
    const own = section.current;
    own?.focus({ preventScroll: true });
    return () => {
      if (!isUnplaced(own)) return;
      (document.querySelector<HTMLElement>(`[data-tile="${id}"]`) ?? document.getElementById('tiles'))?.focus();
    };
  }, [id]);
}

/** The drawer: the live thread, the draft as it is typed, and the four ways to be there. */
export function Monitor({ id }: { id: string }) {
  const [missing, setMissing] = useState(false);
  const [asking, ask] = useState<'takeover' | 'handback' | null>(null);
  const c = caseOf(id)?.value;
  useEffect(() => {
    setMissing(false);
    if (caseOf(id)?.peek().owner?.id !== me.value?.id) void watch(id);
    const letGo = openThread(id, setMissing, `case:${id}:team`);
    return () => { letGo(); if (!kept.peek().has(id)) void unwatch(id); };
  }, [id]);
  const section = useRef<HTMLElement>(null);
  useFocusWithin(id, section);
  useLayoutEffect(() => onKeys({
    watch: () => { wanted.value = 'watch'; },
    whisper: () => { if (!isSupervisor.value) return false; wanted.value = 'whisper'; setTimeout(() => document.getElementById('whisper')?.focus()); return true; },
    barge: () => { const one = caseOf(id)?.value; if (!one || !canAct(one)) return false; void barge(id); return true; },
    takeOver: () => { const one = caseOf(id)?.value; if (!one || isMine(one) || !isSupervisor.value) return false; ask('takeover'); return true; },
    handBack: () => { const one = caseOf(id)?.value; if (!one || modeOf(one) !== 'takeover') return false; ask('handback'); return true; },
    lowerHand: () => { if (focusedRequest() || !isSupervisor.value || !caseOf(id)?.value.hand) return false; void lowerHand(id); return true; },
  }), [id]);
  const wasHeld = useRef(false);
  if (c) wasHeld.current = true;
  const watching = !!c && ['watch', 'whisper'].includes(modeOf(c));
  const context = useMemo(() => ({ id, watching }), [id, watching]);
  const taken = !!c && modeOf(c) === 'takeover';
  // The agent's text comes along with the conversation.
  const typed = useRef('');
  if (!taken) typed.current = liveOf(id).value.draft?.text ?? '';
  useEffect(() => { if (taken) void loadCase(id).then(() => takeDraft(id, typed.current), () => undefined); }, [id, taken]);
  const close = () => { opened.value = null; };
  if (!c) return <section class="mon" ref={section} tabIndex={-1} aria-label={t('monitor.title')}><header><div class="l"><h2>{missing || wasHeld.current ? t('thread.missing') : ''}</h2><IconButton icon="x" label={t('close')} onClick={close} /></div></header></section>;
  const mode = modeOf(c);
  return (
    <section class="mon" aria-label={t('monitor.of', { name: c.debtor.name })} ref={section} data-pane tabIndex={-1}>
      <ThreadContext.Provider value={context}>
        <Head c={c} onClose={close} />
        {watching ? <MayLeave c={c} /> : null}
        {isSupervisor.value ? <Modes c={c} mode={mode} onTakeOver={() => ask('takeover')} /> : null}
        <State c={c} mode={mode} />
        <Timeline id={id} reading={mode === 'takeover'} label={t('monitor.live')} />
        {mode === 'takeover' ? null : <LiveDraft c={c} />}
        {mode === 'barge' || mode === 'takeover' ? <div class="mon-foot"><Composer key={id} id={id} active /></div> : null}
        {mode === 'whisper' && isSupervisor.value ? <WhisperBox c={c} /> : null}
        <Foot c={c} mode={mode} onHandBack={() => ask('handback')} />
        {asking === 'takeover' ? <TakeOverDialog c={c} onClose={() => ask(null)} /> : null}
        {asking === 'handback' ? <HandBackDialog c={c} onClose={() => ask(null)} /> : null}
      </ThreadContext.Provider>
    </section>
  );
}

const canAct = (c: Case) => isSupervisor.value && !isMine(c);

function Head({ c, onClose }: { c: Case; onClose: () => void }) {
  const others = (c.watchers ?? []).filter((p) => p.id !== me.value?.id);
  return (
    <header>
      <div class="l"><ChannelGlyph channel={lastChannel(c)} size={16} /><h2 class="clip">{c.debtor.name}</h2><Wait value={c} />
        <IconButton icon="eye" label={kept.value.has(c.id) ? t('monitor.letGo') : t('monitor.keep')} pressed={kept.value.has(c.id)} onClick={() => toggleKept(c.id)} />
        <IconButton icon="up" label={t('keys.previous')} keys={shownKey('previous')} onClick={() => step(-1)} /><IconButton icon="down" label={t('keys.next')} keys={shownKey('next')} onClick={() => step(1)} /><IconButton icon="x" label={t('close')} keys="Esc" onClick={onClose} /></div>
      <div class="l s"><span>{t('case.owner')}: <b>{c.owner?.name ?? t('case.noOwner')}</b></span><Age value={c} words /><Sum value={c} />
        {others.length ? <span class="also" title={t('monitor.also')}><Icon name="eye" size={14} label={t('monitor.also')} /> {others.map((p) => firstName(p.name)).join(', ')}</span> : null}</div>
    </header>
  );
}

/** What the agent's composer shows: may this leave now, by which rule, and else from when on. */
function MayLeave({ c }: { c: Case }) {
  const text = draftNow(c.id)?.text ?? '';
  const care = needsCare(c);
  useEffect(() => { askGate(c.id, { text, ...(care ? { purpose: 'care' } : {}) }, text ? undefined : 0); }, [c.id, c.updated_at, text, care]);
  return <GateLight c={c} channel={proposed(c)} care={care} />;
}

const faces: [Mode, IconName, string][] = [['watch', 'eye', 'm1'], ['whisper', 'eyeoff', 'm2'], ['barge', 'barge', 'm3'], ['takeover', 'takeover', 'm4']];

/** Arrows move along the ladder; only Enter or a click steps onto a rung. */
function walkModes(e: KeyboardEvent): void {
  const by = ['ArrowRight', 'ArrowDown'].includes(e.key) ? 1 : ['ArrowLeft', 'ArrowUp'].includes(e.key) ? -1 : 0;
  const all = [...(e.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('[role=radio]')];
  if (!by) return;
  e.preventDefault();
  all[(all.indexOf(document.activeElement as HTMLElement) + by + all.length) % all.length]?.focus();
}

/** A ladder of four, each with its glyph, word, edge and colour; only taking over asks first. */
export function Modes({ c, mode, onTakeOver }: { c: Case; mode: Mode; onTakeOver: () => void }) {
  const agent = firstName((mode === 'takeover' ? c.taken_over_from?.name : c.owner?.name) ?? '');
  const go = (to: Mode) => {
    if (to === mode || mode === 'takeover' || (!c.owner && (to === 'whisper' || to === 'barge'))) return;
    if (to === 'takeover') { onTakeOver(); return; }
    if (to === 'barge') { void barge(c.id); return; }
    if (mode === 'barge') void leaveBarge(c.id);
    wanted.value = to;
  };
  return (
    <div class="modes" role="radiogroup" aria-label={t('monitor.how')} onKeyDown={walkModes}>
      {faces.map(([one, icon, kind]) => {
        const isAlone = !c.owner && (one === 'whisper' || one === 'barge');
        const impeded = (mode === 'takeover' && one !== 'takeover') || (isAlone && mode !== one);
        return (
          <button key={one} type="button" class={`mode ${kind}${mode === one ? ' on' : ''}`} role="radio" tabIndex={mode === one ? 0 : -1} aria-checked={mode === one} aria-disabled={impeded} title={isAlone ? t('case.noOwner') : impeded ? t('monitor.handBackFirst') : shownKey(one === 'takeover' ? 'takeOver' : one)} onClick={() => go(one)}>
            <b><Icon name={icon} size={14} /> {t(`mode.${one}`)}</b><small>{isAlone ? t('case.noOwner') : t(`mode.${one}.who`, { agent })}</small>
          </button>
        );
      })}
    </div>
  );
}

function State({ c, mode }: { c: Case; mode: Mode }) {
  const agent = firstName((mode === 'takeover' ? c.taken_over_from?.name : c.owner?.name) ?? '');
  const icon = faces.find(([one]) => one === mode)![1];
  return <p class={`state ${mode}`} role="status"><Icon name={icon} size={14} /><span>{isSupervisor.value ? t(`mode.${mode}.says`, { agent }) : t('mode.watch.says')}</span></p>;
}

const draftLasts = 120_000;

/** What the agent is writing, while it is fresh. */
function draftNow(id: string) {
  const { draft } = liveOf(id).value;
  return draft?.text && now.value - draft.at <= draftLasts ? draft : undefined;
}

function LiveDraft({ c }: { c: Case }) {
  const draft = draftNow(c.id);
  if (!draft) return null;
  return (
    <div class="live" aria-live="off"><header><span class="typing"><i /><i /><i /></span><b>{t('monitor.typing', { name: firstName(draft.by?.name ?? c.owner?.name ?? '') })}</b><span class="faint">{t('monitor.notSent')}</span></header>
      <p class="words">{draft.text}<span class="car" /></p></div>
  );
}

function WhisperBox({ c }: { c: Case }) {
  const [text, setText] = useState('');
  const [asSuggestion, setSuggestion] = useState(true);
  const area = useRef<HTMLTextAreaElement>(null);
  const agent = firstName(c.owner?.name ?? '');
  const send = async () => {
    const words = text.trim();
    if (!words || !c.owner) return;
    setText('');
    if (!await sendWhisper(c.id, words, asSuggestion)) setText(words);
    area.current?.focus();
  };
  return (
    <form class="wbox" aria-label={t('whisper.to', { name: agent })} onSubmit={(e) => { e.preventDefault(); void send(); }}>
      <header><Icon name="eyeoff" size={14} /> <b>{t('whisper.to', { name: agent })}</b> · {t('whisper.noPath')}</header>
      <textarea id="whisper" ref={area} class="txt" rows={2} value={text} aria-label={t('mode.whisper')} placeholder={t('whisper.placeholder', { name: agent })}
        onInput={(e) => setText(e.currentTarget.value)} onKeyDown={(e) => { if (e.key === 'Enter' && !e.shiftKey && !e.isComposing) { e.preventDefault(); void send(); } }} />
      <footer><label><input type="checkbox" class="cb" checked={asSuggestion} onChange={(e) => setSuggestion(e.currentTarget.checked)} /> {t('whisper.asSuggestion')}</label><span class="sp" /><Button kind="whisper" submit keys="Enter" impeded={!text.trim() || !c.owner}>{t('mode.whisper')}</Button></footer>
    </form>
  );
}

function Foot({ c, mode, onHandBack }: { c: Case; mode: Mode; onHandBack: () => void }) {
  const isTaken = mode === 'takeover';
  return (
    <div class="out2">
      {isSupervisor.value ? <Button kind="small" icon="handback" impeded={!isTaken} title={isTaken ? '' : t('monitor.onlyAfter')} keys={isTaken ? shownKey('handBack') : undefined} onClick={onHandBack}>{t('case.handBack')}</Button> : null}
      {isTaken || mode === 'barge' || !isSupervisor.value ? null : <span>{t('monitor.onlyAfter')}</span>}
      {mode === 'barge' ? <Button kind="small" onClick={() => void leaveBarge(c.id)}>{t('monitor.leave')}</Button> : null}
      <span class="sp" />
      {c.hand && isSupervisor.value ? <Button kind="small quiet" keys={shownKey('lowerHand')} onClick={() => void lowerHand(c.id)}>{t('case.lowerHand')}</Button> : null}
    </div>
  );
}

function TakeOverDialog({ c, onClose }: { c: Case; onClose: () => void }) {
  const [reason, setReason] = useState('');
  const draft = liveOf(c.id).value.draft?.text;
  const agent = firstName(c.owner?.name ?? '');
  const go = () => { onClose(); void takeOver(c.id, reason.trim()); };
  return (
    <Dialog title={t('takeover.title', { name: firstName(c.debtor.name) })} onClose={onClose} onSubmit={go}
      actions={<><Button kind="quiet" onClick={onClose} keys="Esc">{t('cancel')}</Button><Button kind="danger" icon="takeover" submit keys="Enter">{t('mode.takeover')}</Button></>}>
      <p>{c.owner ? t('takeover.says', { agent }) : t('takeover.saysQueued')}</p>
      {draft ? <blockquote class="quote">{draft}</blockquote> : null}
      <div class="field"><label for="takeover-why">{t('takeover.reason', { agent })}</label><span class="inp"><input id="takeover-why" data-first value={reason} onInput={(e) => setReason(e.currentTarget.value)} /></span></div>
    </Dialog>
  );
}

function HandBackDialog({ c, onClose }: { c: Case; onClose: () => void }) {
  const [note, setNote] = useState('');
  const agent = firstName(c.taken_over_from?.name ?? '');
  const go = () => { if (!note.trim()) return; onClose(); wanted.value = 'watch'; void handBack(c.id, note.trim()); };
  return (
    <Dialog title={t('handback.title', { name: agent })} onClose={onClose} onSubmit={go}
      actions={<><Button kind="quiet" onClick={onClose} keys="Esc">{t('cancel')}</Button><Button kind="main" icon="handback" submit impeded={!note.trim()}>{t('case.handBack')}</Button></>}>
      <p>{t('handback.says', { agent })}</p>
      <div class="field"><label for="handback-note">{t('handback.note', { agent })}</label><textarea id="handback-note" class="area" data-first rows={3} value={note} onInput={(e) => setNote(e.currentTarget.value)} /></div>
    </Dialog>
  );
}
