import { useRef, useState } from 'preact/hooks';
import { number } from '../../format';
import { t } from '../../i18n';
import { Icon } from '../../ui/icon';
import type { Attachment } from '../../wire';

const speeds = [1, 1.5, 2];

function shown(exact: number): string {
  if (!Number.isFinite(exact)) return '–:––';
  const seconds = Math.round(exact);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** A voice note: heard, moved along, and sped up, as people know it from their phones. */
export function Voice({ file }: { file: Attachment }) {
  const sound = useRef<HTMLAudioElement>(null);
  const [isPlaying, setPlaying] = useState(false);
  const [at, setAt] = useState(0);
  const [length, setLength] = useState(Number.NaN);
  const [speed, setSpeed] = useState(1);
  const [isBroken, setBroken] = useState(false);
  const toggle = () => { if (isPlaying) sound.current?.pause(); else void sound.current?.play().catch(() => setBroken(true)); };
  const faster = () => {
    const next = speeds[(speeds.indexOf(speed) + 1) % speeds.length]!;
    setSpeed(next);
    if (sound.current) sound.current.playbackRate = next;
  };
  const move = (to: number) => { if (sound.current) { sound.current.currentTime = to; setAt(to); } };
  const whole = Number.isFinite(length) ? length : 0;
  return (
    <span class="voice" role="group" aria-label={file.name}>
      <audio ref={sound} preload="metadata" src={file.url} onPlay={() => setPlaying(true)} onPause={() => setPlaying(false)} onEnded={() => setAt(0)} onError={() => setBroken(true)}
        onTimeUpdate={(e) => setAt(e.currentTarget.currentTime)} onLoadedMetadata={(e) => setLength(e.currentTarget.duration)} onDurationChange={(e) => setLength(e.currentTarget.duration)} />
      <button type="button" class="go" title={isPlaying ? t('voice.pause') : t('voice.play')} onClick={toggle}><Icon name={isPlaying ? 'pause' : 'play'} size={14} label={isPlaying ? t('voice.pause') : t('voice.play')} /></button>
      <input type="range" min={0} max={whole || 1} step={0.1} value={at} disabled={!whole} aria-label={t('voice.place')} aria-valuetext={`${shown(at)} / ${shown(length)}`} onInput={(e) => move(Number(e.currentTarget.value))} />
      <span class="num muted">{shown(at || length)}</span>
      <button type="button" class="chip edge num" title={t('voice.speed')} onClick={faster}>{number(speed)}×<span class="vh"> {t('voice.speed')}</span></button>
      {isBroken ? <a class="t-link" href={file.url} download={file.name}>{t('voice.broken')}</a> : null}
    </span>
  );
}
