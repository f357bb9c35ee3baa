"""Of two open cases of one person in a portfolio one gives way: merged into the other, its wait handed on."""

from __future__ import annotations

from msgspec import Struct

from console.cases.changed import told
from console.cases.queries import CaseRow, live
from console.cases.receive import reopen
from console.cases.standing import settle
from console.cases.work import close, wake
from console.store.base import dump, load
from console.store.transaction import Tx
from console.timeline.add import add_event
from console.wire.moment import Ms


class Folded(Struct, frozen=True):
    """How the two stood, so that they can be parted."""

    case: str
    into: str
    waiting_since: Ms | None
    into_waiting_since: Ms | None


def fold(tx: Tx, row: CaseRow, into: CaseRow, by: str) -> Folded:
    """Resolve `row`; the debtor's wait, and where they wrote last, go on in `into`."""
    before = Folded(row.id, into.id, row.waiting_since, into.waiting_since)
    waits = [at for at in (row.waiting_since, into.waiting_since) if at is not None]
    row.merged_into = into.id  # first: whoever hears that it ended hears where it went
    close(tx, row, "merged", by)
    if (row.last_inbound_at or 0) > (into.last_inbound_at or 0):
        into.last_inbound_at, into.last_channel = row.last_inbound_at, row.last_channel
        into.last_inbox_id, into.last_contact_point_id = row.last_inbox_id, row.last_contact_point_id
    into.channels = dump(list(dict.fromkeys([*load(into.channels), *load(row.channels)])))
    into.waiting_since = min(waits, default=None)
    if into.status == "snoozed" and before.waiting_since is not None:
        wake(tx, into, "merged")
    settle(tx, into)
    told(tx, into)
    add_event(tx, into, "case.merged", {"from": row.id}, author=by)
    tx.wake("assigner")
    return before


def unfold(tx: Tx, before: Folded) -> None:
    """Part them again. A wait that was answered in between stays answered."""
    row, into = live(tx, before.case), live(tx, before.into)
    unanswered = into.waiting_since is not None
    if unanswered and into.waiting_since == before.waiting_since:
        into.waiting_since = before.into_waiting_since
    settle(tx, into)
    told(tx, into)
    add_event(tx, into, "case.parted", {"from": row.id})
    row.merged_into = None
    if unanswered:
        row.waiting_since = before.waiting_since
    reopen(tx, row)
