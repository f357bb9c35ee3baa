/** Toasts, the tab's badge, the sounds, desktop notices. Nothing here takes the focus. */
import { effect, signal } from '@preact/signals';
import { isUnderWay } from '../api';
import { keep, kept } from '../settings';

export interface Toast { id: number; text: string; tone: 'plain' | 'bad' | 'whisper'; act?: { label: string; run: () => void } }

export const toasts = signal<Toast[]>([]);
export interface Notice { id: string; at: string; text: string; caseId?: string; tone: 'plain' | 'whisper' | 'bad'; read: boolean }
export const notices = signal<Notice[]>([]);
export const badge = signal(0);

/** What can be heard, each with its own notes. */
export const chimes = ['message', 'assigned', 'whisper', 'alarm'] as const;
export type Chime = (typeof chimes)[number];
export const sounds = signal<Record<Chime, boolean>>({ message: true, assigned: true, whisper: true, alarm: true, ...kept<object>('sounds') });

/** Hours of the day ("22:00" to "07:00") in which nothing sounds and nothing is shown outside the page. */
export interface QuietHours { from: string; to: string }
export const quiet = signal<QuietHours | null>(kept<QuietHours>('quiet'));

let counter = 0;
const mostNotices = 50;

export function setSound(kind: Chime, on: boolean): void {
  sounds.value = { ...sounds.value, [kind]: on };
  void keep('sounds', sounds.value);
}

export function setQuiet(hours: QuietHours | null): void {
  quiet.value = hours;
  void keep('quiet', hours);
}

/** Whether a time of day ("13:05") lies in the quiet hours, which may go over midnight. */
export function isQuiet(at: string, hours: QuietHours | null): boolean {
  if (!hours?.from || !hours.to || hours.from === hours.to) return false;
  return hours.from < hours.to ? at >= hours.from && at < hours.to : at >= hours.from || at < hours.to;
}

function isQuietNow(): boolean {
  const now = new Date();
  return isQuiet(`${String(now.getHours()).padStart(2, '0')}:${String(now.getMinutes()).padStart(2, '0')}`, quiet.value);
}

export function toast(text: string, options: { tone?: Toast['tone']; act?: Toast['act']; ms?: number } = {}): number {
  const id = ++counter;
  toasts.value = [...toasts.value.slice(-3), { id, text, tone: options.tone ?? 'plain', ...(options.act ? { act: options.act } : {}) }];
  setTimeout(() => closeToast(id), options.ms ?? (options.act ? 8000 : 6000));
  return id;
}

export function closeToast(id: number): void {
  toasts.value = toasts.value.filter((one) => one.id !== id);
}

/** The act of the newest toast: what Z undoes. While an act is on its way, its own toast is still to come: that one is meant. */
export function runToastAct(): boolean {
  if (isUnderWay()) return false;
  const last = toasts.value.findLast((one) => one.act);
  if (!last?.act) return false;
  closeToast(last.id);
  last.act.run();
  return true;
}

export function notice(one: Omit<Notice, 'read'>): void {
  if (notices.value.some((n) => n.id === one.id)) return;
  notices.value = [{ ...one, read: false }, ...notices.value].slice(0, mostNotices);
}

export function readNotices(): void {
  notices.value = notices.value.map((n) => ({ ...n, read: true }));
}

/** Pitch in Hz and length in s: one note, two falling, two rising, two low ones. */
const tones: Record<Chime, [number, number][]> = {
  message: [[660, 0.09]],
  assigned: [[880, 0.07], [660, 0.1]],
  whisper: [[520, 0.08], [780, 0.12]],
  alarm: [[440, 0.14], [440, 0.14]],
};

let audio: AudioContext | undefined;

export function chime(kind: Chime): void {
  if (sounds.value[kind] && !isQuietNow()) hearChime(kind);
}

/** Silent until the person has touched the page, as browsers demand. */
export function hearChime(kind: Chime): void {
  if (typeof AudioContext === 'undefined' || !navigator.userActivation?.hasBeenActive) return;
  audio ??= new AudioContext();
  let at = audio.currentTime;
  for (const [pitch, length] of tones[kind]) {
    const voice = audio.createOscillator();
    const level = audio.createGain();
    voice.frequency.value = pitch;
    level.gain.setValueAtTime(0.05, at);
    level.gain.exponentialRampToValueAtTime(0.0001, at + length);
    voice.connect(level).connect(audio.destination);
    voice.start(at);
    voice.stop(at + length);
    at += length;
  }
}

/** How many whispers wait unseen: told apart from unread messages in the tab's title. */
export const whisperBadge = signal(0);

export function showBadge(title: string): () => void {
  return effect(() => {
    const unread = badge.value ? `(${badge.value}) ` : '';
    document.title = `${whisperBadge.value ? '◆ ' : ''}${unread}${title}`;
  });
}

/** A notice of the desktop, only when the page is not looked at and the person allowed it. */
export function desktopNotice(title: string, body: string, open: () => void): void {
  // Asked last: the browser takes some ms to say whether it is permitted.
  if (document.hasFocus() || isQuietNow() || typeof Notification === 'undefined' || Notification.permission !== 'granted') return;
  const shown = new Notification(title, { body, tag: title });
  shown.onclick = () => { window.focus(); open(); shown.close(); };
}
