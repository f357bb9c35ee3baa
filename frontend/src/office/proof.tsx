import { useState } from 'preact/hooks';
import { post } from '../api';
import { now } from '../clock';
import { number, shortDate, whenWillBe } from '../format';
import { known, t } from '../i18n';
import { toast } from '../store/notices';
import { mayWatch, me } from '../store/state';
import { explain } from '../store/words';
import { Button } from '../ui/button';
import { Icon } from '../ui/icon';
import { Choice, List, pressRow, Words } from './list';
import { mayKeep, nameOf, usePages } from './state';

interface Act { id: string; at: string; actor: string | null; action: string; object: string; case: string | null; detail: Record<string, unknown> }
interface Miss { id: string; at: string; case: string; user: { name: string } | null; channel: string; code: string; outcome: string; fragment: string; reason: string }
interface Removal {
  id: string;
  kind: string;
  debtor: string | null;
  state: string;
  reason: string;
  asked_by: string | null;
  at: string;
  removed?: Record<string, number>;
  kept?: { what: string; why: string; until?: string }[];
}

const families = [
  '', 'watch.', 'takeover.', 'break_glass.', 'case.', 'contact_point.', 'identity.', 'hold.', 'stop.', 'payment.', 'recall.', 'plan.', 'gate.', 'import.', 'export.', 'evidence.',
  'erasure.', 'debtor.', 'user.', 'token.', 'inbox.',
];
const isTime = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

/** People by name, times by the clock; the rest as it was written. */
function told(value: unknown): string {
  if (typeof value !== 'string') return Array.isArray(value) ? value.map(told).join(', ') : typeof value === 'object' ? JSON.stringify(value) : known(`audit.said.${String(value)}`, String(value));
  return isTime.test(value) ? whenWillBe(value, now.value) : known(`audit.said.${value}`, known(`channel.${value}`, nameOf(value)));
}
const shortly = (detail: Record<string, unknown>) => Object.entries(detail).map(([key, value]) => `${known(`audit.fact.${key}`, key)}: ${told(value)}`).join(' · ');

/** What an act was done to, by its kind and the end of its id, where ids of one hour differ. */
function Thing({ one }: { one: Act }) {
  const [kind, id = ''] = one.object.split(':');
  if (!kind) return null;
  const words = <span title={one.object}>{known(`audit.kind.${kind}`, kind)} <span class="id">{id.length > 12 ? `…${id.slice(-8)}` : id}</span></span>;
  return kind === 'case' && mayWatch.value ? <a class="t-link" href={`/wall#/monitor/${id}`}>{words}</a> : words;
}

/** The proof of a case: for compliance alone. */
export function EvidenceLink({ id }: { id: string }) {
  return <a class="btn small" href={`/api/v1/cases/${id}/evidence`} download><Icon name="shieldok" size={14} />{t('audit.evidence')}</a>;
}

/** Who saw and did what. */
export function Audit() {
  const [family, setFamily] = useState('');
  const [day, setDay] = useState('');
  const [who, setWho] = useState('');
  const since = day ? new Date(`${day}T00:00:00`).toISOString() : '';
  const list = usePages<Act>('/audit', { action: family, since, case: who.trim() });
  return (
    <>
      <div class="send" role="search" aria-label={t('office.audit')}>
        <Choice label={t('audit.action')} id="family" value={family} onPick={setFamily} options={families.map((one) => [one, one ? known(`audit.family.${one.slice(0, -1)}`, one) : t('audit.everyAct')])} />
        <div class="field"><label for="since">{t('audit.since')}</label><span class="inp"><input id="since" type="date" value={day} onInput={(e) => setDay(e.currentTarget.value)} /></span></div>
        <Words label={t('audit.case')} id="case" value={who} onWords={setWho} hint={t('audit.caseHint')} />
      </div>
      <List list={list} label={t('office.audit')} empty={t('audit.none')} icon="eye"
        heads={[t('office.at'), t('audit.actor'), t('audit.action'), t('audit.object'), t('audit.detail'), '']}
        line={(one) => (
          <tr key={one.id} tabIndex={-1} onKeyDown={(e) => pressRow(e as unknown as KeyboardEvent)}>
            <td class="at">{whenWillBe(one.at, now.value)}</td><td class="who">{nameOf(one.actor)}</td>
            <td>{known(`audit.act.${one.action}`, one.action)}<small><code>{one.action}</code></small></td>
            <td class="who"><Thing one={one} /></td><td><small class="clip2">{shortly(one.detail)}</small></td>
            <td>{one.case && me.value?.role === 'compliance' ? <EvidenceLink id={one.case} /> : null}</td>
          </tr>
        )} />
    </>
  );
}

/** What the tone guard caught before it left. */
export function Misses() {
  const list = usePages<Miss>('/near-misses');
  return (
    <>
      <p class="hint">{t('misses.hint')}</p>
      <List list={list} label={t('office.misses')} empty={t('misses.none')} icon="shieldok"
        heads={[t('office.at'), t('misses.who'), t('misses.channel'), t('misses.code'), t('misses.words'), '']}
        line={(one) => (
          <tr key={one.id} tabIndex={-1} onKeyDown={(e) => pressRow(e as unknown as KeyboardEvent)}>
            <td>{whenWillBe(one.at, now.value)}</td><td>{one.user?.name ?? '—'}</td><td>{known(`channel.${one.channel}`, one.channel)}</td>
            <td>{known(`gate.code.${one.code}`, one.code)}<small>{known(`misses.${one.outcome}`, one.outcome)} · <code>{one.code}</code></small></td><td>{one.fragment || one.reason}</td>
            <td><a class="btn small" href={`/wall#/monitor/${one.case}`}>{t('open')}</a>{me.value?.role === 'compliance' ? <EvidenceLink id={one.case} /> : null}</td>
          </tr>
        )} />
    </>
  );
}

/** The report of a removal is written in English; on the screen it is told in the reader's words. */
const said = (part: 'what' | 'why', words: string) => known(`removals.${part}.${words.toLowerCase().replace(/[^a-z0-9]+/g, '_')}`, words);
/** One case of several is named by its id. */
const keptWords = (what: string) => (what.startsWith('case ') ? `${t('removals.what.case')} …${what.slice(-8)}` : said('what', what));

/** What erasure and time removed, and what the law keeps; a second pair of eyes carries an erasure out. */
export function Removals() {
  const list = usePages<Removal>('/removals');
  const carryOut = (one: Removal) => void post<Removal>(`/removals/${one.id}/carry-out`).then((done) => {
    list.change(list.items.map((each) => (each.id === done.id ? done : each)));
    toast(t('removals.carried'));
  }, (error) => toast(explain(error), { tone: 'bad' }));
  return (
    <>
      <p class="hint">{t('removals.hint')}</p>
      <List list={list} label={t('office.removals')} empty={t('removals.none')} icon="x"
        heads={[t('office.at'), t('removals.kind'), t('removals.removed'), t('removals.kept'), '']}
        line={(one) => (
          <tr key={one.id} tabIndex={-1} onKeyDown={(e) => pressRow(e as unknown as KeyboardEvent)}>
            <td>{whenWillBe(one.at, now.value)}</td>
            <td>{known(`removals.${one.kind}`, one.kind)}<small>{one.kind === 'erasure' ? `${nameOf(one.asked_by)}: ${one.reason}` : ''}</small></td>
            <td><small>{Object.entries(one.removed ?? {}).map(([what, n]) => `${said('what', what)}: ${number(n, 0)}`).join(' · ') || '—'}</small></td>
            <td><small>{(one.kept ?? []).map((each) => `${keptWords(each.what)}${each.until ? ` (${shortDate(each.until)})` : ''}: ${said('why', each.why)}`).join(' · ') || '—'}</small></td>
            <td>{one.state === 'asked' && mayKeep.value ? <Button kind="small" impeded={one.asked_by === me.value?.id} title={one.asked_by === me.value?.id ? t('error.own_request') : ''} onClick={() => carryOut(one)}>{t('removals.carryOut')}</Button> : known(`removals.${one.state}`, one.state)}</td>
          </tr>
        )} />
    </>
  );
}

