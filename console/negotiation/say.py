"""What the house says about money by itself: receipts, confirmations, acknowledgements. Through the gate, like
everything.

A text has a full form and a discreet one without figures: where the gate finds the full one too open for the contact
point, the discreet one goes. What may leave only later is planned for then; what may not leave is said on the thread.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs

from console.cases.changed import told
from console.cases.compose import put_out
from console.cases.discreet import TOO_OPEN
from console.cases.pairs import Pair, channels_of, pick
from console.cases.papers import level_of
from console.cases.queries import CaseRow
from console.cases.subject import subject
from console.debtors.queries import get
from console.errors import Invalid
from console.gate.guard import judge
from console.gate.types import Decision, Kind, Message, Purpose
from console.store.transaction import Tx
from console.timeline.add import add_event
from console.timeline.queries import AttachmentRow, ItemRow

WITHHELD = "message.withheld"
NO_FILES = frozenset({"sms"})
SHUT = frozenset({
    "KILL_SWITCH", "SENDER_DISABLED", "NUMBER_RED", "CHANNEL_RESTRICTED", "WA_WINDOW_CLOSED", "WA_PROHIBITED_USE",
    "SMS_PROHIBITED_USE", "POINT_INVALID", "WRONG_NUMBER", "NO_WA_OPTIN",
})  # fmt: skip
"""Why a channel carries nothing, whoever the debtor is: the next one that reaches them is asked."""


def say(
    tx: Tx, row: CaseRow, texts: Sequence[str], *, purpose: Purpose, why: str, kind: Kind = "",
    files: Sequence[AttachmentRow] = (), withheld: str = WITHHELD,
) -> ItemRow | None:  # fmt: skip
    """Put the first of `texts` that the gate allows on its way, on the first channel that is not shut; None when none
    may leave, and then the thread has a line `withheld`, unless that is "". `files` go with it, where the channel takes
    any.
    """
    code = ""
    pairs = [each for each in _pairs(tx, row) if not files or each.inbox.channel not in NO_FILES]
    for pair in pairs:
        text, decision = _sayable(tx, row, pair, texts, purpose, kind, files)
        code = code or decision.code
        waits = decision.outcome == "defer"
        if decision.outcome == "allow" or (waits and "WA_WINDOW_CLOSES_FIRST" not in decision.warnings):
            item = put_out(
                tx, row, pair, text=text, purpose=decision.purpose, sort=kind or "confirmation",
                author="system", automated=True, due_at=decision.allowed_at, subject=_subject(pair, row),
                data={"about": why}, files=files,
            )  # fmt: skip
            told(tx, row)
            return item
        if not waits and decision.code not in SHUT:
            break
    if withheld:
        add_event(tx, row, withheld, {"about": why, "code": code if pairs else "NO_CONTACT_POINT"})
    return None


def _sayable(
    tx: Tx,
    row: CaseRow,
    pair: Pair,
    texts: Sequence[str],
    purpose: Purpose,
    kind: Kind,
    files: Sequence[AttachmentRow],
) -> tuple[str, Decision]:
    """The first text that is not too open for this contact point when it leaves, and what the gate says to it."""
    about = subject(tx, row, pair)
    for text in texts:
        message = Message(
            channel=pair.inbox.channel, purpose=purpose, text=text, automated=True, kind=kind, sender="system",  # type: ignore[arg-type]
            attachments=len(files), attachments_level=level_of(files),
        )  # fmt: skip
        decision = judge(tx, about, message)
        leaves, known_until = decision.allowed_at, about.disclosure_until
        if leaves is not None and known_until is not None and known_until <= leaves:
            then = judge(tx, structs.replace(about, disclosure=0, disclosure_until=None), message)
            decision = then if then.code in TOO_OPEN else decision
        if decision.code not in TOO_OPEN:
            break
    return text, decision


def _pairs(tx: Tx, row: CaseRow) -> list[Pair]:
    """Where the debtor wrote last, then the channel they prefer, then whatever else reaches them."""
    usable = channels_of(tx, row, own=True)
    found = []
    for channel in dict.fromkeys([row.last_channel, get(tx, row.debtor_id).preferred_channel, *usable]):
        if channel in usable:
            try:
                found.append(pick(tx, row, str(channel)))
            except Invalid:
                continue
    return found


def _subject(pair: Pair, row: CaseRow) -> str | None:
    return None if pair.inbox.channel != "email" else pair.inbox.name or "Acordo"
