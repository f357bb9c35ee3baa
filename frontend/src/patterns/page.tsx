/** Every widget in every state, drawn by the very pieces that the screens use. */
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { t, type Key } from '../i18n';
import { ThreadContext } from '../desk/context';
import { Composer } from '../desk/composer/composer';
import { Plan } from '../desk/pane/plan';
import { Row, RowSkeleton } from '../desk/row';
import { Timeline } from '../desk/thread';
import { Icon } from '../ui/icon';
import { IconButton } from '../ui/button';
import { saveTheme, theme } from '../ui/prefs';
import { Agent, ShortAgent } from '../wall/left';
import { Modes } from '../wall/monitor';
import { Tile } from '../wall/tiles';
import { agentFaces, balance, composers, ledger, narrowLedger, rows, tileCases } from './cases';
import { ana, sampleCase, sofia } from './samples';
import { Buttons, Fields, Gates, Notices, Signs } from './small';

export function PatternsPage() {
  return (
    <>
      <header class="top"><span class="brand"><Icon name="logo" size={20} /></span><h1>{t('patterns.title')}</h1><span class="muted">{t('patterns.about')}</span><span class="sp" />
        <IconButton icon="moon" label={theme.value === 'dark' ? t('theme.light') : t('theme.dark')} onClick={() => saveTheme(theme.value === 'dark' ? 'light' : 'dark')} /></header>
      <main>
        <div class="cols">
        <Section name="buttons"><Buttons /></Section>
        <Section name="signs"><Signs /></Section>
        <Section name="rows"><div class="lst picking list">{rows.map(([state, c]) => <ul key={c.id} class={state === 'hover' ? 'is-hover' : ''}><Row id={c.id} first={false} /></ul>)}<ul><RowSkeleton /></ul></div></Section>
        <Section name="tiles"><ul class="g3">{tileCases.map((c) => <li key={c.id} class="t-box"><Tile id={c.id} /></li>)}</ul></Section>
        <Section name="agents"><div class="g2"><ul class="lst">{agentFaces.map((line) => <li key={line.user.id}><Agent line={line} /></li>)}</ul><ul class="lst">{agentFaces.map((line) => <li key={line.user.id}><ShortAgent line={line} /></li>)}</ul></div></Section>
        <Section name="modes">{(['watch', 'whisper', 'barge', 'takeover'] as const).map((mode) => <Modes key={mode} c={sampleCase(`m-${mode}`, 'Maria Souza', mode === 'takeover' ? { owner: sofia, taken_over_from: ana } : {})} mode={mode} onTakeOver={() => undefined} />)}</Section>
        <Section name="fields"><Fields /></Section>
        <Section name="plan"><div class="plans"><Opened><Plan c={sampleCase('plan', 'Maria Souza')} balance={balance} ledger={ledger} /></Opened>
          <Opened><Plan c={sampleCase('plan-over', 'Rosa Paiva')} balance={balance} ledger={narrowLedger} /></Opened></div></Section>
        <Section name="gate"><Gates /></Section>
        <Section name="notices"><Notices /></Section>
        <Section name="items"><div class="sunk"><ThreadContext.Provider value={{ id: 'log', watching: false }}><Timeline id="log" reading={false} /></ThreadContext.Provider></div></Section>
        </div>
        <Section name="composers"><div class="g2">{composers.map((one) => <figure key={one.name}><figcaption class="label">{t(`patterns.composer.${one.name}` as Key)}</figcaption><Composer id={one.c.id} active={false} /></figure>)}</div></Section>
      </main>
    </>
  );
}

function Section({ name, children }: { name: string; children: ComponentChildren }) {
  return <section data-part={name}><h2>{t(`patterns.${name}` as Key)}</h2>{children}</section>;
}

/** Folded on the desk until it is wanted; here it is shown. */
function Opened({ children }: { children: ComponentChildren }) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => { box.current?.querySelector<HTMLElement>('[aria-expanded="false"]')?.click(); }, []);
  return <div ref={box} class="pane-box">{children}</div>;
}
