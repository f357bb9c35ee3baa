"""Taking work from a table: of all who reach for one row at once, exactly one gets it."""

from __future__ import annotations

import asyncio

from sqlalchemy import bindparam, select

from console.jobs.models import job
from console.store.statement import Query, add, change, value
from console.store.store import Store
from console.store.transaction import Tx

_READY = Query(
    select(job.c.id)
    .where(job.c.state == "ready")
    .order_by(job.c.run_at, job.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True),
    value,
)


def claim(tx: Tx, worker: str) -> str | None:
    """How every claim of the product is made: skip what is locked, then take by a change that names the old state."""
    job_id: str
    for job_id in _READY.all(tx, limit=1):
        if change(tx, job, {"id": job_id, "state": "ready"}, state="leased", leased_by=worker):
            return job_id
    return None


async def test_no_row_is_claimed_twice(store: Store) -> None:
    def fill(tx: Tx) -> None:
        for n in range(20):
            add(tx, job, id=f"j{n:02}", kind="test", payload="{}", run_at=n)

    await store.write(fill)
    claims = await asyncio.gather(*(store.write(claim, f"w{n}") for n in range(40)))
    taken = [each for each in claims if each]
    assert len(taken) == len(set(taken))
    while (more := await store.write(claim, "last")) is not None:  # was locked then, not gone
        taken.append(more)
    assert sorted(taken) == [f"j{n:02}" for n in range(20)]
