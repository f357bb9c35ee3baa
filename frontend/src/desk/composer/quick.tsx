import { useEffect, useState } from 'preact/hooks';
import { get, query } from '../../api';
import { t } from '../../i18n';
import { onceRead } from '../../store/first';
import type { Case, Page, QuickReply } from '../../wire';

const cache = new Map<string, QuickReply[]>();

/** Quick replies with their variables filled for this case; asked once a case. */
export function useQuickReplies(c: Case, wanted: boolean): QuickReply[] {
  const [list, setList] = useState<QuickReply[]>(cache.get(c.id) ?? []);
  useEffect(() => {
    setList(cache.get(c.id) ?? []);
    if (!wanted || cache.has(c.id)) return;
    void onceRead().then(() => get<Page<QuickReply>>(`/quick-replies${query({ portfolio: c.portfolio.id, case: c.id })}`))
      .then((page) => { cache.set(c.id, page.items); setList(page.items); }, () => undefined);
  }, [c.id, wanted]);
  return list;
}

/** The word after a slash at the start of a line or after a space, when the caret stands behind it. */
export function slashWord(text: string, caret: number): { from: number; word: string } | null {
  const match = /(?:^|\s)\/([\p{L}\d_-]*)$/u.exec(text.slice(0, caret));
  return match ? { from: caret - match[1]!.length - 1, word: match[1]!.toLowerCase() } : null;
}

/** Replies in the debtor's language; all of them when there is none in it. */
export function spoken(list: QuickReply[], language: string | undefined): QuickReply[] {
  const head = (tag?: string) => tag?.toLowerCase().split(/[-_]/)[0];
  const fitting = list.filter((r) => !r.language || head(r.language) === head(language));
  return fitting.length ? fitting : list;
}

export function matching(list: QuickReply[], word: string): QuickReply[] {
  const starts = list.filter((r) => r.shortcut.replace(/^\//, '').toLowerCase().startsWith(word));
  const within = list.filter((r) => !starts.includes(r) && `${r.title} ${r.text}`.toLowerCase().includes(word));
  return [...starts, ...(word ? within : [])].slice(0, 6);
}

export function QuickList({ list, at, onPick }: { list: QuickReply[]; at: number; onPick: (reply: QuickReply) => void }) {
  return (
    <div class="pop quick" role="listbox" aria-label={t('composer.quick')} id="quick-list">
      {list.length === 0 ? <p class="hint">{t('composer.noQuick')}</p> : null}
      {list.map((r, i) => (
        <button key={r.id} type="button" role="option" id={`quick-${i}`} aria-selected={i === at} class={i === at ? 'on' : ''}
          onPointerDown={(e) => e.preventDefault()} onClick={() => onPick(r)}>
          <b>/{r.shortcut.replace(/^\//, '')}</b><span class="p clip">{r.text}</span>{i === at ? <span class="kbd">Enter</span> : null}
        </button>
      ))}
    </div>
  );
}
