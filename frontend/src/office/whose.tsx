import { useEffect, useState } from 'preact/hooks';
import { get, query } from '../api';
import { t } from '../i18n';
import { explain } from '../store/words';
import { Icon } from '../ui/icon';
import { Words } from './list';

export interface Found { id: string; name: string; document?: string | null }

const rest = 250;

/** Whose something is: searched by name, key or number, and picked. */
export function Whose({ picked, onPick, onWrong }: { picked: Found | null; onPick: (one: Found | null) => void; onWrong: (why: string) => void }) {
  const [words, setWords] = useState('');
  const [found, setFound] = useState<Found[]>([]);
  useEffect(() => {
    onPick(null);
    if (words.trim().length < 2) { setFound([]); return undefined; }
    const abort = new AbortController();
    const timer = setTimeout(() => {
      get<{ items: Found[] }>(`/debtors${query({ q: words, limit: 20 })}`, { signal: abort.signal }).then((page) => setFound(page.items), (error) => { if (!abort.signal.aborted) onWrong(explain(error)); });
    }, rest);
    return () => { clearTimeout(timer); abort.abort(); };
  }, [words]);
  return (
    <>
      <Words label={t('suspense.search')} id="whose" value={words} onWords={setWords} hint={t('suspense.searchHint')} />
      <fieldset class="whose"><legend class="vh">{t('suspense.found')}</legend>
        {found.map((each) => (
          <label key={each.id} class="check"><input type="radio" name="whose" checked={picked?.id === each.id} onChange={() => onPick(each)} /><Icon name="user" size={14} />{each.name}</label>
        ))}
      </fieldset>
      {words.trim().length > 1 && !found.length ? <p class="hint">{t('suspense.nobody')}</p> : null}
    </>
  );
}
