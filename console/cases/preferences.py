"""How a debtor wants to be reached and to pay: what is proposed first, and the hours when nobody writes unasked."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType

from console.access.actor import Actor
from console.audit.record import record
from console.cases.changed import told
from console.cases.guards import workable
from console.cases.queries import CaseRow, live, of_debtor
from console.cases.standing import settle
from console.debtors import queries as debtors
from console.debtors.holders import OWN
from console.debtors.models import debtor
from console.errors import Invalid
from console.gate.conduct import OwnHours
from console.gate.house import windows_of
from console.gate.weeks import CHANNELS
from console.portfolios.queries import get_portfolio, means_of
from console.store.base import dump
from console.store.statement import change
from console.store.transaction import Tx

MOST = 14  # spans of a week


class Preferences(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The body of PUT /cases/{id}/preferences. What is left out stays as it is, null forgets it."""

    channel: str | UnsetType | None = UNSET
    hours: list[OwnHours] | UnsetType | None = UNSET
    means: str | UnsetType | None = UNSET  # a kind of GET /debtors/{id}/payment-means
    epoch: int | None = None


def set_preferences(tx: Tx, actor: Actor, case_id: str, wish: Preferences) -> CaseRow:
    """Write down what the debtor said. The gate keeps to the hours from this moment on.

    Raises NotFound, NotOwner, StaleEpoch, Invalid.
    """
    row = workable(tx, actor, case_id, wish.epoch)
    given: dict[str, str | None] = {}
    if wish.channel is not UNSET:
        given["preferred_channel"] = _channel(tx, row, wish.channel)
    if wish.hours is not UNSET:
        given["preferred_hours"] = dump(_hours(wish.hours))
    if wish.means is not UNSET:
        given["preferred_means"] = _means(tx, row, wish.means)
    if given:
        change(tx, debtor, {"id": row.debtor_id}, **given, updated_at=tx.now)
        record(
            tx, actor.id, "preferences.set", f"debtor:{row.debtor_id}", case_id=row.id, detail={"set": sorted(given)}
        )
        for each in of_debtor(tx, row.debtor_id):
            mine = live(tx, each.id)
            if mine.is_open:
                settle(tx, mine)
                told(tx, mine)
    return row


def _channel(tx: Tx, row: CaseRow, channel: str | None) -> str | None:
    theirs = {each.channel for each in debtors.points_of(tx, row.debtor_id) if each.holder == OWN}
    if channel is not None and (channel not in CHANNELS or channel not in theirs):
        raise Invalid("The debtor has no contact point on this channel.", field="channel", channels=sorted(theirs))
    return channel


def _means(tx: Tx, row: CaseRow, kind: str | None) -> str | None:
    offered = means_of(get_portfolio(tx, row.portfolio_id))
    if kind is not None and kind not in offered:
        raise Invalid("The creditor takes no such payment.", field="means", means=offered)
    return kind


def _hours(rows: list[OwnHours] | None) -> list[dict[str, object]] | None:
    if rows is None:
        return None
    if not 1 <= len(rows) <= MOST:
        raise Invalid(f"Give 1 to {MOST} spans, or null for any hour.", field="hours")
    kept: list[dict[str, object]] = [
        {"days": each.days, "from": each.opens, "to": each.closes, "channels": each.channels} for each in rows
    ]
    try:
        windows = windows_of(kept)
    except ValueError as error:
        raise Invalid(f"Hours are written HH:MM ({error}).", field="hours") from None
    if any(each.opens >= each.closes or not each.days for each in windows):
        raise Invalid("Hours name days, and end after they begin.", field="hours")
    return kept
