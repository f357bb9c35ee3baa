import { useEffect, useState } from 'preact/hooks';
import { get, query } from '../../api';
import { t } from '../../i18n';
import { assign } from '../../store/commands';
import { mergeCase } from '../../store/apply';
import { toast } from '../../store/notices';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import type { Case, Named, Page, Person, Presence } from '../../wire';
import { closeOverlay } from '../overlays';

type Colleague = Person & { status?: Presence; teams?: (Named | string)[] };

/** All cases of one person, in pages. */
async function casesOf(owner: string): Promise<Case[]> {
  const found: Case[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<Case> = await get<Page<Case>>(`/cases${query({ view: 'team', status: 'assigned,snoozed', owner, limit: 200, cursor })}`);
    found.push(...page.items);
    cursor = page.next;
  } while (cursor);
  for (const c of found) mergeCase(c);
  return found;
}

async function moveAll(cases: Case[], to: { user: string } | { team: string }): Promise<Case[]> {
  const moved: Case[] = [];
  for (const c of cases) if (await assign(c.id, to)) moved.push(c);
  return moved;
}

/** Somebody went home ill: all their cases go to one person or back to their queues, and come back by one key. */
export function MoveDialog({ from: first }: { from: string }) {
  const [people, setPeople] = useState<Colleague[]>([]);
  const [from, setFrom] = useState(first);
  const [to, setTo] = useState('');
  const [cases, setCases] = useState<Case[] | null>(null);
  const [isBusy, setBusy] = useState(false);
  useEffect(() => { void get<Page<Colleague>>('/users').then((page) => setPeople(page.items.filter((p) => p.role !== 'compliance')), () => undefined); }, []);
  useEffect(() => {
    setCases(null);
    if (from) void casesOf(from).then(setCases, () => setCases([]));
  }, [from]);
  const nameOf = (id: string) => people.find((p) => p.id === id)?.name ?? '';
  const submit = async () => {
    if (!cases?.length || !to || isBusy) return;
    setBusy(true);
    const moved = to === 'queue'
      ? (await Promise.all(cases.map(async (c) => (c.team && await assign(c.id, { team: c.team.id }) ? [c] : [])))).flat()
      : await moveAll(cases, { user: to });
    closeOverlay();
    const back = () => { void moveAll(moved, { user: from }).then((all) => toast(t('move.undone', { n: all.length, name: nameOf(from) }))); };
    if (moved.length) toast(t('move.done', { n: moved.length, name: to === 'queue' ? t('view.queue') : nameOf(to) }), { act: { label: t('undo'), run: back }, ms: 30_000 });
  };
  return (
    <Dialog title={t('move.title')} class="small" onClose={closeOverlay} onSubmit={() => void submit()}
      actions={<><Button kind="quiet" onClick={closeOverlay} keys="Esc">{t('cancel')}</Button><Button kind="main" submit busy={isBusy} impeded={!cases?.length || !to}>{cases?.length ? t('move.do', { n: cases.length }) : t('move.title')}</Button></>}>
      <div class="field"><label for="move-from">{t('move.from')}</label><span class="inp"><select id="move-from" data-first value={from} onChange={(e) => setFrom(e.currentTarget.value)}>
        <option value="">{t('transfer.choose')}</option>{people.map((p) => <option key={p.id} value={p.id}>{p.name}</option>)}</select></span></div>
      <p class="hint" role="status">{from && cases ? t('move.found', { n: cases.length }) : ''}</p>
      <div class="field"><label for="move-to">{t('transfer.to')}</label><span class="inp"><select id="move-to" value={to} onChange={(e) => setTo(e.currentTarget.value)}>
        <option value="">{t('transfer.choose')}</option><option value="queue">{t('move.queue')}</option>{people.filter((p) => p.id !== from).map((p) => <option key={p.id} value={p.id}>{p.name}{p.status ? ` · ${t(`presence.${p.status}`)}` : ''}</option>)}</select></span></div>
    </Dialog>
  );
}
