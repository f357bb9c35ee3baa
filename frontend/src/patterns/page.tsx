import type { ComponentChildren } from 'preact';
import { t } from '../i18n';
import { putCase, timelineOf } from '../store/state';
import { Row } from '../desk/row';
import { ThreadContext } from '../desk/context';
import { Timeline } from '../desk/thread';
import { Button, IconButton } from '../ui/button';
import { Icon } from '../ui/icon';
import { saveTheme, theme } from '../ui/prefs';
import { Age, Avatar, ChannelGlyph, LoadBar, PresenceDot, Wait } from '../ui/signs';
import type { Bucket, Channel } from '../wire';
import { items, rows, sampleCase } from './samples';

const channels: Channel[] = ['whatsapp', 'sms', 'email', 'webchat'];
const buckets: Bucket[] = ['CURRENT', 'B1_30', 'B31_60', 'B61_PLUS'];

export function fillSamples(): void {
  for (const c of rows) putCase(c);
  const line = timelineOf('s1');
  line.items.value = items;
  line.older.value = null;
  line.state.value = 'ready';
  line.pending.value = [{ clientId: 'x', kind: 'message', at: new Date().toISOString(), state: 'refused', why: t('gate.code.TONE'), body: { text: 'Última chance!' } }];
}

export function PatternsPage() {
  return (
    <>
      <header class="top"><span class="brand"><Icon name="logo" size={20} /></span><h1>{t('patterns.title')}</h1><span class="muted">{t('patterns.about')}</span><span class="sp" />
        <IconButton icon="moon" label={t('theme.dark')} onClick={() => saveTheme(theme.value === 'dark' ? 'light' : 'dark')} /></header>
      <main>
        <Section title={t('patterns.buttons')}>
          <div class="f"><Button kind="main">{t('save')}</Button><Button kind="main is-hover">{t('save')}</Button><Button kind="main is-focus">{t('save')}</Button><Button busy>{t('save')}</Button><Button impeded>{t('save')}</Button></div>
          <div class="f"><Button icon="check">{t('case.resolve')}</Button><Button kind="quiet">{t('cancel')}</Button><Button kind="small">{t('open')}</Button><Button kind="whisper" icon="eyeoff">{t('mode.whisper')}</Button><Button kind="barge" icon="barge">{t('mode.barge')}</Button><Button kind="danger" icon="takeover">{t('mode.takeover')}</Button></div>
          <div class="f"><IconButton icon="clip" label={t('composer.attach')} onClick={() => undefined} /><IconButton icon="filter" label={t('list.filterLabel')} pressed onClick={() => undefined} /></div>
        </Section>
        <Section title={t('patterns.signs')}>
          <div class="f">{(['', 'ok', 'warn', 'bad', 'info', 'whisper', 'barge'] as const).map((kind) => <span key={kind} class={`chip ${kind}`}><Icon name="info" size={12} /> {kind || 'chip'}</span>)}</div>
          <div class="f"><span class="badge">3</span><span class="badge bad">14</span><span class="badge soft">99+</span>{(['online', 'away', 'offline'] as const).map((s) => <span key={s} class="f"><PresenceDot status={s} />{t(`presence.${s}`)}</span>)}<Avatar person={{ id: 'b', name: 'Bruno Teles' }} /><Avatar person={{ id: 'a', name: 'Ana Prado' }} mine /><Avatar person={{ id: 's', name: 'Sofia Lima', role: 'supervisor' }} /></div>
          <div class="f">{buckets.map((bucket) => <Age key={bucket} value={sampleCase('x', 'x', { bucket })} words />)}{channels.map((c) => <ChannelGlyph key={c} channel={c} />)}</div>
          <div class="f">{rows.map((c) => <Wait key={c.id} value={c} />)}</div>
          <div class="g2">{[3.3, 5.5, 6, 0].map((load) => <LoadBar key={load} line={{ load, capacity: 6 }} />)}</div>
        </Section>
        <Section title={t('patterns.rows')}><ul class="lst">{rows.map((c, i) => <Row key={c.id} id={c.id} first={i === 0} />)}</ul></Section>
        <Section title={t('patterns.items')}><div class="sunk"><ThreadContext.Provider value={{ id: 's1', watching: false }}><Timeline id="s1" reading={false} /></ThreadContext.Provider></div></Section>
        <Section title={t('patterns.fields')}>
          <div class="g2"><div class="field"><label for="f1">{t('plan.down')}</label><span class="inp"><input id="f1" value="150,00" /></span></div><div class="field"><label for="f2">{t('plan.count')}</label><span class="inp bad"><input id="f2" value="99" aria-invalid="true" /></span><span class="hint bad">{t('plan.approval')}</span></div></div>
          <div class="f"><span class="seg"><button type="button" class="on">{t('wall.by.risk')}</button><button type="button">{t('wall.by.wait')}</button></span><label class="f"><input type="checkbox" class="cb" checked /> {t('whisper.asSuggestion')}</label></div>
        </Section>
        <Section title={t('patterns.gate')}>
          <p class="gate ok"><Icon name="shieldok" size={14} /><b>{t('gate.allow')}</b></p>
          <p class="gate hold"><Icon name="shieldwait" size={14} /><b>{t('gate.deferOpen')}</b><span>{t('gate.code.HOLIDAY')}</span></p>
          <p class="gate hold"><Icon name="hand" size={14} /><b>{t('gate.approval')}</b></p>
          <p class="gate no"><Icon name="shieldno" size={14} /><b>{t('gate.block')}</b><span>{t('gate.code.TONE')}</span></p>
        </Section>
        <Section title={t('patterns.notices')}>
          <div class="toast"><Icon name="check" /> {t('done.hand')} <button type="button">{t('undo')}</button></div>
          <p class="banner warn"><Icon name="wifi" /> {t('connection.lost', { span: '0:08' })}</p>
          <p class="banner bad"><Icon name="takeover" /> {t('lock.taken', { name: 'Sofia' })} {t('lock.takenHint')}</p>
          <div class="empty"><Icon name="inbox" size={24} /><b>{t('empty.mine')}</b><span>{t('empty.mineIdle')}</span></div>
        </Section>
      </main>
    </>
  );
}

function Section({ title, children }: { title: string; children: ComponentChildren }) {
  return <section><h2>{title}</h2>{children}</section>;
}
