import { useState } from 'preact/hooks';
import { boot } from '../boot';
import { ago, initials, number } from '../format';
import { languages, lang, t } from '../i18n';
import { isTaken, run, shownKey } from '../keys';
import { now } from '../clock';
import { myLoad, queued, replied, snoozed, waiting } from '../store/lists';
import { notices, readNotices } from '../store/notices';
import { hasOffice, isSupervisor, mayWatch, me, requests } from '../store/state';
import { setPresence } from '../store/commands';
import { signOut } from '../store/session';
import { saveLanguage, saveTheme, theme } from '../ui/prefs';
import { Icon } from '../ui/icon';
import { Menu } from '../ui/menu';
import type { IconName } from '../ui/outlines';
import { PresenceDot } from '../ui/signs';
import type { Presence } from '../wire';
import { pauses } from './acts';
import { deckOn, go, open, toggleDeck, view } from './nav';
import { draftText } from '../store/drafts';
import type { ViewName } from '../store/load';
import { overlay } from './overlays';

interface LinkProps { icon: IconName; label: string; keys?: string; on?: boolean; wide?: boolean; count?: number; hot?: boolean; onClick: () => void; href?: string }

export function RailLink({ icon, label, keys, on, wide, count, hot, onClick, href = '#' }: LinkProps) {
  return (
    <a href={href} class={`${on ? 'on' : ''}${wide ? ' wide' : ''}`} aria-current={on ? 'page' : undefined} title={keys ? `${label} (${keys})` : label}
      onClick={(e) => { if (href === '#') { e.preventDefault(); onClick(); } }}>
      <Icon name={icon} size={20} label={label} />
      {count ? <span class={`n${hot ? ' hot' : ''}`}>{count > 999 ? '999+' : count}</span> : null}
    </a>
  );
}

/** The desk's rail; the wall has its own links above the same foot. */
export function DeskRail({ onSearch, onKeys }: { onSearch: () => void; onKeys: () => void }) {
  const at = (name: ViewName) => !deckOn.value && view.value === name;
  return (
    <nav class="rail" aria-label={t('rail.main')}>
      <span class="brand"><Icon name="logo" size={20} /></span>
      <RailLink icon="inbox" label={t('view.mine')} keys={shownKey('goMine')} on={at('mine')} count={waiting.ids.value.length} onClick={() => go('mine')} />
      <RailLink icon="queue" label={t('view.queue')} keys={shownKey('goQueue')} on={at('queue')} count={queued.ids.value.length} hot onClick={() => go('queue')} />
      <RailLink icon="team" label={t('view.team')} on={at('team')} onClick={() => go('team')} />
      <RailLink icon="send" label={t('toContact.title')} keys={shownKey('toContact')} wide onClick={() => { overlay.value = { kind: 'toContact' }; }} />
      <RailLink icon="snooze" label={t('view.snoozed')} on={at('snoozed')} count={snoozed.ids.value.length} wide onClick={() => go('snoozed')} />
      <RailLink icon="done" label={t('view.resolved')} on={at('resolved')} wide onClick={() => go('resolved')} />
      <RailLink icon="search" label={t('search.title')} keys={shownKey('search')} wide onClick={onSearch} />
      <RailLink icon="deck" label={t('deck.title')} keys={shownKey('deck')} on={deckOn.value} wide onClick={toggleDeck} />
      {mayWatch.value ? <RailLink icon="wall" label={t('wall.title')} keys={shownKey('goWall')} count={requests.value.size} hot href="/wall" onClick={() => undefined} /> : null}
      {hasOffice.value ? <RailLink icon="file" label={t('office.title')} keys={shownKey('goOffice')} href="/office" onClick={() => undefined} /> : null}
      <span class="gap" />
      <RailFoot onKeys={onKeys} onOpen={open} />
    </nav>
  );
}

export function RailFoot({ onKeys, onOpen }: { onKeys: () => void; onOpen: (id: string) => void }) {
  const [shown, show] = useState<'notices' | 'me' | null>(null);
  const fresh = notices.value.filter((n) => !n.read).length;
  const dark = theme.value === 'dark';
  return (
    <>
      <span class="anchor">
        <RailLink icon="bell" label={t('notice.title')} count={fresh} onClick={() => { show(shown === 'notices' ? null : 'notices'); }} />
        {shown === 'notices' ? <Notices onClose={() => { readNotices(); show(null); }} onOpen={onOpen} /> : null}
      </span>
      <RailLink icon="keys" label={t('keys.title')} keys="?" wide onClick={onKeys} />
      <RailLink icon="moon" label={dark ? t('theme.light') : t('theme.dark')} wide onClick={() => saveTheme(dark ? 'light' : 'dark')} />
      <span class="anchor">
        <MyRing onClick={() => show(shown === 'me' ? null : 'me')} open={shown === 'me'} />
        {shown === 'me' ? <MyMenu onClose={() => show(null)} /> : null}
      </span>
    </>
  );
}

function Notices({ onClose, onOpen }: { onClose: () => void; onOpen: (id: string) => void }) {
  return (
    <Menu label={t('notice.title')} onClose={onClose} class="side wide-menu">
      <h3>{t('notice.title')}</h3>
      {notices.value.length === 0 ? <p class="hint">{t('notice.none')}</p> : null}
      {notices.value.map((n) => (
        <button key={n.id} type="button" class={n.read ? '' : 'fresh'} onClick={() => { if (n.caseId) onOpen(n.caseId); onClose(); }}>
          <Icon name={n.tone === 'whisper' ? 'eyeoff' : n.tone === 'bad' ? 'takeover' : 'inbox'} />
          <span class="grow">{n.text}</span><small class="muted">{ago(n.at, now.value)}</small>
        </button>
      ))}
    </Menu>
  );
}

function MyRing({ onClick, open: isOpen }: { onClick: () => void; open: boolean }) {
  const user = me.value;
  const status = user?.presence?.status ?? 'offline';
  const load = myLoad.value;
  const capacity = user?.capacity ?? 0;
  const share = capacity ? Math.min(100, Math.round((load / capacity) * 100)) : 0;
  const said = t('me.ring', { name: user?.name ?? '', status: t(`presence.${status}`), load: number(load), capacity: number(capacity) });
  return (
    <button type="button" class="me-ring" title={said} aria-expanded={isOpen} aria-haspopup="dialog" onClick={onClick}>
      <span class="ring" style={{ '--v': `${share}%`, '--ring': share >= 100 ? 'var(--danger)' : share >= 85 ? 'var(--warning)' : 'var(--accent)' }}>
        {initials(user?.name ?? '?')}<PresenceDot status={status} />
      </span>
      <span class="vh">{said}</span>
    </button>
  );
}

/** Where the rail has no room for them: the ways that stand on it elsewhere. */
function PhoneWays({ onClose }: { onClose: () => void }) {
  const way = (icon: IconName, label: string, act: () => void) => <button type="button" class="phone-only" onClick={() => { onClose(); act(); }}><Icon name={icon} />{label}</button>;
  const isDesk = isTaken('toContact');
  return (
    <>
      {way('search', t('search.title'), () => { run('search'); })}
      {isDesk ? way('send', t('toContact.title'), () => { run('toContact'); }) : null}
      {isDesk ? way('snooze', t('view.snoozed'), () => go('snoozed')) : null}
      {isDesk ? way('done', t('view.resolved'), () => go('resolved')) : null}
      {way('moon', theme.value === 'dark' ? t('theme.light') : t('theme.dark'), () => saveTheme(theme.value === 'dark' ? 'light' : 'dark'))}
    </>
  );
}

function MyMenu({ onClose }: { onClose: () => void }) {
  const user = me.value;
  const status = user?.presence?.status ?? 'offline';
  const pick = (next: Presence, reason?: string) => {
    onClose();
    if (next === 'offline' && (waiting.ids.value.length || replied.ids.value.some((id) => draftText(id)))) overlay.value = { kind: 'shift' };
    else void setPresence(next, reason);
  };
  return (
    <Menu label={t('me.menu')} onClose={onClose} class="side">
      <h3>{user?.name}<small class="muted">{user ? t(`role.${user.role}`) : ''}</small></h3>
      <button type="button" aria-pressed={status === 'online'} class={status === 'online' ? 'on' : ''} onClick={() => pick('online')}>
        <PresenceDot status="online" />{t('presence.online')}</button>
      {pauses.map((reason) => (
        <button key={reason} type="button" onClick={() => pick('away', reason)}
          aria-pressed={status === 'away' && user?.presence?.reason === reason} class={status === 'away' && user?.presence?.reason === reason ? 'on' : ''}>
          <PresenceDot status="away" />{t('presence.away')}: {t(`pause.${reason}`)}</button>
      ))}
      <button type="button" aria-pressed={status === 'offline'} class={status === 'offline' ? 'on' : ''} onClick={() => pick('offline')}>
        <PresenceDot status="offline" />{t('presence.offline')}</button>
      <hr />
      <PhoneWays onClose={onClose} />
      <button type="button" onClick={() => { onClose(); overlay.value = { kind: 'settings' }; }}><Icon name="bell" />{t('settings.title')}</button>
      <span class="seg langs" role="group" aria-label={t('me.language')}>
        {languages.map((one) => (
          <button key={one} type="button" lang={one} class={one === lang ? 'on' : ''} aria-pressed={one === lang} onClick={() => void saveLanguage(one)}>{one.slice(0, 2).toUpperCase()}</button>
        ))}
      </span>
      {boot.demo ? <a href="/sandbox/"><Icon name="sms" />{t('me.sandbox')}</a> : null}
      {isSupervisor.value ? <a href="/wall"><Icon name="wall" />{t('wall.title')}</a> : null}
      <button type="button" onClick={() => void signOut()}><Icon name="ext" />{t('me.signOut')}</button>
    </Menu>
  );
}
