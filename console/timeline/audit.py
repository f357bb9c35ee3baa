"""Every read of somebody else's conversation leaves a row, one an hour: files and mails as much as the thread."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from console.access.actor import Actor
from console.audit.record import record_hourly
from console.cases.models import case
from console.services import Services
from console.store.statement import Query
from console.store.transaction import Reader

_OWNER = Query(select(case.c.owner_id).where(case.c.id == bindparam("id")), lambda owner: (owner,))


async def note_foreign_look(services: Services, actor: Actor, case_id: str) -> None:
    """Record that a supervisor or the compliance officer looked at a case that is not theirs."""
    if actor.role in ("supervisor", "compliance") and await services.store.read(_is_foreign, actor, case_id):
        await services.store.write(record_hourly, actor.id, "case.read", f"case:{case_id}", case_id=case_id)


def _is_foreign(reader: Reader, actor: Actor, case_id: str) -> bool:
    return _OWNER.first(reader, id=case_id) != (actor.id,)
