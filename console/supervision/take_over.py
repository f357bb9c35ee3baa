"""Taking over and handing back: the debtor notices nothing but a new name, and the agent's words are kept."""

from __future__ import annotations

from console.access.actor import Actor
from console.access.assignable import is_assignable
from console.access.audience import case_topics, user_topic
from console.audit.record import record
from console.cases.changed import told
from console.cases.guards import still_open
from console.cases.models import draft
from console.cases.ownership import enqueue, give, must_be_at
from console.cases.ownership import take_over as change_owner
from console.cases.queries import DRAFT, CaseRow
from console.cases.requests import close_requests
from console.errors import Conflict, Invalid, NotOwner
from console.people.queries import members_of
from console.store.base import dump
from console.store.statement import put
from console.store.transaction import Tx
from console.supervision.guards import supervised
from console.timeline.add import add_event, add_item, tell
from console.timeline.view import person
from console.wire.moment import rfc3339


def take_over(tx: Tx, actor: Actor, case_id: str, reason: str = "", epoch: int | None = None) -> CaseRow:
    """The supervisor owns the case from this commit on; whatever was written under the older epoch is refused.

    The agent goes on reading with a locked composer; their last known draft is copied to the supervisor.
    """
    row = supervised(tx, actor, case_id)
    must_be_at(row, epoch)
    still_open(row)
    if row.owner_id == actor.id:
        raise Conflict("You own this case already.")
    former = row.owner_id
    change_owner(tx, row, actor.id, reason)
    kept = _copy_draft(tx, row, former, actor.id)
    row.hand_at = row.hand_reason = None
    close_requests(tx, row, actor.id, "hand")
    record(
        tx, actor.id, "takeover.started", f"case:{row.id}", case_id=row.id, detail={"from": former, "reason": reason}
    )
    _tell(tx, "takeover.started", row, actor.id, former, reason=reason, draft=kept)
    add_event(tx, row, "takeover.started", {"by": _brief(tx, actor.id), "from": _brief(tx, former), "reason": reason},
              author=actor.id)  # fmt: skip
    return row


def hand_back(
    tx: Tx, actor: Actor, case_id: str, note: str, to: str | None = None, epoch: int | None = None
) -> CaseRow:
    """Give the case back with a note: to the agent if present, else to the queue with the preference kept."""
    row = supervised(tx, actor, case_id)
    must_be_at(row, epoch)
    if row.taken_over_by is None:
        raise Conflict("The case was not taken over.")
    if row.owner_id != actor.id:
        raise NotOwner(epoch=row.epoch)
    if to is not None and to not in members_of(tx, row.team_id):
        raise Invalid("That user is not in the case's team.", field="to")
    if not note.strip():
        raise Invalid("Say in a line what whoever goes on must know.", field="note")
    item = add_item(tx, row, "note", author=actor.id, text=note.strip(), data=dump({"data": {"cause": "handed_back"}}))
    tell(tx, row, item)
    give_back(tx, row, to, by=actor.id, why="handed_back")
    return row


def give_back(tx: Tx, row: CaseRow, to: str | None, *, by: str | None, why: str) -> None:
    """End a take-over. A named successor gets it; else the agent it was taken from, if assignable; else the queue."""
    former, supervisor = row.taken_over_from, row.taken_over_by
    successor = to or (former if former is not None and is_assignable(tx, former) else None)
    record(tx, by, "takeover.ended", f"case:{row.id}", case_id=row.id, detail={"to": successor, "why": why})
    if successor is not None:
        give(tx, row, successor, "handed_back", by=by, why={"reason": why})
    else:
        enqueue(tx, row, why, by=by, prefer=former)
    _tell(tx, "takeover.ended", row, supervisor, former, why=why, to=successor)
    told(tx, row)


def _copy_draft(tx: Tx, row: CaseRow, former: str | None, taker: str) -> str:
    """The agent's draft becomes the supervisor's starting point; both keep theirs."""
    before = DRAFT.first(tx, case_id=row.id, user_id=former) if former else None
    if before is None or not before.text:
        return ""
    mine = DRAFT.first(tx, case_id=row.id, user_id=taker)
    if mine is None or not mine.text:
        rev = (mine.rev if mine else 0) + 1
        put(tx, draft, ("case_id", "user_id"), case_id=row.id, user_id=taker, text=before.text, rev=rev, at=tx.now)
        record(tx, taker, "draft.copied", f"case:{row.id}", case_id=row.id, detail={"from": former})
    return before.text


def _tell(tx: Tx, name: str, row: CaseRow, supervisor: str | None, former: str | None, **more: object) -> None:
    data = {"id": row.id, "user": person(tx, supervisor), "from": person(tx, former), "since": rfc3339(tx.now),
            "epoch": row.epoch, **more}  # fmt: skip
    quiet = {key: each for key, each in data.items() if key != "draft"}
    tx.emit(name, topics=[*case_topics(row.id, row.team_id), *([user_topic(former)] if former else [])], data=quiet,
            case=row.id)  # fmt: skip


def _brief(tx: Tx, user_id: str | None) -> dict[str, str] | None:
    found = person(tx, user_id)
    return {"id": found.id, "name": found.name} if found else None
