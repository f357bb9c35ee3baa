/** What an agent learns of a case while talking: which specialty is needed. */
import { useState } from 'preact/hooks';
import { known, t } from '../../i18n';
import { setSkills } from '../../store/commands';
import { caseOf } from '../../store/state';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { closeOverlay } from '../overlays';

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
