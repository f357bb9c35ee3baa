/** What was sent and not yet acknowledged: in its thread, and in the browser's storage so that a reload loses nothing. */
import { t } from '../i18n';
import { me, timelineOf, type Pending } from './state';

/** How long a message can be taken back, in ms. */
export const undoFor = 5000;
const late = 2000;
const storage = (): Storage | null => (typeof localStorage === 'undefined' ? null : localStorage);
const prefix = () => `acordo:leaving:${me.value?.id ?? ''}:`;

export function stand(caseId: string, pending: Pending): void {
  const line = timelineOf(caseId);
  const at = line.pending.value.findIndex((p) => p.clientId === pending.clientId);
  line.pending.value = at < 0 ? [...line.pending.value, pending] : line.pending.value.with(at, pending);
  storage()?.setItem(`${prefix()}${caseId}:${pending.clientId}`, JSON.stringify(pending));
}

export function drop(caseId: string, clientId: string): void {
  const line = timelineOf(caseId);
  if (line.pending.value.some((p) => p.clientId === clientId)) line.pending.value = line.pending.value.filter((p) => p.clientId !== clientId);
  storage()?.removeItem(`${prefix()}${caseId}:${clientId}`);
}

/** After a reload: what the server had not acknowledged stands in its thread again. Another tab's undo is left its time. */
export function restorePending(): void {
  const store = storage();
  if (!store) return;
  for (const key of Object.keys(store).filter((one) => one.startsWith(prefix()))) {
    const pending = JSON.parse(store.getItem(key) ?? 'null') as Pending | null;
    const caseId = key.slice(prefix().length).split(':')[0]!;
    if (!pending || timelineOf(caseId).pending.value.some((p) => p.clientId === pending.clientId)) continue;
    const left = (pending.until ?? 0) - Date.now();
    if (left > 0 && left <= undoFor) setTimeout(restorePending, left + late);
    else stand(caseId, pending.state === 'refused' ? pending : { ...pending, state: 'unreachable', why: t('error.offline') });
  }
}
