/** What an agent learns of a case while talking: which address may be used, which specialty is needed. */
import { useState } from 'preact/hooks';
import { firstName } from '../../format';
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
  if (!c) return null;
  return (
    <Dialog title={t('points.title', { name: firstName(c.debtor.name) })} onClose={closeOverlay} onSubmit={closeOverlay} actions={<Button kind="main" submit>{t('close')}</Button>}>
      <p class="hint">{t('points.hint')}</p>
      <ul class="checks">{(c.contact_points ?? []).map((p, i) => <Point key={p.id} p={p} isFirst={i === 0} onDone={() => void loadCase(id).catch(() => undefined)} />)}</ul>
    </Dialog>
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
