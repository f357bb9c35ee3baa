"""Contact points as the world sees them: addresses are masked by role, in the server."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select

from console.debtors import phones
from console.debtors.holders import OWN
from console.debtors.models import address, contact_point, debtor, link
from console.debtors.states import confirmed_until
from console.store.statement import Query, row
from console.store.transaction import Reader
from console.wire.moment import Ms, rfc3339
from console.wire.shapes import ContactPoint, Holder

_POINTS = Query(
    select(
        contact_point.c.id,
        contact_point.c.channel,
        contact_point.c.state,
        contact_point.c.consent,
        contact_point.c.verified,
        contact_point.c.disclosure,
        contact_point.c.consent_at,
        contact_point.c.created_at,
        contact_point.c.last_inbound_at,
        address.c.phone,
        address.c.email,
        address.c.opted_out_at,
        address.c.opt_out_source,
        address.c.invalid_at,
        link.c.inbox_id,
        link.c.window_closes_at,
        contact_point.c.holder,
        contact_point.c.holder_name,
        contact_point.c.holder_proof,
        debtor.c.shared,
        link.c.last_inbound_at,
    )
    .join(debtor, debtor.c.id == contact_point.c.debtor_id)
    .join(address, address.c.id == contact_point.c.address_id)
    .outerjoin(link, link.c.contact_point_id == contact_point.c.id)
    .where(contact_point.c.debtor_id == bindparam("debtor_id"), contact_point.c.state != "removed")
    .order_by(contact_point.c.channel.desc(), contact_point.c.created_at, contact_point.c.id, link.c.inbox_id),
    row,
)


def contact_points(reader: Reader, debtor_id: str) -> list[ContactPoint]:
    """How a debtor can be reached, addresses masked; `inbox` is the one that the debtor used last with it."""
    points: dict[str, tuple[Any, ...]] = {}
    for each in _POINTS.all(reader, debtor_id=debtor_id):
        if each[0] not in points or (each[-1] or 0) > (points[each[0]][-1] or 0):
            points[each[0]] = each
    return [_shape(reader.now, *each) for each in points.values()]


def _shape(
    now: Ms, point_id: str, channel: str, state: str, consent: str, verified: int, disclosure: int,
    consented: Ms | None, created: Ms, last: Ms | None, phone: str, email: str, opted_out: Ms | None, source: str,
    invalid: Ms | None, inbox: str | None, closes: Ms | None, role: str, name: str, proof: str, shared: int,
    _: Ms | None,
) -> ContactPoint:  # fmt: skip
    confirmed = now < confirmed_until(created, last, consented if consent == "granted" else None)
    concerned = role == OWN or (role != "other" and bool(proof))  # as the gate has it: nobody else hears of a debt
    if opted_out is not None:
        state = "opted_out"
    elif invalid is not None and state == "active":
        state = "invalid"
    return ContactPoint(
        id=point_id,
        channel=channel,
        address=phones.masked_email(email) if email else phones.masked(phone) if phone else "",
        consent=consent,
        verified=bool(verified),
        window_closes_at=rfc3339(closes),
        state=state,
        disclosure=disclosure if confirmed and concerned and not shared else 0,
        last_inbound_at=rfc3339(last),
        inbox=inbox,
        opt_out=source if opted_out is not None else "",
        holder=None if role == OWN else Holder(role, name, proof),
    )
