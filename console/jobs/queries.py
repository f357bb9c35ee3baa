"""Jobs as rows."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import and_, bindparam, or_, select

from console.jobs.models import job
from console.store.statement import Query
from console.store.transaction import Reader
from console.wire.moment import Ms


class JobRow(Struct):
    """All columns of `job`, in their order. `run_at` is the domain's time, `lease_until` the real one."""

    id: str
    kind: str
    key: str | None
    payload: str
    state: str
    run_at: Ms
    lease_until: Ms | None
    leased_by: str
    attempts: int
    error: str


_CLAIMABLE = Query(
    select(job)
    .where(
        or_(
            and_(job.c.state == "ready", job.c.run_at <= bindparam("now")),
            and_(job.c.state == "leased", job.c.lease_until < bindparam("real")),
        )
    )
    .order_by(job.c.run_at, job.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True),
    JobRow,
)
_ONE = Query(select(job).where(job.c.id == bindparam("id")), JobRow)
_DEAD = Query(select(job).where(job.c.state == "dead").order_by(job.c.run_at, job.c.id), JobRow)


def claimable(reader: Reader, limit: int) -> list[JobRow]:
    """What is due, or was left by a worker that died; locked, and without what another one is claiming now."""
    return _CLAIMABLE.all(reader, now=reader.now, real=reader.real, limit=limit)


def find(reader: Reader, job_id: str) -> JobRow | None:
    return _ONE.first(reader, id=job_id)


def dead(reader: Reader) -> list[JobRow]:
    """What was given up, each with its reason: for whoever looks after the installation."""
    return _DEAD.all(reader)


assert JobRow.__struct_fields__ == tuple(job.c.keys())
