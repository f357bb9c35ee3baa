import { useEffect, useState } from 'preact/hooks';
import { money, plainDate } from '../../format';
import { t } from '../../i18n';
import { release, setPresence } from '../../store/commands';
import { clearDraft, draftText } from '../../store/drafts';
import { held, replied, waiting } from '../../store/lists';
import { loadLedger } from '../../store/money';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Wait } from '../../ui/signs';
import type { Case } from '../../wire';
import type { Promise as Promised } from '../../wire.gen';
import { closeOverlay } from '../overlays';

/** The end of a shift: what waits, what is half written and what was promised is kept or let go, each by itself. */
export function ShiftDialog() {
  const atOnce = waiting.cases.value;
  const promised = usePromised(held.value);
  const listed = [...atOnce, ...replied.cases.value.filter((c) => draftText(c.id) || promised.has(c.id))];
  const leave = () => { closeOverlay(); void setPresence('offline'); };
  const letGo = async () => { for (const c of atOnce) await release(c.id); };
  return (
    <Dialog title={t('shift.title')} onClose={closeOverlay} onSubmit={leave}
      actions={<><Button kind="quiet" onClick={closeOverlay} keys="Esc">{t('cancel')}</Button>{atOnce.length ? <Button onClick={() => void letGo()}>{t('shift.all', { n: atOnce.length })}</Button> : null}<Button kind="main" submit>{t('shift.leave')}</Button></>}>
      <p class="hint">{listed.length ? t('shift.hint') : t('shift.clear')}</p>
      <ul class="shift">{listed.map((c) => <Line key={c.id} c={c} promises={promised.get(c.id) ?? []} />)}</ul>
    </Dialog>
  );
}

function Line({ c, promises }: { c: Case; promises: Promised[] }) {
  const draft = draftText(c.id);
  return (
    <li class="kv"><span class="grow"><b class="clip">{c.debtor.name}</b>
      {draft ? <small class="clip t-bad">{t('row.draft')} {draft}</small> : null}
      {promises.map((p) => <small key={p.id} class="clip">{t('shift.promise', { amount: money(p.amount), at: plainDate(p.due) })}</small>)}</span><Wait value={c} />
      {draft ? <Button kind="small quiet" onClick={() => clearDraft(c.id, false)}>{t('shift.drop')}</Button> : null}
      <Button kind="small" onClick={() => void release(c.id)}>{t('case.release')}</Button></li>
  );
}

/** Open promises of the cases I hold, by case. Asked for when the shift ends: the list of cases does not carry them. */
function usePromised(cases: Case[]): Map<string, Promised[]> {
  const [found, setFound] = useState(new Map<string, Promised[]>());
  useEffect(() => {
    let isWanted = true;
    const ask = async () => {
      for (const c of cases.filter((one) => one.debtor.id && !one.debtor.provisional)) {
        const open = (await loadLedger(c.id).catch(() => null))?.promises.filter((p) => p.state === 'open') ?? [];
        if (!isWanted) return;
        if (open.length) setFound((held) => new Map(held).set(c.id, open));
      }
    };
    void ask();
    return () => { isWanted = false; };
  }, []);
  return found;
}
