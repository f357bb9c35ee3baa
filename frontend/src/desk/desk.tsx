import { useEffect } from 'preact/hooks';
import { t } from '../i18n';
import { onKeys, shownKey } from '../keys';
import { runToastAct } from '../store/notices';
import { undoAnySend } from '../store/sending';
import { caseOf, isMine, mayWatch } from '../store/state';
import { ConnectionBanner } from '../ui/banner';
import { Icon } from '../ui/icon';
import { Toasts } from '../ui/toasts';
import { Deck } from './deck';
import { Dialogs } from './dialogs';
import { List } from './list';
import { close, deckOn, go, neighbour, open, openId, paneShown, phone, toggleDeck, togglePane } from './nav';
import { overlay, type Overlay } from './overlays';
import { DebtorPane } from './pane/pane';
import { DeskRail } from './rail';
import { Thread } from './thread';

export function Desk() {
  useEffect(() => onKeys(deskKeys()), []);
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

type Asking = 'snooze' | 'transfer' | 'labels' | 'hand';

/** A dialog about the open case, only for its owner. */
function ask(kind: Asking): boolean {
  const c = openId.value ? caseOf(openId.value)?.value : undefined;
  if (!c || !isMine(c)) return false;
  overlay.value = { kind, id: c.id };
  return true;
}

function askResolve(thenNext: boolean): boolean {
  const c = openId.value ? caseOf(openId.value)?.value : undefined;
  if (!c || !isMine(c)) return false;
  overlay.value = { kind: 'resolve', id: c.id, thenNext } satisfies Overlay;
  return true;
}

function walk(step: 1 | -1): boolean {
  const id = neighbour(step);
  if (!id) return false;
  open(id);
  document.querySelector<HTMLElement>(`[data-case="${id}"]`)?.scrollIntoView({ block: 'nearest' });
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
    goWall: () => { if (!mayWatch.value) return false; location.assign('/wall'); return true; },
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
    hand: () => ask('hand'),
    resolve: () => askResolve(false),
    resolveNext: () => askResolve(true),
    close: () => { if (!openId.value) return false; close(); return true; },
  };
}
