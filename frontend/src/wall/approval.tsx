/** A plan beyond its maker's authority: approved as it stands, answered by other figures, or refused with a reason. */
import { signal } from '@preact/signals';
import { useState } from 'preact/hooks';
import { clientId, post } from '../api';
import { firstName, money, number, places, plainDate } from '../format';
import { known, t } from '../i18n';
import { shownKey } from '../keys';
import { parseAmount } from '../desk/pane/plan';
import { approveText, counterText, heldIn, refuseText } from '../store/approvals';
import { explain } from '../store/words';
import { toast } from '../store/notices';
import { mayWatch, me, isSupervisor, requests } from '../store/state';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { whyHeld } from '../ui/held-text';
import type { HelpRequest, Money } from '../wire';
import { heldCard, readHeld } from './held-card';
import { focusedRequest } from './requests';
import { opened } from './state';

interface Line { n: number; due: string; amount: Money }
interface Asked { plan: string; total: Money; before?: Money; schedule: Line[]; discounts?: { component: string; bp: number }[] }

export const deciding = signal<{ request: HelpRequest; how: 'counter' | 'refuse' } | null>(null);

/** What an approval asks for, when this is one. */
function askedOf(r: HelpRequest): Asked | null {
  const detail = r.detail as Partial<Asked> | undefined;
  return r.kind === 'approval' && detail?.plan && detail.schedule ? (detail as Asked) : null;
}

/** Whether whoever looks may decide it: an agreement a supervisor, a text compliance too, and nobody their own. */
function decides(r: HelpRequest): boolean {
  return heldIn(r) ? mayWatch.value && r.by?.id !== me.value?.id : isSupervisor.value && !!askedOf(r);
}

/** "3 × R$ 397,92, −12 %": the part of the debt that is let go; or the words that are held. */
export function approvalWords(r: HelpRequest): string {
  const text = heldIn(r)?.text;
  if (text) return `“${text}”`;
  const asked = askedOf(r);
  if (!asked) return '';
  const dated = asked.schedule.filter((one) => one.n > 0);
  const parts = dated.length ? `${dated.length} × ${money(dated[0]!.amount)}` : money(asked.total);
  const off = asked.before?.amount ? 100 - (100 * asked.total.amount) / asked.before.amount : 0;
  return off > 0 ? `${parts}, −${number(off)} %` : parts;
}

/** The approval a key means: the one with the focus, else that of the open conversation. */
function meant(): HelpRequest | undefined {
  const focused = focusedRequest();
  const one = focused ?? [...requests.value.values()].find((r) => r.kind === 'approval' && r.case === opened.value);
  return one && decides(one) ? one : undefined;
}

const on = (act: (r: HelpRequest) => void) => () => { const r = meant(); if (r) act(r); return !!r; };
export const approvalKeys = {
  approve: on((r) => void approve(r)),
  counter: on((r) => { deciding.value = { request: r, how: 'counter' }; }),
  refuse: on((r) => { deciding.value = { request: r, how: 'refuse' }; }),
};

export function ApprovalActs({ r }: { r: HelpRequest }) {
  if (!decides(r)) return null;
  return (
    <span class="rq-acts">
      <Button kind="small" keys={shownKey('approve')} onClick={() => void approve(r)}>{t(heldIn(r) ? 'held.read' : 'keys.approve')}</Button>
      <Button kind="small quiet" keys={shownKey('counter')} onClick={() => { deciding.value = { request: r, how: 'counter' }; }}>{t(heldIn(r) ? 'held.otherwiseShort' : 'keys.counter')}</Button>
      <Button kind="small quiet" keys={shownKey('refuse')} onClick={() => { deciding.value = { request: r, how: 'refuse' }; }}>{t('keys.refuse')}</Button>
    </span>
  );
}

/** Why a text is held, under its words. */
export function WhyHeld({ r }: { r: HelpRequest }) {
  const held = heldIn(r);
  return held ? <small class="clip held-why">{whyHeld(held.codes)}</small> : null;
}

async function decide(r: HelpRequest, verb: 'approve' | 'counter' | 'refuse', body: object): Promise<void> {
  try {
    await post(`/plans/${askedOf(r)?.plan}/${verb}`, body);
    toast(t(`approval.${verb}`, { name: firstName(r.by?.name ?? '') }));
  } catch (error) {
    toast(explain(error), { tone: 'bad' });
  }
}

const saying = (r: HelpRequest, verb: Parameters<typeof t>[0]) => (done: unknown) => { if (done) toast(t(verb, { name: firstName(r.by?.name ?? '') })); };
/** A row of the wall shows a part of a text, its card all of it: only there is it approved, once it has the focus. */
function approve(r: HelpRequest): unknown {
  if (!heldIn(r)) return decide(r, 'approve', {});
  const isRead = heldCard(r)?.contains(document.activeElement);
  return isRead ? approveText(r.id).then(saying(r, 'held.approveDone')) : readHeld(r);
}

export function DecisionDialog() {
  const one = deciding.value;
  if (!one) return null;
  const close = () => { deciding.value = null; };
  if (one.how === 'counter' && heldIn(one.request)) return <OtherWords r={one.request} onClose={close} />;
  return one.how === 'refuse' ? <Refusal r={one.request} onClose={close} /> : <Counter r={one.request} onClose={close} />;
}

interface DialogProps { r: HelpRequest; onClose: () => void }

function Refusal({ r, onClose }: DialogProps) {
  const [reason, setReason] = useState('');
  const name = firstName(r.by?.name ?? '');
  const go = () => { if (!reason.trim()) return; onClose(); void (heldIn(r) ? refuseText(r.id, reason.trim()).then(saying(r, 'approval.refuse')) : decide(r, 'refuse', { reason: reason.trim() })); };
  return (
    <Dialog title={t('approval.refuseTitle', { name })} class="small" onClose={onClose} onSubmit={go}
      actions={<><Button kind="quiet" onClick={onClose} keys="Esc">{t('cancel')}</Button><Button kind="danger" submit impeded={!reason.trim()}>{t('keys.refuse')}</Button></>}>
      <p>{approvalWords(r)}</p>
      <div class="field"><label for="refuse-why">{t('approval.why', { name })}</label><textarea id="refuse-why" class="area" data-first rows={2} value={reason} onInput={(e) => setReason(e.currentTarget.value)} /></div>
    </Dialog>
  );
}

/** Begins with the words that were asked for; what is written instead goes to their writer as a suggestion. */
function OtherWords({ r, onClose }: DialogProps) {
  const asked = heldIn(r)?.text ?? '';
  const [words, setWords] = useState(asked);
  const [note, setNote] = useState('');
  const name = firstName(r.by?.name ?? '');
  const isSame = !words.trim() || words.trim() === asked.trim();
  const go = () => { if (isSame) return; onClose(); void counterText(r.id, words.trim(), note.trim()).then(saying(r, 'held.counterDone')); };
  return (
    <Dialog title={t('held.otherwiseFor', { name })} class="small" onClose={onClose} onSubmit={go}
      actions={<><Button kind="quiet" onClick={onClose} keys="Esc">{t('cancel')}</Button><Button kind="main" submit impeded={isSame}>{t('held.suggest')}</Button></>}>
      <div class="field"><label for="other-words">{t('held.words')}</label><textarea id="other-words" class="area" data-first rows={4} value={words} onInput={(e) => setWords(e.currentTarget.value)} /></div>
      <div class="field"><label for="other-note">{t('held.hint')}</label><span class="inp"><input id="other-note" maxLength={500} value={note} onInput={(e) => setNote(e.currentTarget.value)} /></span></div>
    </Dialog>
  );
}

/** Begins with the figures that were asked for; what is sent is what one would grant. */
function Counter({ r, onClose }: DialogProps) {
  const asked = askedOf(r)!;
  const { currency } = asked.total;
  const dated = asked.schedule.filter((one) => one.n > 0);
  const downAsked = asked.schedule.find((one) => one.n === 0)?.amount.amount ?? 0;
  const [down, setDown] = useState(downAsked ? String(downAsked / 10 ** places(currency)) : '');
  const [count, setCount] = useState(dated.length);
  const [off, setOff] = useState(asked.discounts?.length ? asked.discounts : [{ component: 'interest', bp: 0 }]);
  const go = () => {
    onClose();
    void decide(r, 'counter', {
      client_id: clientId(), down_payment: { amount: Math.round(parseAmount(down) * 10 ** places(currency)), currency },
      instalments: count, first_due: dated[0]?.due ?? null,
      discounts: off.filter((one) => one.bp > 0),
    });
  };
  return (
    <Dialog title={t('approval.counterTitle', { name: firstName(r.by?.name ?? '') })} class="small" onClose={onClose} onSubmit={go}
      actions={<><Button kind="quiet" onClick={onClose} keys="Esc">{t('cancel')}</Button><Button kind="main" submit>{t('keys.counter')}</Button></>}>
      <p>{t('approval.asked', { words: approvalWords(r), total: money(asked.total) })}{dated[0] ? ` · ${plainDate(dated[0].due)}` : ''}</p>
      <div class="field"><label for="counter-down">{t('plan.down')}</label><span class="inp"><input id="counter-down" class="num" inputMode="decimal" data-first placeholder="0,00" value={down} onInput={(e) => setDown(e.currentTarget.value)} /></span></div>
      <div class="field"><label for="counter-n">{t('plan.count')}</label><span class="inp"><input id="counter-n" class="num" type="number" min="0" max="60" value={count} onInput={(e) => setCount(Math.max(0, Number(e.currentTarget.value) || 0))} /></span></div>
      {off.map((one, i) => (
        <div key={one.component} class="field"><label for={`counter-${one.component}`}>{known(`plan.off.${one.component}`, one.component)}</label><span class="inp"><input id={`counter-${one.component}`} class="num" type="number" min="0" max="100" step="1" value={one.bp / 100}
          onInput={(e) => setOff(off.with(i, { ...one, bp: Math.round(100 * Math.min(100, Math.max(0, Number(e.currentTarget.value) || 0))) }))} /></span></div>
      ))}
    </Dialog>
  );
}
