import { useState } from 'preact/hooks';
import { now } from '../clock';
import { clockTime, firstName, plainDate } from '../format';
import { known, t } from '../i18n';
import { shownKey } from '../keys';
import { claim, lowerHand, release, reopen, setPriority } from '../store/commands';
import { whispersWaiting } from '../store/session';
import { caseOf, isMine, isOfOthers, isSupervisor, levelNow, liveOf, me } from '../store/state';
import { Button, IconButton } from '../ui/button';
import { Icon } from '../ui/icon';
import { Menu } from '../ui/menu';
import { Age, ChannelGlyph, Sum, Wait } from '../ui/signs';
import type { Case, Priority } from '../wire';
import { close, deckOn, open, paneShown, phone, toggleDeck, togglePane } from './nav';
import { overlay } from './overlays';
import { lastChannel, WhisperMark } from './row';

const priorities: Priority[] = ['low', 'normal', 'high', 'urgent'];

export function Header({ id, column, onClose }: { id: string; column?: number; onClose?: () => void }) {
  const held = caseOf(id);
  if (!held) return <header class="th" aria-busy="true"><div class="l1"><i class="sk w50" /></div><div class="l2"><i class="sk w80" /></div></header>;
  const c = held.value;
  return column === undefined ? <Whole c={c} /> : <Narrow c={c} column={column} onClose={onClose} />;
}

function Whole({ c }: { c: Case }) {
  return (
    <header class="th">
      <div class="l1">
        <IconButton icon="left" label={t('list.title')} class="back" size={20} onClick={close} />
        <h1 class="clip">{c.debtor.name}</h1>
        <span class="facts"><Age value={c} words /><span class="strong"><Sum value={c} /></span><Wait value={c} /></span>
        <Acts c={c} />
      </div>
      <div class="l2">
        <span class="tall"><Icon name="user" size={12} label={t('case.owner')} /> {c.owner?.name ?? t('case.noOwner')}</span>
        <span class="tall">{c.portfolio.name}</span>
        <Identity c={c} />
        <span class="opt"><Icon name="clock" size={12} /> {clockTime(now.value, c.debtor.timezone || undefined)} {t('header.there')}</span>
        <Holds c={c} />
        <Present c={c} />
      </div>
    </header>
  );
}

function Narrow({ c, column, onClose }: { c: Case; column: number; onClose?: (() => void) | undefined }) {
  const unread = c.unread ?? 0;
  const whispers = whispersWaiting(c);
  return (
    <header class="th narrow">
      <div class="l1"><span class="kbd">{shownKey(`column${column + 1}`)}</span><ChannelGlyph channel={lastChannel(c)} /><h2 class="clip">{c.debtor.name}</h2>{whispers ? <WhisperMark n={whispers} /> : null}<Wait value={c} />
        {onClose ? <IconButton icon="x" label={t('deck.leave')} onClick={onClose} /> : null}</div>
      <div class="l2"><Age value={c} words /><Sum value={c} /><Identity c={c} /><Holds c={c} />{unread ? <span class="chip info">{t('thread.new', { n: unread })}</span> : null}</div>
    </header>
  );
}

export function Identity({ c }: { c: Case }) {
  if (c.debtor.provisional) return <span class="chip warn"><Icon name="user" size={12} /> {t('identity.unknown')}</span>;
  return levelNow(c) >= 2
    ? <span class="chip ok"><Icon name="shieldok" size={12} /> {t('identity.confirmed')}</span>
    : <Open c={c} words={levelNow(c) === 1 ? t('identity.partly') : t('identity.open')} />;
}

/** Not confirmed yet: for the owner the sign is also the way to confirm. */
function Open({ c, words }: { c: Case; words: string }) {
  const inside = <><Icon name="shieldwait" size={12} /> <span class="clip">{words}</span></>;
  return isMine(c) ? <button type="button" class="chip warn" title={`${words}: ${t('check.do')}`} onClick={() => { overlay.value = { kind: 'identity', id: c.id }; }}>{inside}</button> : <span class="chip warn" title={words}>{inside}</span>;
}

function Holds({ c }: { c: Case }) {
  return (
    <>
      {(c.holds ?? []).map((h) => <span key={h} class="chip bad" title={known(`hold.${h}`, h)}><Icon name="heart" size={12} /> <span class="clip">{known(`hold.${h}`, h)}</span></span>)}
      {c.answer_by ? <AnswerBy day={c.answer_by} /> : (c.overlays ?? []).includes('DISPUTED') ? <span class="chip" title={t('overlay.DISPUTED')}><Icon name="scale" size={12} /> <span class="clip">{t('overlay.DISPUTED')}</span></span> : null}
    </>
  );
}

const nearDays = 3;

/** By when the dispute is answered: the law's day, or the house's. */
function AnswerBy({ day }: { day: string }) {
  const left = Math.ceil((Date.parse(`${day}T23:59:59Z`) - now.value) / 86_400_000);
  return <span class={`chip ${left <= 0 ? 'bad' : left <= nearDays ? 'warn' : ''}`} title={t('overlay.DISPUTED')}><Icon name="scale" size={12} /> <span class="clip">{t(left <= 0 ? 'header.answerLate' : 'header.answerBy', { at: plainDate(day) })}</span></span>;
}

const typingLasts = 6000;

/** Who else is here: watchers where the organisation shows them, barged-in supervisors, colleagues looking or typing. */
function Present({ c }: { c: Case }) {
  const live = liveOf(c.id).value;
  const others = (live.viewing ?? []).filter((p) => p.id !== me.value?.id);
  const typing = live.typing && !live.typing.debtor && live.typing.by?.id !== me.value?.id && now.value - live.typing.at < typingLasts ? live.typing.by : null;
  return (
    <span class="present">
      {(c.barge ?? []).filter((p) => p.id !== me.value?.id).map((p) => <span key={p.id} class="chip barge"><Icon name="barge" size={12} /> {t('header.barged', { name: firstName(p.name) })}</span>)}
      {isMine(c) ? (c.watchers ?? []).map((p) => <span key={p.id} class="chip whisper"><Icon name="eye" size={12} /> {t('header.watches', { name: firstName(p.name) })}</span>) : null}
      {typing ? <span class="chip"><Icon name="pencil" size={12} /> {t('header.types', { name: firstName(typing.name) })}</span>
        : others.length ? <span class="chip"><Icon name="eye" size={12} /> {others.map((p) => firstName(p.name)).join(', ')}</span> : null}
    </span>
  );
}

function Acts({ c }: { c: Case }) {
  const [shown, show] = useState(false);
  const mine = isMine(c);
  return (
    <span class="acts">
      {mine ? (
        <>
          <Button kind={c.hand ? 'quiet whisper-on' : 'quiet'} icon="hand" title={c.hand ? t('case.lowerHand') : `${t('case.hand')} (${shownKey('hand')})`} onClick={() => { if (c.hand) void lowerHand(c.id); else overlay.value = { kind: 'hand', id: c.id }; }}>
            <span class="lbl a">{c.hand ? t('case.lowerHand') : t('case.hand')}</span></Button>
          <IconButton icon="snooze" label={t('case.snooze')} keys={shownKey('snooze')} onClick={() => { overlay.value = { kind: 'snooze', id: c.id }; }} />
          <IconButton icon="transfer" label={t('case.transfer')} keys={shownKey('transfer')} onClick={() => { overlay.value = { kind: 'transfer', id: c.id }; }} />
          <Button icon="check" title={`${t('case.resolve')} (${shownKey('resolve')})`} onClick={() => { overlay.value = { kind: 'resolve', id: c.id, thenNext: false }; }}><span class="lbl">{t('case.resolve')}</span></Button>
        </>
      ) : isOfOthers(c) ? null : c.status === 'queued' ? <Button kind="main" onClick={() => void claim(c.id)}>{t('case.claim')}</Button>
        : c.status === 'resolved' ? <Button onClick={() => void reopen(c.id)}>{t('case.reopen')}</Button> : null}
      <IconButton icon="user" label={t('pane.title')} class="keep back" size={20} onClick={() => { phone.value = 'pane'; }} />
      <span class="anchor">
        <IconButton icon="dots" label={t('case.more')} class="keep" expanded={shown} onClick={() => show(!shown)} />
        {shown ? <More c={c} onClose={() => show(false)} /> : null}
      </span>
    </span>
  );
}

function More({ c, onClose }: { c: Case; onClose: () => void }) {
  const pick = (act: () => void) => () => { act(); onClose(); };
  return (
    <Menu label={t('case.more')} onClose={onClose} class="below right">
      {isMine(c) ? <button type="button" class="phone-only" onClick={pick(() => { overlay.value = { kind: 'hand', id: c.id }; })}><Icon name="hand" />{t('case.hand')}</button> : null}
      {isMine(c) ? <button type="button" class="phone-only" onClick={pick(() => { overlay.value = { kind: 'resolve', id: c.id, thenNext: false }; })}><Icon name="check" />{t('case.resolve')}</button> : null}
      {isMine(c) ? <button type="button" class="phone-only" onClick={pick(() => { overlay.value = { kind: 'snooze', id: c.id }; })}><Icon name="snooze" />{t('case.snooze')}</button> : null}
      {isMine(c) ? <button type="button" class="phone-only" onClick={pick(() => { overlay.value = { kind: 'transfer', id: c.id }; })}><Icon name="transfer" />{t('case.transfer')}</button> : null}
      <button type="button" onClick={pick(() => { overlay.value = { kind: 'labels', id: c.id }; })}><Icon name="flag" />{t('case.labels')}<span class="kbd">{shownKey('labels')}</span></button>
      {c.debtor.id ? <button type="button" onClick={pick(() => { overlay.value = { kind: 'contact', id: c.id }; })}><Icon name="clock" />{t('case.contact')}</button> : null}
      {me.value?.role === 'compliance' ? <button type="button" onClick={pick(() => { location.assign(`/api/v1/cases/${c.id}/evidence`); })}><Icon name="shieldok" />{t('case.evidence')}</button> : null}
      {c.status !== 'resolved' ? <button type="button" onClick={pick(() => { overlay.value = { kind: 'protect', id: c.id }; })}><Icon name="heart" />{t('case.protect')}</button> : null}
      {isSupervisor.value && c.debtor.id ? <button type="button" onClick={pick(() => { overlay.value = { kind: 'merge', id: c.id }; })}><Icon name="team" />{t('merge.open')}</button> : null}
      <button type="button" onClick={pick(() => { overlay.value = { kind: 'why', id: c.id }; })}><Icon name="transfer" />{t('why.title')}</button>
      <button type="button" onClick={pick(() => { if (!deckOn.value) toggleDeck(); open(c.id); })}><Icon name="deck" />{t('deck.add')}<span class="kbd">{shownKey('deck')}</span></button>
      <button type="button" class="not-phone" onClick={pick(togglePane)}><Icon name="user" />{paneShown.value ? t('pane.hide') : t('pane.show')}<span class="kbd">{shownKey('pane')}</span></button>
      {isMine(c) ? <button type="button" onClick={pick(() => void release(c.id))}><Icon name="queue" />{t('case.release')}</button> : null}
      <span class="seg" role="group" aria-label={t('case.priority')}>
        {priorities.map((p) => <button key={p} type="button" aria-pressed={c.priority === p} class={c.priority === p ? 'on' : ''} onClick={pick(() => void setPriority(c.id, p))}>{t(`priority.${p}`)}</button>)}
      </span>
    </Menu>
  );
}
