import { signal } from '@preact/signals';
import { t } from '../i18n';
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

/** Three phones: those picked before, then Maria and whoever there is, each on the channel they prefer. */
function phonesShown(): Held[] {
  const known = chosen.value.phones.filter((h) => people.value.some((p) => p.id === h.person));
  const rest = people.value
    .filter((p) => liveliest(p) && !known.some((h) => h.person === p.id))
    .sort((a, b) => rank(a) - rank(b))
    .map((p) => ({ person: p.id, inbox: liveliest(p)!.inbox }));
  return [...known, ...rest].slice(0, 3);
}

function rank(p: Phone): number {
  if (p.name.startsWith('Maria')) return 0;
  return p.prefers === 'sms' ? 2 : p.threads.some((one) => one.messages.length) ? 1 : 3;
}

export function PhonesPage() {
  const shown = phonesShown();
  const mail = chosen.value.mail || people.value.find((p) => p.prefers === 'email')?.id || people.value.find((p) => p.threads.some((one) => one.channel === 'email' && one.messages.length))?.id || people.value.find((p) => p.email)?.id || '';
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
