/** What is masked, in full for half a minute: asked for by a person, and written down by the server. */
import { useEffect, useState } from 'preact/hooks';
import { Problem, post } from '../../api';
import { t } from '../../i18n';
import { IconButton } from '../../ui/button';

const shownFor = 30_000;

/** `path` answers `{address}` or `{value}`; `masked` stands there until it is asked for and again afterwards. */
export function Masked({ path, masked }: { path: string; masked: string }) {
  const [told, tell] = useState('');
  const [trouble, setTrouble] = useState('');
  useEffect(() => { tell(''); setTrouble(''); }, [path]);
  useEffect(() => {
    if (!told) return undefined;
    const timer = setTimeout(() => tell(''), shownFor);
    return () => clearTimeout(timer);
  }, [told]);
  const ask = async () => {
    try {
      const found = await post<{ address?: string; value?: string }>(path, undefined);
      tell(found.address ?? found.value ?? '');
      setTrouble('');
    } catch (error) {
      setTrouble(error instanceof Problem && error.code === 'rate_limited' ? t('reveal.tooOften') : t('reveal.refused'));
    }
  };
  return (
    <>
      <span class="num clip" title={trouble || undefined}>{told || masked}</span>
      {told
        ? <IconButton icon="copy" label={t('copy')} size={14} onClick={() => void navigator.clipboard?.writeText(told)} />
        : <IconButton icon="eye" label={t('reveal.ask')} size={14} onClick={() => void ask()} />}
      {trouble ? <small role="status" class="muted">{trouble}</small> : null}
    </>
  );
}
