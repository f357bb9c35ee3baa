"""The only place where a case changes hands: every change of owner raises the epoch (invariant 4).

give      somebody becomes the owner            take_over  a supervisor does, the agent goes on reading
enqueue   nobody owns it, its team's queue has it
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from console.cases.asked import lapse as lapse_asked
from console.cases.changed import told
from console.cases.models import assignment, lease
from console.cases.policy import routing_policy
from console.cases.queries import CaseRow
from console.cases.standing import settle
from console.cases.states import step
from console.errors import Conflict, StaleEpoch
from console.people.models import user
from console.store.base import dump, load
from console.store.statement import add, change, remove
from console.store.transaction import Reader, Tx
from console.timeline.add import add_event
from console.timeline.view import person
from console.wire.ids import new_id


def must_be_at(row: CaseRow, epoch: int | None) -> None:
    """Raises StaleEpoch when the caller decided under an older epoch. None: they did not say."""
    if epoch is not None and epoch != row.epoch:
        raise StaleEpoch(epoch=row.epoch)


def must_be_free(reader: Reader, row: CaseRow) -> None:
    """Raises Conflict with the present owner's id and name, and nothing else."""
    if row.owner_id is not None:
        raise Conflict("The case has an owner.", owner=owner_of(reader, row.owner_id))


def owner_of(reader: Reader, user_id: str) -> dict[str, str]:
    """What a lost race is told of whoever won it."""
    owner = person(reader, user_id)
    return {"id": user_id, "name": owner.name if owner else ""}


def give(
    tx: Tx,
    row: CaseRow,
    user_id: str,
    cause: str,
    *,
    by: str | None = None,
    why: Mapping[str, Any] | None = None,
    note: dict[str, Any] | None = None,
) -> None:
    """Make somebody the owner. `cause`: routed, claimed, assigned, transferred, handed_back, reopened."""
    _change_hands(tx, row, user_id)
    row.status = step(row.status, "assigned") if row.status == "queued" else row.status
    row.assigned_at, row.opened_at, row.queued_at, row.queue_reason, row.rescue = tx.now, None, None, "", 0
    row.last_agent_id = user_id
    row.taken_over_from = row.taken_over_by = None
    change(tx, user, {"id": user_id}, last_assigned_at=tx.now)
    _record(tx, row, cause, by, why)
    settle(tx, row)
    told(tx, row, "case.assigned")
    data = {"user": _brief(tx, user_id), "cause": cause, **(note or {})}
    add_event(tx, row, "case.assigned", data, author=by)
    tx.wake("assigner")


def enqueue(
    tx: Tx,
    row: CaseRow,
    reason: str,
    *,
    by: str | None = None,
    prefer: str | None = None,
    name: str = "case.queued",
    note: dict[str, Any] | None = None,
) -> None:
    """Nobody owns it any more: the team's queue has it. `prefer` keeps the last agent as a preference."""
    had = row.owner_id
    if had is not None:
        _change_hands(tx, row, None)
    row.status = step(row.status, "queued")
    row.queued_at, row.queue_reason, row.assigned_at, row.opened_at, row.snooze_until = tx.now, reason, None, None, None
    row.taken_over_from = row.taken_over_by = None
    row.preferred_id = prefer
    row.preferred_until = None if prefer is None else tx.now + routing_policy(tx).preference_s * 1_000
    _record(tx, row, reason, by, None)
    settle(tx, row)
    told(tx, row, name)
    if name != "case.created":
        from_user = None if had is None else _brief(tx, had)
        add_event(tx, row, name, {"reason": reason, "from": from_user, **(note or {})}, author=by)
    tx.wake("assigner")


def take_over(tx: Tx, row: CaseRow, supervisor_id: str, reason: str) -> None:
    """The supervisor owns it; the agent it was taken from goes on reading, with a locked composer."""
    former = row.owner_id
    _change_hands(tx, row, supervisor_id)
    row.status = step(row.status, "assigned") if row.status == "queued" else row.status
    row.taken_over_from, row.taken_over_by = former, supervisor_id
    row.assigned_at = row.opened_at = tx.now
    row.queued_at, row.queue_reason, row.rescue = None, "", 0
    _record(tx, row, "taken_over", supervisor_id, {"reason": reason})
    settle(tx, row)
    told(tx, row, "case.assigned")


def lapse(tx: Tx, row: CaseRow, user_id: str) -> None:
    """Remember that this user let the case lapse, so that it does not come straight back to them."""
    until = tx.now + routing_policy(tx).lapse_s * 1_000
    kept = [each for each in load(row.excluded) if each["until"] > tx.now and each["user"] != user_id]
    row.excluded = dump([*kept, {"user": user_id, "until": until}])


def _change_hands(tx: Tx, row: CaseRow, owner_id: str | None) -> None:
    row.owner_id = owner_id
    row.epoch += 1
    lapse_asked(tx, row)  # whoever asked is not the one who would send it
    # A barge is a grant of (user, epoch) and dies with it; whispers stay with the reader they were written to.
    if remove(tx, lease, case_id=row.id, kind="barge"):
        tx.emit("barge.ended", topics=[f"case:{row.id}"], data={"id": row.id, "user": None}, case=row.id)


def _record(tx: Tx, row: CaseRow, cause: str, by: str | None, why: Mapping[str, Any] | None) -> None:
    add(
        tx,
        assignment,
        id=new_id(),
        case_id=row.id,
        epoch=row.epoch,
        user_id=row.owner_id,
        team_id=row.team_id,
        cause=cause,
        by_id=by,
        why=dump(why or {}),
        at=tx.now,
    )


def _brief(reader: Reader, user_id: str) -> dict[str, str]:
    found = person(reader, user_id)
    return {"id": user_id, "name": found.name if found else ""}
