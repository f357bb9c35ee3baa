import { t } from '../../i18n';
import { Menu } from '../../ui/menu';

/** What a service writes with; readers name each by itself. */
const signs = [...'🙂😊😀😉🤝👍👏🙏💪🎉✨💙✅❌❗❓👉👇📌📎📄🧾💳💰🏦📅⏰⏳📞📱📧📍🏠🚚🛒🔒'];

export function EmojiMenu({ onPick, onClose }: { onPick: (sign: string) => void; onClose: () => void }) {
  return (
    <Menu label={t('composer.emoji')} class="above right emoji" onClose={onClose}>
      {signs.map((sign) => <button key={sign} type="button" onClick={() => onPick(sign)}>{sign}</button>)}
    </Menu>
  );
}
