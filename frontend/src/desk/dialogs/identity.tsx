import { useState } from 'preact/hooks';
import { clockTime, firstName } from '../../format';
import { known, t } from '../../i18n';
import { answerWho, askWho, checkIdentity } from '../../store/commands';
import { caseOf } from '../../store/state';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Icon } from '../../ui/icon';
import { explain } from '../../store/words';
import { ChannelGlyph } from '../../ui/signs';
import type { ContactPoint } from '../../wire';
import { checkablePoints } from '../holders';
import { closeOverlay } from '../overlays';

const kinds = ['birth_date', 'document_digits', 'last_payment', 'one_time_code'] as const;
const needed = 2;

/** Two facts by choice: which was asked and whether it held. The answers themselves are nowhere written. They count at
 * the address that is named here, and stays named when somebody else writes meanwhile. */
export function IdentityDialog({ id }: { id: string }) {
  const c = caseOf(id)?.value;
  const points = c ? checkablePoints(c) : [];
  const [at, choose] = useState(points[0]?.id);
  const nobody = !points.length && !!c?.contact_points?.length;
  const [given, give] = useState<Record<string, boolean>>({});
  const passed = Object.values(given).filter(Boolean).length;
  const checks = Object.entries(given).map(([kind, held]) => ({ kind, passed: held }));
  const go = () => { closeOverlay(); void checkIdentity(id, checks, at); };
  const pick = (kind: string, held: boolean) => {
    const { [kind]: before, ...rest } = given;
    give(before === held ? rest : { ...given, [kind]: held });
  };
  return (
    <Dialog title={t('check.title', { name: firstName(c?.debtor.name ?? '') })} class="small" onClose={closeOverlay} onSubmit={() => { if (checks.length && !nobody) go(); }}
      actions={<><Button kind="quiet" onClick={closeOverlay} keys="Esc">{t('cancel')}</Button><Button kind="main" submit impeded={!checks.length || nobody}>{t('check.save')}</Button></>}>
      <Where points={points} at={at} nobody={nobody} onChoose={choose} />
      <ByList key={at} id={id} at={at} />
      <p class="hint">{t('check.hint')}</p>
      <ul class="checks">
        {kinds.map((kind, i) => (
          <li key={kind} class="kv"><span>{t(`check.${kind}`)}</span>
            <span class="seg" role="group" aria-label={t(`check.${kind}`)}>
              <button type="button" data-first={i === 0 ? '' : undefined} aria-pressed={given[kind] === true} class={given[kind] === true ? 'on' : ''} onClick={() => pick(kind, true)}><Icon name="check" size={12} /> {t('check.held')}</button>
              <button type="button" aria-pressed={given[kind] === false} class={given[kind] === false ? 'on' : ''} onClick={() => pick(kind, false)}><Icon name="x" size={12} /> {t('check.not')}</button>
            </span></li>
        ))}
      </ul>
      <p class={passed >= needed ? 'hint t-ok' : 'hint'} role="status">{passed >= needed ? t('check.enough') : t('check.more', { n: needed - passed })}</p>
    </Dialog>
  );
}

/** Which address is asked: the customer's only one, or one of several. */
function Where({ points, at, nobody, onChoose }: { points: ContactPoint[]; at?: string; nobody: boolean; onChoose: (id: string) => void }) {
  if (nobody) return <p class="hint t-bad">{t('check.nobody')}</p>;
  const [only] = points;
  if (!only) return null;
  if (points.length === 1) return <p class="kv"><span>{t('check.at')}</span><span class="who"><ChannelGlyph channel={only.channel} size={16} /><b class="num">{only.address}</b></span></p>;
  return (
    <div class="field"><label for="check-at">{t('check.at')}</label><span class="inp"><select id="check-at" value={at} onChange={(e) => onChoose(e.currentTarget.value)}>
      {points.map((p) => <option key={p.id} value={p.id}>{`${known(`channel.${p.channel}`, p.channel)} · ${p.address}`}</option>)}</select></span></div>
  );
}

const listed = ['document_digits', 'birth_date', 'last_payment', 'product'] as const;

/** Five choices from the server, of which the debtor names one; only the server knows which is right. */
function ByList({ id, at }: { id: string; at?: string }) {
  const [asked, setAsked] = useState<{ id: string; kind: string; choices: string[] } | null>(null);
  const [said, say] = useState('');
  const ask = (kind: string) => void askWho(id, kind, at).then((one) => { setAsked(one); say(''); }, (error) => say(explain(error)));
  const choose = (choice: number) => {
    if (!asked) return;
    void answerWho(id, asked.id, choice).then((a) => {
      setAsked(null);
      say(a.verified_until ? t('check.until', { at: clockTime(a.verified_until) }) : a.passed ? t('check.right', { n: a.right.length, needed: a.needed }) : t('check.wrong', { n: a.failures }));
    }, (error) => say(explain(error)));
  };
  return (
    <fieldset class="field"><legend>{t('check.ask')}</legend>
      <p class="hint">{t('check.listHint')}</p>
      <span class="seg" role="group">{listed.map((kind) => <button key={kind} type="button" aria-pressed={asked?.kind === kind} class={asked?.kind === kind ? 'on' : ''} onClick={() => ask(kind)}>{t(`check.${kind}`)}</button>)}</span>
      {asked ? <ul class="choices">{asked.choices.map((choice, i) => <li key={choice}><button type="button" onClick={() => choose(i)}><span class="grow">{choice}</span><span class="kbd">{i + 1}</span></button></li>)}</ul> : null}
      <p class="hint" role="status">{said}</p>
    </fieldset>
  );
}
