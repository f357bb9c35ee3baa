"""What somebody is about to write: one row a case and user, kept on the server, never on the timeline."""

from __future__ import annotations

from console.access.actor import Actor
from console.access.visible import may_read, must_know
from console.cases.models import draft
from console.cases.queries import DRAFT, DraftRow, get
from console.errors import Invalid, NotOwner
from console.store.statement import put
from console.store.transaction import Tx
from console.wire.limits import TEXT_CHARS

MOST_REV = 10**9  # a count: behind a number beyond all counts no later draft would ever be kept


def keep_draft(tx: Tx, actor: Actor, case_id: str, text: str, rev: int, note: str | None = None) -> DraftRow:
    """Store a draft unless a later one is stored: the highest rev wins, so that late requests lose nothing.

    `note` is what is half written for the team; None leaves the one there is.
    """
    must_know(tx, actor, case_id)
    actor.must_be("agent", "supervisor")
    if not may_read(tx, actor, case_id):
        raise NotOwner(epoch=get(tx, case_id).epoch)
    if max(len(text), len(note or "")) > TEXT_CHARS:
        raise Invalid(f"A draft has at most {TEXT_CHARS} characters.", field="text", limit=TEXT_CHARS)
    if not 0 <= rev <= MOST_REV:
        raise Invalid(f"The rev of a draft counts up from 0, to at most {MOST_REV}.", field="rev", limit=MOST_REV)
    before = DRAFT.first(tx, case_id=case_id, user_id=actor.id)
    if before is not None and before.rev > rev:
        return before
    kept = note if note is not None else before.note if before is not None else ""
    row = DraftRow(case_id, actor.id, text, rev, tx.now, kept)
    put(
        tx, draft, ("case_id", "user_id"), case_id=case_id, user_id=actor.id, text=text, rev=rev, at=tx.now, note=kept
    )  # fmt: skip
    return row
