import { useLayoutEffect } from 'preact/hooks';
import { t } from '../i18n';
import { onKeys, shownKey } from '../keys';
import { runToastAct } from '../store/notices';
import { mayWatch } from '../store/state';
import { Dialogs } from '../desk/dialogs';
import { overlay } from '../desk/overlays';
import { RailFoot, RailLink } from '../desk/rail';
import { ConnectionBanner } from '../ui/banner';
import { Icon } from '../ui/icon';
import { Toasts } from '../ui/toasts';
import { Files } from './files';
import { Glass } from './glass';
import { stepRow } from './list';
import { Audit, Misses, Removals } from './proof';
import { part, parts, type PartName } from './state';
import { Conduct, Stops } from './stops';
import { Suspense } from './suspense';

const shown: Record<PartName, () => preact.JSX.Element> = {
  files: Files, suspense: Suspense, misses: Misses, audit: Audit, stops: Stops, conduct: Conduct, removals: Removals, glass: Glass,
};

function toPart(by: 1 | -1): boolean {
  const names = parts.value.map((one) => one.name);
  if (names.length < 2) return false;
  part.value = names[(names.indexOf(part.value) + by + names.length) % names.length]!;
  document.querySelector<HTMLElement>('.parts a.on')?.focus();
  return true;
}

/** Files, money without a name, and what compliance reads: one page, a part each. */
export function Office() {
  useLayoutEffect(() => onKeys({
    next: () => stepRow(1), previous: () => stepRow(-1), undo: runToastAct,
    nextPane: () => toPart(1), previousPane: () => toPart(-1),
    search: () => { overlay.value = { kind: 'search' }; },
    keys: () => { overlay.value = { kind: 'keys' }; },
    goMine: () => location.assign('/'), goQueue: () => location.assign('/#/view/queue'), goOffice: () => undefined,
    goWall: () => { if (!mayWatch.value) return false; location.assign('/wall'); return true; },
  }), []);
  const Part = shown[part.value];
  return (
    <>
      <a class="skip" href="#part">{t('office.skip')}</a>
      <div class="office">
        <nav class="rail" aria-label={t('rail.main')}>
          <span class="brand"><Icon name="logo" size={20} /></span>
          <RailLink icon="inbox" label={t('desk.title')} keys={shownKey('goMine')} href="/" onClick={() => undefined} />
          {mayWatch.value ? <RailLink icon="wall" label={t('wall.title')} keys={shownKey('goWall')} href="/wall" onClick={() => undefined} /> : null}
          <RailLink icon="file" label={t('office.title')} keys={shownKey('goOffice')} on onClick={() => undefined} />
          <span class="gap" />
          <RailFoot onKeys={() => { overlay.value = { kind: 'keys' }; }} onOpen={(one) => location.assign(`/#/case/${one}`)} />
        </nav>
        <nav class="parts" aria-label={t('office.parts')}>
          <h1>{t('office.title')}</h1>
          {parts.value.map((one) => (
            <a key={one.name} href={`#/${one.name}`} class={one.name === part.value ? 'on' : ''} aria-current={one.name === part.value ? 'page' : undefined}
              onClick={() => { part.value = one.name; }}><Icon name={one.icon} />{t(`office.${one.name}`)}</a>
          ))}
        </nav>
        <main id="part" tabIndex={-1}>
          {parts.value.length ? <><h2 class="vh">{t(`office.${part.value}`)}</h2><Part key={part.value} /></> : <p class="empty"><Icon name="lock" size={20} />{t('office.notYours')}</p>}
        </main>
      </div>
      <ConnectionBanner />
      <Dialogs />
      <Toasts />
    </>
  );
}
