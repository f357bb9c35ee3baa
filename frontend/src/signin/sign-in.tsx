import { useEffect, useState } from 'preact/hooks';
import { boot, type Persona } from '../boot';
import { Problem, call } from '../api';
import { firstName, initials } from '../format';
import { known, lang, languageNames, languages, t, type Language } from '../i18n';
import { saveTheme, theme } from '../ui/prefs';
import { Button, IconButton } from '../ui/button';
import { Icon } from '../ui/icon';

const forward = (): string => {
  const next = boot.next ?? new URLSearchParams(location.search).get('next') ?? '/';
  return next.startsWith('/') && !/^\/[/\\]/.test(next) ? next : '/';
};

interface Face { id: string; name: string; role: string; url: string; email: string }

function face(p: Persona): Face {
  if (typeof p === 'string') {
    const id = p.replace(/^https?:\/\//, '').split('.')[0] ?? p;
    return { id, name: id, role: '', url: p.startsWith('http') ? p : `http://${p}`, email: '' };
  }
  const id = p.id ?? p.email?.split('@')[0] ?? firstName(p.name ?? '').toLowerCase();
  return { id, name: p.name ?? id, role: p.role ?? '', url: p.url ?? (p.host ? `http://${p.host}` : ''), email: p.email ?? '' };
}

/** Where a role begins its day. */
const homeOf = (role: string) => (role === 'supervisor' || role === 'compliance' ? '/wall' : '/');

export function SignIn() {
  return (
    <>
      <aside class="side">
        <p class="brand"><span><Icon name="logo" size={24} /></span>Acordo</p>
        <svg class="lines" viewBox="0 0 640 360" preserveAspectRatio="none" fill="none" stroke="currentColor" stroke-width="2" aria-hidden="true">
          <path d="M0 60C220 60 240 186 420 186H640M0 90C220 90 250 192 420 192H640M0 300C220 300 250 198 420 198H640M0 330C210 330 260 204 420 204H640" />
        </svg>
        <div><h2>{t('signin.claim')}</h2><p>{t('signin.about')}</p></div>
      </aside>
      <main class="box">
        <div class="inner">
          <Form />
          {boot.demo && boot.persona_hosts.length ? <Personas /> : null}
          <Foot />
        </div>
      </main>
    </>
  );
}

function Form() {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [shown, show] = useState(false);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState(boot.error ? words(boot.error) : '');
  const submit = async () => {
    if (busy || !email.trim() || !password) return;
    setBusy(true);
    setWrong('');
    try {
      await call('POST', '/api/v1/session', { email: email.trim(), password }, { quiet: true });
      location.assign(forward());
    } catch (error) {
      setWrong(words(error instanceof Problem ? error.code : ''));
      setBusy(false);
      document.getElementById('password')?.focus();
    }
  };
  return (
    <form onSubmit={(e) => { e.preventDefault(); void submit(); }}>
      <h1>{t('signin.title')}</h1>
      {wrong ? <p class="banner bad" role="alert"><Icon name="fail" /><span>{wrong}</span></p> : null}
      <div class="field"><label for="email">{t('signin.email')}</label>
        <span class="inp"><input id="email" type="email" autocomplete="username" required autofocus value={email} onInput={(e) => setEmail(e.currentTarget.value)} /></span></div>
      <div class="field"><label for="password">{t('signin.password')}</label>
        <span class={`inp ${wrong ? 'bad' : ''}`}><input id="password" type={(shown ? 'text' : 'password') as 'password'} autocomplete="current-password" required value={password} onInput={(e) => setPassword(e.currentTarget.value)} />
          <IconButton icon={shown ? 'eyeoff' : 'eye'} label={shown ? t('signin.hide') : t('signin.show')} pressed={shown} onClick={() => show(!shown)} /></span></div>
      <Button kind="main" submit busy={busy} keys="Enter">{t('signin.go')}</Button>
    </form>
  );
}

function words(code: string): string {
  if (code === 'offline') return t('signin.offline');
  if (code === 'rate_limited') return t('error.rate_limited');
  return code === 'unauthenticated' || code === 'invalid' || code === 'forbidden' ? t('signin.wrong') : t('error.unknown');
}

/** Each demo person has a host of their own, so that one browser holds several at once. */
function Personas() {
  const faces = boot.persona_hosts.map(face);
  const here = faces.find((f) => f.url && new URL(f.url).host === location.host);
  useEffect(() => { if (here && location.hash === '#enter') enter(here); }, []);
  return (
    <section class="demo-box">
      <p class="label">{t('signin.demo')}</p>
      <div class="demo">
        {(here ? [here] : faces).map((f) => (
          <a key={f.id} href={here ? '#enter' : `${f.url.replace(/\/$/, '')}/sign-in?next=${encodeURIComponent(homeOf(f.role))}#enter`} target={here ? undefined : `acordo-${f.id}`}
            onClick={(e) => { if (here) { e.preventDefault(); enter(f); } }}>
            <span class={`av ${f.role === 'supervisor' ? 'sup' : 'me'}`}>{initials(f.name)}</span>
            <span class="grow">{f.name}<small>{known(`role.${f.role}`, f.role)}</small></span>
            <Icon name="right" />
          </a>
        ))}
      </div>
      <p class="hint">{t('signin.password.demo')}</p>
    </section>
  );
}

/** A plain form of the page, since the answer is a redirect with a cookie. */
function enter(f: Face): void {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = '/persona';
  const next = new URLSearchParams(location.search).get('next');
  for (const [name, value] of [['name', f.id], ['next', next && next !== '/' ? forward() : homeOf(f.role)]] as const) {
    const input = document.createElement('input');
    input.type = 'hidden';
    input.name = name;
    input.value = value;
    form.append(input);
  }
  document.body.append(form);
  form.submit();
}

function Foot() {
  const pick = (next: Language) => {
    document.cookie = `acordo_lang=${next}; path=/; max-age=31536000; samesite=lax`;
    location.reload();
  };
  return (
    <p class="ft">
      <span class="seg" role="group" aria-label={t('me.language')}>{languages.map((one) => <button key={one} type="button" lang={one} class={one === lang ? 'on' : ''} aria-pressed={one === lang} onClick={() => pick(one)}>{languageNames[one]}</button>)}</span>
      <IconButton icon="moon" label={theme.value === 'dark' ? t('theme.light') : t('theme.dark')} class="end" onClick={() => saveTheme(theme.value === 'dark' ? 'light' : 'dark')} />
    </p>
  );
}
