import { known, t } from '../../i18n';
import { plainDate } from '../../format';
import { mayWrite } from '../../store/state';
import { IconButton } from '../../ui/button';
import type { Case } from '../../wire';
import type { CaseLedger } from '../../wire.gen';
import { addDocument } from '../composer/files';

/** The creditor's own invoices and boletos: one that is still true goes into the message as it is. */
export function ChargeFiles({ c, ledger }: { c: Case; ledger: CaseLedger }) {
  const files = ledger.files.filter((one) => one.why !== 'replaced');
  if (!files.length) return null;
  return (
    <section class="sec" aria-label={t('papers.title')}>
      <h2>{t('papers.title')}</h2>
      {files.map((one) => {
        const name = `${known(`papers.kind.${one.kind}`, one.kind)} ${one.number}`;
        return (
          <div key={one.id} class="kv"><span>{name}<span class="muted"> · {plainDate(one.created_at.slice(0, 10))}</span></span>
            <span class="who">{one.why ? <span class="chip">{known(`papers.why.${one.why}`, one.why)}</span> : null}
              {!one.why && mayWrite(c) ? <IconButton icon="file" label={t('papers.add', { name })} size={14} onClick={() => void addDocument(c.id, { kind: one.kind, charge: one.charge })} /> : null}</span></div>
        );
      })}
    </section>
  );
}
