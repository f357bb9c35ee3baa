import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { clientId, post } from '../api';
import { firstName, number } from '../format';
import { t } from '../i18n';
import { explain } from '../store/words';
import { toast } from '../store/notices';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { PresenceDot } from '../ui/signs';
import type { AgentLine } from '../wire';
import { agentLines } from './state';

interface Moved { moved: string[]; stayed: string[] }

/** All of one person's cases go elsewhere in one act; the toast brings them back. */
export function RelieveDialog({ line, onClose }: { line: AgentLine; onClose: () => void }) {
  const [to, setTo] = useState('');
  const name = firstName(line.user.name);
  const others = agentLines.value.filter((a) => a.user.role === 'agent' && a.user.id !== line.user.id && a.status !== 'offline' && shares(a, line));
  const go = () => { onClose(); void relieve(line.user.id, name, to || null); };
  return (
    <Dialog title={t('relieve.title', { name })} onClose={onClose} onSubmit={go}
      actions={<><Button kind="quiet" onClick={onClose} keys="Esc">{t('cancel')}</Button><Button kind="main" icon="transfer" submit keys="Enter">{t('relieve.go', { n: line.held ?? 0 })}</Button></>}>
      <p>{t('relieve.says', { name })}</p>
      <fieldset class="options"><legend class="vh">{t('relieve.to')}</legend>
        <Option value="" held={to} onPick={setTo}><span class="grow">{t('relieve.queues')}<small class="muted">{t('relieve.queuesHint')}</small></span></Option>
        {others.map((a) => <Option key={a.user.id} value={a.user.id} held={to} onPick={setTo}><PresenceDot status={a.status} /><span class="grow">{a.user.name}<small class="muted">{t(`presence.${a.status}`)}</small></span><span class="num muted">{number(a.load)}/{number(a.capacity)}</span></Option>)}
      </fieldset>
    </Dialog>
  );
}

function Option({ value, held, onPick, children }: { value: string; held: string; onPick: (value: string) => void; children: ComponentChildren }) {
  return <label class="option"><input type="radio" name="relieve-to" value={value} checked={held === value} data-first={value === '' ? true : undefined} onChange={() => onPick(value)} />{children}</label>;
}

const shares = (a: AgentLine, b: AgentLine) => (a.teams ?? []).some((team) => (b.teams ?? []).includes(team));

async function relieve(user: string, name: string, to: string | null): Promise<void> {
  try {
    const { moved, stayed } = await post<Moved>(`/users/${user}/relieve`, { client_id: clientId(), to });
    const words = t('relieve.done', { n: moved.length, name });
    if (!moved.length) { toast(t('relieve.nothing', { name })); return; }
    toast(stayed.length ? `${words} ${t('relieve.stayed', { n: stayed.length })}` : words, { act: { label: t('undo'), run: () => void restore(user, name, moved) }, ms: 20_000 });
  } catch (error) {
    toast(explain(error), { tone: 'bad' });
  }
}

async function restore(user: string, name: string, cases: string[]): Promise<void> {
  try {
    const { moved, stayed } = await post<Moved>(`/users/${user}/restore`, { client_id: clientId(), cases });
    toast(`${t('relieve.back', { n: moved.length, name })}${stayed.length ? ` ${t('relieve.opened', { n: stayed.length })}` : ''}`);
  } catch (error) {
    toast(explain(error), { tone: 'bad' });
  }
}
