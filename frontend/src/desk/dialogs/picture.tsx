import { useRef, useState } from 'preact/hooks';
import { t } from '../../i18n';
import { IconButton } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { closeOverlay } from '../overlays';

const steps = [1, 1.5, 2, 3, 5];

/** A picture as large as it must be: receipts have small digits. */
export function PictureDialog({ url, name }: { url: string; name: string }) {
  const [step, setStep] = useState(0);
  const [turn, setTurn] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const zoom = (by: 1 | -1) => setStep((now) => Math.max(0, Math.min(steps.length - 1, now + by)));
  const keys = (e: KeyboardEvent) => {
    if (e.key === '+' || e.key === '=') zoom(1);
    else if (e.key === '-') zoom(-1);
  };
  return (
    <Dialog title={name} class="picture" onClose={closeOverlay} actions={(
      <>
        <IconButton icon="minus" label={t('picture.smaller')} keys="-" onClick={() => zoom(-1)} /><span class="num">{Math.round(steps[step]! * 100)} %</span>
        <IconButton icon="plus" label={t('picture.larger')} keys="+" onClick={() => zoom(1)} />
        <IconButton icon="refresh" label={t('picture.turn')} onClick={() => setTurn((turn + 90) % 360)} />
        <a class="btn" href={url} download={name}>{t('picture.save')}</a>
      </>
    )}>
      <div class="picture-box" ref={box} tabIndex={0} data-first onKeyDown={(e) => keys(e as unknown as KeyboardEvent)} onDblClick={() => setStep(step ? 0 : 2)}>
        <img src={url} alt={name} style={{ width: `${steps[step]! * 100}%`, transform: `rotate(${turn}deg)` }} />
      </div>
    </Dialog>
  );
}
