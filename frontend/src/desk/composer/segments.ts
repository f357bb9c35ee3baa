/** How many SMS a text costs: GSM-7 holds 160 (153 when joined), one letter outside it makes UCS-2 of 70 (67). */

const gsm = new Set('@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà');
const twice = new Set('^{}\\[~]|€');

export interface Segments { count: number; used: number; room: number; guilty: string | null }

export function segmentsOf(text: string): Segments {
  const letters = [...text];
  const guilty = letters.find((c) => !gsm.has(c) && !twice.has(c)) ?? null;
  const used = guilty ? text.length : letters.reduce((n, c) => n + (twice.has(c) ? 2 : 1), 0);
  const [single, joined] = guilty ? [70, 67] : [160, 153];
  const count = used === 0 ? 0 : used <= single ? 1 : Math.ceil(used / joined);
  return { count, used, room: count <= 1 ? single : joined * count, guilty };
}
