/** Hands, approvals and alarms in one queue: alarms first, then the oldest. */
import { now } from '../clock';
import { firstName, rough } from '../format';
import { known, t } from '../i18n';
import { shownKey } from '../keys';
import { lowerHand } from '../store/commands';
import { caseOf, isSupervisor, requests } from '../store/state';
import { IconButton } from '../ui/button';
import { Icon } from '../ui/icon';
import type { HelpRequest } from '../wire';
import { heldIn } from '../store/approvals';
import { readHeld } from './held-card';
import { ApprovalActs, approvalWords, WhyHeld } from './approval';
import { opened } from './state';

const rank = { alarm: 0, approval: 1, hand: 1 };

export function Requests() {
  const all = [...requests.value.values()].sort((a, b) => rank[a.kind] - rank[b.kind] || a.at.localeCompare(b.at));
  return (
    <section id="requests" aria-label={t('wall.requests')}>
      {all.length ? <h2>{t('wall.requests')} <span class="badge bad">{all.length}</span></h2> : null}
      <p class="vh" role="status">{t('wall.requestCount', { n: all.length })}</p>
      {all.length ? <ul>{all.map((r) => <RequestLine key={r.id} r={r} />)}</ul> : null}
    </section>
  );
}

/** The request that has the focus: a key acts on it. */
export function focusedRequest(): HelpRequest | undefined {
  const id = document.activeElement?.closest<HTMLElement>('[data-request]')?.dataset.request;
  return id ? requests.value.get(id) : undefined;
}

/** The next or previous request, when the focus is on one. */
export function stepRequest(by: 1 | -1): boolean {
  if (!focusedRequest()) return false;
  const all = [...document.querySelectorAll<HTMLElement>('#requests .rq-main')];
  const at = all.findIndex((one) => one.closest('li')?.contains(document.activeElement));
  all[(at + by + all.length) % all.length]?.focus();
  return true;
}

export function toRequests(): boolean {
  const first = document.querySelector<HTMLElement>('#requests .rq-main');
  first?.focus();
  return !!first;
}

function RequestLine({ r }: { r: HelpRequest }) {
  const debtor = r.case ? caseOf(r.case)?.value.debtor.name : undefined;
  const about = typeof r.detail?.name === 'string' ? r.detail.name : undefined; // an inbox of ours, where there is no case
  const open = () => { if (heldIn(r)) readHeld(r); else if (r.case) opened.value = r.case; };
  return (
    <li class={`rq ${r.kind}`} data-request={r.id}>
      <button type="button" class="rq-main" aria-disabled={!r.case} onClick={open}>
        <Icon name={r.kind === 'alarm' ? 'heart' : r.kind === 'approval' && !heldIn(r) ? 'percent' : 'hand'} size={14} label={t(`request.${r.kind}`)} />
        <span class="grow"><b class="clip">{debtor ?? about ?? t(`request.${r.kind}`)}</b><small class="clip2">{r.by ? `${firstName(r.by.name)}: ` : ''}{approvalWords(r) || known(`alarm.${r.reason}`, known(`hand.${r.reason}`, r.reason))}</small><WhyHeld r={r} /></span>
        <small class="num">{rough(now.value - Date.parse(r.at))}</small>
      </button>
      {r.kind === 'hand' && r.case && isSupervisor.value ? <IconButton icon="check" label={t('case.lowerHand')} keys={shownKey('lowerHand')} onClick={() => void lowerHand(r.case!)} /> : null}
      <ApprovalActs r={r} />
    </li>
  );
}
