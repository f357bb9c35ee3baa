/** Dialogs that show: why this agent, the gate's rules. */
import { useEffect, useState } from 'preact/hooks';
import { now } from '../../clock';
import { ago, number, whenWillBe } from '../../format';
import { known, lang, t, type Key } from '../../i18n';
import { loadAssignments } from '../../store/load';
import { caseOf } from '../../store/state';
import { Dialog } from '../../ui/dialog';
import { Icon } from '../../ui/icon';
import { channelName } from '../../ui/signs';
import type { Assignment, GateDecision } from '../../wire';
import { gateOf } from '../composer/gate';
import { codeWords } from '../items/bubbles';
import { closeOverlay } from '../overlays';

export function WhyDialog({ id }: { id: string }) {
  const [list, setList] = useState<Assignment[] | 'error' | null>(null);
  useEffect(() => { void loadAssignments(id).then(setList, () => setList('error')); }, [id]);
  return (
    <Dialog title={t('why.title')} onClose={closeOverlay}>
      {list === 'error' ? <p class="hint bad">{t('why.failed')}</p> : list === null ? <><i class="sk" /><i class="sk w80" /></> : null}
      {Array.isArray(list) && !list.length ? <p class="hint">{t('why.none')}</p> : null}
      {Array.isArray(list) ? list.toReversed().map((a, i) => <Why key={i} a={a} />) : null}
    </Dialog>
  );
}

function Why({ a }: { a: Assignment }) {
  const { skills = [], terms = [], others = [], rings = 1, ring = 0 } = a.why;
  return (
    <section class="card why-card">
      <h3><Icon name={a.user ? 'transfer' : 'queue'} size={14} /> <b>{a.user?.name ?? t('why.queue')}</b><span class="muted">{known(`cause.${a.cause}`, a.cause)}{a.by && a.by.id !== a.user?.id ? ` · ${a.by.name}` : ''}</span><time class="faint">{ago(a.at, now.value)}</time></h3>
      <dl>
        {a.why.load ? <Fact name={t('why.load')} words={t('why.loadOf', { before: number(a.why.load.before), after: number(a.why.load.after), capacity: number(a.why.load.capacity) })} /> : null}
        {skills.length ? <Fact name={t('why.skills')} words={skills.map((m) => `${skillName(m.skill)} ${t('why.level', { has: m.has, wanted: m.wanted })}`).join(', ')} /> : null}
        {rings > 1 ? <Fact name={t('why.ring')} words={t('why.ringOf', { ring: ring + 1, rings })} /> : null}
        {a.why.preferred ? <Fact name={t('why.preferred')} words={known(`why.preferred.${a.why.preferred.outcome}`, a.why.preferred.outcome)} /> : null}
        {terms.length ? <Fact name={t('why.terms')} words={terms.map((x) => `${known(`term.${x.name}`, x.name)} +${Math.round(x.advantage_s / 60)} min`).join(', ')} /> : null}
        {others.length ? <Fact name={t('why.others')} words={others.map((o) => `${o.name} (${number(o.load)}; ${known(`passed.${o.why}`, o.why)})`).join(', ')} /> : null}
      </dl>
    </section>
  );
}

/** "bucket:31_60" and "lang:es" are skills too. */
export function skillName(skill: string): string {
  const [kind, value] = skill.split(':');
  return kind === 'bucket' ? t(bucketKeys[value ?? ''] ?? 'age.CURRENT') : kind === 'lang' ? languageName(value ?? '') : known(`skill.${skill}`, skill);
}

/** "pt-BR" in the words of the interface's own language. */
export function languageName(tag: string): string {
  try {
    return (tag && new Intl.DisplayNames([lang], { type: 'language', fallback: 'none' }).of(tag)) || tag;
  } catch {
    return tag;
  }
}

const bucketKeys: Record<string, Key> = { current: 'age.CURRENT', '1_30': 'age.B1_30', '31_60': 'age.B31_60', '61_plus': 'age.B61_PLUS' };

function Fact({ name, words }: { name: string; words: string }) {
  return <div><dt>{name}</dt><dd>{words}</dd></div>;
}

/** Allowed because nothing stood against it: there is no rule to be named. */
const isFree = (d: GateDecision) => d.outcome === 'allow' && d.rule === 'allowed';

export function RulesDialog({ id }: { id: string }) {
  const { items } = gateOf(id).value;
  const zone = caseOf(id)?.value.debtor.timezone;
  return (
    <Dialog title={t('rules.title')} onClose={closeOverlay}>
      {items.map((d) => (
        <section key={d.channel} class="card why-card">
          <h3><b>{channelName(d.channel)}</b><span class={`chip ${d.outcome === 'allow' ? 'ok' : d.outcome === 'block' ? 'bad' : 'warn'}`}>{t(`outcomeOf.${d.outcome}`)}</span></h3>
          <dl>
            {d.code !== 'ALLOW' ? <div><dt>{t('rules.why')}</dt><dd title={d.code}>{codeWords(d.code)}</dd></div> : null}
            {isFree(d) ? <div><dd>{t('rules.nothingStops')}</dd></div> : null}
            {d.rule && !isFree(d) ? <div><dt>{t('rules.rule')}</dt><dd>{d.rule}</dd></div> : null}
            {d.source && !isFree(d) ? <div><dt>{t('rules.source')}</dt><dd>{d.source}</dd></div> : null}
            {d.allowed_at ? <div><dt>{t('rules.from')}</dt><dd>{whenWillBe(d.allowed_at, now.value, zone)}</dd></div> : null}
          </dl>
        </section>
      ))}
      {items.length ? null : <p class="hint">{t('gate.none')}</p>}
    </Dialog>
  );
}
