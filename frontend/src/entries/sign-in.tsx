import { render } from 'preact';
import { boot } from '../boot';
import { loadLanguage, nearest, t } from '../i18n';
import { SignIn } from '../signin/sign-in';

function chosen(): string {
  return /(?:^|; )acordo_lang=([\w-]+)/.exec(document.cookie)?.[1] ?? boot.lang ?? navigator.language;
}

void loadLanguage(nearest(chosen())).then(() => {
  document.documentElement.classList.add('signin-page');
  document.title = `Acordo · ${t('signin.title')}`;
  render(<SignIn />, document.getElementById('app')!);
});
