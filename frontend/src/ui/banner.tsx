/** Says when the line is down, since when, and what that means for what is typed. */
import { now } from '../clock';
import { span } from '../format';
import { t } from '../i18n';
import { connection } from '../store/state';
import { Icon } from './icon';

const patience = 3000;

export function ConnectionBanner() {
  const { open, since, ever } = connection.value;
  void now.value;
  const gone = Date.now() - since;
  if (open || gone < patience) return null;
  return (
    <p class="banner warn" role="status">
      <Icon name="wifi" />
      <span>{ever ? t('connection.lost', { span: span(gone) }) : t('connection.opening')}</span>
    </p>
  );
}
