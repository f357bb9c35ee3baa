import { useState } from 'preact/hooks';
import { del, post } from '../api';
import { now } from '../clock';
import { whenWillBe } from '../format';
import { t } from '../i18n';
import { toast } from '../store/notices';
import { me } from '../store/state';
import { explain } from '../store/words';
import type { Person } from '../wire';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Choice, Field, List, pressRow } from './list';
import { usePages } from './state';

type State = 'open' | 'to_review' | 'overdue' | 'reviewed';
type Finding = 'justified' | 'unjustified';
interface Opened {
  id: string;
  by: Person | null;
  case: string | null;
  delivery: string | null;
  reason: string;
  at: string;
  until: string;
  review_by: string;
  state: State;
  finding: Finding | null;
  note: string;
  reviewed_by: Person | null;
}

/** What was opened in emergencies; compliance says of each, within two business days, whether it was right. */
export function Glass() {
  const [only, setOnly] = useState('');
  const [asked, ask] = useState<Opened | null>(null);
  const list = usePages<Opened>('/break-glass', { reviewed: only });
  const isReviewer = me.value?.role === 'compliance';
  const changed = (one: Opened) => list.change(list.items.map((each) => (each.id === one.id ? one : each)));
  const shut = (one: Opened) => void del<Opened>(`/break-glass/${one.id}`).then(changed, (error) => toast(explain(error), { tone: 'bad' }));
  return (
    <>
      <p class="hint">{t('glass.listHint')}</p>
      <div class="send"><Choice label={t('glass.state')} id="reviewed" value={only} onPick={setOnly} options={[['', t('office.every')], ['no', t('glass.unreviewed')], ['yes', t('glass.state.reviewed')]]} /></div>
      <List list={list} label={t('office.glass')} empty={t('glass.none')} icon="lock"
        heads={[t('office.at'), t('audit.actor'), t('audit.object'), t('glass.why'), t('glass.state'), '']}
        line={(one) => (
          <tr key={one.id} tabIndex={-1} onKeyDown={(e) => pressRow(e as unknown as KeyboardEvent)}>
            <td class="at">{whenWillBe(one.at, now.value)}<small>{t('glass.until', { until: whenWillBe(one.until, now.value) })}</small></td>
            <td class="who">{one.by?.name ?? '—'}</td>
            <td>{one.case ? <a class="t-link" href={`/wall#/monitor/${one.case}`}>{t('audit.kind.case')} …{one.case.slice(-8)}</a> : `${t('audit.kind.delivery')} …${(one.delivery ?? '').slice(-8)}`}</td>
            <td>{one.reason}</td>
            <td><span class={`chip ${one.state === 'overdue' || one.finding === 'unjustified' ? 'bad' : one.state === 'reviewed' ? 'ok' : ''}`}>{one.finding ? t(`glass.finding.${one.finding}`) : t(`glass.state.${one.state}`)}</span>
              <small>{one.finding ? `${one.reviewed_by?.name ?? ''}${one.note ? `: ${one.note}` : ''}` : t('glass.reviewBy', { at: whenWillBe(one.review_by, now.value) })}</small></td>
            <td>{isReviewer && !one.finding ? <Button kind="small" onClick={() => ask(one)}>{t('glass.review')}</Button> : null}
              {one.state === 'open' && (isReviewer || one.by?.id === me.value?.id) ? <Button kind="small" onClick={() => shut(one)}>{t('glass.shut')}</Button> : null}</td>
          </tr>
        )} />
      {asked ? <Reviewing one={asked} onClose={() => ask(null)} onDone={(done) => { ask(null); changed(done); }} /> : null}
    </>
  );
}

function Reviewing({ one, onClose, onDone }: { one: Opened; onClose: () => void; onDone: (done: Opened) => void }) {
  const [finding, setFinding] = useState<string>('justified');
  const [note, setNote] = useState('');
  const [wrong, setWrong] = useState('');
  const send = () => {
    if (finding === 'unjustified' && !note.trim()) { setWrong(t('glass.sayWhat')); return; }
    void post<Opened>(`/break-glass/${one.id}/review`, { finding, note }).then(onDone, (error) => setWrong(explain(error)));
  };
  return (
    <Dialog title={t('glass.reviewOf', { name: one.by?.name ?? '' })} onClose={onClose} onSubmit={send} class="small"
      actions={<><Button onClick={onClose}>{t('cancel')}</Button><Button kind="main" submit>{t('glass.review')}</Button></>}>
      <p class="hint">{one.reason}</p>
      <Choice label={t('glass.finding')} id="finding" value={finding} onPick={setFinding} options={[['justified', t('glass.finding.justified')], ['unjustified', t('glass.finding.unjustified')]]} />
      <Field label={t('glass.note')} id="note"><span class="inp"><input id="note" data-first maxLength={500} value={note} onInput={(e) => setNote(e.currentTarget.value)} /></span></Field>
      {wrong ? <p class="hint bad" role="alert">{wrong}</p> : null}
    </Dialog>
  );
}
