"""Contact points as the world sees them: addresses are masked by role, in the server."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from console.debtors import phones
from console.debtors.models import address, contact_point, link
from console.store.statement import Query
from console.store.transaction import Reader
from console.wire.moment import Ms, rfc3339
from console.wire.shapes import ContactPoint

Row = tuple[str, str, str, str, str, int, int, Ms | None, str, str, str, Ms | None, Ms | None]

_POINTS = Query(
    select(
        contact_point.c.id,
        contact_point.c.channel,
        contact_point.c.state,
        contact_point.c.consent,
        contact_point.c.source,
        contact_point.c.verified,
        contact_point.c.disclosure,
        contact_point.c.last_inbound_at,
        address.c.phone,
        address.c.email,
        address.c.key,
        address.c.opted_out_at,
        address.c.invalid_at,
    )
    .join(address, address.c.id == contact_point.c.address_id)
    .where(contact_point.c.debtor_id == bindparam("debtor_id"), contact_point.c.state != "removed")
    .order_by(contact_point.c.channel.desc(), contact_point.c.created_at, contact_point.c.id),
    lambda *columns: columns,
)
_LINKS = Query(
    select(link.c.contact_point_id, link.c.inbox_id, link.c.window_closes_at, link.c.last_inbound_at)
    .join(contact_point, contact_point.c.id == link.c.contact_point_id)
    .where(contact_point.c.debtor_id == bindparam("debtor_id")),
    lambda *columns: columns,
)


def contact_points(reader: Reader, debtor_id: str) -> list[ContactPoint]:
    """How a debtor can be reached, addresses masked; `inbox` is the one that the debtor used last with it."""
    links: dict[str, tuple[str, Ms | None]] = {}
    latest: dict[str, Ms] = {}
    for point_id, inbox_id, closes, last in _LINKS.all(reader, debtor_id=debtor_id):
        if point_id not in links or (last or 0) > latest[point_id]:
            links[point_id], latest[point_id] = (inbox_id, closes), last or 0
    return [_shape(row, links.get(row[0], (None, None))) for row in _POINTS.all(reader, debtor_id=debtor_id)]


def _shape(row: Row, pair: tuple[str | None, Ms | None]) -> ContactPoint:
    point_id, channel, state, consent, _, verified, disclosure, last, phone, email, _, opted_out, invalid = row
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
        window_closes_at=rfc3339(pair[1]),
        state=state,
        disclosure=disclosure,
        last_inbound_at=rfc3339(last),
        inbox=pair[0],
    )
