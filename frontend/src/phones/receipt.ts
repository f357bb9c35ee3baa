/** A receipt as people photograph it, drawn on the spot: nobody has one at hand when trying the phones. */
import { clockTime, shortDate } from '../format';
import { t } from '../i18n';

const width = 480;
const height = 640;

export async function samplePhoto(name: string, at: number): Promise<File> {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const pen = canvas.getContext('2d');
  if (!pen) throw new Error('this browser draws no pictures');
  const style = getComputedStyle(document.documentElement);
  const colour = (token: string) => style.getPropertyValue(token).trim();
  const put = (text: string, x: number, y: number, font: string, token = '--phone-text') => {
    pen.font = `${font} ${style.getPropertyValue('--font')}`;
    pen.fillStyle = colour(token);
    pen.fillText(text, x, y, width - 2 * x);
  };
  pen.fillStyle = colour('--phone-in');
  pen.fillRect(0, 0, width, height);
  pen.fillStyle = colour('--phone-head');
  pen.fillRect(0, 0, width, 12);
  put(t('phones.receipt'), 40, 90, '600 32px');
  put(`${shortDate(at)} ${clockTime(at)}`, 40, 132, '400 22px', '--phone-muted');
  put('R$ 300,00', 40, 240, '600 64px');
  [[t('phones.receiptFrom'), name], [t('phones.receiptTo'), 'Loja Ipê'], ['ID', 'E00000000202611181114s0']].forEach(([label, value], i) => {
    put(label!, 40, 330 + i * 90, '400 20px', '--phone-muted');
    put(value!, 40, 362 + i * 90, '600 24px');
  });
  const blob = await new Promise<Blob | null>((done) => { canvas.toBlob(done, 'image/jpeg', 0.9); });
  if (!blob) throw new Error('this browser makes no pictures');
  return new File([blob], t('phones.receiptFile'), { type: 'image/jpeg' });
}
