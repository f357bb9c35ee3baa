import { useEffect, useRef, useState } from 'preact/hooks';
import { clientId, get, post } from '../api';
import { now } from '../clock';
import { number, whenWillBe } from '../format';
import { known, lang, t } from '../i18n';
import { onApplied } from '../store/apply';
import { toast } from '../store/notices';
import { explain } from '../store/words';
import { Button } from '../ui/button';
import { Icon } from '../ui/icon';
import { me } from '../store/state';
import { BookChoice, Choice, Field, List, pressRow } from './list';
import { books, mayFill, usePages } from './state';

/** One file, as the API tells it. */
interface Import {
  id: string;
  kind: string;
  portfolio: { id: string; name: string };
  dry_run: boolean;
  name: string;
  state: 'waiting' | 'running' | 'done' | 'failed';
  why: string;
  why_code: string;
  why_args: Record<string, string>;
  rows: number;
  done: number;
  created: number;
  updated: number;
  suspended: number;
  known: number;
  rejected: number;
  warned: number;
  unused: string[];
  errors_url: string | null;
  created_at: string;
}
interface WrongCell { line: number; column: string; says: string; code: string; args: Record<string, string> }

const kinds = ['debts', 'payments', 'recalls', 'contacts', 'documents'] as const;
const exported = ['debts', 'payments', 'agreements', 'promises', 'contacts'] as const;
type Kind = (typeof kinds)[number];
/** What a row of each kind cannot do without, or mostly holds (docs/operating.md has all of them). */
const columns: Record<Kind, string[]> = {
  debts: ['debtor_id', 'name', 'document', 'whatsapp', 'email', 'charge_id', 'number', 'due', 'amount'],
  payments: ['debtor_id', 'amount', 'paid_at', 'payment_id'],
  recalls: ['debtor_id', 'charge_id', 'reason'],
  contacts: ['debtor_id', 'contact_id', 'channel', 'at', 'by', 'outcome'],
  documents: ['KEY.boleto.pdf', 'KEY.invoice.pdf'],
};
/** An empty file with these columns, which a spreadsheet opens. */
const sample = (kind: Kind) => `data:text/csv;charset=utf-8,${encodeURIComponent(`${columns[kind].join(';')}\r\n`)}`;
const often = 1000;
const quiet = 3_000; // ms without a word, after which it is asked for
const isUnderWay = (one: Import) => one.state === 'waiting' || one.state === 'running';

/** What the socket told may be further on than the answer that comes after it. */
const newer = (held: Import, told: Import) => (!isUnderWay(held) || (isUnderWay(told) && told.done < held.done) ? held : told);

/** Files come in, and go out. */
export function Files() {
  const list = usePages<Import>('/imports');
  const [open, setOpen] = useState<string | null>(null);
  const shown = list.items.find((one) => one.id === open);
  const changed = (one: Import) => list.change((before) => (before.some((each) => each.id === one.id) ? before.map((each) => (each.id === one.id ? newer(each, one) : each)) : [one, ...before]));
  useFollowed(list.items.filter(isUnderWay).map((one) => one.id), changed);
  return (
    <>
      {mayFill.value ? <Send onSent={(one) => { changed(one); setOpen(one.id); }} /> : null}
      {shown ? <One one={shown} onClose={() => setOpen(null)} /> : null}
      <h2>{t('files.before')}</h2>
      <List list={list} label={t('files.before')} empty={t('files.none')} icon="file"
        heads={[t('files.file'), t('office.portfolio'), t('files.result'), t('office.at'), '']}
        line={(one) => (
          <tr key={one.id} tabIndex={-1} onKeyDown={(e) => pressRow(e as unknown as KeyboardEvent)}>
            <td><b class="clip">{one.name}</b><small>{t(`files.kind.${one.kind as (typeof kinds)[number]}`)}{one.dry_run ? ` · ${t('files.dry')}` : ''}</small></td>
            <td>{one.portfolio.name}</td>
            <td><Outcome one={one} /></td>
            <td>{whenWillBe(one.created_at, now.value)}</td>
            <td><Button kind="small" onClick={() => setOpen(one.id)}>{t('open')}</Button></td>
          </tr>
        )} />
      {me.value?.role !== 'admin' ? <Exports /> : null}
    </>
  );
}

/** What is under way tells of itself to who brought it; each of which nothing is heard is asked for every second. */
function useFollowed(ids: string[], changed: (one: Import) => void): void {
  const latest = useRef(changed);
  latest.current = changed;
  const key = ids.join();
  const heardAt = useRef(new Map<string, number>());
  useEffect(() => onApplied((frame) => {
    if (frame.name !== 'import.updated') return;
    const one = frame.data as unknown as Import;
    heardAt.current.set(one.id, Date.now());
    latest.current(one);
  }), []);
  useEffect(() => {
    if (!key) return undefined;
    const timer = setInterval(() => {
      const isQuiet = (id: string) => Date.now() - (heardAt.current.get(id) ?? 0) >= quiet;
      for (const id of key.split(',').filter(isQuiet)) void get<Import>(`/imports/${id}`, { quiet: true }).then((one) => latest.current(one), () => undefined);
    }, often);
    return () => clearInterval(timer);
  }, [key]);
}

function Send({ onSent }: { onSent: (one: Import) => void }) {
  const [kind, setKind] = useState<string>('debts');
  const [book, setBook] = useState('');
  const [isDry, setDry] = useState(true);
  const [isBusy, setBusy] = useState(false);
  const [wrong, setWrong] = useState('');
  const [name, setName] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const where = book || books.value[0]?.id || '';
  const send = async () => {
    const file = input.current?.files?.[0];
    if (!file) { setWrong(t('files.choose')); input.current?.focus(); return; }
    setBusy(true);
    setWrong('');
    const form = new FormData();
    for (const [name, value] of Object.entries({ kind, portfolio: where, dry_run: String(isDry), client_id: clientId() })) form.append(name, value);
    form.append('file', file, file.name);
    await post<Import>('/imports', form).then(onSent, (error) => setWrong(explain(error)));
    setBusy(false);
  };
  return (
    <form class="send" aria-label={t('files.send')} onSubmit={(e) => { e.preventDefault(); if (!isBusy) void send(); }}>
      <Choice label={t('files.kind')} id="kind" value={kind} onPick={setKind} options={kinds.map((one) => [one, t(`files.kind.${one}`)])} />
      <BookChoice id="book" value={where} onPick={setBook} />
      <Field label={t('files.file')} id="file"><span class="inp pick"><input id="file" type="file" accept={kind === 'documents' ? '.zip' : '.csv,.txt,.xlsx'} ref={input} aria-describedby="file-name" onChange={() => { setName(input.current?.files?.[0]?.name ?? ''); setWrong(''); }} />
        <span class="btn small" aria-hidden="true">{t('files.pick')}</span><span id="file-name" class="clip">{name || t('files.dropHere')}</span></span></Field>
      <label class="check"><input class="cb" type="checkbox" checked={isDry} onChange={(e) => setDry(e.currentTarget.checked)} />{t('files.dryRun')}</label>
      <Button kind="main" submit busy={isBusy}>{isDry ? t('files.try') : t('files.bring')}</Button>
      {kind === 'documents' ? null : <p class="hint wide">{t('files.hint')}</p>}
      <p class="hint wide">{t(kind === 'documents' ? 'files.names' : 'files.columns')} <code>{columns[kind as Kind].join(', ')}</code> {kind === 'documents' ? null : <a class="t-link" href={sample(kind as Kind)} download={`${kind}.csv`}>{t('files.sample')}</a>}</p>
      {wrong ? <p class="hint bad wide" role="alert">{wrong}</p> : null}
    </form>
  );
}

function Outcome({ one }: { one: Import }) {
  if (one.state === 'failed') return <span class="chip bad">{t('files.state.failed')}</span>;
  if (isUnderWay(one)) return <Progress one={one} />;
  const counts = (['created', 'updated', 'suspended', 'known', 'rejected'] as const).filter((name) => one[name]);
  return (
    <span class="chips">
      {counts.map((name) => <span key={name} class={`chip ${name === 'rejected' ? 'bad' : name === 'suspended' ? 'warn' : 'ok'}`}>{t(`files.${name}`, { n: one[name] })}</span>)}
      {counts.length ? null : <span class="chip">{t('files.nothing')}</span>}
    </span>
  );
}

function Progress({ one }: { one: Import }) {
  const said = one.rows ? t('files.progress', { done: number(one.done, 0), rows: number(one.rows, 0) }) : t('files.state.waiting');
  return <span class="run"><progress max={one.rows || 1} value={one.done} aria-label={said} /><small class="num">{said}</small></span>;
}

/** One file: how far it is, and what is wrong in it, cell by cell. */
function One({ one, onClose }: { one: Import; onClose: () => void }) {
  const box = useRef<HTMLElement>(null);
  useEffect(() => { box.current?.focus(); }, [one.id]);
  return (
    <section class="one" aria-label={one.name} ref={box} tabIndex={-1} onKeyDown={(e) => { if (e.key === 'Escape') onClose(); }}>
      <h2><span class="clip">{one.name}</span>{one.dry_run ? <span class="chip info">{t('files.dry')}</span> : null}<span class="sp" /><Button kind="small quiet" icon="x" onClick={onClose}>{t('close')}</Button></h2>
      <p role="status"><Outcome one={one} /></p>
      {one.state === 'failed' ? <p class="hint bad"><Icon name="fail" size={14} /> {one.why_code ? known(`unread.${one.why_code}`, one.why, one.why_args) : <span lang="en">{one.why}</span>}</p> : null}
      {one.unused.length ? <p class="hint">{t('files.unused', { names: one.unused.join(', ') })}</p> : null}
      {one.errors_url ? <p><a class="btn" href={one.errors_url} download><Icon name="down" />{t('files.report')}</a></p> : null}
      {one.warned ? <p class="hint">{t('files.warned', { n: one.warned })}</p> : null}
      {(one.rejected || one.warned) && !isUnderWay(one) ? <Wrong id={one.id} /> : null}
    </section>
  );
}

function Wrong({ id }: { id: string }) {
  const list = usePages<WrongCell>(`/imports/${id}/faults`, {}, 100);
  return (
    <List list={list} label={t('files.wrong')} empty={t('files.nothing')} heads={[t('files.line'), t('files.column'), t('files.mend')]}
      line={(each) => (
        <tr key={`${each.line}.${each.column}.${each.says}`} tabIndex={-1}>
          <td class="num">{each.line}</td><td><code>{each.column || '—'}</code></td>
          <td class="words">{each.code === 'refused' ? <Refused cell={each} /> : known(`cell.${each.code}`, each.says, inWords(each.args))}</td>
        </tr>
      )} />
  );
}

/** The server's own sentence is English: it stands beside ours where ours says nothing of the column, or the reader reads English. */
function Refused({ cell }: { cell: WrongCell }) {
  const ours = known(`mend.${cell.column}`, '');
  return ours && lang !== 'en' ? <span title={cell.says}>{ours}</span> : <>{ours || t('mend.row')}<small lang="en">{cell.says}</small></>;
}

/** "dd/mm/yyyy" as people who write the year with an a are told. */
const inWords = (args: Record<string, string>) => (lang !== 'en' && args.date ? { ...args, date: args.date.replace('yyyy', 'aaaa') } : args);

function Exports() {
  const [book, setBook] = useState('');
  const where = book || books.value[0]?.id || '';
  return (
    <section class="exports" aria-label={t('files.exports')}>
      <h2>{t('files.exports')}</h2>
      <p class="hint">{t('files.exportsHint')}</p>
      <p class="send"><BookChoice id="export-book" value={where} onPick={setBook} />
        {exported.map((kind) => (
          <a key={kind} class="btn" href={`/api/v1/exports/${kind}?portfolio=${encodeURIComponent(where)}`} download={`${kind}.csv`}
            onClick={() => toast(t('files.leaving'))}><Icon name="down" />{t(`files.export.${kind}`)}</a>
        ))}
      </p>
    </section>
  );
}
