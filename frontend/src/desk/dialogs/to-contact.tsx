import { useEffect, useRef, useState } from 'preact/hooks';
import { now } from '../../clock';
import { money, whenWillBe } from '../../format';
import { t } from '../../i18n';
import { shownKey } from '../../keys';
import { isSupervisor } from '../../store/state';
import { explain } from '../../store/words';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { ChannelGlyph, channelName } from '../../ui/signs';
import { codeWords } from '../items/bubbles';
import { closeOverlay } from '../overlays';
import { beginNext, prospects, type Chance, type Narrowed, type Prospect } from '../to-contact';
import { LetterForm } from './letter';

const most = 500;
const buckets = ['CURRENT', 'B1_30', 'B31_60', 'B61_PLUS'] as const;
const reaches = ['now', 'today', 'any'] as const;
const channels = ['whatsapp', 'sms', 'email'] as const;

/** Who owes and talks to nobody, the most worthwhile first; one to open, or several to write to. */
export function ToContactDialog() {
  const [by, narrow] = useState<Narrowed>({ bucket: '', channel: '', reach: 'today' });
  const [chosen, choose] = useState<string[]>([]);
  const [isWriting, write] = useState(false);
  const list = useProspects(by);
  const book = list.items.find((one) => chosen.includes(one.debtor.id))?.portfolio.id ?? '';
  if (isWriting) return <LetterForm portfolio={book} debtors={chosen} onBack={() => write(false)} />;
  const begin = () => { void beginNext().then((isOpen) => { if (isOpen) closeOverlay(); }); };
  // Sums of whom nobody serves yet are not for everybody's eyes: where none is told, there is no column for them.
  const tells = list.items.some((one) => one.balance);
  const isNobody = list.state === 'ready' && !list.items.length;
  const toggle = (id: string) => choose(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id].slice(0, most));
  return (
    <Dialog title={t('toContact.title')} onClose={closeOverlay} class="wide"
      actions={<>
        {isSupervisor.value ? <Button onClick={() => write(true)} impeded={!chosen.length}>{t('toContact.write', { n: chosen.length })}</Button> : null}
        <Button kind="main" onClick={begin} impeded={isNobody && !by.bucket && !by.channel} keys={shownKey('nextDebtor')}>{t('toContact.next')}</Button>
      </>}>
      <Filters by={by} onPick={(next) => { choose([]); narrow(next); }} />
      {list.state === 'failed' ? <p class="hint bad" role="alert">{list.why}</p> : null}
      {list.state === 'loading' && !list.items.length ? <i class="sk" /> : null}
      {isNobody ? <p class="empty">{t('toContact.empty')}</p> : null}
      {list.items.length ? (
        <table class={`tbl num to-contact${tells ? ' sums' : ''}`}>
          <caption class="vh">{t('toContact.title')}</caption>
          <thead><tr><th scope="col">{t('toContact.who')}</th><th scope="col">{t('toContact.late')}</th>{tells ? <th scope="col">{t('toContact.owes')}</th> : null}<th scope="col">{t('toContact.how')}</th><th scope="col">{t('toContact.score')}</th></tr></thead>
          <tbody>{list.items.map((one) => <Line key={`${one.portfolio.id} ${one.debtor.id}`} one={one} isChosen={chosen.includes(one.debtor.id)}
            tells={tells} mayChoose={isSupervisor.value && (!book || book === one.portfolio.id)} onToggle={() => toggle(one.debtor.id)} />)}</tbody>
        </table>
      ) : null}
      {list.next ? <p class="more"><Button kind="small" busy={list.state === 'loading'} onClick={list.more}>{t('list.more')}</Button></p> : null}
    </Dialog>
  );
}

function Filters({ by, onPick }: { by: Narrowed; onPick: (next: Narrowed) => void }) {
  return (
    <div class="field-row">
      <div class="field"><label for="tc-reach">{t('toContact.reach')}</label><span class="inp"><select id="tc-reach" data-first value={by.reach} onChange={(e) => onPick({ ...by, reach: e.currentTarget.value as Narrowed['reach'] })}>
        {reaches.map((one) => <option key={one} value={one}>{t(`toContact.reach.${one}`)}</option>)}</select></span></div>
      <div class="field"><label for="tc-bucket">{t('toContact.late')}</label><span class="inp"><select id="tc-bucket" value={by.bucket} onChange={(e) => onPick({ ...by, bucket: e.currentTarget.value })}>
        <option value="">{t('toContact.all')}</option>{buckets.map((one) => <option key={one} value={one}>{t(`age.${one}`)}</option>)}</select></span></div>
      <div class="field"><label for="tc-channel">{t('toContact.how')}</label><span class="inp"><select id="tc-channel" value={by.channel} onChange={(e) => onPick({ ...by, channel: e.currentTarget.value })}>
        <option value="">{t('toContact.all')}</option>{channels.map((one) => <option key={one} value={one}>{channelName(one)}</option>)}</select></span></div>
    </div>
  );
}

function Line({ one, isChosen, tells, mayChoose, onToggle }: { one: Prospect; isChosen: boolean; tells: boolean; mayChoose: boolean; onToggle: () => void }) {
  const why = one.terms.map((term) => `${t(`toContact.term.${term.name}`)} ${term.points}`).join(' · ');
  return (
    <tr>
      <th scope="row">{mayChoose ? <label class="check"><input type="checkbox" checked={isChosen} onChange={onToggle} />{one.debtor.name}</label> : one.debtor.name}
        <small class="muted">{one.portfolio.name}</small></th>
      <td>{one.days_late ? t('toContact.days', { n: one.days_late }) : t(`age.${one.bucket}`)}</td>
      {tells ? <td>{one.balance ? money(one.balance) : '—'}</td> : null}
      <td>{one.channels.length ? <Ways ways={one.channels} /> : t('toContact.noWay')}</td>
      <td><b>{one.score}</b><small class="muted">{why}</small></td>
    </tr>
  );
}

/** Channels that may be used at the same time are one sign. */
function Ways({ ways }: { ways: Chance[] }) {
  const signs = new Map<string, { tone: string; when: string; why: string; channels: Chance['channel'][] }>();
  for (const way of ways) {
    const tone = way.outcome === 'allow' ? 'ok' : way.outcome === 'block' ? 'bad' : 'warn';
    const when = way.outcome === 'allow' ? t('toContact.reach.now') : way.allowed_at ? whenWillBe(way.allowed_at, now.value) : codeWords(way.code);
    const why = way.outcome === 'allow' ? '' : codeWords(way.code);
    const key = [tone, when, why].join();
    const sign = signs.get(key) ?? { tone, when, why, channels: [] };
    signs.set(key, { ...sign, channels: [...sign.channels, way.channel] });
  }
  return (
    <>{[...signs].map(([key, { tone, when, why, channels: those }]) => (
      <span key={key} class={`chip ${tone}`} title={[those.map(channelName).join(', '), why].filter(Boolean).join(': ')}>
        {those.map((one) => <ChannelGlyph key={one} channel={one} />)} <span class="vh">{those.map(channelName).join(', ')}</span> {when}</span>
    ))}</>
  );
}

function useProspects(by: Narrowed) {
  const [items, setItems] = useState<Prospect[]>([]);
  const [next, setNext] = useState<string | null>(null);
  const [state, setState] = useState<'loading' | 'ready' | 'failed'>('loading');
  const [why, setWhy] = useState('');
  const asked = useRef(0);
  const load = (cursor: string | null) => {
    const mine = ++asked.current;
    setState('loading');
    prospects(by, cursor).then((page) => {
      if (mine !== asked.current) return;
      setItems((before) => (cursor ? [...before, ...page.items] : page.items));
      setNext(page.next);
      setState('ready');
    }, (error: unknown) => { if (mine === asked.current) { setWhy(explain(error)); setState('failed'); } });
  };
  useEffect(() => { setItems([]); setNext(null); load(null); }, [by]);
  return { items, next, state, why, more: () => load(next) };
}
