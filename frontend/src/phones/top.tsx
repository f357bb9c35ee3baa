import { useEffect, useRef, useState } from 'preact/hooks';
import { boot } from '../boot';
import { clockTime, dayName } from '../format';
import { now } from '../clock';
import { known, t } from '../i18n';
import { saveTheme, theme } from '../ui/prefs';
import { Button, IconButton } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Icon } from '../ui/icon';
import { Menu } from '../ui/menu';
import { addPerson, behave, behaviours, clock, failed, reset, scripted, setClock, setScripted, steps, type Provider } from './api';

/** The sandbox's time: the machine's plus what a person added. */
export function sandboxNow(): number {
  return now.value + (clock.value?.offset_s ?? 0) * 1000;
}

interface Face { id?: string; name?: string; url?: string; role?: string }
const faceOf = (id: string): Face | undefined => boot.persona_hosts.find((p): p is Face => typeof p === 'object' && (p.id === id || (p.name ?? '').toLowerCase().startsWith(id)));

function doorOf(id: string, path: string): string {
  const url = faceOf(id)?.url;
  return url ? `${url.replace(/\/$/, '')}/sign-in?next=${encodeURIComponent(path)}#enter` : `/sign-in?next=${encodeURIComponent(path)}`;
}

export function Top() {
  return (
    <header class="top">
      <span class="brand"><Icon name="logo" size={20} /></span><h1 class="clip" title={t('phones.title')}>{t('phones.title')}</h1>
      <span class="chip warn" title={t('phones.only')}><Icon name="info" size={12} /> <span class="clip">{t('phones.here')}</span></span><span class="sp" />
      <label class="f scripted" title={t('phones.scriptedHint')}><input class="cb" type="checkbox" checked={scripted.value} onChange={(e) => void setScripted(e.currentTarget.checked)} /> {t('phones.scripted')}</label>
      <Time />
      <a class="btn" href={doorOf('ana', '/')} target="acordo-ana"><Icon name="inbox" /> {t('phones.desk')}</a>
      <a class="btn" href={doorOf('sofia', '/wall')} target="acordo-sofia"><Icon name="wall" /> {t('phones.wall')}</a>
      <IconButton icon="moon" label={theme.value === 'dark' ? t('theme.light') : t('theme.dark')} onClick={() => saveTheme(theme.value === 'dark' ? 'light' : 'dark')} />
    </header>
  );
}

/** The next such day and hour, as the clock only goes forward. */
function next(weekday: number, hour: number, minute: number): string {
  const d = new Date(sandboxNow());
  d.setHours(hour, minute, 0, 0);
  do d.setDate(d.getDate() + ((weekday - d.getDay() + 7) % 7 || (d.getTime() <= sandboxNow() ? 7 : 0))); while (d.getTime() <= sandboxNow());
  return d.toISOString();
}

function Time() {
  const [shown, show] = useState(false);
  const at = sandboxNow();
  const set = (body: { now?: string; offset_s?: number }) => { show(false); void setClock(body); };
  return (
    <span class="anchor">
      <Button icon="clock" kind={clock.value?.offset_s ? '' : 'quiet'} onClick={() => show(!shown)}><span class="num">{dayName(new Date(at).toISOString(), now.value).split(',')[0]} {clockTime(at)}</span></Button>
      {shown ? (
        <Menu label={t('phones.clock')} class="below right" onClose={() => show(false)}>
          <h2>{t('phones.clock')}</h2>
          <button type="button" onClick={() => set({ offset_s: (clock.value?.offset_s ?? 0) + 3600 })}><Icon name="plus" />{t('phones.hour')}</button>
          <button type="button" onClick={() => set({ now: next(2, 10, 0) })}><Icon name="clock" />{t('phones.tuesday')}</button>
          <button type="button" onClick={() => set({ now: next(5, 19, 58) })}><Icon name="clock" />{t('phones.friday')}</button>
          <button type="button" onClick={() => set({ now: next(0, 12, 0) })}><Icon name="clock" />{t('phones.sunday')}</button>
          <p class="hint">{t('phones.clockHint')}</p>
        </Menu>
      ) : null}
    </span>
  );
}

function AddPerson({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [phone, setPhone] = useState('+55');
  const [email, setEmail] = useState('');
  const go = async () => { if (name.trim() && await addPerson(name.trim(), phone.length > 6 ? phone : '', email)) onClose(); };
  return (
    <Dialog title={t('phones.add')} class="small" onClose={onClose} onSubmit={() => void go()} actions={<Button kind="main" submit impeded={!name.trim()}>{t('save')}</Button>}>
      <div class="field"><label for="p-name">{t('phones.name')}</label><span class="inp"><input id="p-name" data-first value={name} onInput={(e) => setName(e.currentTarget.value)} /></span></div>
      <div class="field"><label for="p-phone">{t('phones.number')}</label><span class="inp"><input id="p-phone" type="tel" value={phone} onInput={(e) => setPhone(e.currentTarget.value)} /></span></div>
      <div class="field"><label for="p-mail">{t('signin.email')}</label><span class="inp"><input id="p-mail" type="email" value={email} onInput={(e) => setEmail(e.currentTarget.value)} /></span></div>
      {failed.value ? <p class="hint bad">{failed.value}</p> : null}
    </Dialog>
  );
}

const doors: Record<string, [string, string] | null> = {
  write: null, answer: ['ana', '/'], whisper: ['sofia', '/wall'], take_over: ['sofia', '/wall'], hand_back: ['sofia', '/wall'], pay: null,
};

/** Six steps that tick themselves when the real event happens. */
export function Steps() {
  const row = useRef<HTMLOListElement>(null);
  const current = steps.value.find((s) => !s.done)?.step;
  useEffect(() => { const at = row.current?.querySelector<HTMLElement>('.now'); if (row.current && at) row.current.scrollLeft = at.offsetLeft - row.current.offsetLeft - 16; }, [current]);
  if (!steps.value.length) return null;
  return (
    <nav aria-label={t('phones.steps')}><ol class="steps" ref={row}>
      {steps.value.map((s, i) => {
        const door = doors[s.step];
        const words = <><span class="no">{s.done ? <Icon name="check" size={14} label={t('phones.done')} /> : i + 1}</span><span>{known(`step.${s.step}`, s.step)}</span></>;
        return <li key={s.step} class={s.done ? 'done' : s.step === current ? 'now' : ''} aria-current={s.step === current ? 'step' : undefined}>{door ? <a href={doorOf(door[0], door[1])} target={`acordo-${door[0]}`}>{words}</a> : <span class="a">{words}</span>}</li>;
      })}
    </ol></nav>
  );
}

const providers: [Provider, string][] = [['meta', 'Meta'], ['twilio', 'Twilio'], ['smtp', 'SMTP']];

/** Where there is little room the phones come first, and the carriers stand folded. */
const roomy = matchMedia('(min-width: 1100px) and (min-height: 840px)');

/** Make a provider slow, failing, repeating, out of order, or silent after acceptance. */
export function BehaviourBar() {
  const [provider, setProvider] = useState<Provider>('meta');
  const [isOpen, open] = useState(roomy.matches);
  const [adding, add] = useState(false);
  useEffect(() => {
    const look = () => open(roomy.matches);
    roomy.addEventListener('change', look);
    return () => roomy.removeEventListener('change', look);
  }, []);
  const b = behaviours.value.find((one) => one.provider === provider);
  if (!b) return null;
  const on = (change: Partial<typeof b>) => behave({ provider, ...change });
  return (
    <>
    <details class="carrier" open={isOpen}>
    <summary><Icon name="right" size={12} /> <b>{t('phones.behaviour')}</b></summary>
    <section class="beh" aria-label={t('phones.behaviour')}>
      <b>{t('phones.carrier')}</b>
      <span class="seg" role="group" aria-label={t('phones.carrier')}>{providers.map(([one, name]) => <button key={one} type="button" class={one === provider ? 'on' : ''} aria-pressed={one === provider} onClick={() => setProvider(one)}>{name}</button>)}</span>
      <label><input class="cb" type="checkbox" checked={b.accept} onChange={(e) => on({ accept: e.currentTarget.checked })} /> {t('phones.accepts')}</label>
      <label>{t('phones.error')} <span class="inp"><input key={provider} defaultValue={String(b.error_code || '')} placeholder={t('phones.none')} inputMode="numeric" onChange={(e) => on({ error_code: e.currentTarget.value.trim() })} /></span></label>
      <label>{t('phones.delay')} <span class="inp"><input key={provider} class="num" defaultValue={String(b.latency_ms)} inputMode="numeric" onChange={(e) => on({ latency_ms: Number(e.currentTarget.value) || 0 })} /> ms</span></label>
      <label><input class="cb" type="checkbox" checked={!!b.duplicate_callbacks} onChange={(e) => on({ duplicate_callbacks: e.currentTarget.checked })} /> {t('phones.repeats')}</label>
      <label><input class="cb" type="checkbox" checked={b.shuffle_callbacks} onChange={(e) => on({ shuffle_callbacks: e.currentTarget.checked })} /> {t('phones.shuffles')}</label>
      <label><input class="cb" type="checkbox" checked={b.drop_response} onChange={(e) => on({ drop_response: e.currentTarget.checked })} /> {t('phones.drops')}</label>
      <label><input class="cb" type="checkbox" checked={b.statuses.length > 0} onChange={(e) => on({ statuses: e.currentTarget.checked ? ['sent', 'delivered', 'read'] : [] })} /> {t('phones.tells')}</label>
      <span class="sp" />
      <Button kind="small" icon="plus" onClick={() => add(true)}>{t('phones.add')}</Button>
      <IconButton icon="refresh" label={`${t('phones.reset')}: ${t('phones.resetHint')}`} onClick={() => void reset()} />
    </section>
    </details>
    {adding ? <AddPerson onClose={() => add(false)} /> : null}
    {failed.value ? <p class="t-bad carrier-failed" role="alert">{failed.value}</p> : null}
    </>
  );
}
