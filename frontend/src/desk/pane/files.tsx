import { known, t } from '../../i18n';
import { money, plainDate } from '../../format';
import { mayWrite } from '../../store/state';
import { IconButton } from '../../ui/button';
import type { Case } from '../../wire';
import type { CaseLedger } from '../../wire.gen';
import { addDocument } from '../composer/files';

interface Line { id: string; kind: string; charge: string; name: string; told: string; why: string }

/** The creditor's own invoices, boletos and codes to pay by, charge by charge: one that is still true goes into the message. */
export function ChargeFiles({ c, ledger }: { c: Case; ledger: CaseLedger }) {
  const lines = linesOf(ledger);
  if (!lines.length) return null;
  return (
    <section class="sec" aria-label={t('papers.title')}>
      <h2>{t('papers.title')}</h2>
      {lines.map((one) => (
        <div key={one.id} class="kv"><span>{one.name}<span class="muted"> · {one.told}</span></span>
          <span class="who">{one.why ? <span class="chip">{known(`papers.why.${one.why}`, one.why)}</span> : null}
            {!one.why && mayWrite(c) ? <IconButton icon="file" label={t('papers.add', { name: one.name })} size={14} onClick={() => void addDocument(c.id, { kind: one.kind, charge: one.charge })} /> : null}</span></div>
      ))}
    </section>
  );
}

/** What lies together of one charge stands together, the youngest charge's first. */
function linesOf(ledger: CaseLedger): Line[] {
  const files = ledger.files.filter((one) => one.why !== 'replaced').map((one): Line => (
    { ...one, name: `${known(`papers.kind.${one.kind}`, one.kind)} ${one.number}`, told: plainDate(one.created_at.slice(0, 10)) }));
  const codes = ledger.codes.map((one): Line => {
    const kind = one.kind === 'boleto' ? 'boleto_line' : one.kind;
    const told = [one.amount ? money(one.amount) : null, one.due ? t('papers.until', { at: plainDate(one.due) }) : null].filter(Boolean).join(' · ');
    return { ...one, name: `${known(`papers.kind.${kind}`, kind)} ${one.number}`, told: told || (one.kind === 'link' ? hostOf(one.value) : plainDate(one.created_at.slice(0, 10))) };
  });
  const all = [...files, ...codes];
  const order = [...new Set(all.map((one) => one.charge))];
  return all.sort((a, b) => order.indexOf(a.charge) - order.indexOf(b.charge));
}

function hostOf(url: string): string {
  return /^https:\/\/([^/?#]+)/.exec(url)?.[1] ?? '';
}
