import { useState } from 'preact/hooks';
import { t } from '../i18n';
import { Button, IconButton } from '../ui/button';
import { Menu } from '../ui/menu';
import { SavedViews } from '../ui/views';
import { ChannelGlyph, channelName } from '../ui/signs';
import type { Bucket, Channel } from '../wire';
import { facets, noFacets } from './nav';

const channels: Channel[] = ['whatsapp', 'sms', 'email', 'webchat'];
const buckets: Bucket[] = ['CURRENT', 'B1_30', 'B31_60', 'B61_PLUS'];

const toggled = <T,>(list: T[], one: T): T[] => (list.includes(one) ? list.filter((x) => x !== one) : [...list, one]);

/** Narrows the list by channel, age of the debt, unread and raised hands. */
export function FacetMenu() {
  const [shown, show] = useState(false);
  const f = facets.value;
  return (
    <span class="anchor">
      <IconButton icon="filter" label={t('facets.title')} pressed={f !== noFacets} expanded={shown} onClick={() => show(!shown)} />
      {shown ? (
        <Menu label={t('facets.title')} class="below right facets" onClose={() => show(false)}>
          <p class="label">{t('composer.channel')}</p>
          <span class="f">{channels.map((one) => <button key={one} type="button" class={`chip ${f.channels.includes(one) ? 'info' : 'edge'}`} aria-pressed={f.channels.includes(one)} onClick={() => { facets.value = { ...f, channels: toggled(f.channels, one) }; }}><ChannelGlyph channel={one} size={12} /> {channelName(one)}</button>)}</span>
          <p class="label">{t('facets.age')}</p>
          <span class="f">{buckets.map((one) => <button key={one} type="button" class={`chip ${f.buckets.includes(one) ? 'info' : 'edge'}`} aria-pressed={f.buckets.includes(one)} onClick={() => { facets.value = { ...f, buckets: toggled(f.buckets, one) }; }}>{t(`age.${one}`)}</button>)}</span>
          <label class="check"><input type="checkbox" class="cb" checked={f.unread} onChange={(e) => { facets.value = { ...f, unread: e.currentTarget.checked }; }} /> {t('facets.unread')}</label>
          <label class="check"><input type="checkbox" class="cb" checked={f.hand} onChange={(e) => { facets.value = { ...f, hand: e.currentTarget.checked }; }} /> {t('facets.hand')}</label>
          <Button kind="small quiet" onClick={() => { facets.value = noFacets; show(false); }}>{t('facets.clear')}</Button>
          <SavedViews onPick={() => show(false)} />
        </Menu>
      ) : null}
    </span>
  );
}
