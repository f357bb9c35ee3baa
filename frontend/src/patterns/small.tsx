/** The small pieces: buttons, signs, fields, the gate's answers, notices. */
import { t } from '../i18n';
import { Button, IconButton } from '../ui/button';
import { Icon } from '../ui/icon';
import { Age, Avatar, ChannelGlyph, LoadBar, PresenceDot, Wait } from '../ui/signs';
import type { Bucket, Channel } from '../wire';
import { waits } from './cases';
import { ana, sampleCase, sofia } from './samples';

const nothing = () => undefined;
const faces = ['', ' is-hover', ' is-focus', ' is-pressed'] as const;

export function Buttons() {
  return (
    <>
      {(['main', '', 'quiet', 'whisper', 'barge', 'danger'] as const).map((kind) => (
        <div key={kind} class="f">{faces.map((face) => <Button key={face} kind={`${kind}${face}`}>{t('save')}</Button>)}<Button kind={kind} busy>{t('save')}</Button><Button kind={kind} impeded title={t('gate.deferOpen')}>{t('save')}</Button></div>
      ))}
      <div class="f"><Button icon="check" keys="E">{t('case.resolve')}</Button><Button kind="small" icon="transfer">{t('case.transfer')}</Button><Button kind="main" icon="send" keys="Enter">{t('phones.send')}</Button></div>
      <div class="f"><IconButton icon="clip" label={t('composer.attach')} onClick={nothing} /><IconButton icon="filter" label={t('list.filterLabel')} pressed onClick={nothing} /><IconButton icon="x" label={t('close')} impeded onClick={nothing} /></div>
    </>
  );
}

const buckets: Bucket[] = ['CURRENT', 'B1_30', 'B31_60', 'B61_PLUS'];
const channels: Channel[] = ['whatsapp', 'sms', 'email', 'webchat'];

export function Signs() {
  return (
    <>
      <div class="f">{(['', 'ok', 'warn', 'bad', 'info', 'whisper', 'barge'] as const).map((kind) => <span key={kind} class={`chip ${kind}`}><Icon name="info" size={12} /> {kind || 'chip'}</span>)}</div>
      <div class="f"><span class="badge">3</span><span class="badge bad">14</span><span class="badge soft">99+</span>{(['online', 'away', 'offline'] as const).map((s) => <span key={s} class="f"><PresenceDot status={s} />{t(`presence.${s}`)}</span>)}<Avatar person={{ id: 'b', name: 'Bruno Teles' }} /><Avatar person={ana} mine /><Avatar person={sofia} /></div>
      <div class="f">{buckets.map((bucket) => <Age key={bucket} value={sampleCase('x', 'x', { bucket })} words />)}</div>
      <div class="f">{channels.map((c) => <span key={c} class="f"><ChannelGlyph channel={c} size={16} />{t(`channel.${c}`)}</span>)}</div>
      <div class="f">{waits.map(([state, c]) => <Wait key={state} value={c} />)}</div>
      <div class="g2">{[3.3, 5.5, 6, 0].map((load) => <LoadBar key={load} line={{ load, capacity: 6 }} />)}</div>
      <p class="f"><span class="kbd">J</span><span class="kbd">Alt ↓</span><span class="tip">{t('keys.next')} <span class="kbd">J</span></span></p>
    </>
  );
}

export function Fields() {
  return (
    <>
      <div class="g2">
        <div class="field"><label for="f1">{t('plan.down')}</label><span class="inp"><input id="f1" value="150,00" /></span></div>
        <div class="field"><label for="f2">{t('plan.count')}</label><span class="inp bad"><input id="f2" value="99" aria-invalid="true" aria-describedby="f2-why" /></span><span id="f2-why" class="hint bad">{t('plan.approval')}</span></div>
        <div class="field"><label for="f3">{t('plan.first')}</label><span class="inp is-focus"><input id="f3" value="07/12/2026" /></span></div>
        <div class="field"><label for="f4">{t('signin.email')}</label><span class="inp is-off"><input id="f4" value="ana@sample.example" disabled /></span></div>
      </div>
      <label class="field"><span class="label">{t('plan.less.interest')} 40 %</span><input class="rng" type="range" value="40" style={{ '--v': '40%' }} /></label>
      <div class="f"><span class="seg" role="group" aria-label={t('wall.order')}><button type="button" class="on" aria-pressed="true">{t('wall.by.risk')}</button><button type="button" aria-pressed="false">{t('wall.by.wait')}</button></span>
        <label class="f"><input type="checkbox" class="cb" checked /> {t('whisper.asSuggestion')}</label><label class="f"><input type="checkbox" class="cb" /> {t('keys.letters')}</label></div>
      <div class="pop menu-box" role="group" aria-label={t('me.menu')}><button type="button" class="on"><PresenceDot status="online" />{t('presence.online')}</button><button type="button"><PresenceDot status="away" />{t('presence.away')}</button><button type="button"><Icon name="ext" />{t('me.signOut')}<span class="kbd">Z</span></button></div>
    </>
  );
}

export function Gates() {
  return (
    <>
      <p class="gate"><Icon name="shield" size={14} /><span>{t('gate.checking')}</span></p>
      <p class="gate ok"><Icon name="shieldok" size={14} /><b>{t('gate.allow')}</b></p>
      <p class="gate hold"><Icon name="shieldwait" size={14} /><b>{t('gate.deferOpen')}</b><span>{t('gate.code.HOLIDAY')}</span></p>
      <p class="gate hold"><Icon name="hand" size={14} /><b>{t('gate.approval')}</b></p>
      <p class="gate no"><Icon name="shieldno" size={14} /><b>{t('gate.block')}</b><span>{t('gate.code.TONE')}</span></p>
      <p class="f"><span class="tone">{t('patterns.toneHint')}</span><span class="tone bad">{t('gate.code.TONE')}</span></p>
    </>
  );
}

export function Notices() {
  return (
    <>
      <div class="toast"><Icon name="check" /> {t('done.hand')} <button type="button">{t('undo')}</button></div>
      <div class="toast bad"><Icon name="fail" /> {t('error.unknown')}</div>
      <div class="toast whisper"><Icon name="eyeoff" /> {t('notice.whisperTitle')}</div>
      <p class="banner warn"><Icon name="wifi" /> {t('connection.lost', { span: '0:08' })}</p>
      <p class="banner bad"><Icon name="takeover" /> {t('lock.taken', { name: 'Sofia' })} {t('lock.takenHint')}</p>
      <p class="f"><span class="newpill"><Icon name="down" size={14} /> {t('thread.new', { n: 3 })}</span></p>
      <div class="g2"><div class="empty"><Icon name="inbox" size={24} /><b>{t('empty.mine')}</b><span>{t('empty.mineIdle')}</span></div>
        <div class="sunk" aria-hidden="true"><span class="sk w50" /><span class="sk w80" /><span class="sk" /></div></div>
    </>
  );
}
