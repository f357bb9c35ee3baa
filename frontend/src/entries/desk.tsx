import { render } from 'preact';
import { effect } from '@preact/signals';
import { boot } from '../boot';
import { caseOf, isSupervisor, me } from '../store/state';
import { loadRequests, loadView, viewOf } from '../store/load';
import { showBadge } from '../store/notices';
import { startSession } from '../store/session';
import { viewsHere } from '../store/views';
import { t } from '../i18n';
import { deck, deckOn, narrowing, narrowTo, open, openId, readAddress, view } from '../desk/nav';
import { Desk } from '../desk/desk';

async function start(): Promise<void> {
  document.documentElement.classList.add('desk-page');
  readAddress();
  viewsHere({ on: 'desk', read: narrowing, show: narrowTo });
  window.addEventListener('hashchange', () => {
    readAddress();
    if (viewOf(view.value).state.value === 'empty') void loadView(view.value).catch(() => undefined);
  });
  await startSession({
    // Queues tell masked rows; whoever supervises hears of the cases themselves.
    topics: [...(boot.user?.teams ?? []).map((team) => `queue:${team.id}`), ...(['supervisor', 'compliance'].includes(boot.user?.role ?? '') ? ['wall'] : [])],
    lists: ['mine', 'queue'],
    open,
    looking: () => (deckOn.value ? deck.value : openId.value ? [openId.value] : []),
    load: async () => {
      const cursor = await loadView('mine');
      void loadView('queue').catch(() => undefined);
      if (view.value !== 'mine' && view.value !== 'queue') void loadView(view.value).catch(() => undefined);
      if (isSupervisor.value) void loadRequests().catch(() => undefined);
      render(<Desk />, document.getElementById('app')!);
      return cursor;
    },
  }).catch(() => undefined);
  render(<Desk />, document.getElementById('app')!);
  showBadge(`Acordo · ${t('desk.title')}`);
  // A case that is hidden from me closes by itself; Enter must not reach the next one at once.
  effect(() => {
    if (openId.value && me.value && wasHeld === openId.value && !caseOf(openId.value)) openId.value = null;
    wasHeld = openId.value && caseOf(openId.value) ? openId.value : null;
  });
}

let wasHeld: string | null = null;
void start();
