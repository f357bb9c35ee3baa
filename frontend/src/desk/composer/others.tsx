import { firstName } from '../../format';
import { t } from '../../i18n';
import { openOfMine } from '../../store/lists';
import { Icon } from '../../ui/icon';
import type { Case } from '../../wire';
import { gateOf } from './gate';

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

/** Sums with their cents, as people write them here and elsewhere: "1.234,56", "1,234.56", "234,56". */
function sumsIn(text: string): Set<number> {
  const found = text.match(/\d{1,3}(?:[.,]\d{3})*[.,]\d{2}(?!\d)|\d+[.,]\d{2}(?!\d)/g) ?? [];
  return new Set(found.map((one) => Number(one.replace(/\D/g, ''))));
}

/** The balance of another open case, to the cent: nobody writes that by chance. */
export function otherSumIn(text: string, here: Case, others: Case[]): Case | undefined {
  const sums = sumsIn(text);
  return others.find((c) => c.id !== here.id && !!c.balance && c.balance.amount !== here.balance?.amount && sums.has(c.balance.amount));
}

/** What in the text belongs to somebody else whom I serve: a name, a sum, a document, an invoice. A wrong thread is a disclosure. */
function belongsElsewhere(c: Case, text: string): string | null {
  const others = openOfMine.cases.value;
  const [name] = otherNamesIn(text, c, others);
  if (name) return t('guard.name', { name });
  const [mixup] = gateOf(c.id).value.mixups;
  if (mixup) return t(`guard.${mixup.kind}`, { name: mixup.name });
  const sum = otherSumIn(text, c, others);
  return sum ? t('guard.sum', { name: sum.debtor.name }) : null;
}

export function WrongThread({ c, text }: { c: Case; text: string }) {
  const found = text.length < 4 ? null : belongsElsewhere(c, text);
  return found ? <p class="gate hold" role="alert"><Icon name="alert" size={14} /><b>{found}</b><span>{t('guard.otherHint', { name: firstName(c.debtor.name) })}</span></p> : null;
}
