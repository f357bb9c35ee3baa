/** A person's addresses: whose they are, what was consented to at each, how that was given, and its end. */
import { useEffect, useState } from 'preact/hooks';
import { get } from '../../api';
import { now } from '../../clock';
import { firstName, whenWillBe } from '../../format';
import { known, t } from '../../i18n';
import { markWrong, setConsent, setHolder } from '../../store/commands';
import { loadCase } from '../../store/load';
import { caseOf, me } from '../../store/state';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { ChannelGlyph } from '../../ui/signs';
import type { ContactPoint } from '../../wire';
import { holderRoles, holderWords } from '../holders';
import { closeOverlay } from '../overlays';
import { local } from './protect';

const purposes = ['collection', 'offers'] as const;
const sources = ['agent', 'call', 'message', 'contract', 'web_form', 'paper', 'other'] as const;
type Purpose = (typeof purposes)[number];
interface Said { id: string; given_at: string; act: string; channel: string; contact_point: string | null; source: string; text_version: string; stands: Purpose[] }
interface Asked { p: ContactPoint; purpose: Purpose }

export function PointsDialog({ id }: { id: string }) {
  const c = caseOf(id)?.value;
  const [done, again] = useState(0);
  const [asked, ask] = useState<Asked | null>(null);
  const [held, hold] = useState<ContactPoint | null>(null);
  const [said, setSaid] = useState<Said[] | null>(null);
  const debtor = c?.debtor.id;
  useEffect(() => { if (debtor) void get<{ items: Said[] }>(`/debtors/${debtor}/consents`).then((told) => setSaid(told.items.toReversed()), () => setSaid(null)); }, [debtor, done]);
  if (!c) return null;
  const points = c.contact_points ?? [];
  const act = (told: Promise<boolean>) => void told.then((ok) => { if (!ok) return; ask(null); hold(null); again(done + 1); void loadCase(id).catch(() => undefined); });
  if (asked) return <Given asked={asked} onClose={() => ask(null)} onSave={(given) => act(setConsent(asked.p.id, 'granted', asked.purpose, given))} />;
  if (held) return <Whose p={held} onClose={() => hold(null)} onSave={(holder) => act(setHolder(held.id, holder))} />;
  const mayAct = me.value?.role === 'agent' || me.value?.role === 'supervisor';
  return (
    <Dialog key="points" title={t('points.title', { name: firstName(c.debtor.name) })} onClose={closeOverlay} onSubmit={closeOverlay} actions={<Button kind="main" submit>{t('close')}</Button>}>
      <p class="hint">{t('points.hint')}</p>
      <ul class="checks">{points.map((p, i) => (
        <li key={p.id} aria-label={p.address}>
          <div class="kv"><span class="who"><ChannelGlyph channel={p.channel} size={16} /><b class="num">{p.address}</b>{p.state && p.state !== 'active' ? <small class="muted">{t(`point.${p.state}` as never)}</small> : <small class="muted">{t((p.disclosure ?? 0) > 0 ? 'points.proven' : 'points.unproven')}</small>}</span>
            {mayAct ? <span class="f"><Button kind="small" onClick={() => hold(p)}>{t('points.whose')}</Button><Button kind="small" onClick={() => act(markWrong(p.id))}>{t('points.wrong')}</Button></span> : null}</div>
          {p.holder ? <div class="kv"><span class="muted">{[holderWords(p.holder), p.holder.proof].filter(Boolean).join(' · ')}</span></div> : null}
          {purposes.map((purpose) => <Word key={purpose} asked={{ p, purpose }} mayAct={mayAct} isFirst={!i && purpose === 'collection'} said={said?.find((one) => one.contact_point === p.id && one.stands.includes(purpose))} onAsk={ask} onAct={act} />)}
        </li>
      ))}</ul>
      {said ? <Ledger said={said} points={points} /> : null}
    </Dialog>
  );
}

/** Whose an address is. Only a role that something proves opens it to more than neutral words. */
function Whose({ p, onClose, onSave }: { p: ContactPoint; onClose: () => void; onSave: (holder: { role: string; name: string; proof: string }) => void }) {
  const [role, setRole] = useState<string>(p.holder?.role ?? 'other');
  const [name, setName] = useState(p.holder?.name ?? '');
  const [proof, setProof] = useState(p.holder?.proof ?? '');
  const isOwn = role === 'debtor';
  const lacks = !isOwn && !name.trim();
  const save = () => { if (!lacks) onSave(isOwn ? { role, name: '', proof: '' } : { role, name: name.trim(), proof: proof.trim() }); };
  return (
    <Dialog key="whose" title={t('points.whoseTitle', { address: p.address })} class="small" onClose={onClose} onSubmit={save}
      actions={<><Button kind="quiet" onClick={onClose} keys="Esc">{t('cancel')}</Button><Button kind="main" submit impeded={lacks}>{t('save')}</Button></>}>
      <div class="field"><label for="holder-role">{t('points.role')}</label><span class="inp"><select id="holder-role" data-first value={role} onChange={(e) => setRole(e.currentTarget.value)}>
        {(['debtor', ...holderRoles] as const).map((one) => <option key={one} value={one}>{t(`holder.${one}`)}</option>)}</select></span></div>
      {isOwn ? null : <div class="field"><label for="holder-name">{t('points.holderName')}</label><span class="inp"><input id="holder-name" maxLength={200} value={name} onInput={(e) => setName(e.currentTarget.value)} /></span></div>}
      {isOwn ? null : <div class="field"><label for="holder-proof">{t('points.proof')}</label><span class="inp"><input id="holder-proof" maxLength={200} value={proof} onInput={(e) => setProof(e.currentTarget.value)} /></span></div>}
      <p class="hint">{t('points.whoseHint')}</p>
    </Dialog>
  );
}

/** What was said last of one purpose at an address, and what may be said now. */
function Word({ asked, mayAct, isFirst, said, onAsk, onAct }: { asked: Asked; mayAct: boolean; isFirst: boolean; said: Said | undefined; onAsk: (asked: Asked) => void; onAct: (done: Promise<boolean>) => void }) {
  const { p, purpose } = asked;
  const isMain = purpose === 'collection';
  const state = isMain ? p.consent ?? 'unknown' : !said ? 'unknown' : said.act === 'offers_granted' ? 'granted' : 'revoked';
  const words = state === 'revoked' && !isMain ? t('points.noOffers') : known(`consent.${state}`, '');
  const isOut = state === 'revoked' || state === 'denied';
  return (
    <div class="kv" data-purpose={purpose}>
      <span class="muted">{t(isMain ? 'points.contact' : 'points.offers')}: {words}{words && said ? ' · ' : ''}{said ? <How one={said} /> : null}</span>
      {mayAct ? <span class="f">
        {isOut ? null : <button type="button" class="btn small" data-first={isFirst ? '' : undefined} onClick={() => onAct(setConsent(p.id, 'revoked', purpose))}>{t(isMain ? 'points.no' : 'points.noOffers')}</button>}
        {state === 'granted' ? null : <button type="button" class="btn small" data-first={isFirst && isOut ? '' : undefined} onClick={() => onAsk(asked)}>{t('points.record')}</button>}
      </span> : null}
    </div>
  );
}

/** A yes is written down with how it was given: it is what an inspector asks for. */
function Given({ asked, onClose, onSave }: { asked: Asked; onClose: () => void; onSave: (given: { source: string; text_version: string; at?: string }) => void }) {
  const [source, setSource] = useState('agent');
  const [other, setOther] = useState('');
  const [version, setVersion] = useState('');
  const [at, setAt] = useState('');
  const lacks = source === 'other' && !other.trim();
  const save = () => { if (!lacks) onSave({ source: source === 'other' ? other.trim() : source, text_version: version.trim(), ...(at ? { at: new Date(at).toISOString() } : {}) }); };
  return (
    <Dialog key="given" title={t(`points.given.${asked.purpose}`, { address: asked.p.address })} class="small" onClose={onClose} onSubmit={save}
      actions={<><Button kind="quiet" onClick={onClose} keys="Esc">{t('cancel')}</Button><Button kind="main" submit impeded={lacks}>{t('save')}</Button></>}>
      <div class="field"><label for="given-how">{t('points.how')}</label><span class="inp"><select id="given-how" data-first value={source} onChange={(e) => setSource(e.currentTarget.value)}>
        {sources.map((one) => <option key={one} value={one}>{t(`points.source.${one}`)}</option>)}</select></span></div>
      {source === 'other' ? <div class="field"><label for="given-other">{t('points.other')}</label><span class="inp"><input id="given-other" maxLength={200} value={other} onInput={(e) => setOther(e.currentTarget.value)} /></span></div> : null}
      <div class="field"><label for="given-text">{t('points.version')}</label><span class="inp"><input id="given-text" maxLength={100} value={version} onInput={(e) => setVersion(e.currentTarget.value)} /></span></div>
      <div class="field"><label for="given-at">{t('points.when')}</label><span class="inp"><input id="given-at" type="datetime-local" max={local(now.value)} value={at} onInput={(e) => setAt(e.currentTarget.value)} /></span></div>
      <p class="hint">{t(`points.given.${asked.purpose}Hint`)}</p>
    </Dialog>
  );
}

const how = (one: Said) => [whenWillBe(one.given_at, now.value), known(`points.source.${one.source}`, one.source)].filter(Boolean).join(' · ');

/** The same, and which text was shown: that is one word to the eye, and stays on one line where it is short. */
function How({ one }: { one: Said }) {
  if (!one.text_version) return <>{how(one)}</>;
  const text = t('points.text', { version: one.text_version });
  return <>{how(one)} · {text.length > 30 ? text : <span class="num">{text}</span>}</>;
}

/** Every yes and no: when, where, and which text was shown. The newest first. */
function Ledger({ said, points }: { said: Said[]; points: ContactPoint[] }) {
  const whose = (one: Said) => points.find((p) => p.id === one.contact_point)?.address ?? (one.channel ? known(`channel.${one.channel}`, one.channel) : '');
  return (
    <section aria-label={t('points.ledger')}>
      <h3>{t('points.ledger')}</h3>
      {said.length ? (
        <ul class="checks">{said.map((one) => (
          <li key={one.id}><b>{known(`points.act.${one.act}`, one.act)}</b> <span class="num">{whose(one)}</span> <small class="muted"><How one={one} /></small></li>
        ))}</ul>
      ) : <p class="hint">{t('points.ledgerNone')}</p>}
    </section>
  );
}
