import { money, number } from '../format';
import { now } from '../clock';
import { span } from '../format';
import { known, t } from '../i18n';
import { Icon } from '../ui/icon';
import type { Money } from '../wire';
import { strip } from './state';

/** The figures of this moment. What the server counts besides is shown after them. */
export function Strip() {
  const s = strip.value;
  return (
    <section class="strip" aria-label={t('wall.now')}>
      <p class="fig"><span>{t('fig.waiting')}</span><b class="num">{s.waiting}</b></p>
      <p class={`fig ${s.oldestLate ? 'bad' : ''}`}><span>{s.oldestLate ? <Icon name="alert" size={12} /> : null} {t('fig.oldest')}</span><b class="num">{s.oldest ? span(now.value - Date.parse(s.oldest)) : '—'}</b></p>
      <p class={`fig ${s.risk ? 'warn' : ''}`}><span><Icon name="clock" size={12} /> {t('fig.risk')}</span><b class="num">{s.risk} <small>{t('fig.of', { n: s.of })}</small></b></p>
      <p class="fig"><span>{t('fig.agents')}</span><b class="num">{s.online} <small>{t('fig.ofAway', { n: s.away, all: s.staff })}</small></b></p>
      <p class="fig"><span>{t('fig.load')}</span><b class="num">{number(s.load)} <small>{t('fig.of', { n: number(s.capacity) })}</small></b></p>
      {typeof s.more.response_s === 'number' ? <p class="fig" title={t('fig.responseWhy')}><span>{t('fig.response')}</span><b class="num">{span(s.more.response_s * 1000)}</b></p> : null}
      {(['messages_a_minute', 'agreements_today', 'promises_today', 'resolved_today'] as const).map((key) => <More key={key} name={key} value={s.more[key]} />)}
    </section>
  );
}

function More({ name, value }: { name: string; value: unknown }) {
  const words = typeof value === 'number' ? number(value) : isMoney(value) ? money(value, true) : null;
  return words === null ? null : <p class="fig"><span>{known(`fig.${name}`, name)}</span><b class="num">{words}</b></p>;
}

const isMoney = (v: unknown): v is Money => typeof v === 'object' && v !== null && 'currency' in v;
