"""Signs to the debtor's phone: blue ticks when the owner looked or answered, "typing" while the owner writes.

Only the owner's look marks; watching never does. Both are jobs, since the provider may be slow, and none may be late:
a sign of typing that waited is no sign any more.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import structlog
from sqlalchemy import bindparam, select

from channels import service
from channels.errors import ServiceFailed
from console.access.actor import Actor
from console.cases.models import case
from console.jobs.enqueue import enqueue_job
from console.services import Services
from console.store.base import dump, load
from console.store.statement import Query, change
from console.store.transaction import Reader, Tx
from console.timeline.models import item
from console.timeline.queries import ItemRow, find
from console.wire.moment import SECOND

READ, TYPING = "whatsapp.read", "whatsapp.typing"
TYPING_EVERY_S = 20.0  # Meta takes the sign away by itself after 25 s
TYPING_STALE_MS = 10 * SECOND
_CASES = 10_000
log = structlog.get_logger("signs")
_LAST = Query(
    select(item)
    .where(
        item.c.case_id == bindparam("case_id"),
        item.c.kind == "message",
        item.c.direction == "in",
        item.c.channel == "whatsapp",
        item.c.provider_id.is_not(None),
    )
    .order_by(item.c.position.desc())
    .limit(1),
    ItemRow,
)
_OWNER = Query(select(case.c.owner_id).where(case.c.id == bindparam("id")), lambda owner: (owner,))


async def mark_read(services: Services, payload: dict[str, Any]) -> None:
    """The job that follows an owner's look or answer. Raises ServiceFailed when asking again may help."""
    last = await services.store.read(_last, payload["case"])
    if last is not None and not load(last.data).get("marked_read"):
        await _sign(services, last, typing=False)


async def show_typing(services: Services, payload: dict[str, Any]) -> None:
    """The job that follows an owner's key stroke."""
    if services.clock.real() - payload["at"] > TYPING_STALE_MS:
        return
    last = await services.store.read(_last, payload["case"])
    if last is not None:
        await _sign(services, last, typing=True)


class TypingSigns:
    """What the socket calls at each key stroke: at most one sign in twenty seconds a case."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._shown: OrderedDict[str, float] = OrderedDict()

    async def typed(self, actor: Actor, case_id: str) -> None:
        """Somebody writes in a case; it is a sign when they own it."""
        now = self._services.clock.monotonic()
        if now - self._shown.get(case_id, float("-inf")) < TYPING_EVERY_S:
            return
        if await self._services.store.read(_owner, case_id) != (actor.id,):
            return
        self._shown[case_id] = now
        self._shown.move_to_end(case_id)
        if len(self._shown) > _CASES:
            self._shown.popitem(last=False)
        await self._services.store.write(_plan_typing, case_id)


def _plan_typing(tx: Tx, case_id: str) -> None:
    enqueue_job(tx, TYPING, {"case": case_id, "at": tx.real}, key=f"typing:{case_id}")


async def _sign(services: Services, last: ItemRow, *, typing: bool) -> None:
    entry = await services.directory.find(last.inbox_id or "")
    if entry is None:
        return
    ask = service.show_typing if typing else service.mark_read
    try:
        shown = await ask(services.connector, entry.inbox, last.provider_id or "")
    except ServiceFailed as error:
        if typing or error.permanent:
            log.info("sign.not_shown", item=last.id, why=str(error))
            return
        raise
    if shown:
        await services.store.write(_note, last.id)


def _note(tx: Tx, item_id: str) -> None:
    """The provider knows: what nobody sees here changes no rev."""
    row = find(tx, item_id)
    if row is not None:
        change(tx, item, {"id": row.id}, data=dump(load(row.data) | {"marked_read": True}))


def _last(reader: Reader, case_id: str) -> ItemRow | None:
    return _LAST.first(reader, case_id=case_id)


def _owner(reader: Reader, case_id: str) -> tuple[str | None] | None:
    return _OWNER.first(reader, id=case_id)
