/** What a carrier's refusal means for an agent, by its code. The server's own hint is in English. */
import { known, t } from '../../i18n';
import type { Message } from '../../wire';

const groups: Record<string, string> = {
  admin: '0 190 3 10 131005 33 131031 368 131042 131044 133010 133016 131048 131063 131064 130497 131030 20003 20404 20403 30002 21606 21608 21408 30032 30034 63051 63112 smtp_530 smtp_534 smtp_535 smtp_538',
  later: '1 2 131000 131016 133004 135000 20503 30008',
  rate: '4 80007 130429 131056 131057 20429 21611 30001 63017 63018 63038 132069',
  address: '131026 21211 21614 21635 21612 30005 30006 63003 63024',
  away: '30003',
  window: '131047 63016',
  spared: '131049 63049 130472 63032',
  stopped: '131050 21610 63014 30004 complaint',
  content: '131051 131052 131053 21617 63021 132005 100 131008 131009',
  template: '132000 132001 132007 132008 132012 132015 132016 132018 132068 21654 21656 63013',
  filtered: '30007 30460 30466 30863 30869',
  hours: '30610 30036 30047',
  identity: '137000',
};
const groupOf = new Map(Object.entries(groups).flatMap(([group, codes]) => codes.split(' ').map((code) => [code, group] as const)));

/** Enhanced mail statuses (RFC 3463) tell their kind by the subject: "5.1.1" is an address, "4.4.1" a way there. */
function mailGroup(code: string): string | undefined {
  const [, kind, subject, detail] = /^([45])\.(\d)\.(\d+)$/.exec(code) ?? [];
  if (!kind) return undefined;
  if (subject === '2' && detail === '2') return 'full';
  if (subject === '7') return 'filtered';
  if (kind === '4' || subject === '4') return 'later';
  return subject === '1' || subject === '2' ? 'address' : subject === '3' || subject === '6' ? 'content' : undefined;
}

export function faultWords(error: Message['error']): string {
  const code = error?.code ?? '';
  return known(`fault.${groupOf.get(code) ?? mailGroup(code) ?? ''}`, t('after.failedPlain'));
}
