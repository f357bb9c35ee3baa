/** The sheet of keys: each can be changed where it stands. */
import { useState } from 'preact/hooks';
import { t, type Key } from '../../i18n';
import {
  bindings, doesEnterSend, isRebound, lettersAreOn, rebind, rebindNothing, setEnterSends, setLetters, shownKey, shownStroke, strokeOf, type Binding, type Place,
} from '../../keys';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { closeOverlay } from '../overlays';
import { Switch } from './settings';

const places: Place[] = ['anywhere', 'list', 'composer', 'monitor'];
/** The way out and the way to this sheet stay; the columns of the deck go by their number. */
const fixed = /^(close|keys|column\d)$/;
const nameOf = (act: string) => t(`keys.${act}` as Key);

export function KeysDialog() {
  const [asked, ask] = useState<string | null>(null);
  const [said, say] = useState({ text: '', bad: false });
  const change = (act: string, stroke: string | null) => {
    const clash = rebind(act, stroke);
    const key = stroke ? shownStroke(stroke) : shownKey(act);
    if (clash) say({ text: clash === 'browser' ? t('keys.owned', { key }) : t('keys.taken', { key, act: nameOf(clash) }), bad: true });
    else say({ text: t('keys.changed', { act: nameOf(act), key: shownKey(act) }), bad: false });
    ask(null);
  };
  const begin = (act: string) => { ask(act); say({ text: t('keys.press', { act: nameOf(act) }), bad: false }); };
  const leave = () => { if (asked) { ask(null); say({ text: '', bad: false }); } };
  return (
    <Dialog title={t('keys.title')} onClose={closeOverlay} class="wide">
      <div class="keys">
        {places.map((place) => (
          <section key={place}>
            <h3>{t(`keys.place.${place}`)}</h3>
            {bindings.value.filter((b) => b.place === place && !/^column[2-4]$/.test(b.act)).map((b) => (
              <p key={b.act}><span>{nameOf(b.act)}</span>{fixed.test(b.act) ? <span class="kbd">{shownKey(b.act)}</span>
                : <Changeable b={b} isAsked={asked === b.act} onAsk={() => begin(b.act)} onLeave={leave} onStroke={(stroke) => change(b.act, stroke)} />}</p>
            ))}
          </section>
        ))}
      </div>
      <p class={`hint${said.bad ? ' bad' : ''}`} role="status">{said.text || t('keys.hint')}</p>
      {isRebound.value ? <Button kind="small" onClick={rebindNothing}>{t('keys.restore')}</Button> : null}
      <Switch label={t('keys.letters')} first={lettersAreOn()} set={setLetters} />
      <Switch label={t('keys.enter')} first={doesEnterSend()} set={setEnterSends} />
    </Dialog>
  );
}

interface ChangeableProps { b: Binding; isAsked: boolean; onAsk: () => void; onLeave: () => void; onStroke: (stroke: string | null) => void }

/** A key that, once asked for, hears the next stroke as its own. */
function Changeable({ b, isAsked, onAsk, onLeave, onStroke }: ChangeableProps) {
  const hear = (e: KeyboardEvent) => {
    if (!isAsked || e.key === 'Tab') return;
    e.preventDefault();
    e.stopPropagation();
    if (e.key === 'Escape') onLeave();
    else if (e.key === 'Delete') onStroke(null);
    else {
      const stroke = strokeOf(e);
      if (stroke) onStroke(stroke);
    }
  };
  return (
    <button type="button" class={`kbd${isAsked ? ' asked' : ''}`} aria-label={t('keys.change', { act: nameOf(b.act), key: shownKey(b.act) })} aria-pressed={isAsked}
      onClick={onAsk} onKeyDown={(e) => hear(e as unknown as KeyboardEvent)} onBlur={onLeave}>{isAsked ? '…' : shownKey(b.act)}</button>
  );
}
