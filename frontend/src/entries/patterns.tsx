import { render } from 'preact';
import { boot } from '../boot';
import { startClock } from '../clock';
import { loadLanguage } from '../i18n';
import { fillSamples, PatternsPage } from '../patterns/page';

void loadLanguage(boot.user?.language ?? boot.lang).then(() => {
  document.documentElement.classList.add('patterns-page');
  startClock();
  fillSamples();
  render(<PatternsPage />, document.getElementById('app')!);
});
