import { useState } from 'preact/hooks';
import { t } from '../i18n';
import { agents, isSupervisor } from '../store/state';
import { Button, IconButton } from '../ui/button';
import { Icon } from '../ui/icon';
import { Menu } from '../ui/menu';
import { channelName } from '../ui/signs';
import { SavedViews } from '../ui/views';
import type { Channel } from '../wire';
import { choices, filters, isNarrowed, kept, narrow, widen, type Part } from './filter';
import { RelieveDialog } from './relieve';

const parts: Part[] = ['team', 'portfolio', 'channel', 'agent'];

/** Team, portfolio, channel, agent: each a list of its own, and what can be done for the agent chosen. */
export function FilterBar() {
  const [relieving, relieve] = useState(false);
  const f = filters.value;
  const chosen = f.agent ? agents.value.get(f.agent) : undefined;
  const shown = parts.filter((part) => choices.value[part].size > 1 || f[part]);
  if (!shown.length && !kept.value.size) return null;
  return (
    <div class="filters" role="group" aria-label={t('wall.filter')}>
      {shown.map((part) => <Choice key={part} part={part} />)}
      {kept.value.size ? <button type="button" class={`chip${f.watched ? ' info' : ''}`} aria-pressed={f.watched} onClick={() => narrow({ watched: !f.watched })}><Icon name="eye" size={12} /> {t('wall.watched', { n: kept.value.size })}</button> : null}
      {isNarrowed.value ? <button type="button" class="t-link" onClick={widen}>{t('wall.clear')}</button> : null}
      <Views />
      <span class="sp" />
      {chosen && isSupervisor.value && chosen.held ? <Button kind="small" icon="transfer" onClick={() => relieve(true)}>{t('relieve.open')}</Button> : null}
      {relieving && chosen ? <RelieveDialog line={chosen} onClose={() => relieve(false)} /> : null}
    </div>
  );
}

function Views() {
  const [shown, show] = useState(false);
  return (
    <span class="anchor"><IconButton icon="bookmark" label={t('views.title')} expanded={shown} onClick={() => show(!shown)} />
      {shown ? <Menu label={t('views.title')} class="below facets" onClose={() => show(false)}><SavedViews onPick={() => show(false)} /></Menu> : null}</span>
  );
}

function Choice({ part }: { part: Part }) {
  const held = filters.value[part];
  const options = [...choices.value[part]].map(([id, name]) => ({ id, name: part === 'channel' ? channelName(id as Channel) : name }));
  options.sort((a, b) => a.name.localeCompare(b.name));
  return (
    <label class={`choice${held ? ' on' : ''}`}><span class="vh">{t(`wall.part.${part}`)}</span>
      <select value={held} onChange={(e) => narrow({ [part]: e.currentTarget.value })}>
        <option value="">{t(`wall.part.${part}`)}</option>
        {options.map((o) => <option key={o.id} value={o.id}>{o.name}</option>)}
      </select><Icon name="down" size={12} /></label>
  );
}
