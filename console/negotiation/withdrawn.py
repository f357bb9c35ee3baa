"""The message of an offer that ended before it left is called off: nobody reads of what cannot be had any more."""

from __future__ import annotations

from console.cases.queries import live
from console.cases.send import withdraw
from console.negotiation import rows
from console.negotiation.rows import PlanRow
from console.outbox.queries import claim
from console.store.transaction import Tx
from console.timeline import queries as timeline

WHY = "offer_over"
_WAITING = ("planned", "ready", "restored")


def withdraw_offer(tx: Tx, made: PlanRow) -> None:
    """Of a plan that has just ended. A message that offers another plan too stays while that one stands."""
    item = timeline.find(tx, made.offer_item_id or "")
    if item is None or item.status not in ("scheduled", "held", "queued"):
        return
    others = rows.open_offers(tx, made.debtor_id, made.portfolio_id)
    if any(each.state == "offered" and each.offer_item_id == item.id and each.id != made.id for each in others):
        return
    planned = claim(tx, item.id)
    if planned is not None and planned.state in _WAITING:
        withdraw(tx, live(tx, item.case_id), item, WHY)
