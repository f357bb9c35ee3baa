"""One case with everything a person needs beside its thread."""

from __future__ import annotations

import msgspec
from sqlalchemy import bindparam, select

from console.access.actor import Actor
from console.access.visible import must_read
from console.cases import view
from console.cases.look import unread
from console.cases.models import assignment
from console.cases.points import contact_points
from console.cases.queries import DRAFT, LEASES, SEEN, CaseRow, LeaseRow, get
from console.debtors import queries as debtors
from console.store.base import load
from console.store.statement import Query
from console.store.transaction import Reader
from console.timeline.view import people
from console.timeline.whispers import unseen
from console.wire import shapes
from console.wire.moment import rfc3339
from console.wire.paging import Paging, paged

_ASSIGNMENTS = Query(
    select(
        assignment.c.epoch,
        assignment.c.user_id,
        assignment.c.team_id,
        assignment.c.cause,
        assignment.c.by_id,
        assignment.c.why,
        assignment.c.at,
    )
    .where(assignment.c.case_id == bindparam("case_id"))
    .order_by(assignment.c.at, assignment.c.epoch),
    lambda *columns: columns,
)


class Assignment(msgspec.Struct, frozen=True):
    """Who got the case, how, and why: see `routing.types.Why` for the record."""

    epoch: int
    user: shapes.Person | None
    team: str | None
    cause: str
    by: shapes.Person | None
    why: dict[str, object]
    at: str


class Assignments(msgspec.Struct, frozen=True):
    items: list[Assignment]
    next: str | None


def detail(reader: Reader, actor: Actor, case_id: str) -> shapes.Case:
    """The full shape for somebody who may read the case. Raises NotFound."""
    must_read(reader, actor, case_id)
    row = get(reader, case_id)
    leases = LEASES.all(reader, case_id=case_id, real=reader.real)
    cast = people(reader, [each.user_id for each in leases])
    mark = SEEN.first(reader, case_id=case_id, user_id=actor.id)
    kept = DRAFT.first(reader, case_id=case_id, user_id=actor.id)
    person = debtors.get(reader, row.debtor_id)
    return msgspec.structs.replace(
        view.of(reader, case_id),
        unread=unread(reader, actor, row),
        whispers=unseen(reader, actor.id, [case_id]).get(case_id, 0),
        contact_points=contact_points(reader, row),
        preferred_hours=load(person.preferred_hours),
        preferred_means=person.preferred_means,
        watchers=_who(actor, leases, cast, "watch"),
        barge=[cast[each.user_id] for each in leases if each.kind == "barge" and each.epoch == row.epoch],
        draft={"text": kept.text, "rev": kept.rev, "at": rfc3339(kept.at), "note": kept.note}
        if kept is not None
        else None,
        owner_draft=_typed(reader, actor, row),
        seen_position=mark.position if mark is not None else 0,
    )


def assignments(reader: Reader, actor: Actor, case_id: str, asked: Paging) -> Assignments:
    """Every assignment of a case with its "why this agent"."""
    must_read(reader, actor, case_id)
    found, more = paged(_ASSIGNMENTS.all(reader, case_id=case_id), lambda each: (f"{each[0]:012}",), asked)
    cast = people(reader, [each for row in found for each in (row[1], row[4])])
    return Assignments(
        [
            Assignment(epoch, cast.get(user), team, cause, cast.get(by), load(why), rfc3339(at))
            for epoch, user, team, cause, by, why, at in found
        ],
        more,
    )


def _typed(reader: Reader, actor: Actor, row: CaseRow) -> dict[str, str | None] | None:
    """The last known draft of the owner, for the supervisors' side: what came before they looked."""
    if actor.role not in ("supervisor", "compliance") or row.owner_id in (None, actor.id):
        return None
    kept = DRAFT.first(reader, case_id=row.id, user_id=row.owner_id)
    return {"text": kept.text, "at": rfc3339(kept.at)} if kept is not None and kept.text else None


def _who(actor: Actor, leases: list[LeaseRow], cast: dict[str, shapes.Person], kind: str) -> list[shapes.Person]:
    """Watching is silent: only the supervisors' side is told who watches."""
    if actor.role not in ("supervisor", "compliance"):
        return []
    return [cast[each.user_id] for each in leases if each.kind == kind and each.user_id in cast]
