import { useState } from 'preact/hooks';
import { t } from '../i18n';
import { areViewsFull, dropView, isShown, longestName, mostViews, savedViews, saveView, showView } from '../store/views';
import { Button, IconButton } from './button';

/** The lists one has kept by name, and a field to keep the present one. */
export function SavedViews({ onPick }: { onPick: () => void }) {
  const [name, setName] = useState('');
  const saved = savedViews();
  const said = name.trim();
  const isFull = areViewsFull() && !saved.some((one) => one.name === said);
  const save = () => { if (said && !isFull) { saveView(said); setName(''); } };
  return (
    <section class="saved" aria-label={t('views.title')}>
      <p class="label">{t('views.title')}</p>
      {saved.length ? <ul>{saved.map((one) => (
        <li key={one.name} class="kv"><button type="button" class={`grow clip${isShown(one) ? ' on' : ''}`} aria-pressed={isShown(one)} onClick={() => { showView(one); onPick(); }}>{one.name}</button>
          <IconButton icon="x" size={14} label={t('views.drop', { name: one.name })} onClick={() => dropView(one)} /></li>
      ))}</ul> : <p class="hint">{t('views.none')}</p>}
      <form class="kv" onSubmit={(e) => { e.preventDefault(); save(); }}>
        <span class="inp grow"><input value={name} maxLength={longestName} placeholder={t('views.name')} aria-label={t('views.name')} onInput={(e) => setName(e.currentTarget.value)} /></span>
        <Button kind="small" submit impeded={!said || isFull}>{t('views.save')}</Button>
      </form>
      {isFull ? <p class="hint bad" role="status">{t('views.most', { n: mostViews })}</p> : null}
    </section>
  );
}
