import { t } from '../../i18n';
import { allCases, isMine } from '../../store/state';
import { Icon } from '../../ui/icon';
import type { Case } from '../../wire';

const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** Names of my other open cases that the text speaks of: a wrong thread is a disclosure. First and last name must both stand there. */
export function otherNamesIn(text: string, here: Case, others: Case[]): string[] {
  const words = new Set(plain(text).split(/[^\p{L}]+/u));
  const mine = new Set(plain(here.debtor.name).split(/\s+/));
  return others.flatMap((c) => {
    const parts = plain(c.debtor.name).split(/\s+/).filter((part) => part.length > 2);
    const ends = [parts[0], parts[parts.length - 1]];
    const isNamed = parts.length > 1 && ends.every((part) => part && words.has(part)) && !ends.every((part) => part && mine.has(part));
    return isNamed && c.id !== here.id ? [c.debtor.name] : [];
  });
}

export function OtherNames({ c, text }: { c: Case; text: string }) {
  if (text.length < 6) return null;
  const found = otherNamesIn(text, c, allCases().filter((one) => isMine(one) && one.status !== 'resolved'));
  if (!found.length) return null;
  return <p class="gate hold" role="alert"><Icon name="alert" size={14} /><b>{t('guard.otherName', { name: found[0]! })}</b><span>{t('guard.otherHint')}</span></p>;
}
