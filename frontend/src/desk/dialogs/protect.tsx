/** What protects a person: a contact made elsewhere counts, a hold or a stop ends collection. */
import { useState } from 'preact/hooks';
import { now } from '../../clock';
import { firstName } from '../../format';
import { known, t } from '../../i18n';
import { liftHold, placeHold, placeStop, recordContact } from '../../store/commands';
import { toast } from '../../store/notices';
import { caseOf, me } from '../../store/state';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { closeOverlay } from '../overlays';

export const ways = ['call', 'letter', 'visit', 'other'] as const;
const outcomes = ['answered', 'no_answer', 'voicemail', 'refused', 'delivered', 'inbound', 'other'] as const;
const holds = ['hardship', 'vulnerable', 'distress', 'deceased'] as const;
const stops = ['deceased', 'cease_contact', 'represented', 'insolvency', 'fraud', 'minor'] as const;

export const local = (ms: number): string => new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);

/** A call, letter or visit that was made elsewhere: it counts in the caps and stands on the thread. */
export function ContactDialog({ id }: { id: string }) {
  const [way, setWay] = useState<string>('call');
  const [outcome, setOutcome] = useState<string>('answered');
  const [at, setAt] = useState(local(now.value));
  const c = caseOf(id)?.value;
  const submit = async () => {
    if (!c?.debtor.id || !at) return;
    closeOverlay();
    const facts = { debtor: c.debtor.id, portfolio: c.portfolio.id, channel: way, outcome, at: new Date(at).toISOString(), by: me.value?.name ?? '' };
    if (await recordContact(facts)) toast(t('contact.done'));
  };
  return (
    <Dialog title={t('contact.title', { name: firstName(c?.debtor.name ?? '') })} class="small" onClose={closeOverlay} onSubmit={() => void submit()}
      actions={<><Button kind="quiet" onClick={closeOverlay} keys="Esc">{t('cancel')}</Button><Button kind="main" submit impeded={!at}>{t('contact.save')}</Button></>}>
      <Pick id="contact-way" label={t('contact.way')} value={way} values={ways} words={(v) => known(`way.${v}`, v)} onPick={setWay} first />
      <Pick id="contact-outcome" label={t('contact.outcome')} value={outcome} values={outcomes} words={(v) => known(`contactOutcome.${v}`, v)} onPick={setOutcome} />
      <div class="field"><label for="contact-at">{t('contact.at')}</label><span class="inp"><input id="contact-at" type="datetime-local" max={local(now.value)} value={at} onInput={(e) => setAt(e.currentTarget.value)} /></span></div>
      <p class="hint">{t('contact.hint')}</p>
    </Dialog>
  );
}

/** Collection stands still out of care, or for good by law. */
export function ProtectDialog({ id }: { id: string }) {
  const [what, setWhat] = useState('');
  const [reason, setReason] = useState('');
  const c = caseOf(id)?.value;
  const standing = me.value?.role === 'supervisor' || me.value?.role === 'compliance' ? c?.holds ?? [] : [];
  const submit = async () => {
    const [kind, name] = what.split(':') as [string, string];
    if (!name || !reason.trim()) return;
    closeOverlay();
    const done = kind === 'hold' ? await placeHold(id, name, reason.trim()) : kind === 'stop' ? await placeStop(id, name, reason.trim()) : await liftHold(id, name, reason.trim());
    if (done) toast(t('protect.done'));
  };
  return (
    <Dialog title={t('protect.title', { name: firstName(c?.debtor.name ?? '') })} class="small" onClose={closeOverlay} onSubmit={() => void submit()}
      actions={<><Button kind="quiet" onClick={closeOverlay} keys="Esc">{t('cancel')}</Button><Button kind="main" submit impeded={!what || !reason.trim()}>{t('protect.save')}</Button></>}>
      <div class="field"><label for="protect-what">{t('protect.what')}</label>
        <span class="inp"><select id="protect-what" data-first value={what} onChange={(e) => setWhat(e.currentTarget.value)}>
          <option value="">{t('protect.choose')}</option>
          <optgroup label={t('protect.holds')}>{holds.map((name) => <option key={name} value={`hold:${name}`}>{t(`hold.${name}`)}</option>)}</optgroup>
          <optgroup label={t('protect.stops')}>{stops.map((name) => <option key={name} value={`stop:${name}`}>{t(`hold.${name}`)}</option>)}</optgroup>
          {standing.length ? <optgroup label={t('protect.lift')}>{standing.map((name) => <option key={name} value={`lift:${name}`}>{known(`hold.${name}`, name)}</option>)}</optgroup> : null}
        </select></span></div>
      <div class="field"><label for="protect-reason">{t('protect.reason')}</label><textarea id="protect-reason" class="area" rows={2} value={reason} onInput={(e) => setReason(e.currentTarget.value)} /></div>
      <p class="hint">{t('protect.hint')}</p>
    </Dialog>
  );
}

function Pick({ id, label, value, values, words, onPick, first }: { id: string; label: string; value: string; values: readonly string[]; words: (value: string) => string; onPick: (value: string) => void; first?: boolean }) {
  return (
    <div class="field"><label for={id}>{label}</label>
      <span class="inp"><select id={id} data-first={first ? '' : undefined} value={value} onChange={(e) => onPick(e.currentTarget.value)}>
        {values.map((one) => <option key={one} value={one}>{words(one)}</option>)}
      </select></span></div>
  );
}
