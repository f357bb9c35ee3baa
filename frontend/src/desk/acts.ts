/** Everything a person can do now, by name: what the command bar offers. Acts with a key show it, so that the bar teaches. */
import { firstName } from '../format';
import { languages, languageNames, t, type Key } from '../i18n';
import { bindings, isTaken, run, shownKey } from '../keys';
import { claim, lowerHand, release, reopen, setPresence, undoIdentify } from '../store/commands';
import { editDraft } from '../store/drafts';
import { caseOf, hasOffice, isMine, isSupervisor, levelNow, mayWatch, mayWrite } from '../store/state';
import { signOut } from '../store/session';
import { savedViews, showView } from '../store/views';
import { saveLanguage, saveTheme, theme } from '../ui/prefs';
import { channelName } from '../ui/signs';
import type { Case } from '../wire';
import { channelsOf } from './composer/tabs';
import { go, openId } from './nav';
import { overlay } from './overlays';

export interface Act { key: string; label: string; keys?: string; go: () => void }

export const pauses = ['lunch', 'break', 'meeting', 'training', 'admin'] as const;
/** Of no use in a list of names. */
const unnamed = /^(search|next|previous|nextPane|previousPane|close|column\d|reply)$/;

/** Ways to screens that are not this person's. */
const isShut = (act: string) => (act === 'goWall' && !mayWatch.value) || (act === 'goOffice' && !hasOffice.value);

export function actsNow(): Act[] {
  const bound = bindings.value.filter((b) => !unnamed.test(b.act) && isTaken(b.act) && !isShut(b.act)).map((b): Act => (
    { key: b.act, label: t(`keys.${b.act}` as Key), keys: shownKey(b.act), go: () => { run(b.act); } }));
  const c = openId.value ? caseOf(openId.value)?.value : undefined;
  return [...bound, ...(c ? caseActs(c) : []), ...savedActs(), ...(isTaken('pull') ? viewActs() : []), ...ownActs()];
}

function caseActs(c: Case): Act[] {
  const name = firstName(c.debtor.name);
  const show = (kind: 'why' | 'rules' | 'identity' | 'identify' | 'points' | 'skills' | 'contact' | 'protect' | 'wishes' | 'merge') => () => { overlay.value = { kind, id: c.id }; };
  const mine = isMine(c);
  return [
    ...(c.status === 'queued' ? [{ key: 'claim', label: `${t('case.claim')}: ${name}`, go: () => void claim(c.id) }] : []),
    ...(mine && c.status === 'assigned' ? [{ key: 'release', label: `${t('case.release')}: ${name}`, go: () => void release(c.id) }] : []),
    ...(c.status === 'resolved' || c.status === 'snoozed' ? [{ key: 'reopen', label: `${t('case.reopen')}: ${name}`, go: () => void reopen(c.id) }] : []),
    ...(mine && c.hand ? [{ key: 'handDown', label: t('case.lowerHand'), go: () => void lowerHand(c.id) }] : []),
    ...(mine && c.debtor.provisional ? [{ key: 'identify', label: t('identify.title'), go: show('identify') }] : []),
    ...(mine && !c.debtor.provisional && levelNow(c) < 2 ? [{ key: 'identity', label: t('check.do'), go: show('identity') }] : []),
    ...(mine && !c.debtor.provisional ? [{ key: 'identified', label: t('identify.undo'), go: () => void undoIdentify(c.id) }] : []),
    ...(mine || isSupervisor.value ? [{ key: 'points', label: t('points.title', { name }), go: show('points') }] : []),
    ...(mine || isSupervisor.value ? [{ key: 'skills', label: t('skills.title'), go: show('skills') }] : []),
    ...(mayWrite(c) ? channelsOf(c).map((one): Act => (
      { key: `to-${one}`, label: t('acts.channel', { channel: channelName(one) }), go: () => { editDraft(c.id, { tab: one }); run('reply'); } })) : []),
    ...(mine && !c.debtor.provisional ? [{ key: 'contact', label: t('contact.title', { name }), go: show('contact') }, { key: 'protect', label: t('protect.title', { name }), go: show('protect') }] : []),
    ...(isSupervisor.value && c.debtor.id ? [{ key: 'merge', label: t('merge.title', { name: c.debtor.name }), go: show('merge') }] : []),
    ...(mayWrite(c) ? [{ key: 'wishes', label: t('wish.title', { name }), go: show('wishes') }] : []),
    { key: 'why', label: t('why.title'), go: show('why') },
    { key: 'rules', label: t('rules.title'), go: show('rules') },
  ];
}

function savedActs(): Act[] {
  return savedViews().map((one) => ({ key: `view-${one.name}`, label: t('views.show', { name: one.name }), go: () => showView(one) }));
}

function viewActs(): Act[] {
  return (['team', 'snoozed', 'resolved'] as const).map((one) => ({ key: `go-${one}`, label: t('acts.goTo', { view: t(`view.${one}`) }), go: () => go(one) }));
}

function ownActs(): Act[] {
  return [
    { key: 'online', label: t('presence.online'), go: () => void setPresence('online') },
    ...pauses.map((reason) => ({ key: `away-${reason}`, label: `${t('presence.away')}: ${t(`pause.${reason}`)}`, go: () => void setPresence('away', reason) })),
    { key: 'offline', label: `${t('presence.offline')} · ${t('shift.title')}`, go: () => { overlay.value = { kind: 'shift' }; } },
    { key: 'settings', label: t('settings.title'), go: () => { overlay.value = { kind: 'settings' }; } },
    { key: 'theme', label: theme.value === 'dark' ? t('theme.light') : t('theme.dark'), go: () => saveTheme(theme.value === 'dark' ? 'light' : 'dark') },
    ...languages.map((one) => ({ key: `lang-${one}`, label: `${t('me.language')}: ${languageNames[one]}`, go: () => void saveLanguage(one) })),
    { key: 'signOut', label: t('me.signOut'), go: () => void signOut() },
  ];
}
