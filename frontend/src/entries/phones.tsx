import { render } from 'preact';
import { boot } from '../boot';
import { startClock } from '../clock';
import { loadLanguage, t } from '../i18n';
import { connection } from '../store/state';
import { load, online } from '../phones/api';
import { PhonesPage } from '../phones/page';

async function start(): Promise<void> {
  document.documentElement.classList.add('phones-page');
  await loadLanguage(/(?:^|; )acordo_lang=([\w-]+)/.exec(document.cookie)?.[1] ?? boot.lang ?? navigator.language);
  document.title = `Acordo · ${t('phones.title')}`;
  startClock();
  online.subscribe((open) => { connection.value = { open, since: Date.now(), ever: connection.peek().ever || open }; });
  render(<PhonesPage />, document.getElementById('app')!);
  const again = () => load().catch(() => setTimeout(() => void again(), 2000));
  await again();
}

void start();
