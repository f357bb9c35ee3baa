import { render } from 'preact';
import { boot } from '../boot';
import { startClock } from '../clock';
import { loadLanguage } from '../i18n';
import { PatternsPage } from '../patterns/page';
import { fillSamples, standIn } from '../patterns/stand-in';

void loadLanguage(boot.user?.language ?? boot.lang).then(() => {
  document.documentElement.classList.add('patterns-page');
  standIn();
  startClock();
  fillSamples();
  render(<PatternsPage />, document.getElementById('app')!);
});
