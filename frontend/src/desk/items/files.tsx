import { bytes } from '../../format';
import { known, t } from '../../i18n';
import { Icon } from '../../ui/icon';
import type { Attachment } from '../../wire';
import { overlay } from '../overlays';
import { Voice } from './voice';

const extension = (name: string) => (name.split('.').pop() ?? '').slice(0, 4).toUpperCase();

/** A picture, voice, video or file of a message. What is not there yet, or was refused, says so. */
export function File({ file }: { file: Attachment }) {
  if (file.state && file.state !== 'ready') {
    return (
      <span class="att"><span class="thumb"><Icon name={file.state === 'pending' ? 'clock' : 'fail'} /></span>
        <span class="grow"><b class="clip">{file.name}</b><small>{file.reason ? known(`file.reason.${file.reason}`, t(`file.${file.state}`)) : t(`file.${file.state}`)}</small></span></span>
    );
  }
  if (file.type.startsWith('image/')) {
    return (
      <button type="button" class="pic-link" title={t('file.open', { name: file.name })} onClick={() => { overlay.value = { kind: 'picture', url: file.url, name: file.name }; }}>
        <img class="pic" src={file.url} alt={file.name} loading="lazy" width={file.width || undefined} height={file.height || undefined} />
      </button>
    );
  }
  if (file.type.startsWith('audio/')) return <Voice file={file} />;
  if (file.type.startsWith('video/')) return <video class="pic" controls preload="metadata" src={file.url} aria-label={file.name} />;
  return (
    <a class="att" href={file.url} target="_blank" rel="noopener" download={file.name}>
      <span class="thumb">{extension(file.name)}</span>
      <span class="grow"><b class="clip">{file.name}</b><small>{bytes(file.size)}</small></span>
      <Icon name="ext" label={t('file.open', { name: file.name })} />
    </a>
  );
}
