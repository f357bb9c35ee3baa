/** What stands between a person and collection, in the composer: a reason to give, approved words, an opt-out to read. */
import { get } from '../../api';
import { t } from '../../i18n';
import { answerOptOut } from '../../store/commands';
import { toast } from '../../store/notices';
import { Icon } from '../../ui/icon';
import type { Case, Channel } from '../../wire';
import { decisionFor } from './gate';

/** Firm words leave once whoever writes them says why. */
export function AskWhy({ id, value, onInput }: { id: string; value: string; onInput: (value: string) => void }) {
  return (
    <p class="gate hold"><Icon name="alert" size={14} /><label for={`why-${id}`}><b>{t('guard.why')}</b></label>
      <span class="inp grow"><input id={`why-${id}`} value={value} maxLength={300} onInput={(e) => onInput(e.currentTarget.value)} /></span></p>
  );
}

interface GuardedProps { c: Case; care: boolean; channel: Channel; onText: (words: string) => void }

export function Guarded({ c, care, channel, onText }: GuardedProps) {
  const decision = decisionFor(c.id, channel);
  const point = decision?.code === 'OPT_OUT_CHANNEL' ? c.contact_points?.find((p) => p.id === decision.contact_point) : undefined;
  const warned = decision?.warnings?.some((code) => code.startsWith('TONE:'));
  const offer = async () => {
    const answer = await get<{ text: string }>(`/cases/${c.id}/care`).catch(() => null);
    if (answer?.text) onText(answer.text);
    else toast(t('guard.noCare'), { tone: 'bad' });
  };
  return (
    <>
      {warned ? <p class="gate hold" role="status"><Icon name="alert" size={14} /><span>{t('guard.askReason')}</span></p> : null}
      {care ? <p class="gate hold"><Icon name="heart" size={14} /><button type="button" class="t-link" onClick={() => void offer()}>{t('guard.careText')}</button></p> : null}
      {point && isPossible(c) ? (
        <p class="gate hold" role="alert"><Icon name="alert" size={14} /><b>{t('guard.optOut')}</b>
          <button type="button" class="t-link" onClick={() => void answerOptOut(point.id, true)}>{t('guard.optOutYes')}</button>
          <button type="button" class="t-link" onClick={() => void answerOptOut(point.id, false)}>{t('guard.optOutNo')}</button></p>
      ) : null}
    </>
  );
}

/** Whether somebody still has to say what the words meant: the server refuses the answer otherwise. */
function isPossible(c: Case): boolean {
  return c.contact_points?.some((p) => p.opt_out === 'possible') ?? false;
}
