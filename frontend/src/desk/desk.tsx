import { useLayoutEffect } from 'preact/hooks';
import { t } from '../i18n';
import { onKeys, shownKey } from '../keys';
import { runToastAct } from '../store/notices';
import { undoAnySend } from '../store/sending';
import { newestUnseenWhisper } from '../store/session';
import { caseOf, isMine, hasOffice, mayWatch } from '../store/state';
import { ConnectionBanner } from '../ui/banner';
import { Icon } from '../ui/icon';
import { Toasts } from '../ui/toasts';
import { Deck } from './deck';
import { Dialogs } from './dialogs';
import { List } from './list';
import { close, deckOn, go, neighbour, open, openId, paneShown, phone, selected, toggleDeck, togglePane, toggleSelected } from './nav';
import { overlay } from './overlays';
import { beginNext } from './to-contact';
import { DebtorPane } from './pane/pane';
import { DeskRail } from './rail';
import { Thread } from './thread';

export function Desk() {
  useLayoutEffect(() => onKeys(deskKeys()), []);
  const id = openId.value;
  const showSearch = () => { overlay.value = { kind: 'search' }; };
  const showKeys = () => { overlay.value = { kind: 'keys' }; };
  const hasPane = !deckOn.value && !!id && paneShown.value && !caseOf(id)?.value.masked;
  return (
    <>
      <a class="skip" href="#thread">{t('desk.skip')}</a>
      <div class={`desk${deckOn.value ? ' decked' : ''}${hasPane ? '' : ' no-pane'}`} data-phone={id ? phone.value : 'list'}>
        <DeskRail onSearch={showSearch} onKeys={showKeys} />
        <main class="work" aria-label={t('desk.title')}>
          {id && !deckOn.value ? null : <h1 class="vh">{t('desk.title')}</h1>}
          {deckOn.value ? <Deck /> : (
            <>
              <List />
              <section class="pane thread" id="thread" aria-label={t('thread.title')}>
                <ConnectionBanner />
                {id ? <Thread key={id} id={id} active /> : <Nothing />}
              </section>
              {hasPane ? <DebtorPane id={id} /> : null}
            </>
          )}
        </main>
      </div>
      {deckOn.value ? <ConnectionBanner /> : null}
      <Dialogs />
      <Toasts />
    </>
  );
}

function Nothing() {
  return (
    <div class="empty tall"><Icon name="inbox" size={24} /><b>{t('desk.nothing')}</b>
      <span>{t('desk.nothingHint')} <span class="kbd">J</span> <span class="kbd">{shownKey('pull')}</span> <span class="kbd">?</span></span></div>
  );
}

/** What an act is about: the chosen rows, else the open case. Only what is mine. */
function targets(): string[] {
  const ids = selected.value.length ? selected.value : openId.value ? [openId.value] : [];
  return ids.filter((id) => { const c = caseOf(id)?.value; return !!c && isMine(c); });
}

function ask(kind: 'snooze' | 'transfer' | 'labels' | 'priority'): boolean {
  const ids = targets();
  if (!ids[0]) return false;
  overlay.value = { kind, id: ids[0], ids };
  return true;
}

function askResolve(thenNext: boolean): boolean {
  const ids = targets();
  if (!ids[0]) return false;
  overlay.value = { kind: 'resolve', id: ids[0], ids, thenNext };
  return true;
}

function askForHelp(): boolean {
  const c = openId.value ? caseOf(openId.value)?.value : undefined;
  if (!c || !isMine(c)) return false;
  overlay.value = { kind: 'hand', id: c.id };
  return true;
}

/** The row under the focus, else the open one. */
function selectRow(): boolean {
  const id = document.activeElement?.closest<HTMLElement>('[data-case]')?.dataset.case ?? openId.value;
  const c = id ? caseOf(id)?.value : undefined;
  if (!c || !isMine(c)) return false;
  toggleSelected(c.id);
  return true;
}

/** One step back: the selection, then the deck, then the open case. The focus goes to where the hand was before. */
function stepBack(): boolean {
  if (selected.value.length) { selected.value = []; return true; }
  if (deckOn.value) { toggleDeck(); return true; }
  const id = openId.value;
  if (!id) return false;
  close();
  requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-case="${id}"]`)?.focus());
  return true;
}

function newestWhisper(): boolean {
  const id = newestUnseenWhisper();
  if (id) open(id, true);
  return !!id;
}

function walk(step: 1 | -1): boolean {
  const id = neighbour(step);
  if (!id) return false;
  open(id);
  const row = document.querySelector<HTMLElement>(`[data-case="${id}"]`);
  row?.scrollIntoView({ block: 'nearest' });
  if (document.activeElement?.closest('[data-case]')) row?.focus({ preventScroll: true });
  return true;
}

/** F6 walks the panes, as everywhere on a desk. */
function pane(step: 1 | -1): boolean {
  const panes = [...document.querySelectorAll<HTMLElement>('[data-pane]')];
  const at = panes.findIndex((p) => p.contains(document.activeElement));
  const next = panes[(at + step + panes.length) % panes.length];
  (next?.matches('[tabindex]') ? next : next?.querySelector<HTMLElement>('a[tabindex="0"], a, button, textarea'))?.focus();
  return !!next;
}

function deskKeys(): Record<string, () => boolean | void> {
  return {
    search: () => { overlay.value = { kind: 'search' }; },
    keys: () => { overlay.value = { kind: 'keys' }; },
    goMine: () => go('mine'),
    goQueue: () => go('queue'),
    toContact: () => { overlay.value = { kind: 'toContact' }; },
    nextDebtor: () => { void beginNext(); },
    goWall: () => { if (!mayWatch.value) return false; location.assign('/wall'); return true; },
    goOffice: () => { if (!hasOffice.value) return false; location.assign('/office'); return true; },
    deck: toggleDeck,
    pane: togglePane,
    undo: () => undoAnySend() || runToastAct(),
    next: () => walk(1),
    previous: () => walk(-1),
    nextPane: () => pane(1),
    previousPane: () => pane(-1),
    snooze: () => ask('snooze'),
    transfer: () => ask('transfer'),
    labels: () => ask('labels'),
    priority: () => ask('priority'),
    hand: askForHelp,
    select: selectRow,
    useWhisper: newestWhisper,
    resolve: () => askResolve(false),
    resolveNext: () => askResolve(true),
    close: stepBack,
  };
}
