import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { number } from '../format';
import { known, t } from '../i18n';
import { onKeys, run, shownKey } from '../keys';
import { claim, setPresence } from '../store/commands';
import { loadView, viewOf, type ViewName } from '../store/load';
import { held, queued, replied, waiting } from '../store/lists';
import { me } from '../store/state';
import { Button, IconButton } from '../ui/button';
import { Icon } from '../ui/icon';
import { Menu } from '../ui/menu';
import { useFrame } from '../ui/frame';
import { useSettled } from '../ui/settle';
import { useWindow } from '../ui/window';
import { FacetMenu } from './facets';
import { facets, filter, go, groups, inertUntil, narrowed, noFacets, open, selected, view } from './nav';
import { Row, RowSkeleton } from './row';

const tabs: ViewName[] = ['mine', 'queue', 'team'];

/** Takes the next case of the queue: the first free one, whoever wins the race for the others. */
export async function pullNext(): Promise<void> {
  for (const id of queued.ids.value.slice(0, 5)) {
    if (await claim(id)) { open(id, true); return; }
  }
}

export function List() {
  const field = useRef<HTMLInputElement>(null);
  const body = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => onKeys({
    filter: () => { field.current?.focus(); },
    pull: () => void pullNext(),
  }), []);
  const name = view.value;
  return (
    <section class="pane list" aria-label={t('list.title')} data-pane>
      <header>
        <nav class="views" aria-label={t('list.views')}>
          {(tabs.includes(name) ? tabs : [...tabs, name]).map((one) => (
            <a key={one} href={`#/view/${one}`} class={one === name ? 'on' : ''} aria-current={one === name ? 'page' : undefined}
              onClick={(e) => { e.preventDefault(); go(one); }}>{t(`view.${one}`)} <Count view={one} /></a>
          ))}
          <span class="sp" />
          <Load />
        </nav>
        <div class="find">
          <label class="inp">
            <Icon name="search" size={14} />
            <input ref={field} value={filter.value} placeholder={t('list.filter')} aria-label={t('list.filterLabel')}
              onInput={(e) => { filter.value = e.currentTarget.value; }}
              onKeyDown={(e) => { if (e.key === 'Escape') { filter.value = ''; field.current?.blur(); } }} />
            {filter.value ? null : <span class="kbd">{shownKey('filter')}</span>}
          </label>
          <FacetMenu />
        </div>
      </header>
      <AwayNote />
      <div class={`scroll${selected.value.length ? ' picking' : ''}`} ref={body} onKeyDown={(e) => moveInList(e as unknown as KeyboardEvent, body.current)}>
        <Rows host={body} />
      </div>
      {selected.value.length ? <Bulk /> : name === 'queue' && queued.ids.value.length ? (
        <footer class="list-foot"><Button kind="main" icon="queue" keys={shownKey('pull')} onClick={() => void pullNext()}>{t('list.pull')}</Button></footer>
      ) : null}
    </section>
  );
}

/** What can be done with all chosen rows at once; the same keys as for one. */
function Bulk() {
  return (
    <footer class="list-foot bulk" role="group" aria-label={t('list.bulk')}>
      <b role="status">{t('list.selected', { n: selected.value.length })}</b>
      {(['snooze', 'transfer', 'labels', 'priority', 'resolve'] as const).map((act) => (
        <IconButton key={act} icon={bulkIcons[act]} label={t(`keys.${act}`)} keys={shownKey(act)} onClick={() => run(act)} />
      ))}
      <IconButton icon="x" label={t('list.unselect')} keys={shownKey('close')} onClick={() => { selected.value = []; }} />
    </footer>
  );
}

const bulkIcons = { snooze: 'snooze', transfer: 'transfer', labels: 'flag', priority: 'bolt', resolve: 'check' } as const;

/** Whoever is not available gets nothing by itself: said where the work would come. */
function AwayNote() {
  const status = me.value?.presence?.status;
  if (!status || status === 'online' || me.value?.role !== 'agent') return null;
  return (
    <p class="banner info away" role="status"><Icon name="clock" size={14} /><span>{t(status === 'away' ? 'list.away' : 'list.offline')}</span>
      <Button kind="small main" onClick={() => void setPresence('online')}>{t('list.goOnline')}</Button></p>
  );
}

function Count({ view: name }: { view: ViewName }) {
  const n = name === 'mine' ? waiting.ids.value.length + replied.ids.value.length : name === 'queue' ? queued.ids.value.length : 0;
  return n ? <span class="num">{n > 999 ? '999+' : n}</span> : null;
}

/** Arrows walk the rows: the list is one stop of the Tab key. */
function moveInList(e: KeyboardEvent, host: HTMLElement | null): void {
  if (e.key !== 'ArrowDown' && e.key !== 'ArrowUp') return;
  const rows = [...(host?.querySelectorAll<HTMLElement>('a.row') ?? [])];
  const at = rows.indexOf(document.activeElement as HTMLElement);
  if (at < 0 || e.altKey) return;
  e.preventDefault();
  rows[Math.max(0, Math.min(rows.length - 1, at + (e.key === 'ArrowDown' ? 1 : -1)))]?.focus();
}

/** The sum opens on a click: how many cases, at which weight, make the load. */
function Load() {
  const [shown, show] = useState(false);
  const user = me.value;
  if (!user) return null;
  const weights = new Map<number, number>();
  for (const c of held.value) weights.set(c.weight ?? 1, (weights.get(c.weight ?? 1) ?? 0) + 1);
  const sum = [...weights].reduce((total, [weight, n]) => total + weight * n, 0);
  return (
    <span class="anchor">
      <button type="button" class="chip edge" aria-expanded={shown} title={t('load.explain')} onClick={() => show(!shown)}>
        <span class="cw">{t('load.title')}</span> <span class="num"><b>{number(sum)}</b>/{number(user.capacity ?? 0)}</span>
      </button>
      {shown ? (
        <Menu label={t('load.title')} role="dialog" onClose={() => show(false)} class="below right sums">
          <table class="tbl num">
            <tbody>
              {[...weights].sort((a, b) => b[0] - a[0]).map(([weight, n]) => (
                <tr key={weight}><td>{weight >= 1 ? t('load.active', { n }) : weight > 0 ? t('load.theirTurn', { n }) : t('load.parked', { n })}</td>
                  <td>{n} × {number(weight)}</td><td>{number(weight * n)}</td></tr>
              ))}
              <tr class="sum"><td>{t('load.sum')}</td><td /><td>{number(sum)}</td></tr>
            </tbody>
          </table>
          <p class="hint">{t('load.capacity', { capacity: number(user.capacity ?? 0) })}</p>
          <Button kind="small quiet" onClick={() => show(false)}>{t('close')}</Button>
        </Menu>
      ) : null}
    </span>
  );
}

function Rows({ host }: { host: { current: HTMLElement | null } }) {
  const shown = narrowed(useSettled(useFrame(groups), host));
  const state = viewOf(view.value).state.value;
  const total = shown.reduce((n, g) => n + g.ids.length, 0);
  if (!total && (state === 'loading' || state === 'empty')) return <ul>{Array.from({ length: 8 }, (_, i) => <RowSkeleton key={i} />)}</ul>;
  if (!total && state === 'error') return <Failed />;
  if (!total) return <Empty />;
  const firstFull = shown.find((g) => g.ids.length);
  return (
    <>
      {shown.map((g) => (g.ids.length || g.key === 'waiting' ? (
        <section key={g.key} aria-label={g.key === 'all' ? t(`view.${view.value}`) : t(`group.${g.key}`)}>
          {g.key === 'all' ? null : <h2 class="grp">{t(`group.${g.key}`)} <span class="num">{g.ids.length}</span></h2>}
          <GroupRows ids={g.ids} host={host} isFirst={g === firstFull} />
        </section>
      ) : null))}
      <More host={host} />
    </>
  );
}

const rowHeight = 52;

/** Of a long list only what stands in view is drawn; the space of the rest is kept. */
function GroupRows({ ids, host, isFirst }: { ids: string[]; host: { current: HTMLElement | null }; isFirst: boolean }) {
  const { from, to, above, below } = useWindow(ids.length, rowHeight, host);
  return (
    <ul>
      {above ? <li class="space" style={{ height: `${above}px` }} aria-hidden="true" /> : null}
      {ids.slice(from, to).map((id, i) => <Row key={id} id={id} first={isFirst && from + i === 0} />)}
      {below ? <li class="space" style={{ height: `${below}px` }} aria-hidden="true" /> : null}
    </ul>
  );
}

/** The next page comes by itself when the end is near; the button is for whoever does not scroll. */
function More({ host }: { host: { current: HTMLElement | null } }) {
  const mark = useRef<HTMLParagraphElement>(null);
  const next = viewOf(view.value).next.value;
  const more = () => void loadView(view.value, '', true).catch(() => undefined);
  useEffect(() => {
    if (!next || !mark.current || typeof IntersectionObserver === 'undefined') return undefined;
    const eye = new IntersectionObserver((seen) => { if (seen.some((e) => e.isIntersecting)) more(); }, { root: host.current, rootMargin: '400px' });
    eye.observe(mark.current);
    return () => eye.disconnect();
  }, [next]);
  return next ? <p class="more" ref={mark}><Button kind="small" onClick={more}>{t('list.more')}</Button></p> : null;
}

function Failed() {
  return (
    <div class="empty"><Icon name="fail" size={24} /><b>{t('list.failed')}</b>
      <Button kind="small" onClick={() => void loadView(view.value).catch(() => undefined)}>{t('retry')}</Button></div>
  );
}

function Empty() {
  const name = view.value;
  if (facets.value !== noFacets) return <div class="empty"><Icon name="filter" size={24} /><b>{t('empty.filter')}</b><Button kind="small" onClick={() => { facets.value = noFacets; }}>{t('facets.clear')}</Button></div>;
  if (filter.value) return <div class="empty"><Icon name="search" size={24} /><b>{t('empty.filter')}</b><span>{t('empty.filterHint')}</span></div>;
  if (name === 'mine') {
    return (
      <div class="empty"><Icon name="inbox" size={24} /><b>{t('empty.mine')}</b>
        <span>{queued.ids.value.length ? t('empty.mineQueue', { n: queued.ids.value.length }) : t('empty.mineIdle')}</span>
        {queued.ids.value.length ? <Button kind="main small" keys={shownKey('pull')} onClick={() => { inertUntil.value = performance.now() + 400; void pullNext(); }}>{t('list.pull')}</Button> : null}
      </div>
    );
  }
  return <div class="empty"><Icon name="done" size={24} /><b>{t(`empty.${name === 'queue' ? 'queue' : 'other'}`)}</b><span>{known(`empty.hint.${name}`, '', { key: shownKey(name === 'snoozed' ? 'snooze' : 'resolve') })}</span></div>;
}
