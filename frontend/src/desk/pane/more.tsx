import { money, plainDate } from '../../format';
import { t } from '../../i18n';
import type { Balance } from '../../wire';

export const mostDay = 28;

export interface Chosen {
  /** The day of the month from the second instalment on; null: that of the first. */
  day: number | null;
  /** The last day on which the offer stands; empty: as long as one's own authority reaches. */
  until: string;
  /** Ids of open charges that the offer leaves out. */
  without: ReadonlySet<string>;
  /** The customer is told that there is no better offer for now, which binds. */
  last: boolean;
}

interface Props { id: string; charges: Balance['charges']; count: number; today: string; own: string; eased: boolean; chosen: Chosen; onChoose: (next: Chosen) => void }

/** What is seldom changed about an offer: how long it stands, the debtor's own day of the month, which charges it covers. */
export function More({ id, charges, count, today, own, eased, chosen, onChoose }: Props) {
  const toggle = (charge: string) => {
    const without = new Set(chosen.without);
    if (!without.delete(charge)) without.add(charge);
    onChoose({ ...chosen, without });
  };
  const pickDay = (text: string) => onChoose({ ...chosen, day: text ? Math.min(mostDay, Math.max(1, Math.round(Number(text)) || 1)) : null });
  return (
    <details class="wide plan-more">
      <summary>{t('plan.more')}</summary>
      <div class="plan">
        <div class="field wide"><label for={`until-${id}`}><span>{t('plan.until')}</span><span>{t('plan.untilOwn', { at: plainDate(own) })}</span></label>
          <span class="inp"><input id={`until-${id}`} type="date" min={today} value={chosen.until || own} onInput={(e) => onChoose({ ...chosen, until: e.currentTarget.value })} /></span></div>
        {count > 1 ? <div class="field wide"><label for={`day-${id}`}><span>{t('plan.day')}</span><span>{t('plan.dayOf')}</span></label>
          <span class="inp"><input id={`day-${id}`} class="num" type="number" min="1" max={mostDay} value={chosen.day ?? ''} onInput={(e) => pickDay(e.currentTarget.value)} /></span></div> : null}
        {eased ? <p class="hint wide">{t('plan.evening')}</p> : null}
        {eased ? <label class="check wide"><input type="checkbox" class="cb" checked={chosen.last} onChange={() => onChoose({ ...chosen, last: !chosen.last })} /> {t('plan.last')}</label> : null}
        {charges.length > 1 ? (
          <fieldset class="wide covers"><legend class="label">{t('plan.covers')}</legend>
            {charges.map((x) => (
              <label key={x.id}><span><input type="checkbox" class="cb" checked={!chosen.without.has(x.id)} onChange={() => toggle(x.id)} /> {x.number} <span class="muted">{plainDate(x.due)}</span></span><b class="num">{money(x.total)}</b></label>
            ))}
          </fieldset>
        ) : null}
      </div>
    </details>
  );
}

/** Of a debtor of whom none is known, as the server has it (console/ledger/owed.py). */
const unknownZone = 'America/Sao_Paulo';

const dayHours = 24;
const evening = 18;

/** The moment an offer of that last day ends where the debtor lives, for the server: what takes something off ends in the evening. */
export function endOf(day: string, eased: boolean, zone?: string): string {
  const end = Date.parse(`${day}T00:00:00Z`) + (eased ? evening : dayHours) * 3_600_000;
  const beside = (at: number) => Date.parse(`${new Date(at).toLocaleString('sv-SE', { timeZone: zone || unknownZone }).replace(' ', 'T')}Z`) - at;
  const guess = end - beside(end);
  return new Date(end - beside(guess)).toISOString();
}
