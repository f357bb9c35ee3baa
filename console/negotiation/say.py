"""What the house says about money by itself: receipts, confirmations, acknowledgements. Through the gate, like
everything.

A text has a full form and a discreet one without figures: where the gate finds the full one too open for the contact
point, the discreet one goes. What may leave only later is planned for then; what may not leave is said on the thread.
"""

from __future__ import annotations

from collections.abc import Sequence

from console.cases.changed import told
from console.cases.compose import put_out
from console.cases.pairs import Pair, channels_of, pick
from console.cases.queries import CaseRow
from console.cases.subject import subject
from console.debtors.queries import get
from console.errors import Invalid
from console.gate.guard import judge
from console.gate.types import Decision, Kind, Message, Purpose
from console.store.transaction import Tx
from console.timeline.add import add_event
from console.timeline.queries import ItemRow

TOO_OPEN = "DISCLOSURE_TOO_HIGH"


def say(tx: Tx, row: CaseRow, texts: Sequence[str], *, purpose: Purpose, why: str, kind: Kind = "") -> ItemRow | None:
    """Put the first of `texts` that the gate allows on its way; None when none may leave."""
    pair = _pair(tx, row)
    if pair is None:
        _not_said(tx, row, why, "NO_CONTACT_POINT")
        return None
    decision: Decision | None = None
    for text in texts:
        message = Message(
            channel=pair.inbox.channel, purpose=purpose, text=text, automated=True, kind=kind, sender="system",  # type: ignore[arg-type]
        )  # fmt: skip
        decision = judge(tx, subject(tx, row, pair), message)
        if decision.outcome == "allow" or (decision.outcome == "defer" and decision.allowed_at is not None):
            due_at = decision.allowed_at if decision.outcome == "defer" else None
            item = put_out(
                tx, row, pair, text=text, purpose=decision.purpose, sort="confirmation", author="system",
                automated=True, due_at=due_at, subject=_subject(pair, row), data={"about": why},
            )  # fmt: skip
            told(tx, row)
            return item
        if decision.code != TOO_OPEN:
            break
    _not_said(tx, row, why, "" if decision is None else decision.code)
    return None


def _pair(tx: Tx, row: CaseRow) -> Pair | None:
    """Where the debtor wrote last, else the channel they prefer, else the first that reaches them."""
    usable = channels_of(tx, row)
    wanted = [row.last_channel, get(tx, row.debtor_id).preferred_channel, *usable]
    for channel in wanted:
        if channel in usable:
            try:
                return pick(tx, row, str(channel))
            except Invalid:
                continue
    return None


def _subject(pair: Pair, row: CaseRow) -> str | None:
    return None if pair.inbox.channel != "email" else pair.inbox.name or "Acordo"


def _not_said(tx: Tx, row: CaseRow, why: str, code: str) -> None:
    add_event(tx, row, "message.withheld", {"about": why, "code": code})
