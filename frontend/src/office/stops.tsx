import { useEffect, useState } from 'preact/hooks';
import { del, get, put } from '../api';
import { now } from '../clock';
import { whenWillBe } from '../format';
import { known, t } from '../i18n';
import { toast } from '../store/notices';
import { explain } from '../store/words';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Icon } from '../ui/icon';
import { BookChoice, Choice, Field, List } from './list';
import { books, mayKeep, nameOf, usePages, type Listed } from './state';

interface Stop { scope: string; name: string; reason: string; by: string | null; at: string }
interface Standing { portfolio: { id: string; name: string }; profile: string; version: string; approved: boolean; by: string; document: string }

const channels = ['whatsapp', 'sms', 'email'] as const;

/** What a stop is about, in words. */
function scopeWords(scope: string, called = ''): string {
  const [kind, name = ''] = scope.split(':');
  if (kind === 'channel') return known(`channel.${name}`, name);
  if (kind === 'portfolio') return called || (books.value.find((one) => one.id === name)?.name ?? name);
  if (kind === 'template') return t('stops.template', { name: called || `…${name.slice(-8)}` });
  if (kind === 'inbox') return t('stops.inbox', { name: called || `…${name.slice(-8)}` });
  return kind === 'all' ? t('stops.all') : scope;
}

/** The kill switches: one press and a reason, and nothing leaves any more. */
export function Stops() {
  const list = usePages<Stop>('/gate/stops', {}, 100);
  const [throwing, setThrowing] = useState<string | null>(null);
  const release = (scope: string, was = '') => void del<{ items: Stop[] }>(`/gate/stops/${encodeURIComponent(scope)}`).then((told) => {
    list.change(told.items);
    toast(t('stops.released', { what: scopeWords(scope, was) }));
  }, (error) => toast(explain(error), { tone: 'bad' }));
  const isOn = (scope: string) => list.items.some((one) => one.scope === scope);
  return (
    <>
      <p class="hint">{t('stops.hint')}</p>
      <ul class="switches" aria-label={t('stops.channels')}>
        {[...channels.map((one) => `channel:${one}`), 'all'].map((scope) => (
          <li key={scope} class={isOn(scope) ? 'off' : ''}>
            <Icon name={isOn(scope) ? 'shieldno' : 'shieldok'} size={20} /><b>{scopeWords(scope)}</b>
            <span class={`chip ${isOn(scope) ? 'bad' : 'ok'}`}>{isOn(scope) ? t('stops.off') : t('stops.on')}</span><span class="sp" />
            {mayKeep.value ? (isOn(scope)
              ? <Button onClick={() => release(scope)}>{t('stops.release')}</Button>
              : <Button kind="danger" icon="shieldno" onClick={() => setThrowing(scope)}>{t('stops.throw')}</Button>) : null}
          </li>
        ))}
      </ul>
      {mayKeep.value ? <OneBook isOn={isOn} onThrow={setThrowing} /> : null}
      <h2>{t('stops.now')}</h2>
      <Thrown list={list} onRelease={release} />
      {throwing ? <Throw scope={throwing} onClose={() => setThrowing(null)} onThrown={(items) => { list.change(items); setThrowing(null); }} /> : null}
    </>
  );
}

function OneBook({ isOn, onThrow }: { isOn: (scope: string) => boolean; onThrow: (scope: string) => void }) {
  const [book, setBook] = useState('');
  const scope = `portfolio:${book || books.value[0]?.id || ''}`;
  return (
    <p class="send"><BookChoice id="stop-book" value={scope.slice('portfolio:'.length)} onPick={setBook} />
      <Button kind="danger" icon="shieldno" impeded={isOn(scope)} onClick={() => onThrow(scope)}>{t('stops.throwBook')}</Button></p>
  );
}

function Thrown({ list, onRelease }: { list: Listed<Stop>; onRelease: (scope: string, called: string) => void }) {
  return (
    <List list={list} label={t('stops.now')} empty={t('stops.none')} icon="shieldok"
      heads={[t('stops.what'), t('stops.why'), t('stops.who'), t('office.at'), '']}
      line={(one) => (
        <tr key={one.scope} tabIndex={-1}>
          <td><b>{scopeWords(one.scope, one.name)}</b></td><td>{one.reason}</td><td>{nameOf(one.by)}</td><td>{whenWillBe(one.at, now.value)}</td>
          <td>{mayKeep.value ? <Button kind="small" onClick={() => onRelease(one.scope, one.name)}>{t('stops.release')}</Button> : null}</td>
        </tr>
      )} />
  );
}

function Throw({ scope, onClose, onThrown }: { scope: string; onClose: () => void; onThrown: (items: Stop[]) => void }) {
  const [reason, setReason] = useState('');
  const [wrong, setWrong] = useState('');
  const send = () => {
    if (!reason.trim()) { setWrong(t('stops.sayWhy')); return; }
    void put<{ items: Stop[] }>(`/gate/stops/${encodeURIComponent(scope)}`, { reason }).then((told) => {
      toast(t('stops.thrown', { what: scopeWords(scope) }));
      onThrown(told.items);
    }, (error) => setWrong(explain(error)));
  };
  return (
    <Dialog title={t('stops.confirm', { what: scopeWords(scope) })} onClose={onClose} onSubmit={send} class="small"
      actions={<><Button onClick={onClose}>{t('cancel')}</Button><Button kind="danger" submit>{t('stops.throw')}</Button></>}>
      <Field label={t('stops.why')} id="why"><span class="inp"><input id="why" data-first maxLength={500} value={reason} onInput={(e) => setReason(e.currentTarget.value)} /></span></Field>
      {wrong ? <p class="hint bad" role="alert">{wrong}</p> : null}
    </Dialog>
  );
}

type Facts = Record<string, unknown>;
const billings = ['first_party', 'agency', 'third_party'] as const;

/** How each portfolio is collected, and whether counsel approved its profile. */
export function Conduct() {
  const [standing, setStanding] = useState<Standing[]>([]);
  const [facts, setFacts] = useState<Facts | null>(null);
  const [book, setBook] = useState('');
  const [wrong, setWrong] = useState('');
  const where = book || books.value[0]?.id || '';
  const failed = (error: unknown) => setWrong(explain(error));
  useEffect(() => { get<{ portfolios: Standing[] }>('/gate/profiles').then((told) => setStanding(told.portfolios), failed); }, []);
  useEffect(() => { if (where) get<Facts>(`/portfolios/${where}/conduct`).then(setFacts, failed); }, [where]);
  const change = (given: Facts) => void put<Facts>(`/portfolios/${where}/conduct`, given).then((told) => { setFacts(told); toast(t('conduct.kept')); }, failed);
  const mine = standing.find((one) => one.portfolio.id === where);
  return (
    <>
      <div class="send"><BookChoice id="conduct-book" value={where} onPick={(one) => { setWrong(''); setBook(one); }} />
        {mayKeep.value && facts ? <Choice label={t('conduct.billing')} id="billing" value={String(facts.billing)} onPick={(billing) => change({ billing })} options={billings.map((one) => [one, t(`conduct.billing.${one}`)])} /> : null}</div>
      {wrong ? <p class="hint bad" role="alert">{wrong}</p> : null}
      {mine ? <p><span class={`chip ${mine.approved ? 'ok' : 'bad'}`}>{mine.profile} {mine.version}: {mine.approved ? t('conduct.approved', { by: mine.by }) : t('conduct.draft')}</span>{mine.document ? <small> {mine.document}</small> : null}</p> : null}
      {facts ? (
        <dl class="facts">
          {Object.entries(facts).map(([name, value]) => (
            <div key={name}><dt>{known(`conduct.${name}`, name)}</dt><dd>{said(name, value)}</dd></div>
          ))}
        </dl>
      ) : null}
    </>
  );
}

function said(name: string, value: unknown): string {
  if (name === 'billing') return known(`conduct.billing.${String(value)}`, String(value));
  if (typeof value === 'boolean') return value ? t('conduct.yes') : t('conduct.no');
  if (value === null || (Array.isArray(value) && !value.length)) return '—';
  return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value.join(', ') : JSON.stringify(value);
}
