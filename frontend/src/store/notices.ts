/** Toasts, the tab's badge, the sounds, desktop notices. Nothing here takes the focus. */
import { effect, signal } from '@preact/signals';

export interface Toast { id: number; text: string; tone: 'plain' | 'bad' | 'whisper'; act?: { label: string; run: () => void } }

export const toasts = signal<Toast[]>([]);
export interface Notice { id: string; at: string; text: string; caseId?: string; tone: 'plain' | 'whisper' | 'bad'; read: boolean }
export const notices = signal<Notice[]>([]);
export const badge = signal(0);
export const sound = signal(read('sound') !== 'off');

let counter = 0;
const mostNotices = 50;

function read(key: string): string | null {
  return typeof localStorage === 'undefined' ? null : localStorage.getItem(`acordo:${key}`);
}

export function setSound(on: boolean): void {
  sound.value = on;
  localStorage.setItem('acordo:sound', on ? 'on' : 'off');
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

/** The act of the newest toast: what Z undoes. */
export function runToastAct(): boolean {
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

const tones: Record<'message' | 'whisper' | 'alarm', [number, number][]> = {
  message: [[660, 0.09]],
  whisper: [[520, 0.08], [780, 0.12]],
  alarm: [[440, 0.14], [440, 0.14]],
};

let audio: AudioContext | undefined;

/** Two short notes; silent until the person has touched the page, as browsers demand. */
export function chime(kind: keyof typeof tones): void {
  if (!sound.value || typeof AudioContext === 'undefined' || !navigator.userActivation?.hasBeenActive) return;
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

export function showBadge(title: string): () => void {
  return effect(() => { document.title = badge.value ? `(${badge.value}) ${title}` : title; });
}

/** A notice of the desktop, only when the page is not looked at and the person allowed it. */
export function desktopNotice(title: string, body: string, open: () => void): void {
  if (typeof Notification === 'undefined' || Notification.permission !== 'granted' || document.hasFocus()) return;
  const shown = new Notification(title, { body, tag: title });
  shown.onclick = () => { window.focus(); open(); shown.close(); };
}
