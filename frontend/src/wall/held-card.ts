/** The way from a row of the wall to the whole card of a text that waits, in the lane of its conversation. */
import type { HelpRequest } from '../wire';
import { opened } from './state';

const patience = 5_000;

export const heldCard = (r: HelpRequest): HTMLElement | null => document.querySelector<HTMLElement>(`.mon [data-held="${r.id}"]`);

/** Opens the conversation and brings the card under the eyes and the focus, as soon as it is there. */
export function readHeld(r: HelpRequest): void {
  if (!r.case) return;
  opened.value = r.case;
  const until = Date.now() + patience;
  const look = () => {
    if (opened.peek() !== r.case) return;
    const card = heldCard(r);
    if (!card) { if (Date.now() < until) setTimeout(look, 50); return; }
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: 'nearest' });
  };
  setTimeout(look);
}
