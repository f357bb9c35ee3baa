"""A job's life: claimed for a while, renewed while it runs, then done, put off, or given up with a reason.

A claim is a lease: a worker that dies loses it, and another one runs the job again. So a job may run twice, and its
handler must bear that. Its key is given up with the claim: what is asked for while it runs is asked for anew.
"""

from __future__ import annotations

from sqlalchemy import bindparam

from console.jobs.models import job
from console.jobs.queries import JobRow, claimable
from console.store.statement import Statement, change, remove
from console.store.transaction import Tx
from console.wire.moment import MINUTE, SECOND, Ms

LEASE_MS = 20 * SECOND
"""What a dead worker had is done by another well within the half minute that reliability asks for (H14)."""
TRIES = 8
BACK_OFF = (5 * SECOND, 20 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE, 60 * MINUTE, 180 * MINUTE)
"""How long to wait after the first failure, the second, …, before jitter."""

_TAKE = Statement(
    job.update()
    .where(job.c.id == bindparam("job_id"), job.c.attempts == bindparam("seen"))
    .values(
        state="leased",
        key=None,
        lease_until=bindparam("until"),
        leased_by=bindparam("worker"),
        attempts=bindparam("seen") + 1,
    )
)
_REASON_CHARS = 500


def claim_jobs(tx: Tx, worker: str, limit: int) -> list[JobRow]:
    """Up to `limit` due jobs, now this worker's for a minute. One that killed its workers too often is given up."""
    taken = []
    for row in claimable(tx, limit):
        if row.attempts >= TRIES:
            _give_up(tx, row, row.error or "its workers died")
            continue
        if _TAKE.run(tx, job_id=row.id, seen=row.attempts, until=tx.real + LEASE_MS, worker=worker):
            row.attempts += 1
            row.state, row.leased_by = "leased", worker
            taken.append(row)
    return taken


def renew(tx: Tx, row: JobRow) -> bool:
    """Go on holding it; False when it is no longer this worker's."""
    return change(tx, job, _mine(row), lease_until=tx.real + LEASE_MS) > 0


def done(tx: Tx, row: JobRow) -> bool:
    """It has run: nothing of it remains. False when it was no longer this worker's."""
    return remove(tx, job, **_mine(row)) > 0


def failed(tx: Tx, row: JobRow, why: str, jitter: float, *, hopeless: bool = False) -> str:
    """Put it off, longer each time, or give it up; its new state. `jitter` is in [0, 1)."""
    if hopeless or row.attempts >= TRIES:
        _give_up(tx, row, why)
        return "dead"
    run_at = tx.now + wait(row.attempts, jitter)
    change(tx, job, _mine(row), state="ready", run_at=run_at, lease_until=None, leased_by="", error=why[:_REASON_CHARS])
    return "ready"


def give_back(tx: Tx, worker: str) -> int:
    """A worker that stops in good order leaves its jobs to the others at once; how many."""
    left = change(tx, job, {"leased_by": worker, "state": "leased"}, state="ready", lease_until=None, leased_by="")
    if left:
        tx.wake("jobs")
    return left


def give_back_all(tx: Tx) -> int:
    """Nobody else can be running them: whoever held one is dead. How many."""
    left = change(tx, job, {"state": "leased"}, state="ready", lease_until=None, leased_by="")
    if left:
        tx.wake("jobs")
    return left


def wait(attempts: int, jitter: float) -> Ms:
    """Milliseconds until the next try: between half and one and a half times the step of `BACK_OFF`."""
    step = BACK_OFF[min(max(attempts, 1), len(BACK_OFF)) - 1]
    return int(step * (0.5 + jitter))


def _give_up(tx: Tx, row: JobRow, why: str) -> None:
    change(
        tx, job, {"id": row.id, "attempts": row.attempts}, state="dead", key=None, lease_until=None, leased_by="",
        error=why[:_REASON_CHARS],
    )  # fmt: skip


def _mine(row: JobRow) -> dict[str, object]:
    """A later claim raises `attempts`: whoever lost the lease changes nothing any more."""
    return {"id": row.id, "leased_by": row.leased_by, "attempts": row.attempts}
