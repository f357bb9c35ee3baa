"""Taking a case from the queue, giving it back, handing it to somebody else."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from console.access.actor import Actor
from console.cases.changed import told
from console.cases.guards import known, still_open, workable
from console.cases.ownership import enqueue, give, lapse, must_be_at, must_be_free, owner_of
from console.cases.queries import CaseRow
from console.cases.requests import close_requests
from console.errors import Conflict, Invalid
from console.jobs.enqueue import enqueue_job
from console.people.models import team_member, user
from console.portfolios.queries import teams_of
from console.store.base import dump
from console.store.statement import Query, value
from console.store.transaction import Tx
from console.timeline.add import add_item, tell

_MEMBER = Query(
    select(user.c.id)
    .join(team_member, team_member.c.user_id == user.c.id)
    .where(
        user.c.id == bindparam("user_id"),
        team_member.c.team_id == bindparam("team_id"),
        user.c.disabled_at.is_(None),
        user.c.role.in_(("agent", "supervisor")),
    ),
    value,
)


def claim(tx: Tx, actor: Actor, case_id: str, epoch: int | None = None) -> CaseRow:
    """Pull a case out of the queue. A lost race is a Conflict with the present owner's id and name, no more."""
    row = known(tx, actor, case_id)
    if row.owner_id == actor.id and row.status != "resolved":
        must_be_at(row, epoch)
        return row
    must_be_free(tx, row)  # before the epoch: whoever lost the race is told who won it, whatever they had seen
    must_be_at(row, epoch)
    still_open(row)
    give(tx, row, actor.id, "claimed", by=actor.id)
    return row


def release(tx: Tx, actor: Actor, case_id: str, epoch: int | None = None) -> CaseRow:
    """Put an own case back into its team's queue. Who gave it up is not given it again at once."""
    row = workable(tx, actor, case_id, epoch)
    still_open(row)
    if row.owner_id is None:
        raise Conflict("Nobody owns this case.")
    _lower_hand(tx, row, actor)
    lapse(tx, row, row.owner_id)
    enqueue(tx, row, "released", by=actor.id, name="case.released")
    return row


def assign(
    tx: Tx, actor: Actor, case_id: str, *, user_id: str | None, team_id: str | None, epoch: int | None = None
) -> CaseRow:
    """A supervisor gives a case to a person or to another team's queue. Raises Invalid for somebody who may not have
    it.
    """
    row = known(tx, actor, case_id, "supervisor")
    must_be_at(row, epoch)
    still_open(row)
    _hand_to(tx, row, actor, "assigned", user_id=user_id, team_id=team_id, note="")
    return row


def transfer(
    tx: Tx, actor: Actor, case_id: str, *, user_id: str | None, team_id: str | None, note: str, epoch: int | None = None
) -> CaseRow:
    """The owner (or a supervisor) hands a case on, with a note for whoever gets it. Raises Invalid without one."""
    row = workable(tx, actor, case_id, epoch)
    still_open(row)
    if not note.strip():
        raise Invalid("Say in a note what whoever gets the case should know.", field="note")
    _hand_to(tx, row, actor, "transferred", user_id=user_id, team_id=team_id, note=note)
    return row


def _hand_to(
    tx: Tx, row: CaseRow, actor: Actor, cause: str, *, user_id: str | None, team_id: str | None, note: str
) -> None:
    if (user_id is None) == (team_id is None):
        raise Invalid("Name either a user or a team.", field="to")
    if user_id is not None:
        if _MEMBER.first(tx, user_id=user_id, team_id=row.team_id) is None:
            raise Invalid("That user is not in the case's team: transfer to their team instead.", field="to.user")
        if user_id == row.owner_id:
            raise Conflict("They own it already.", owner=owner_of(tx, user_id))
    elif team_id not in teams_of(tx, row.portfolio_id):
        raise Invalid("That team does not serve the case's portfolio.", field="to.team")
    if note.strip():
        item = add_item(tx, row, "note", author=actor.id, text=note.strip(), data=dump({"data": {"cause": cause}}))
        tell(tx, row, item)
    _lower_hand(tx, row, actor)
    if user_id is not None:
        give(tx, row, user_id, cause, by=actor.id)
        return
    assert team_id is not None
    row.team_id = team_id
    enqueue_job(tx, "search.retoken", {"case": row.id}, key=f"retoken:{row.id}")
    enqueue(tx, row, cause, by=actor.id)


def _lower_hand(tx: Tx, row: CaseRow, actor: Actor) -> None:
    if row.hand_at is not None:
        row.hand_at = row.hand_reason = None
        close_requests(tx, row, actor.id, "hand")
        told(tx, row)
