"""`message.look_up`: asking a provider what became of a message of which nobody knows whether it left.

Only a provider that keeps records can say. What it does not show may still come, so it is asked again, for hours, and
then the message waits for a person. It is never sent again.
"""

from __future__ import annotations

from typing import Any

import structlog
from msgspec import Struct

from channels.errors import ServiceFailed
from channels.service import Lost, look_up
from channels.types import Accepted, Outcome, Refused, To
from console.cases.send import LOOK_UP
from console.cases.settle import as_it_stands, settle
from console.debtors.queries import find_point, get_address
from console.outbox.queries import claim
from console.services import Services
from console.store.transaction import Reader, Tx
from console.timeline.queries import by_provider, find, get
from console.wire.moment import SECOND

KIND = LOOK_UP
CALL_MS = 30 * SECOND  # from the commit of `sending`: the permit's time and the call's
log = structlog.get_logger("lookups")


class _Sought(Struct, frozen=True):
    inbox_id: str
    lost: Lost


async def ask(services: Services, payload: dict[str, Any]) -> None:
    """The job. Raises ServiceFailed while the provider does not say."""
    sought = await services.store.read(_sought, payload["item"])
    entry = await services.directory.find(sought.inbox_id) if sought is not None else None
    if sought is None or entry is None:
        return
    outcome = await look_up(services.connector, entry.inbox, sought.lost)
    if not isinstance(outcome, Accepted | Refused):
        raise ServiceFailed("the provider does not say what became of it", permanent=False)
    told = await services.store.write(tell, payload["item"], outcome)
    log.info("message.looked_up", item=payload["item"], outcome=type(outcome).__name__.lower(), told=told)


def tell(tx: Tx, item_id: str, outcome: Outcome) -> bool:
    """Settle a message by its provider's record; whether it moved. A record that is another message's says nothing."""
    item = as_it_stands(tx, get(tx, item_id))
    if isinstance(outcome, Accepted):
        other = by_provider(tx, item.inbox_id or "", outcome.provider_id)
        if other is not None and other.id != item.id:
            return False
        return settle(tx, item, outcome.status, at=tx.now, provider_id=outcome.provider_id)
    assert isinstance(outcome, Refused)
    return settle(tx, item, "failed", at=tx.now, fault=outcome.fault)


def _sought(reader: Reader, item_id: str) -> _Sought | None:
    """What to ask for; None when it has been settled."""
    item, planned = find(reader, item_id), claim(reader, item_id)
    point = find_point(reader, item.contact_point_id or "") if item is not None else None
    if item is None or planned is None or point is None or item.status != "unconfirmed":
        return None
    where = get_address(reader, point.address_id)
    since = planned.sending_at or item.at
    to = To(phone=where.phone, wa_id=where.wa_id, user_id=where.user_id, email=where.email, name=where.profile_name)
    lost = Lost(to=to, text=item.text, since=since, until=since + CALL_MS, provider_id=item.provider_id or "")
    return _Sought(planned.inbox_id, lost)
