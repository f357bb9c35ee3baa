import { effect } from '@preact/signals';
import { render } from 'preact';
import { t } from '../i18n';
import { showBadge, toast } from '../store/notices';
import { startSession } from '../store/session';
import { explain } from '../store/words';
import { loadNames, part, parts } from '../office/state';
import { Office } from '../office/office';

function fromAddress(): void {
  const named = location.hash.split('/')[1];
  const found = parts.value.find((one) => one.name === named) ?? parts.value[0];
  if (found) part.value = found.name;
}

async function start(): Promise<void> {
  const draw = () => render(<Office />, document.getElementById('app')!);
  await startSession({
    topics: [],
    lists: [],
    load: async () => {
      fromAddress();
      await loadNames().catch((error) => toast(explain(error), { tone: 'bad' }));
      draw();
      return null;
    },
  });
  window.addEventListener('hashchange', fromAddress);
  effect(() => { if (parts.value.length) history.replaceState(null, '', `#/${part.value}`); });
  showBadge(`Acordo · ${t('office.title')}`);
}

void start();
