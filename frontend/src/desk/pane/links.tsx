import { useRef, useState } from 'preact/hooks';
import { now } from '../../clock';
import { money, shortDate, whenWillBe } from '../../format';
import { known, t } from '../../i18n';
import { cancelLink } from '../../store/money';
import { mayWrite } from '../../store/state';
import { IconButton } from '../../ui/button';
import type { Case } from '../../wire';
import type { CaseLedger, PaymentLink } from '../../wire.gen';

const few = 4;

/** Payment links, the youngest first: what each is for, whether it still stands and until when. */
export function Links({ c, ledger }: { c: Case; ledger: CaseLedger }) {
  const [isAll, showAll] = useState(false);
  const links = ledger.links.filter((one) => one.state !== 'creating' && one.state !== 'failed');
  if (!links.length) return null;
  return (
    <section class="sec" aria-label={t('links.title')}>
      <h2>{t('links.title')}</h2>
      {links.slice(0, isAll ? undefined : few).map((one) => <Link key={one.id} link={one} writes={mayWrite(c)} />)}
      {links.length > few ? <button type="button" class="t-link" aria-expanded={isAll} onClick={() => showAll(!isAll)}>{isAll ? t('links.fewer') : t('links.all', { n: links.length })}</button> : null}
    </section>
  );
}

function Link({ link, writes }: { link: PaymentLink; writes: boolean }) {
  const row = useRef<HTMLDivElement>(null);
  const why = link.why || (Date.parse(link.expires_at) <= now.value ? 'expired' : '');
  const stop = async () => { if (await cancelLink(link.id)) row.current?.focus(); };
  const when = link.paid_at ? t('links.paidAt', { at: shortDate(link.paid_at) }) : why ? '' : t('links.until', { at: whenWillBe(link.expires_at, now.value) });
  return (
    <div class="kv" ref={row} tabIndex={-1}>
      <span><b class="num">{money(link.amount)}</b> {whatFor(link)}{when ? <span class="muted"> · {when}</span> : null}</span>
      <span class="who"><span class={`chip ${!why || why === 'paid' ? 'ok' : why === 'refunded' ? 'bad' : ''}`}>{why ? known(`links.why.${why}`, why) : t('links.stands')}</span>
        {link.state === 'open' && writes ? <IconButton icon="x" label={t('links.cancel', { amount: money(link.amount) })} size={14} onClick={() => void stop()} /> : null}</span>
    </div>
  );
}

function whatFor(link: PaymentLink): string {
  if (link.target === 'instalment') return link.n ? t('links.instalment', { n: link.n }) : t('links.down');
  return t(link.target === 'promise' ? 'links.promise' : 'links.debt');
}
