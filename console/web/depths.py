"""How deep things stand in the database at this moment: for the metrics, by team, state and inbox."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import func, select

from console.cases.models import case
from console.jobs.models import duty, job
from console.outbox.models import outbox
from console.portfolios.health import Figures, HealthRow, figures, health_of, is_restricted
from console.portfolios.queries import InboxRow, all_inboxes
from console.store.statement import Query, row
from console.store.transaction import Reader

_QUEUES = Query(
    select(case.c.team_id, func.count(), func.min(case.c.queued_at))
    .where(case.c.status == "queued")
    .group_by(case.c.team_id),
    row,
)
_OUTBOX = Query(
    select(outbox.c.state, func.count(), func.min(outbox.c.due_at))
    .where(outbox.c.state.in_(("planned", "ready", "claimed", "sending", "restored")))
    .group_by(outbox.c.state),
    row,
)
_DUTIES = Query(select(duty.c.name, duty.c.until), row)
_JOBS = Query(select(job.c.state, func.count()).group_by(job.c.state), row)


class InboxDepth(Struct, frozen=True):
    """How an inbox stands now; `is_well`: its last test or notice was good."""

    id: str
    channel: str
    is_well: bool
    is_restricted: bool
    health: HealthRow
    figures: Figures


class Depths(Struct, frozen=True):
    """`queues`: team -> (cases, seconds the oldest has waited); `duties`: whether somebody has them now."""

    queues: dict[str, tuple[int, float]]
    outbox: dict[str, int]
    oldest_due_s: float
    jobs: dict[str, int]
    inboxes: list[InboxDepth]
    duties: dict[str, bool]


def depths(reader: Reader) -> Depths:
    """As of now."""
    now = reader.now
    found = _OUTBOX.all(reader)
    due = [at for state, _, at in found if state in ("planned", "ready") and at <= now]
    return Depths(
        queues={team: (count, max(0, now - (since or now)) / 1000) for team, count, since in _QUEUES.all(reader)},
        outbox={state: count for state, count, _ in found},
        oldest_due_s=(now - min(due)) / 1000 if due else 0.0,
        jobs=dict(_JOBS.all(reader)),
        inboxes=[_inbox(reader, each) for each in all_inboxes(reader) if each.state == "active"],
        duties=_duties(reader),
    )


def _duties(reader: Reader) -> dict[str, bool]:
    """By the database's clock, as they are given. Nobody asks for them beside an embedded one."""
    found = _DUTIES.all(reader)
    return {name: until > reader.server_time() for name, until in found}


def _inbox(reader: Reader, row: InboxRow) -> InboxDepth:
    health = health_of(reader, row.id)
    return InboxDepth(
        row.id, row.channel, row.health != "failing", is_restricted(health, reader.now), health,
        figures(reader, row, health),
    )  # fmt: skip
