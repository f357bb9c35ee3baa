"""A kept delivery is carried out once more: its stored bytes, and nothing else."""

from __future__ import annotations

from typing import Any

from channels.types import Delivery
from console.access.actor import Actor
from console.audit.record import record
from console.errors import Conflict, NotFound
from console.intake.accept import accept
from console.intake.models import delivery
from console.intake.queries import DeliveryRow, get
from console.intake.take import Produced, why, worst
from console.jobs.enqueue import enqueue_job
from console.services import Services
from console.store.base import dump, load
from console.store.statement import change
from console.store.transaction import Tx

PAYMENTS = "payments"
"""The door of payment providers' notices, and the kind of job that carries one out."""


async def replay(services: Services, actor: Actor, delivery_id: str) -> None:
    """Take a dead or ignored delivery again; one that was stored stays as it is. Raises NotFound, Conflict."""
    row = await services.store.read(get, delivery_id)
    if row.state == "stored":
        return
    if row.body is None:
        why_not = (
            "It was delivered twice: replay the first." if row.state == "duplicate" else "Its body is kept no more."
        )
        raise Conflict(why_not, state=row.state)
    if row.door == PAYMENTS:
        await services.store.write(_ask_again, actor, row)
        return
    entry = (await services.directory.all()).get(row.inbox_id)
    if entry is None:
        raise NotFound
    await accept(services, services.directory, entry, stored(row), row.door, replayed=row.id)
    await services.store.write(_finish, actor, row)


def _ask_again(tx: Tx, actor: Actor, row: DeliveryRow) -> None:
    """What payment providers told is carried out by a job, above us."""
    enqueue_job(tx, PAYMENTS, {"delivery": row.id}, key=f"{PAYMENTS}:{row.id}")
    record(tx, actor.id, "intake.replayed", f"delivery:{row.id}", detail={"from": row.state})


def stored(row: DeliveryRow) -> Delivery:
    """The delivery as it came."""
    envelope: dict[str, Any] = load(row.envelope)
    return Delivery(
        method=envelope.get("method", "POST"),
        path=envelope.get("path", ""),
        query=envelope.get("query", ""),
        headers=envelope.get("headers", {}),
        body=row.body or b"",
        envelope_from=envelope.get("from", ""),
        envelope_to=tuple(envelope.get("to", ())),
    )


def _finish(tx: Tx, actor: Actor, before: DeliveryRow) -> None:
    """What was stored the first time is a duplicate now: the verdict keeps what it became then."""
    after = get(tx, before.id)
    first, second = load(before.produced), load(after.produced)
    kept = [
        old if new["state"] == "duplicate" and old["state"] == "stored" else new
        for old, new in zip(first, second, strict=False)
    ] if len(first) == len(second) else second  # fmt: skip
    verdict = [Produced(**each) for each in kept]
    change(tx, delivery, {"id": before.id}, state=worst(verdict), reason=why(verdict), produced=dump(verdict))
    record(
        tx, actor.id, "intake.replayed", f"delivery:{before.id}", detail={"from": before.state, "to": worst(verdict)}
    )
