/** How well text, glyphs and edges stand off their ground, worked out of `css/tokens.css`: `node test/contrast.mjs` prints the table.
 *
 *  WCAG 2.2 asks 4.5 of text and 3 of glyphs and edges. Colours are rounded to 8 bits, as a screen does. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** [what, on what, used for, asked] */
export const pairs = [
  ['text', 'surface', 'body on a pane', 4.5],
  ['text', 'surface-sunken', 'body on the thread', 4.5],
  ['text', 'bubble-out', 'our message', 4.5],
  ['text', 'surface-selected', 'selected row', 4.5],
  ['text-muted', 'surface', 'last words, meta', 4.5],
  ['text-muted', 'surface-sunken', 'hairlines', 4.5],
  ['text-muted', 'surface-app', 'rail', 4.5],
  ['text-muted', 'surface-selected', 'meta on the selected row', 4.5],
  ['text-muted', 'bubble-out', 'time inside our bubble', 4.5],
  ['text-muted', 'surface-raised', 'time inside their bubble', 4.5],
  ['text-faint', 'surface', 'hints', 4.5],
  ['text-faint', 'surface-sunken', 'hints on the thread', 4.5],
  ['text-faint', 'surface-app', 'hints on the rail', 4.5],
  ['text-inverse', 'surface-inverse', 'tooltip, toast', 4.5],
  ['accent-on', 'accent', 'main button', 4.5],
  ['accent-on', 'accent-hover', 'main button, hover', 4.5],
  ['accent-text', 'surface', 'link', 4.5],
  ['accent-text', 'accent-soft', 'chosen chip', 4.5],
  ['accent-text', 'surface-selected', 'link on the selected row', 4.5],
  ['accent-text', 'bubble-out', 'read ticks, link in our bubble', 4.5],
  ['success-text', 'surface', 'gate: allowed', 4.5],
  ['success-text', 'success-soft', 'ok chip', 4.5],
  ['warning-text', 'surface', 'gate: wait', 4.5],
  ['warning-text', 'warning-soft', 'amber timer', 4.5],
  ['danger-text', 'surface', 'gate: blocked', 4.5],
  ['danger-text', 'danger-soft', 'failed message', 4.5],
  ['danger-on', 'danger', 'red timer, take over', 4.5],
  ['note-text', 'note-soft', 'note', 4.5],
  ['whisper-text', 'whisper-soft', 'whisper', 4.5],
  ['whisper-on', 'whisper', 'whisper button', 4.5],
  ['whisper-text', 'surface', 'whisper label', 4.5],
  ['mode-barge-on', 'mode-barge', 'barge button', 4.5],
  ['mode-barge', 'mode-barge-soft', 'barge label', 4.5],
  ['mode-watch', 'surface', 'watch label', 4.5],
  ['channel-whatsapp', 'surface', 'channel word', 4.5],
  ['channel-sms', 'surface', 'channel word', 4.5],
  ['channel-email', 'surface', 'channel word', 4.5],
  ['channel-webchat', 'surface', 'channel word', 4.5],
  ['channel-whatsapp', 'surface-selected', 'glyph on the selected row', 3],
  ['channel-email', 'surface-sunken', 'glyph on the thread', 3],
  ['line-strong', 'surface', 'edge of a control', 3],
  ['line-strong', 'surface-sunken', 'edge of a control', 3],
  ['focus', 'surface', 'focus ring', 3],
  ['focus', 'surface-sunken', 'focus ring', 3],
  ['focus', 'surface-app', 'focus ring', 3],
  ['whisper-line', 'surface-sunken', 'dashed edge of a whisper', 3],
  ['note-line', 'note-soft', 'edge of a note', 3],
  ['accent', 'surface', 'selected edge, load bar', 3],
  ['warning', 'surface', 'load bar, nearly full', 3],
  ['danger', 'surface', 'load bar, full', 3],
  ['age-3', 'surface', 'age ladder, 60+', 3],
  ['success', 'surface', 'presence dot', 3],
  ['phone-text', 'phone-out', 'phone: own bubble', 4.5],
  ['phone-muted', 'phone-out', 'phone: time', 4.5],
  ['phone-muted', 'phone-paper', 'phone: hint', 4.5],
  ['phone-head-on', 'phone-head', 'phone: header', 4.5],
  ['phone-head-on', 'phone-sms-out', 'phone: own SMS', 4.5],
  ['phone-text', 'phone-sms-in', 'phone: SMS', 4.5],
  ['phone-link', 'phone-in', 'phone: reply button', 4.5],
  ['phone-read', 'phone-out', 'phone: read ticks', 3],
];

const source = readFileSync(fileURLToPath(new URL('../css/tokens.css', import.meta.url)), 'utf8').replace(/\/\*.*?\*\//gs, '');
const tokens = new Map([...source.matchAll(/--([\w-]+):\s*([^;]+);/g)].map((m) => [m[1], m[2].trim()]));

/** The two halves of `light-dark(a, b)`, or the same for both. */
function sides(value) {
  const inner = /^light-dark\((.*)\)$/s.exec(value)?.[1];
  if (!inner) return [value, value];
  let depth = 0;
  const at = [...inner].findIndex((c) => { depth += c === '(' ? 1 : c === ')' ? -1 : 0; return c === ',' && depth === 0; });
  return [inner.slice(0, at).trim(), inner.slice(at + 1).trim()];
}

/** The colour of a token in a theme (0 light, 1 dark), as sRGB of 0 to 255. */
export function colour(name, theme) {
  let value = tokens.get(name);
  if (!value) throw new Error(`there is no token --${name}`);
  value = sides(value)[theme];
  const other = /^var\(--([\w-]+)\)$/.exec(value);
  if (other) return colour(other[1], theme);
  const parts = /^oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)$/.exec(value) ?? /^oklch\(([\d.]+) ([\d.]+) ([\d.]+)/.exec(value);
  if (!parts) throw new Error(`--${name} is no colour: ${value}`);
  return srgb(...parts.slice(1, 4).map(Number));
}

function srgb(lightness, chroma, hue) {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const [l, m, s] = [[0.3963377774, 0.2158037573], [-0.1055613458, -0.0638541728], [-0.0894841775, -1.291485548]].map(([x, y]) => (lightness + x * a + y * b) ** 3);
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ].map((v) => Math.round(255 * (v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055)));
}

const luminance = (rgb) => rgb.map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);

export function contrast(above, below, theme) {
  const [x, y] = [colour(above, theme), colour(below, theme)].map(luminance).sort((p, q) => q - p);
  return (x + 0.05) / (y + 0.05);
}

export const names = [...tokens].filter(([, value]) => /^(light-dark\(|oklch\(|var\(--)/.test(value) && !value.includes('/')).map(([name]) => name);

/** Cut, not rounded: 4.496 is not 4.50. */
const cut = (ratio) => (Math.floor(ratio * 100) / 100).toFixed(2);
export const rows = () => pairs.map(([above, below, use, asked]) => ({ above, below, use, asked, light: contrast(above, below, 0), dark: contrast(above, below, 1) }));

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log('| pair | used for | light | dark | asked |\n| --- | --- | --- | --- | --- |');
  for (const r of rows()) console.log(`| \`${r.above}\` on \`${r.below}\` | ${r.use} | ${cut(r.light)} | ${cut(r.dark)} | ${r.asked} |`);
}
