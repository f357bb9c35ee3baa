/** The keyboard: one map, a stack of scopes, single letters only outside fields. */
import { computed, signal } from '@preact/signals';
import { keep, kept, keptWord } from './settings';

export interface Stroke {
  key: string;
  code: string;
  ctrlKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
  metaKey: boolean;
  isComposing?: boolean;
  getModifierState?(name: string): boolean;
}

export type Place = 'anywhere' | 'list' | 'composer' | 'monitor';
export interface Binding { act: string; keys: string[]; place: Place }

const platform = typeof navigator === 'undefined' ? '' : navigator.platform ?? '';
/** Mac keyboards type characters with Option: there Control Shift stands for Alt. */
const isMac = /Mac|iPhone|iPad/.test(platform);
/** Browsers own Alt 1 to 8 there. Nowhere else is Ctrl Alt used: on Windows it is AltGr. */
const isLinux = /Linux|X11/.test(platform) && !/Android/.test(typeof navigator === 'undefined' ? '' : navigator.userAgent);

/** Each act with its usual strokes; the first is the one shown, and the one that can be changed. "g m" is a sequence. */
const usual: Binding[] = [
  { act: 'search', keys: ['ctrl+k'], place: 'anywhere' },
  { act: 'keys', keys: ['?'], place: 'anywhere' },
  { act: 'nextPane', keys: ['f6'], place: 'anywhere' },
  { act: 'previousPane', keys: ['shift+f6'], place: 'anywhere' },
  { act: 'goMine', keys: ['g m'], place: 'anywhere' },
  { act: 'goQueue', keys: ['g f'], place: 'anywhere' },
  { act: 'goWall', keys: ['g p'], place: 'anywhere' },
  { act: 'toContact', keys: ['g c'], place: 'anywhere' },
  { act: 'nextDebtor', keys: ['shift+n'], place: 'list' },
  { act: 'goOffice', keys: ['g r'], place: 'anywhere' },
  { act: 'deck', keys: ['d'], place: 'anywhere' },
  ...[1, 2, 3, 4].map((n): Binding => ({ act: `column${n}`, keys: [isLinux ? `ctrl+alt+${n}` : `alt+${n}`], place: 'anywhere' })),
  { act: 'pane', keys: ['alt+0'], place: 'anywhere' },
  { act: 'undo', keys: ['z'], place: 'anywhere' },
  { act: 'close', keys: ['escape'], place: 'anywhere' },
  { act: 'useWhisper', keys: ['alt+i'], place: 'anywhere' },
  { act: 'hand', keys: ['alt+h'], place: 'anywhere' },
  { act: 'next', keys: ['j', 'alt+arrowdown'], place: 'list' },
  { act: 'previous', keys: ['k', 'alt+arrowup'], place: 'list' },
  { act: 'pull', keys: ['n'], place: 'list' },
  { act: 'select', keys: ['x'], place: 'list' },
  { act: 'filter', keys: ['f'], place: 'list' },
  { act: 'snooze', keys: ['s'], place: 'list' },
  { act: 'transfer', keys: ['t'], place: 'list' },
  { act: 'labels', keys: ['l'], place: 'list' },
  { act: 'priority', keys: ['p'], place: 'list' },
  { act: 'resolve', keys: ['e'], place: 'list' },
  { act: 'resolveNext', keys: ['shift+e'], place: 'list' },
  { act: 'reply', keys: ['r'], place: 'list' },
  { act: 'quote', keys: ['q'], place: 'list' },
  { act: 'quickReply', keys: ['alt+r'], place: 'composer' },
  { act: 'templates', keys: ['alt+m'], place: 'composer' },
  { act: 'attach', keys: ['alt+a'], place: 'composer' },
  { act: 'pay', keys: ['alt+p'], place: 'composer' },
  { act: 'link', keys: ['alt+l'], place: 'composer' },
  { act: 'document', keys: ['alt+u'], place: 'composer' },
  { act: 'mend', keys: ['alt+j'], place: 'composer' },
  { act: 'askApproval', keys: ['alt+s'], place: 'composer' },
  { act: 'offer', keys: ['alt+o'], place: 'composer' },
  { act: 'channel', keys: ['alt+c'], place: 'composer' },
  { act: 'note', keys: ['alt+n'], place: 'composer' },
  { act: 'schedule', keys: ['alt+g'], place: 'composer' },
  { act: 'watch', keys: ['o'], place: 'monitor' },
  { act: 'whisper', keys: ['w'], place: 'monitor' },
  { act: 'barge', keys: ['alt+b'], place: 'monitor' },
  { act: 'takeOver', keys: ['alt+t'], place: 'monitor' },
  { act: 'handBack', keys: ['alt+v'], place: 'monitor' },
  { act: 'lowerHand', keys: ['y'], place: 'monitor' },
  { act: 'approve', keys: ['a'], place: 'monitor' },
  { act: 'counter', keys: ['c'], place: 'monitor' },
  { act: 'refuse', keys: ['x'], place: 'monitor' },
];

/** Strokes of one's own, by act. */
const own = signal<Record<string, string>>(kept<Record<string, string>>('strokes') ?? {});
const keysOf = (b: Binding, changed: Record<string, string>) => [changed[b.act] ?? b.keys[0]!, ...b.keys.slice(1)];
export const bindings = computed(() => usual.map((b) => ({ ...b, keys: keysOf(b, own.value) })));
export const isRebound = computed(() => Object.keys(own.value).length > 0);

/** What browsers and fields need for themselves. */
const owned = /^(ctrl\+(shift\+)?[acdflnprstvwxyz]|alt\+[def]|alt\+arrow(left|right)|f(5|11|12)|(shift\+)?(enter|escape|tab|backspace|delete|home|end|page\w+|arrow\w+| ))$/;

/** Who has a stroke already: an act, "browser", or nobody. Acts that share one from the start never meet on a page. */
export function clashOf(act: string, stroke: string): string | null {
  if (owned.test(stroke)) return 'browser';
  const hasFromStart = (one: string) => !!usual.find((b) => b.act === one)?.keys.includes(stroke);
  const begins = (key: string) => key === stroke || key.startsWith(`${stroke} `);
  return bindings.value.find((b) => b.act !== act && b.keys.some(begins) && !(hasFromStart(act) && hasFromStart(b.act)))?.act ?? null;
}

/** Gives an act another first key; null gives the usual one back. What stands in the way, or null when it was done. */
export function rebind(act: string, stroke: string | null): string | null {
  const clash = clashOf(act, stroke ?? usual.find((b) => b.act === act)!.keys[0]!);
  if (clash) return clash;
  const { [act]: _, ...others } = own.value;
  keepStrokes(stroke ? { ...others, [act]: stroke } : others);
  return null;
}

export const rebindNothing = (): void => keepStrokes({});

function keepStrokes(strokes: Record<string, string>): void {
  own.value = strokes;
  void keep('strokes', isRebound.value ? strokes : null);
}

/** The stroke as one word, or null when it is not ours: composing, a dead key, AltGr, a bare modifier. */
export function strokeOf(e: Stroke, mac: boolean = isMac): string | null {
  if (e.isComposing || e.key === 'Dead' || e.key === 'Process') return null;
  if (['Shift', 'Control', 'Alt', 'Meta', 'AltGraph'].includes(e.key)) return null;
  // Whatever keys make it: Shift 7, AltGr W.
  if (e.key === '?') return '?';
  if (e.getModifierState?.('AltGraph')) return null;
  const twin = mac && e.ctrlKey && e.shiftKey;
  const ctrl = !twin && (e.ctrlKey || e.metaKey);
  const alt = twin || e.altKey;
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(e.code);
  const key = digit ? digit[1]! : e.key.toLowerCase();
  return `${ctrl ? 'ctrl+' : ''}${alt ? 'alt+' : ''}${e.shiftKey && !twin && (key.length > 1 || /[a-z]/.test(key)) ? 'shift+' : ''}${key}`;
}

/** A single key must not act while one types; a stroke with Ctrl, Alt or an F key may. */
export function needsFreeHands(stroke: string): boolean {
  return !/^(ctrl|alt)\+|^(shift\+)?f\d+$/.test(stroke);
}

/** Letters can be switched off; ? and Escape stay. */
const isLetter = (stroke: string) => /^(shift\+)?[a-z]$/.test(stroke);

export function isField(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null;
  if (!element || typeof element.matches !== 'function') return false;
  return element.isContentEditable || element.matches('textarea, select, input:not([type=checkbox]):not([type=radio]):not([type=button])');
}

type Handler = () => boolean | void;
const handlers = new Map<string, Handler[]>();
let lettersOn = keptWord('letters') !== 'off';
let prefix = '';
let prefixAt = 0;

/** Takes acts over while a component lives; the latest taker answers, false passes on to the one before. */
export function onKeys(acts: Record<string, Handler>): () => void {
  for (const [act, handler] of Object.entries(acts)) handlers.set(act, [...(handlers.get(act) ?? []), handler]);
  return () => {
    for (const [act, handler] of Object.entries(acts)) {
      handlers.set(act, (handlers.get(act) ?? []).filter((h) => h !== handler));
    }
  };
}

export function setLetters(on: boolean): void {
  lettersOn = on;
  void keep('letters', on ? 'on' : 'off');
}
let enterSends = keptWord('enter') !== 'breaks';

/** Enter sends and Shift Enter breaks the line; switched over, Ctrl Enter sends. */
export function setEnterSends(on: boolean): void {
  enterSends = on;
  void keep('enter', on ? 'sends' : 'breaks');
}
export function doesEnterSend(): boolean { return enterSends; }

/** Whether this Enter is one that sends. */
export function isSend(e: { key: string; shiftKey: boolean; altKey: boolean; ctrlKey: boolean; metaKey: boolean }): boolean {
  if (e.key !== 'Enter' || e.shiftKey || e.altKey) return false;
  return enterSends || e.ctrlKey || e.metaKey;
}

export function lettersAreOn(): boolean { return lettersOn; }

/** Whether somebody on this page answers for an act. */
export function isTaken(act: string): boolean { return !!handlers.get(act)?.length; }

export function run(act: string): boolean {
  return (handlers.get(act) ?? []).toReversed().some((handler) => handler() !== false);
}

/** The act that a stroke means, with the sequence before it ("g" then "m"). */
export function actsOf(stroke: string, before = ''): string[] {
  const whole = before ? `${before} ${stroke}` : stroke;
  return bindings.value.filter((b) => b.keys.includes(whole)).map((b) => b.act);
}

export function shownKey(act: string): string {
  return shownStroke(bindings.value.find((b) => b.act === act)?.keys[0] ?? '');
}

export function shownStroke(key: string): string {
  return key.split(' ').map((one) => one.split('+').map(cap).join(' ')).join(' ');
}

function cap(part: string): string {
  if (part === 'alt' && isMac) return '⌃⇧';
  if (part === 'escape') return 'Esc';
  if (part === 'arrowdown') return '↓';
  if (part === 'arrowup') return '↑';
  return part.length === 1 ? part.toUpperCase() : part[0]!.toUpperCase() + part.slice(1);
}

/** Calls back when what was asked of the server is answered; false when nothing is on its way. */
type AfterAnswer = (then: () => void) => boolean;
let afterAnswer: AfterAnswer = () => false;
const patience = 3000;
let strokes = 0;

const areHandsFull = (target: EventTarget | null) => isField(target) || !!document.querySelector('dialog[open]');

/** A quick hand is ahead of the server: what has no meaning yet is heard again once the answer is there, unless another key came. */
function hearLater(acts: string[], single: boolean): boolean {
  const [mine, at] = [strokes, performance.now()];
  return acts.length > 0 && afterAnswer(() => {
    if (mine === strokes && performance.now() - at < patience && !(single && areHandsFull(document.activeElement))) acts.some(run);
  });
}

export function hear(e: KeyboardEvent): void {
  const stroke = strokeOf(e);
  if (!stroke || e.defaultPrevented) return;
  strokes += 1;
  const single = needsFreeHands(stroke);
  if (single && (areHandsFull(e.target) || (isLetter(stroke) && !lettersOn))) return;
  const before = e.timeStamp - prefixAt < 1200 ? prefix : '';
  prefix = '';
  const acts = actsOf(stroke, before);
  if (acts.some(run) || hearLater(acts, single)) { e.preventDefault(); return; }
  if (single && bindings.value.some((b) => b.keys.some((k) => k.startsWith(`${stroke} `)))) { prefix = stroke; prefixAt = e.timeStamp; }
}

export function listenToKeys(waits: AfterAnswer): void {
  afterAnswer = waits;
  document.addEventListener('keydown', hear);
}
