"""Who wrote: from the identifiers of a sender to one address, one debtor, one contact point.

A person is one debtor whatever the form of their number (`phones.py`); WhatsApp's business-scoped id is the identity
when present. An address may belong to several people: see decision 1 of the design, which `_whose` follows.
"""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import bindparam, or_

from channels.types import Sender
from console.debtors import phones
from console.debtors.holders import OWN, GivenHolder, holder_of
from console.debtors.models import account, address, contact_point, debtor, identifier, link
from console.debtors.names import index_name
from console.debtors.queries import (
    AddressRow,
    DebtorRow,
    Holder,
    PointRow,
    find_point,
    get,
    identified,
    is_in_portfolio,
    last_written_to,
    people_at,
    points_at,
)
from console.portfolios.queries import InboxRow, PortfolioRow
from console.store.base import dump, load
from console.store.statement import Statement, add, add_once, change, put
from console.store.transaction import Tx
from console.wire.ids import new_id
from console.wire.moment import HOUR, Ms

PHONE_CHANNELS = ("whatsapp", "sms")  # the same number on both is the same telephone


_HEARD = Statement(
    link.update()
    .where(
        link.c.inbox_id == bindparam("inbox"),
        link.c.contact_point_id == bindparam("point"),
        or_(link.c.last_inbound_at.is_(None), link.c.last_inbound_at < bindparam("at")),
    )
    .values(last_inbound_at=bindparam("at"), window_closes_at=bindparam("closes"))
)


class Found(Struct):
    address: AddressRow
    debtor: DebtorRow
    point: PointRow


def resolve(tx: Tx, inbox: InboxRow, book: PortfolioRow, sender: Sender) -> Found:
    """The debtor behind a sender, found or made (as a stranger)."""
    found = _resolve(tx, inbox, book, sender)
    if tx.alone:  # else somebody may change them before this verb tells of them
        tx.memo["debtor"] = found.debtor
    return found


def _resolve(tx: Tx, inbox: InboxRow, book: PortfolioRow, sender: Sender) -> Found:
    where = find_or_add_address(tx, inbox.channel, sender)
    holder = _whose(tx, inbox, book, where)
    if holder is not None:
        return Found(where, holder.debtor, holder.point)
    known = _by_phone(tx, where)
    if known is not None:
        return Found(where, known, add_point(tx, known.id, where, source="inbound", disclosure=0))
    person = add_stranger(tx, book, where, sender.name, shared=len(points_at(tx, where.id)) > 1)
    return Found(where, person, add_point(tx, person.id, where, source="inbound", disclosure=0))


def find_or_add_address(tx: Tx, channel: str, sender: Sender) -> AddressRow:
    """The one address of these identifiers; identifiers that are new for it are remembered."""
    # An SMS may come from a name instead of a number.
    phone = phones.canonical(sender.phone or sender.wa_id) or sender.phone.strip().lower()
    names = [("user_id", sender.user_id), ("phone", phone), ("email", sender.email.strip().lower())]
    names = [(kind, name) for kind, name in names if name]
    hits = (((kind, name), row) for kind, name in names if (row := identified(tx, channel, kind, name)))
    known, found = next(hits, (None, None))
    if found is None:
        found = _add_address(tx, channel, dict(names), sender)
    else:
        _refresh(tx, found, sender, phone)
    for kind, name in names:
        if known is not None and (kind, name) == known:
            continue
        add_once(
            tx, identifier, ("channel", "kind", "value"), channel=channel, kind=kind, value=name, address_id=found.id
        )
    return found


def note_inbound(tx: Tx, inbox: InboxRow, point: PointRow, at: Ms, window_hours: int) -> None:
    """The debtor wrote at `at` (the provider's time): the pair of inbox and contact point, and its service window."""
    closes = at + window_hours * HOUR if window_hours else None
    if not _HEARD.run(tx, inbox=inbox.id, point=point.id, at=at, closes=closes):  # a new pair, or a late message
        add_once(
            tx, link, ("inbox_id", "contact_point_id"), inbox_id=inbox.id, contact_point_id=point.id,
            last_inbound_at=at, window_closes_at=closes,
        )  # fmt: skip
    if point.last_inbound_at is None or point.last_inbound_at < at:
        point.last_inbound_at = at
        change(tx, contact_point, {"id": point.id}, last_inbound_at=at)


def add_point(
    tx: Tx,
    debtor_id: str,
    where: AddressRow,
    *,
    source: str,
    disclosure: int = 1,
    consent: str = "unknown",
    consent_source: str = "",
    consent_at: Ms | None = None,
    consent_text: str = "",
    holder: GivenHolder | None = None,
) -> PointRow:
    """Tie an address to a debtor; the one that exists is returned as it is. Without a `holder` it is theirs, or whoever
    has the telephone already on another channel.
    """
    existing = next((row for row in points_at(tx, where.id) if row.debtor_id == debtor_id), None)
    if existing is not None:
        return existing
    whose = holder or _holder_of_telephone(tx, debtor_id, where)
    row = PointRow(
        new_id(), debtor_id, where.id, where.channel, "active", consent, consent_source, consent_at, consent_text, 0,
        disclosure if whose.role == OWN else whose.level, None, source, tx.now, whose.role, whose.name, whose.proof,
        None,
    )  # fmt: skip
    columns = {name: getattr(row, name) for name in row.__struct_fields__}
    put(tx, contact_point, ("debtor_id", "address_id"), **columns)
    return row


def add_stranger(tx: Tx, book: PortfolioRow, where: AddressRow, name: str, *, shared: bool) -> DebtorRow:
    """A debtor who is not identified: what is known of them is assumed and says so."""
    place = phones.jurisdiction(where.phone) if where.phone else ""
    same_country = place[:2] == book.jurisdiction[:2]
    elsewhere = not same_country if "-" not in place else place != book.jurisdiction  # a state may keep its own time
    row = DebtorRow(
        id=new_id(),
        name=name.strip() or where.email or phones.masked(where.phone) or "?",
        kind="person",
        language=book.language if same_country or not place else ("pt-BR" if place.startswith("BR") else "es"),
        timezone=None if place and elsewhere else book.timezone,
        jurisdiction=place or book.jurisdiction,
        assumed=1,
        provisional=1,
        shared=int(shared),
        document_kind=None,
        document=None,
        document_hash=None,
        birth=None,
        labels="[]",
        stops="[]",
        holds="[]",
        preferred_channel=None,
        preferred_hours="null",
        preferred_means=None,
        merged_into=None,
        created_at=tx.now,
        updated_at=tx.now,
    )
    add(tx, debtor, **{name: getattr(row, name) for name in row.__struct_fields__})
    index_name(tx, row.id, row.name, new=True)
    return row


def join_portfolio(tx: Tx, debtor_id: str, portfolio_id: str, external_id: str | None = None) -> str:
    """An account of this debtor in a portfolio; its id."""
    found = new_id()
    add(
        tx,
        account,
        id=found,
        debtor_id=debtor_id,
        portfolio_id=portfolio_id,
        external_id=external_id,
        created_at=tx.now,
    )
    return found


def hold(tx: Tx, person: DebtorRow, name: str, by: str) -> list[str]:
    """Put a hold (hardship, distress, …) on the person unless it stands; the names of all that stand."""
    holds = load(person.holds)
    if all(each["hold"] != name for each in holds):
        holds.append({"hold": name, "at": tx.now, "by": by, "until": None})
        person.holds = dump(holds)
        change(tx, debtor, {"id": person.id}, holds=person.holds, updated_at=tx.now)
    return [each["hold"] for each in holds]


def _whose(tx: Tx, inbox: InboxRow, book: PortfolioRow, where: AddressRow) -> Holder | None:
    people = people_at(tx, where.id)
    if len(people) < 2:
        return people[0] if people else None
    written = last_written_to(tx, inbox.id, where.id)
    if written is not None:
        point = find_point(tx, written)
        return None if point is None else Holder(point, get(tx, point.debtor_id))
    shared = [each for each in people if each.debtor.shared and each.debtor.provisional]
    known = [each for each in people if is_in_portfolio(tx, each.debtor.id, book.id)]
    mine = [each for each in known if each.point.holder == OWN] or known  # their own matter before another's
    if len(mine) == 1:
        return mine[0]
    return shared[0] if shared else None


def _by_phone(tx: Tx, where: AddressRow) -> DebtorRow | None:
    """Who has this number on another channel of the phone, when it is one person and nobody has it on this one."""
    if not where.phone or points_at(tx, where.id):
        return None
    people = {point.debtor_id for point in _elsewhere(tx, where)}
    return get(tx, people.pop()) if len(people) == 1 else None


def _elsewhere(tx: Tx, where: AddressRow) -> list[PointRow]:
    """The contact points of this number on the other channels of the phone."""
    if not where.phone:
        return []
    rows = [identified(tx, channel, "phone", where.phone) for channel in PHONE_CHANNELS if channel != where.channel]
    return [point for row in rows if row is not None for point in points_at(tx, row.id)]


def _holder_of_telephone(tx: Tx, debtor_id: str, where: AddressRow) -> GivenHolder:
    found = (holder_of(each) for each in _elsewhere(tx, where) if each.debtor_id == debtor_id)
    return next(found, GivenHolder(OWN))


def _add_address(tx: Tx, channel: str, names: dict[str, str], sender: Sender) -> AddressRow:
    key = names.get("phone") or names.get("email") or f"id:{names['user_id']}"
    row = AddressRow(
        new_id(), channel, key, names.get("phone", ""), sender.wa_id, sender.user_id, names.get("email", ""),
        sender.name, None, "", None, None, "", tx.now,
    )  # fmt: skip
    columns = {name: getattr(row, name) for name in row.__struct_fields__}
    add(tx, address, **columns)
    return row


def _refresh(tx: Tx, row: AddressRow, sender: Sender, phone: str) -> None:
    changes: dict[str, str] = {}
    if sender.wa_id and sender.wa_id != row.wa_id:
        changes["wa_id"] = sender.wa_id
    if sender.user_id and sender.user_id != row.user_id:
        changes["user_id"] = sender.user_id
    if phone and not row.phone:
        changes |= {"phone": phone, "key": phone}
    if sender.name and sender.name != row.profile_name:
        changes["profile_name"] = sender.name
    for name, each in changes.items():
        setattr(row, name, each)
    if changes:
        change(tx, address, {"id": row.id}, **changes)
