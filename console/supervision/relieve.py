"""All of one person's cases go elsewhere in one act, and come back in one: somebody falls ill, or goes home early."""

from __future__ import annotations

from msgspec import Struct, field

from console.access.actor import Actor
from console.access.idempotent import body_hash, remember, repeated
from console.access.visible import must_know
from console.audit.record import record
from console.cases.claim import assign
from console.cases.ownership import lapse
from console.cases.queries import CaseRow, live, owned_by
from console.errors import Conflict, NotFound
from console.people.queries import members_of, team_ids_of, user_by_id
from console.store.base import dump, load
from console.store.transaction import Tx


class Relieve(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The body of POST /users/{id}/relieve. `to`: a colleague's id; None: the queue of each case's team."""

    client_id: str
    to: str | None = None


class Restore(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The body of POST /users/{id}/restore: what a relief moved."""

    client_id: str
    cases: list[str]


class Moved(Struct, frozen=True):
    """Ids of cases, by what became of them."""

    moved: list[str] = field(default_factory=list)
    stayed: list[str] = field(default_factory=list)


def relieve(tx: Tx, actor: Actor, user_id: str, body: Relieve) -> Moved:
    """Move a colleague's open cases of the teams one supervises.

    Those stay that the chosen colleague could not have (another team's), that were taken over, and, on the way to a
    queue, the snoozed ones: they wait for their hour. Raises NotFound, Forbidden, Conflict.
    """
    _must_supervise(tx, actor, user_id)
    if body.to == user_id:
        raise Conflict("They have these cases already: name somebody else, or nobody.", field="to")
    digest = body_hash(body)
    before = repeated(tx, actor, f"relieve:{user_id}", body.client_id, digest)
    if before is not None:
        return Moved(*load(before))
    done = Moved()
    for row in [live(tx, each) for each in owned_by(tx, user_id)]:
        fits = row.team_id in actor.teams and row.taken_over_from is None
        if not fits or not (_may_have(tx, body.to, row) if body.to else row.status == "assigned"):
            done.stayed.append(row.id)
            continue
        if body.to is None:
            lapse(tx, row, user_id)  # the queue does not give it straight back
        assign(tx, actor, row.id, user_id=body.to, team_id=None if body.to else row.team_id)
        done.moved.append(row.id)
    record(tx, actor.id, "user.relieved", f"user:{user_id}", detail={"to": body.to, "cases": done.moved})
    remember(tx, actor, f"relieve:{user_id}", body.client_id, digest, dump([done.moved, done.stayed]))
    return done


def restore(tx: Tx, actor: Actor, user_id: str, body: Restore) -> Moved:
    """Undo a relief: what nobody has opened since comes back, what a colleague is reading stays with them.

    Raises NotFound (also for a case one may not know of), Forbidden.
    """
    _must_supervise(tx, actor, user_id)
    digest = body_hash(body)
    before = repeated(tx, actor, f"restore:{user_id}", body.client_id, digest)
    if before is not None:
        return Moved(*load(before))
    done = Moved()
    for case_id in body.cases:
        must_know(tx, actor, case_id)
        row = live(tx, case_id)
        untouched = row.is_open and row.opened_at is None and row.owner_id != user_id
        if untouched and row.team_id in actor.teams and _may_have(tx, user_id, row):
            assign(tx, actor, row.id, user_id=user_id, team_id=None)
            done.moved.append(row.id)
        else:
            done.stayed.append(row.id)
    record(tx, actor.id, "user.restored", f"user:{user_id}", detail={"cases": done.moved})
    remember(tx, actor, f"restore:{user_id}", body.client_id, digest, dump([done.moved, done.stayed]))
    return done


def _must_supervise(tx: Tx, actor: Actor, user_id: str) -> None:
    """A colleague of none of one's teams does not exist for one."""
    user_by_id(tx, user_id)
    if actor.role not in ("compliance", "admin") and not set(team_ids_of(tx, user_id)) & actor.teams:
        raise NotFound
    actor.must_be("supervisor")


def _may_have(tx: Tx, user_id: str, row: CaseRow) -> bool:
    return user_id in members_of(tx, row.team_id)
