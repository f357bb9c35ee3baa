import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { t } from '../i18n';
import { onKeys, shownKey } from '../keys';
import { whispersWaiting } from '../store/session';
import { caseOf } from '../store/state';
import { Icon } from '../ui/icon';
import { deck, deckFocus, leaveDeck, openId } from './nav';
import { Thread } from './thread';

/** Two to four threads side by side. A thread that gets a message marks its edge; it never takes the focus. */
export function Deck() {
  const ids = deck.value;
  useLayoutEffect(() => onKeys(Object.fromEntries([0, 1, 2, 3].map((i) => [`column${i + 1}`, () => focusColumn(i)]))), []);
  return (
    <section class="deck" id="thread" aria-label={t('deck.title')} data-count={ids.length}>
      {ids.map((id, i) => <Column key={id} id={id} at={i} />)}
      {ids.length ? null : <Empty />}
    </section>
  );
}

function Empty() {
  return (
    <div class="empty tall"><Icon name="deck" size={24} /><b>{t('deck.empty')}</b>
      <span>{t('deck.emptyHint')} <span class="kbd">{shownKey('search')}</span></span></div>
  );
}

function focusColumn(i: number): boolean {
  const id = deck.value[i];
  if (!id) return false;
  deckFocus.value = i;
  openId.value = id;
  document.querySelector<HTMLElement>(`.col[data-at="${i}"] textarea`)?.focus();
  return true;
}

function Column({ id, at }: { id: string; at: number }) {
  const isCurrent = deckFocus.value === at;
  const held = caseOf(id)?.value;
  const last = held?.last_item;
  const seen = useRef(last?.id);
  const [ping, setPing] = useState(false);
  useEffect(() => {
    if (last?.id !== seen.current && last?.direction === 'in' && !isCurrent) setPing(true);
    seen.current = last?.id;
  }, [last?.id]);
  const enter = () => { deckFocus.value = at; openId.value = id; setPing(false); };
  return (
    <section class={`col thread${isCurrent ? ' cur' : ''}${ping && !isCurrent ? ' ping' : ''}${held && whispersWaiting(held) ? ' whispered' : ''}`} data-at={at} aria-label={held?.debtor.name} onFocusCapture={enter} onPointerDown={enter}>
      <Thread id={id} active={isCurrent} column={at} onClose={() => leaveDeck(id)} />
    </section>
  );
}
