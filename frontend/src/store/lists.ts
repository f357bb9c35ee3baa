/** The lists that a page shows or counts, each kept in its order. */
import { computed } from '@preact/signals';
import type { Case } from '../wire';
import { compare, kept } from './kept';
import { isMine, isTakenFromMe, myId } from './state';

export const byRank = (a: Case, b: Case): number => compare(a.rank_at ?? a.waiting_since ?? '', b.rank_at ?? b.waiting_since ?? '');
const byLast = (a: Case, b: Case) => compare(b.last_item?.at ?? '', a.last_item?.at ?? '');
const me = () => myId.value;

/** Mine by whose turn it is: they wait for me, I answered, another took it over. */
export const waiting = kept((c) => isMine(c) && c.status === 'assigned' && !!c.waiting_since, byRank, me);
export const replied = kept((c) => isMine(c) && c.status === 'assigned' && !c.waiting_since, byLast, me);
export const taken = kept(isTakenFromMe, byLast, me);
export const snoozed = kept((c) => c.status === 'snoozed' && isMine(c), undefined, me);
/** Whoever I could write to by mistake. */
export const openOfMine = kept((c) => isMine(c) && c.status !== 'resolved', undefined, me);
export const unread = kept((c) => isMine(c) && (c.unread ?? 0) > 0, undefined, me);

export const queued = kept((c) => c.status === 'queued', byRank);
/** Conversations that are not over, seen whole; and rows of a queue that name nobody. */
export const whole = kept((c) => !c.masked && c.status !== 'resolved', byRank);
export const masked = kept((c) => !!c.masked);
/** Cases of which the list told that whispers wait. */
export const whispered = kept((c) => (c.whispers ?? 0) > 0);

export const held = computed(() => [...waiting.cases.value, ...replied.cases.value]);
/** My load as it stands this moment: the sum of the weights of what I hold. */
export const myLoad = computed(() => held.value.reduce((sum, c) => sum + (c.weight ?? 1), 0));
