/** Whose a contact point is when it is not the customer's own. */
import { t } from '../i18n';
import type { Case, Channel, ContactPoint, PointHolder } from '../wire';

export const holderRoles = ['co_debtor', 'guarantor', 'representative', 'attorney', 'executor', 'other'] as const;

export function holderWords(holder: PointHolder): string {
  return `${holder.name || '—'} (${t(`holder.${holder.role}`)})`;
}

/** Who else wrote or reads a message; nothing for the customer's own. */
export function holderAt(c: Case | undefined, point?: string | null): PointHolder | null {
  return c?.contact_points?.find((p) => p.id === point)?.holder ?? null;
}

/** Of several points of a channel, the one that would be used: the chosen one, else of the customer's own (somebody
 * else's only where they have none) a usable one, the last they wrote from first. */
export function pointOf(c: Case, channel: Channel, chosen?: string | null): ContactPoint | undefined {
  const points = (c.contact_points ?? []).filter((p) => p.channel === channel);
  const own = points.filter((p) => !p.holder);
  const whose = own.length ? own : points;
  const usable = whose.filter((p) => !p.state || p.state === 'active');
  const picked = points.find((p) => p.id === chosen);
  return picked ?? (usable.length ? usable : whose).toSorted((a, b) => (b.last_inbound_at ?? '').localeCompare(a.last_inbound_at ?? ''))[0];
}

/** The customer's own addresses at which they can be asked who they are, the last they wrote from first. */
export function checkablePoints(c: Case): ContactPoint[] {
  const own = (c.contact_points ?? []).filter((p) => !p.holder && !['wrong_number', 'invalid', 'removed'].includes(p.state ?? ''));
  return own.toSorted((a, b) => (b.last_inbound_at ?? '').localeCompare(a.last_inbound_at ?? ''));
}

/** Whom a message goes to, where a channel reaches more people than the customer. */
export function readerOf(c: Case, channel: Channel, chosen?: string | null): ContactPoint | null {
  const isShared = c.contact_points?.some((p) => p.channel === channel && p.holder);
  return isShared ? pointOf(c, channel, chosen) ?? null : null;
}
