import { t } from '../i18n';
import { closeToast, runToastAct, toasts } from '../store/notices';
import { Icon } from './icon';

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map((one) => (
        <div key={one.id} class={`toast ${one.tone}`}>
          <Icon name={one.tone === 'bad' ? 'fail' : one.tone === 'whisper' ? 'eyeoff' : 'check'} />
          <span>{one.text}</span>
          {one.act ? <button type="button" onClick={() => runToastAct()}>{one.act.label}</button> : null}
          <button type="button" class="shut" title={t('close')} onClick={() => closeToast(one.id)}>
            <Icon name="x" size={14} label={t('close')} />
          </button>
        </div>
      ))}
    </div>
  );
}
