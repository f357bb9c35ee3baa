/** Dialogs of case work: resolve, snooze, transfer, labels, asking for help. */
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { get } from '../../api';
import { now } from '../../clock';
import { firstName, whenWillBe } from '../../format';
import { t } from '../../i18n';
import { raiseHand, reopen, resolve, setLabels, setPriority, snooze, transfer } from '../../store/commands';
import { toast } from '../../store/notices';
import { caseOf, isMine, me } from '../../store/state';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import type { Named, Page, Person, Presence, Priority } from '../../wire';
import { close, nextWaiting, open, openId, selected, snoozeChoices } from '../nav';
import { closeOverlay } from '../overlays';

export const outcomes = ['paid', 'agreement', 'promise', 'informed', 'no_contact', 'wrong_person', 'dispute', 'other'] as const;
export const handReasons = ['discount', 'legal', 'distress', 'system', 'other'] as const;

/** Digits choose while no field has the focus: S then 1 snoozes, Alt H then 1 asks for help. */
function useDigits(count: number, pick: (index: number) => void): void {
  useLayoutEffect(() => {
    const press = (e: KeyboardEvent) => {
      const digit = /^(?:Digit|Numpad)([1-9])$/.exec(e.code);
      if (!digit || e.ctrlKey || e.altKey || e.metaKey || (e.target as HTMLElement).matches('input, textarea')) return;
      const index = Number(digit[1]) - 1;
      if (index < count) { e.preventDefault(); pick(index); }
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [count, pick]);
}

/** After a case left my hands: on to whoever waits longest, when that was asked for. */
function moveOn(id: string, thenNext: boolean): void {
  if (openId.value !== id) return;
  const next = thenNext ? nextWaiting(id) : null;
  if (next) open(next, true);
  else if (thenNext) close();
}

/** One case or a selection: each by itself, and those that were done. */
async function each(ids: string[], act: (id: string) => Promise<boolean>): Promise<string[]> {
  const done: string[] = [];
  for (const id of ids) if (await act(id)) done.push(id);
  if (ids.length > 1) selected.value = selected.value.filter((id) => !done.includes(id));
  return done;
}

/** "Maria Souza", or "3 casos". */
function namesOf(ids: string[]): string {
  return ids.length === 1 ? caseOf(ids[0]!)?.value.debtor.name ?? '' : t('list.cases', { n: ids.length });
}

export function ResolveDialog({ ids, thenNext }: { ids: string[]; thenNext: boolean }) {
  const names = namesOf(ids);
  const pick = async (index: number) => {
    const outcome = outcomes[index]!;
    closeOverlay();
    const done = await each(ids, (id) => resolve(id, outcome));
    if (!done.length) return;
    const back = () => { void each(done, reopen).then(() => open(done[0]!)); };
    toast(t('done.resolved', { name: names, outcome: t(`outcome.${outcome}`) }), { act: { label: t('undo'), run: back } });
    for (const id of done) moveOn(id, thenNext);
  };
  useDigits(outcomes.length, (i) => void pick(i));
  return (
    <Dialog title={t('resolve.title', { name: names })} onClose={closeOverlay} class="small">
      <Choices items={outcomes.map((o) => t(`outcome.${o}`))} onPick={(i) => void pick(i)} />
    </Dialog>
  );
}

function Choices({ items, onPick }: { items: string[]; onPick: (index: number) => void }) {
  return (
    <ul class="choices">
      {items.map((text, i) => (
        <li key={text}><button type="button" data-first={i === 0 ? '' : undefined} onClick={() => onPick(i)}><span class="grow">{text}</span><span class="kbd">{i + 1}</span></button></li>
      ))}
    </ul>
  );
}

export function SnoozeDialog({ ids }: { ids: string[] }) {
  const [own, setOwn] = useState('');
  const choices = snoozeChoices();
  const pick = async (until: string) => {
    closeOverlay();
    const done = await each(ids, (id) => snooze(id, until));
    if (!done.length) return;
    const back = () => { void each(done, reopen); };
    toast(t('done.snoozed', { at: whenWillBe(until, now.value) }), { act: { label: t('undo'), run: back } });
    for (const id of done) moveOn(id, true);
  };
  useDigits(choices.length, (i) => void pick(choices[i]!.at.toISOString()));
  return (
    <Dialog title={t('snooze.title')} onClose={closeOverlay} class="small" onSubmit={() => { if (own) void pick(new Date(own).toISOString()); }}
      actions={<Button kind="main" submit impeded={!own}>{t('case.snooze')}</Button>}>
      <Choices items={choices.map((c) => `${t(`snooze.${c.key}`)} · ${whenWillBe(c.at.toISOString(), now.value)}`)} onPick={(i) => void pick(choices[i]!.at.toISOString())} />
      <div class="field"><label for="snooze-own">{t('snooze.own')}</label><span class="inp"><input id="snooze-own" type="datetime-local" value={own} onInput={(e) => setOwn(e.currentTarget.value)} /></span></div>
      <p class="hint">{t('snooze.hint')}</p>
    </Dialog>
  );
}

export function TransferDialog({ ids }: { ids: string[] }) {
  const [people, setPeople] = useState<(Person & { status?: Presence })[]>([]);
  const [teams, setTeams] = useState<Named[]>([]);
  const [to, setTo] = useState('');
  const [note, setNote] = useState('');
  const c = caseOf(ids[0]!)?.value;
  useEffect(() => {
    void get<Page<Person>>('/users').then((page) => setPeople(page.items.filter((p) => p.id !== c?.owner?.id)), () => undefined);
    void get<Page<Named>>('/teams').then((page) => setTeams(page.items), () => setTeams(me.value?.teams ?? []));
  }, []);
  const submit = async () => {
    if (!to || !note.trim()) return;
    const [kind, key] = to.split(':') as ['user' | 'team', string];
    closeOverlay();
    const done = await each(ids, (id) => transfer(id, kind === 'user' ? { user: key } : { team: key }, note));
    if (done.length) toast(t('done.transferred'));
    for (const id of done) moveOn(id, true);
  };
  return (
    <Dialog title={t('transfer.title')} onClose={closeOverlay} onSubmit={() => void submit()} class="small"
      actions={<><Button kind="quiet" onClick={closeOverlay} keys="Esc">{t('cancel')}</Button><Button kind="main" submit impeded={!to || !note.trim()}>{t('case.transfer')}</Button></>}>
      <div class="field"><label for="transfer-to">{t('transfer.to')}</label>
        <span class="inp"><select id="transfer-to" data-first value={to} onChange={(e) => setTo(e.currentTarget.value)}>
          <option value="">{t('transfer.choose')}</option>
          <optgroup label={t('transfer.teams')}>{teams.map((one) => <option key={one.id} value={`team:${one.id}`}>{one.name}</option>)}</optgroup>
          {people.length ? <optgroup label={t('transfer.people')}>{people.map((p) => <option key={p.id} value={`user:${p.id}`}>{p.name}{p.status ? ` · ${t(`presence.${p.status}`)}` : ''}</option>)}</optgroup> : null}
        </select></span></div>
      <div class="field"><label for="transfer-note">{t('transfer.note')}</label><textarea id="transfer-note" class="area" rows={3} aria-required="true" value={note} onInput={(e) => setNote(e.currentTarget.value)} /></div>
    </Dialog>
  );
}

const labelsOf = (id: string) => caseOf(id)?.value.labels ?? [];

/** Of one case the labels are replaced; to several they are added. */
export function LabelsDialog({ ids }: { ids: string[] }) {
  const isOne = ids.length === 1;
  const [text, setText] = useState(isOne ? labelsOf(ids[0]!).join(', ') : '');
  const submit = () => {
    closeOverlay();
    const said = text.split(',').map((l) => l.trim()).filter(Boolean);
    void each(ids, (id) => setLabels(id, [...new Set([...(isOne ? [] : labelsOf(id)), ...said])]));
  };
  return (
    <Dialog title={t('labels.title')} onClose={closeOverlay} onSubmit={submit} class="small" actions={<Button kind="main" submit>{t('save')}</Button>}>
      <div class="field"><label for="labels">{t('labels.field')}</label><span class="inp"><input id="labels" data-first value={text} onInput={(e) => setText(e.currentTarget.value)} /></span></div>
    </Dialog>
  );
}

const priorities: Priority[] = ['urgent', 'high', 'normal', 'low'];

export function PriorityDialog({ ids }: { ids: string[] }) {
  const pick = (index: number) => { closeOverlay(); void each(ids, (id) => setPriority(id, priorities[index]!)); };
  useDigits(priorities.length, pick);
  return (
    <Dialog title={`${t('case.priority')}: ${namesOf(ids)}`} onClose={closeOverlay} class="small">
      <Choices items={priorities.map((p) => t(`priority.${p}`))} onPick={pick} />
    </Dialog>
  );
}

export function HandDialog({ id }: { id: string }) {
  const [own, setOwn] = useState('');
  const ask = async (reason: string) => {
    closeOverlay();
    if (await raiseHand(id, reason)) toast(t('done.hand'));
  };
  const c = caseOf(id)?.value;
  useDigits(handReasons.length, (i) => void ask(handReasons[i]!));
  return (
    <Dialog title={t('hand.title')} onClose={closeOverlay} onSubmit={() => { if (own.trim()) void ask(own.trim()); }} class="small"
      actions={<Button kind="whisper" submit impeded={!own.trim()}>{t('case.hand')}</Button>}>
      <p class="hint">{c && isMine(c) ? t('hand.hint', { name: firstName(c.debtor.name) }) : ''}</p>
      <Choices items={handReasons.map((r) => t(`hand.${r}`))} onPick={(i) => void ask(handReasons[i]!)} />
      <div class="field"><label for="hand-own">{t('hand.own')}</label><span class="inp"><input id="hand-own" value={own} onInput={(e) => setOwn(e.currentTarget.value)} /></span></div>
    </Dialog>
  );
}
