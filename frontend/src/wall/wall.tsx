import { useLayoutEffect } from 'preact/hooks';
import { t } from '../i18n';
import { onKeys, shownKey } from '../keys';
import { runToastAct } from '../store/notices';
import { lowerHand } from '../store/commands';
import { isSupervisor, requests } from '../store/state';
import { Dialogs } from '../desk/dialogs';
import { overlay } from '../desk/overlays';
import { RailFoot, RailLink } from '../desk/rail';
import { ConnectionBanner } from '../ui/banner';
import { Icon } from '../ui/icon';
import { Toasts } from '../ui/toasts';
import { approvalKeys, DecisionDialog } from './approval';
import { Left } from './left';
import { Monitor, step } from './monitor';
import { focusedRequest, toRequests } from './requests';
import { opened } from './state';
import { Strip } from './strip';
import { Tiles } from './tiles';

/** Y on a request lowers that hand; else the open conversation's. */
function lowerFocused(): boolean {
  const request = focusedRequest();
  if (request?.kind !== 'hand' || !request.case || !isSupervisor.value) return false;
  void lowerHand(request.case);
  return true;
}

export function Wall() {
  useLayoutEffect(() => onKeys({
    next: () => step(1), previous: () => step(-1), undo: runToastAct, lowerHand: lowerFocused, ...approvalKeys,
    search: () => { overlay.value = { kind: 'search' }; },
    keys: () => { overlay.value = { kind: 'keys' }; },
    goMine: () => location.assign('/'), goQueue: () => location.assign('/#/view/queue'), goWall: () => undefined, goOffice: () => location.assign('/office'),
  }), []);
  const id = opened.value;
  return (
    <>
      <a class="skip" href="#tiles">{t('wall.skip')}</a>
      <div class={`wall${id ? ' open' : ''}`} onKeyDown={(e) => { if (e.key === 'Escape' && !e.defaultPrevented && opened.value && !document.querySelector('dialog[open], .pop')) opened.value = null; }}>
        <nav class="rail" aria-label={t('rail.main')}>
          <span class="brand"><Icon name="logo" size={20} /></span>
          <RailLink icon="wall" label={t('wall.title')} on onClick={() => { opened.value = null; }} />
          <RailLink icon="hand" label={t('wall.requests')} count={requests.value.size} hot onClick={() => { toRequests(); }} />
          <RailLink icon="inbox" label={t('desk.title')} href="/" onClick={() => undefined} />
          <RailLink icon="file" label={t('office.title')} keys={shownKey('goOffice')} href="/office" onClick={() => undefined} />
          <RailLink icon="search" label={t('search.title')} keys={shownKey('search')} wide onClick={() => { overlay.value = { kind: 'search' }; }} />
          <span class="gap" />
          <RailFoot onKeys={() => { overlay.value = { kind: 'keys' }; }} onOpen={(one) => { opened.value = one; }} />
        </nav>
        <Strip />
        <Left />
        <Tiles />
        {id ? <Monitor key={id} id={id} /> : null}
      </div>
      <ConnectionBanner />
      <Dialogs />
      <DecisionDialog />
      <Toasts />
    </>
  );
}
