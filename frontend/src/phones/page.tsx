import { signal } from '@preact/signals';
import { lang, nearest, t } from '../i18n';
import { ConnectionBanner } from '../ui/banner';
import { Icon } from '../ui/icon';
import { Toasts } from '../ui/toasts';
import { people, type Phone } from './api';
import { Mailbox } from './mailbox';
import { liveliest, PhoneView } from './phone';
import { BehaviourBar, Steps, Top } from './top';

interface Held { person: string; inbox: string }

const kept = (): { phones: Held[]; mail: string } => {
  try {
    return JSON.parse(localStorage.getItem('acordo:phones') ?? '') as { phones: Held[]; mail: string };
  } catch {
    return { phones: [], mail: '' };
  }
};
const chosen = signal(kept());

function choose(next: { phones: Held[]; mail: string }): void {
  chosen.value = next;
  localStorage.setItem('acordo:phones', JSON.stringify(next));
}

/** Three phones: those picked before, then Maria, a talk in the page's language, and one that writes by SMS. */
function phonesShown(): Held[] {
  const known = chosen.value.phones.filter((h) => people.value.some((p) => p.id === h.person));
  const free = people.value.filter((p) => liveliest(p) && !known.some((h) => h.person === p.id)).sort((a, b) => rank(a) - rank(b));
  const bySms = free.find((p) => p.prefers === 'sms' && p.threads.some((one) => one.messages.length));
  const first = free.filter((p) => p !== bySms).slice(0, 2);
  return [...known, ...[...first, ...(bySms ? [bySms] : []), ...free.slice(2)].map((p) => ({ person: p.id, inbox: liveliest(p)!.inbox }))].slice(0, 3);
}

/** Maria first, whom the visitor plays; then whoever has said most in the language of the page. */
function rank(p: Phone): number {
  if (p.name.startsWith('Maria')) return -1000;
  const said = Math.max(0, ...p.threads.filter((one) => one.channel !== 'email').map((one) => one.messages.length));
  return (nearest(p.language) === lang || lang === 'en' ? 0 : 500) - said;
}

/** Whose mailbox: one that has mail, in the language of the page before others. */
function mailShown(): string {
  const written = people.value.filter((p) => p.threads.some((one) => one.channel === 'email' && one.messages.some((m) => m.direction === 'out')));
  return chosen.value.mail || (written.find((p) => nearest(p.language) === lang) ?? written[0] ?? people.value.find((p) => p.prefers === 'email') ?? people.value.find((p) => p.email))?.id || '';
}

export function PhonesPage() {
  const shown = phonesShown();
  const mail = mailShown();
  const pick = (at: number) => (next: Held) => choose({ phones: shown.with(at, next), mail: chosen.value.mail });
  return (
    <>
      <Top />
      <Steps />
      <BehaviourBar />
      <ConnectionBanner />
      <main class="stage">
        {people.value.length === 0 ? <div class="empty"><Icon name="sms" size={24} /><b>{t('phones.nobody')}</b></div> : null}
        {shown.map((h, at) => <PhoneView key={at} held={h} onPick={pick(at)} />)}
        {mail ? <Mailbox person={mail} onPick={(id) => choose({ phones: chosen.value.phones, mail: id })} /> : null}
      </main>
      <Toasts />
    </>
  );
}
