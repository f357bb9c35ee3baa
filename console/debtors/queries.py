"""Debtors, their addresses and contact points, as rows."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import bindparam, select

from console.debtors.models import account, address, contact_point, debtor, identifier, link
from console.errors import NotFound
from console.store.statement import Query, value
from console.store.transaction import Reader
from console.wire.moment import Ms


class DebtorRow(Struct):
    id: str
    name: str
    kind: str
    language: str
    timezone: str | None
    jurisdiction: str
    assumed: int
    provisional: int
    shared: int
    document_kind: str | None
    document: bytes | None
    document_hash: str | None
    birth: bytes | None
    labels: str
    stops: str
    holds: str
    preferred_channel: str | None
    preferred_hours: str
    preferred_means: str | None
    merged_into: str | None
    created_at: Ms
    updated_at: Ms


class AddressRow(Struct):
    id: str
    channel: str
    key: str
    phone: str
    wa_id: str
    user_id: str
    email: str
    profile_name: str
    opted_out_at: Ms | None
    opt_out_source: str
    marketing_stopped_at: Ms | None
    invalid_at: Ms | None
    invalid_reason: str
    created_at: Ms


class PointRow(Struct):
    id: str
    debtor_id: str
    address_id: str
    channel: str
    state: str
    consent: str
    consent_source: str
    consent_at: Ms | None
    consent_text: str
    verified: int
    disclosure: int
    last_inbound_at: Ms | None
    source: str
    created_at: Ms
    holder: str
    holder_name: str
    holder_proof: str
    verified_at: Ms | None


class Holder(Struct):
    """Somebody whose address it is."""

    point: PointRow
    debtor: DebtorRow


class LinkRow(Struct):
    inbox_id: str
    contact_point_id: str
    last_inbound_at: Ms | None
    last_outbound_at: Ms | None
    window_closes_at: Ms | None
    greeted_at: Ms | None


_POINT_WIDTH = len(contact_point.c)
_DEBTOR = Query(select(debtor).where(debtor.c.id == bindparam("id")), DebtorRow)
_ADDRESS = Query(select(address).where(address.c.id == bindparam("id")), AddressRow)
_POINT = Query(select(contact_point).where(contact_point.c.id == bindparam("id")), PointRow)
_IDENTIFIED = Query(
    select(address)
    .join(identifier, identifier.c.address_id == address.c.id)
    .where(
        identifier.c.channel == bindparam("channel"),
        identifier.c.kind == bindparam("kind"),
        identifier.c.value == bindparam("value"),
    ),
    AddressRow,
)
_PEOPLE_AT = Query(
    select(contact_point, debtor)
    .join(debtor, debtor.c.id == contact_point.c.debtor_id)
    .where(
        contact_point.c.address_id == bindparam("address_id"),
        contact_point.c.state.not_in(("removed", "wrong_number")),
        debtor.c.merged_into.is_(None),
    )
    .order_by(contact_point.c.created_at, contact_point.c.id),
    lambda *columns: Holder(PointRow(*columns[:_POINT_WIDTH]), DebtorRow(*columns[_POINT_WIDTH:])),
)
_POINTS_OF = Query(
    select(contact_point)
    .where(contact_point.c.debtor_id == bindparam("debtor_id"), contact_point.c.state != "removed")
    .order_by(contact_point.c.channel.desc(), contact_point.c.created_at, contact_point.c.id),
    PointRow,
)
_LINK = Query(
    select(link).where(link.c.inbox_id == bindparam("inbox_id"), link.c.contact_point_id == bindparam("point_id")),
    LinkRow,
)
_LINKS = Query(select(link).where(link.c.contact_point_id == bindparam("point_id")), LinkRow)
_WRITTEN_TO = Query(
    select(link.c.contact_point_id)
    .join(contact_point, contact_point.c.id == link.c.contact_point_id)
    .where(
        link.c.inbox_id == bindparam("inbox_id"),
        contact_point.c.address_id == bindparam("address_id"),
        link.c.last_outbound_at.is_not(None),
    )
    .order_by(link.c.last_outbound_at.desc())
    .limit(1),
    value,
)
_IN_PORTFOLIO = Query(
    select(account.c.id).where(
        account.c.debtor_id == bindparam("debtor_id"), account.c.portfolio_id == bindparam("portfolio_id")
    ),
    value,
)
_ACCOUNTS = Query(select(account.c.portfolio_id).where(account.c.debtor_id == bindparam("debtor_id")).distinct(), value)


def get(reader: Reader, debtor_id: str) -> DebtorRow:
    """Raises NotFound."""
    row = _DEBTOR.first(reader, id=debtor_id)
    if row is None:
        raise NotFound
    return row


def get_address(reader: Reader, address_id: str) -> AddressRow:
    row = _ADDRESS.first(reader, id=address_id)
    if row is None:
        raise NotFound
    return row


def find_point(reader: Reader, point_id: str) -> PointRow | None:
    return _POINT.first(reader, id=point_id)


def identified(reader: Reader, channel: str, kind: str, name: str) -> AddressRow | None:
    """The address that goes by this identifier (phone, user_id, email) on a channel."""
    return _IDENTIFIED.first(reader, channel=channel, kind=kind, value=name) if name else None


def people_at(reader: Reader, address_id: str) -> list[Holder]:
    """Whose address this is: contact points in use, of debtors that were not merged away."""
    return _PEOPLE_AT.all(reader, address_id=address_id)


def points_at(reader: Reader, address_id: str) -> list[PointRow]:
    """The contact points of an address alone."""
    return [each.point for each in people_at(reader, address_id)]


def points_of(reader: Reader, debtor_id: str) -> list[PointRow]:
    """How a debtor can be reached."""
    return _POINTS_OF.all(reader, debtor_id=debtor_id)


def find_link(reader: Reader, inbox_id: str, point_id: str) -> LinkRow | None:
    return _LINK.first(reader, inbox_id=inbox_id, point_id=point_id)


def links_of(reader: Reader, point_id: str) -> list[LinkRow]:
    return _LINKS.all(reader, point_id=point_id)


def last_written_to(reader: Reader, inbox_id: str, address_id: str) -> str | None:
    """The contact point we wrote to last on this pair."""
    return _WRITTEN_TO.first(reader, inbox_id=inbox_id, address_id=address_id)


def is_in_portfolio(reader: Reader, debtor_id: str, portfolio_id: str) -> bool:
    return _IN_PORTFOLIO.first(reader, debtor_id=debtor_id, portfolio_id=portfolio_id) is not None


def accounts_of(reader: Reader, debtor_id: str) -> list[str]:
    """Ids of the portfolios a debtor stands in."""
    return sorted(_ACCOUNTS.all(reader, debtor_id=debtor_id))


assert DebtorRow.__struct_fields__ == tuple(debtor.c.keys())
assert AddressRow.__struct_fields__ == tuple(address.c.keys())
assert PointRow.__struct_fields__ == tuple(contact_point.c.keys())
assert LinkRow.__struct_fields__ == tuple(link.c.keys())
