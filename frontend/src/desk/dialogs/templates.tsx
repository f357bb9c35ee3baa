import { useEffect, useState } from 'preact/hooks';
import { get, query } from '../../api';
import { known, t } from '../../i18n';
import { draftOf, editDraft } from '../../store/drafts';
import { caseOf } from '../../store/state';
import { firstName, money, plainDate } from '../../format';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import type { Balance, Case, Page, Template } from '../../wire';
import { pointOf } from '../holders';
import { closeOverlay } from '../overlays';

const nameOf = (v: string | { name: string; example?: string }) => (typeof v === 'string' ? v : v.name);
const bodyOf = (one: Template) => `${one.body ?? one.preview ?? ''}${one.footer ? `\n${one.footer}` : ''}`;

function exampleOf(one: Template, name: string): string {
  const found = one.variables?.find((v) => typeof v === 'object' && v.name === name);
  return typeof found === 'object' ? found.example ?? '' : '';
}

/** The variable that the server writes by itself: what is owed and what it is made of. */
const made = 'breakdown';
const ofDebt = ['invoice', 'due_date', 'days_late', 'amount', made];

/** What the books say of the debt, by the names that templates call it: the oldest charge that is open stands for it. */
async function debtOf(c: Case): Promise<Record<string, string>> {
  const owed = await get<Balance & { breakdown: string }>(`/debtors/${c.debtor.id}/balance${query({ portfolio: c.portfolio.id })}`).catch(() => null);
  if (!owed) return {};
  const [oldest] = owed.charges.filter((x) => x.total.amount > 0).toSorted((a, b) => a.due.localeCompare(b.due));
  return {
    [made]: owed.breakdown, amount: money(owed.total),
    ...(oldest ? { invoice: oldest.number, due_date: plainDate(oldest.due), days_late: String(oldest.days_late) } : {}),
  };
}

const isUsable = (one: Template) => !one.state || one.state.toLowerCase() === 'approved';

/** Several numbers may hold the same template: the one of the number that would be used stands for all. */
function once(list: Template[], inbox: string | null | undefined): Template[] {
  const found = new Map<string, Template>();
  for (const one of list) {
    const key = `${one.name} ${one.language}`;
    if (!found.has(key) || (inbox && one.inbox === inbox)) found.set(key, one);
  }
  return [...found.values()];
}

/** The template with its variables filled as far as they are. */
export function rendered(body: string, variables: Record<string, string>): string {
  return body.replace(/\{\{\s*([\w.]+)\s*\}\}/g, (whole, name: string) => variables[name] || whole);
}

export function TemplatesDialog({ id }: { id: string }) {
  const c = caseOf(id)?.value;
  const [list, setList] = useState<Template[] | 'error' | null>(null);
  const [words, setWords] = useState('');
  const [chosen, choose] = useState<Template | null>(null);
  const [values, setValues] = useState<Record<string, string>>({});
  const channel = draftOf(id).value.tab;
  useEffect(() => {
    if (!c) return;
    void get<Page<Template>>(`/templates${query({ portfolio: c.portfolio.id, channel: channel && channel !== 'note' ? channel : 'whatsapp' })}`)
      .then((page) => setList(once(page.items, pointOf(c, channel && channel !== 'note' ? channel : 'whatsapp')?.inbox)), () => setList('error'));
  }, [id]);
  if (!c) return null;
  const pick = (one: Template) => {
    choose(one);
    const names = (one.variables ?? []).map(nameOf);
    setValues(Object.fromEntries(names.map((v) => [v, /name|nome|nombre/.test(v) ? firstName(c.debtor.name) : ''])));
    if (names.some((v) => ofDebt.includes(v))) {
      void debtOf(c).then((debt) => setValues((was) => ({ ...was, ...Object.fromEntries(names.filter((v) => v in was && debt[v] && !was[v]).map((v) => [v, debt[v]!])) })));
    }
  };
  const missing = chosen ? (chosen.variables ?? []).map(nameOf).filter((v) => !values[v]?.trim()) : [];
  const use = () => {
    if (!chosen) { const first = shown.find(isUsable); if (first) pick(first); return; }
    if (missing.length) { document.getElementById(`var-${missing[0]}`)?.focus(); return; }
    editDraft(id, { template: { name: chosen.name, language: chosen.language, variables: values, preview: rendered(bodyOf(chosen), values) }, ...(channel && channel !== 'note' ? {} : { tab: 'whatsapp' }) });
    closeOverlay();
  };
  const mine = (one: Template) => (one.language.toLowerCase().split(/[-_]/)[0] === (c.debtor.language ?? '').toLowerCase().split('-')[0] ? 0 : 1);
  const shown = Array.isArray(list) ? list.toSorted((a, b) => mine(a) - mine(b)).filter((one) => `${one.name} ${bodyOf(one)}`.toLowerCase().includes(words.toLowerCase())) : [];
  return (
    <Dialog title={t('template.title')} onClose={closeOverlay} onSubmit={use} class="wide"
      actions={<><Button kind="quiet" onClick={closeOverlay} keys="Esc">{t('cancel')}</Button><Button kind="main" submit impeded={!chosen || missing.length > 0} keys="Enter">{t('template.use')}</Button></>}>
      <div class="tpl-pick">
        <div class="tpl-list">
          <span class="inp"><input data-first value={words} placeholder={t('template.find')} aria-label={t('template.find')} onInput={(e) => setWords(e.currentTarget.value)} /></span>
          {list === null ? <i class="sk" /> : list === 'error' ? <p class="hint bad">{t('template.failed')}</p> : !shown.length ? <p class="hint">{t('template.none')}</p> : null}
          <ul class="choices">{shown.map((one) => {
            const isOff = !isUsable(one);
            return <li key={one.name + one.language}><button type="button" class={one === chosen ? 'on' : ''} aria-disabled={isOff} onClick={() => { if (!isOff) pick(one); }}>
              <span class="grow clip">{one.name}</span><small class="muted">{one.language}{isOff ? ` · ${known(`template.state.${one.state?.toLowerCase()}`, one.state ?? '')}` : ''}</small></button></li>;
          })}</ul>
        </div>
        <div class="tpl-view">
          {chosen ? (
            <>
              <div class="msg out"><div class="bub words">{rendered(bodyOf(chosen), values)}</div></div>
              {(chosen.variables ?? []).map(nameOf).map((v) => (
                <div key={v} class="field"><label for={`var-${v}`}>{known(`template.var.${v}`, v)}</label><span class={`inp ${values[v] ? '' : 'wanting'}`}><input id={`var-${v}`} readOnly={v === made} value={values[v] ?? ''} placeholder={exampleOf(chosen, v)} onInput={(e) => setValues({ ...values, [v]: e.currentTarget.value })} /></span></div>
              ))}
            </>
          ) : <p class="empty">{t('template.choose')}</p>}
        </div>
      </div>
    </Dialog>
  );
}
