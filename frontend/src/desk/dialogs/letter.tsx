import { useEffect, useRef, useState } from 'preact/hooks';
import { clientId, get, query } from '../../api';
import { known, t } from '../../i18n';
import { toast } from '../../store/notices';
import { explain } from '../../store/words';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import type { Page, Template } from '../../wire';
import { closeOverlay } from '../overlays';
import { foresee, sendAll, type Letter, type Outlook } from '../to-contact';

/** What the server fills in by itself, for each customer. */
const own = new Set(['first_name', 'creditor', 'help', 'invoice', 'due_date', 'days_late', 'amount', 'breakdown']);
const variablesOf = (one: Template) => (one.variables ?? []).map((v) => (typeof v === 'string' ? v : v.name)).filter((v) => !own.has(v));

/** One template to the chosen: first what it would do, then it goes. */
export function LetterForm({ portfolio, debtors, onBack }: { portfolio: string; debtors: string[]; onBack: () => void }) {
  const [templates, setTemplates] = useState<Template[]>([]);
  const [name, setName] = useState('');
  const [values, setValues] = useState<Record<string, string>>({});
  const [shown, show] = useState<Outlook | null>(null);
  const [why, setWhy] = useState('');
  const [isBusy, setBusy] = useState(false);
  const id = useRef(clientId());
  useEffect(() => {
    get<Page<Template>>(`/templates${query({ portfolio, channel: 'whatsapp' })}`).then((page) => setTemplates(page.items), (error: unknown) => setWhy(explain(error)));
  }, [portfolio]);
  const chosen = templates.find((one) => one.name === name);
  const letter: Letter = { portfolio, debtors, channel: 'whatsapp', template: { name, variables: values } };
  const attempt = (act: () => Promise<void>) => {
    if (!name || isBusy) return;
    setBusy(true);
    setWhy('');
    void act().catch((error: unknown) => setWhy(explain(error))).finally(() => setBusy(false));
  };
  const look = () => attempt(async () => { show(await foresee(letter)); });
  const send = () => attempt(async () => {
    const done = await sendAll(letter, id.current);
    toast(t('toContact.sent', { now: done.now, later: done.later }));
    closeOverlay();
  });
  const change = (act: () => void) => { show(null); id.current = clientId(); act(); };
  return (
    <Dialog title={t('toContact.write', { n: debtors.length })} onClose={closeOverlay} onSubmit={shown ? send : look} class="wide"
      actions={<>
        <Button kind="quiet" onClick={onBack}>{t('toContact.back')}</Button>
        <Button kind={shown ? '' : 'main'} onClick={look} busy={isBusy} impeded={!name}>{t('toContact.preview')}</Button>
        {shown ? <Button kind="main" onClick={send} busy={isBusy} impeded={!shown.now && !shown.later}>{t('toContact.send')}</Button> : null}
      </>}>
      <div class="field"><label for="letter">{t('template.title')}</label><span class="inp"><select id="letter" data-first value={name} onChange={(e) => { const to = e.currentTarget.value; change(() => { setName(to); setValues({}); }); }}>
        <option value="">{t('template.choose')}</option>{[...new Set(templates.map((one) => one.name))].map((one) => <option key={one} value={one}>{one}</option>)}</select></span></div>
      {chosen ? variablesOf(chosen).map((v) => (
        <div key={v} class="field"><label for={`lv-${v}`}>{v}</label><span class="inp"><input id={`lv-${v}`} value={values[v] ?? ''} onInput={(e) => { const to = e.currentTarget.value; change(() => setValues({ ...values, [v]: to })); }} /></span></div>
      )) : null}
      {why ? <p class="hint bad" role="alert">{why}</p> : null}
      {shown ? <Foreseen outlook={shown} /> : null}
    </Dialog>
  );
}

function Foreseen({ outlook }: { outlook: Outlook }) {
  return (
    <section aria-live="polite" aria-label={t('toContact.preview')}>
      <p><span class="chip ok">{t('toContact.counts.now', { n: outlook.now })}</span> <span class="chip warn">{t('toContact.counts.later', { n: outlook.later })}</span> <span class="chip bad">{t('toContact.counts.blocked', { n: outlook.blocked })}</span></p>
      <ul class="plain">{outlook.why.map((one) => <li key={one.code + one.source}>{one.count} × {known(`gate.code.${one.code.split(':')[0]}`, one.source || one.code)} <small class="muted">{one.source}</small></li>)}</ul>
      {outlook.examples[0] ? <div class="msg out"><div class="bub words">{outlook.examples[0]}</div></div> : null}
    </section>
  );
}
