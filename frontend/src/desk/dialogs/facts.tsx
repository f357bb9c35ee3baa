/** What an agent learns of a case while talking: which address may be used, which specialty is needed. */
import { useEffect, useState } from 'preact/hooks';
import { get } from '../../api';
import { now } from '../../clock';
import { firstName, whenWillBe } from '../../format';
import { known, t } from '../../i18n';
import { markWrong, setConsent, setSkills } from '../../store/commands';
import { loadCase } from '../../store/load';
import { caseOf } from '../../store/state';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { ChannelGlyph } from '../../ui/signs';
import type { ContactPoint } from '../../wire';
import { closeOverlay } from '../overlays';

export function PointsDialog({ id }: { id: string }) {
  const c = caseOf(id)?.value;
  const [done, again] = useState(0);
  if (!c) return null;
  return (
    <Dialog title={t('points.title', { name: firstName(c.debtor.name) })} onClose={closeOverlay} onSubmit={closeOverlay} actions={<Button kind="main" submit>{t('close')}</Button>}>
      <p class="hint">{t('points.hint')}</p>
      <ul class="checks">{(c.contact_points ?? []).map((p, i) => <Point key={p.id} p={p} isFirst={i === 0} onDone={() => { again(done + 1); void loadCase(id).catch(() => undefined); }} />)}</ul>
      {c.debtor.id ? <Ledger debtor={c.debtor.id} points={c.contact_points ?? []} done={done} /> : null}
    </Dialog>
  );
}

interface Said { id: string; given_at: string; act: string; channel: string; contact_point: string | null; source: string; text_version: string }

/** Every yes and no: when, where, and which text was shown. The newest first. */
function Ledger({ debtor, points, done }: { debtor: string; points: ContactPoint[]; done: number }) {
  const [said, setSaid] = useState<Said[] | null>(null);
  useEffect(() => { get<{ items: Said[] }>(`/debtors/${debtor}/consents`).then((told) => setSaid(told.items.toReversed()), () => setSaid(null)); }, [debtor, done]);
  if (!said) return null;
  const whose = (one: Said) => points.find((p) => p.id === one.contact_point)?.address ?? (one.channel ? known(`channel.${one.channel}`, one.channel) : '');
  return (
    <section aria-label={t('points.ledger')}>
      <h3>{t('points.ledger')}</h3>
      {said.length ? (
        <ul class="checks">{said.map((one) => (
          <li key={one.id}><b>{known(`points.act.${one.act}`, one.act)}</b> <span class="num">{whose(one)}</span>
            <small class="muted"> {[whenWillBe(one.given_at, now.value), known(`points.source.${one.source}`, one.source), one.text_version ? t('points.text', { version: one.text_version }) : ''].filter(Boolean).join(' · ')}</small></li>
        ))}</ul>
      ) : <p class="hint">{t('points.ledgerNone')}</p>}
    </section>
  );
}

function Point({ p, isFirst, onDone }: { p: ContactPoint; isFirst: boolean; onDone: () => void }) {
  const act = (done: Promise<boolean>) => { void done.then((ok) => { if (ok) onDone(); }); };
  const isOut = p.state === 'opted_out' || p.consent === 'revoked';
  return (
    <li class="kv">
      <span class="who"><ChannelGlyph channel={p.channel} size={16} /><span class="num clip">{p.address}</span>
        <small class="muted">{p.state && p.state !== 'active' ? t(`point.${p.state}` as never) : known(`consent.${p.consent ?? 'unknown'}`, '')}</small></span>
      <span class="f">
        <button type="button" class="btn small" data-first={isFirst ? '' : undefined} onClick={() => act(setConsent(p.id, isOut ? 'granted' : 'revoked'))}>{t(isOut ? 'points.yes' : 'points.no')}</button>
        <Button kind="small" onClick={() => act(markWrong(p.id))}>{t('points.wrong')}</Button>
      </span>
    </li>
  );
}

const special = ['dispute', 'hardship', 'legal'] as const;
const usual = 3;

/** Which specialty the case needs: whoever has it is preferred when it is handed on. */
export function SkillsDialog({ id }: { id: string }) {
  const held = caseOf(id)?.value.skills ?? [];
  const [wanted, want] = useState(held.map((s) => s.skill));
  const offered = [...new Set([...special, ...held.map((s) => s.skill).filter((s) => !s.includes(':'))])];
  const submit = () => {
    closeOverlay();
    const kept = held.filter((s) => s.skill.includes(':') || wanted.includes(s.skill));
    const added = wanted.filter((s) => !held.some((h) => h.skill === s)).map((skill) => ({ skill, level: usual }));
    void setSkills(id, [...kept, ...added]);
  };
  return (
    <Dialog title={t('skills.title')} class="small" onClose={closeOverlay} onSubmit={submit} actions={<><Button kind="quiet" onClick={closeOverlay} keys="Esc">{t('cancel')}</Button><Button kind="main" submit>{t('save')}</Button></>}>
      <ul class="checks">{offered.map((skill, i) => (
        <li key={skill}><label class="check"><input type="checkbox" class="cb" data-first={i === 0 ? '' : undefined} checked={wanted.includes(skill)} onChange={(e) => want(e.currentTarget.checked ? [...wanted, skill] : wanted.filter((s) => s !== skill))} /> {known(`skill.${skill}`, skill)}</label></li>
      ))}</ul>
    </Dialog>
  );
}
