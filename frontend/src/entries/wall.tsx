import { effect } from '@preact/signals';
import { render } from 'preact';
import { boot } from '../boot';
import { t } from '../i18n';
import { loadFigures, loadWall } from '../store/load';
import { chime, showBadge } from '../store/notices';
import { onApplied } from '../store/apply';
import { startSession } from '../store/session';
import { mayWatchAs } from '../store/state';
import { viewsHere } from '../store/views';
import { onOpen } from '../desk/nav';
import { narrowing, narrowTo, opened } from '../wall/state';
import { Wall } from '../wall/wall';

async function start(): Promise<void> {
  if (boot.user && !mayWatchAs(boot.user.role)) { location.replace('/'); return; }
  document.documentElement.classList.add('wall-page');
  const [, kind, id] = location.hash.split('/');
  if (kind === 'monitor' && id) opened.value = id;
  effect(() => { history.replaceState(null, '', opened.value ? `#/monitor/${opened.value}` : '#/'); });
  viewsHere({ on: 'wall', read: narrowing, show: narrowTo });
  onOpen((one) => { opened.value = one; });
  const draw = () => render(<Wall />, document.getElementById('app')!);
  await startSession({
    topics: ['wall'],
    lists: ['team'],
    open: (one) => { opened.value = one; },
    looking: () => (opened.value ? [opened.value] : []),
    onReset: async () => { await loadWall(); },
    load: async () => {
      draw();
      return loadWall();
    },
  }).catch(() => undefined);
  draw();
  showBadge(`Acordo · ${t('wall.title')}`);
  setInterval(() => { if (!document.hidden) void loadFigures().catch(() => undefined); }, 30_000);
  onApplied((frame) => { if (frame.name === 'request.created') chime('alarm'); });
}

void start();
