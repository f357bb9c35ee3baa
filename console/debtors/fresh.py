"""Many debtors at once, of whom nothing is known yet: the checks of `enrol`, and one statement a table.

Whoever is not wholly new (a key, a document or an address that stands here) goes through `enrol`, one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct
from sqlalchemy import select, tuple_

from channels.types import Sender
from console.debtors import documents, phones
from console.debtors.enrol import NewDebtor, check, labels_of, sender_of
from console.debtors.models import account, address, contact_point, debtor, identifier
from console.debtors.queries import DebtorRow
from console.store.base import dump
from console.store.statement import add_many, rows, value
from console.store.transaction import Reader, Tx
from console.store.vault import Vault
from console.wire.ids import new_id
from console.wire.subdivisions import must_be_place

Mark = tuple[str, str, str]
"""What tells people apart: ("key", portfolio, external_id), ("document", "", digest), (channel, kind, value)."""


class Fresh(Struct, frozen=True):
    """A debtor who was judged and not looked for. `plain`: the document in its one form."""

    new: NewDebtor
    plain: str | None
    digest: str | None
    reach: tuple[tuple[str, str, Sender], ...]  # channel, phone or email, whose
    marks: frozenset[Mark]


def judge(vault: Vault, new: NewDebtor) -> Fresh:
    """Raises Invalid, naming the field: what `enrol` would. Consent is not for the many: each is one person's act."""
    assert all(each.consent is None and each.offers_consent is None for each in new.contact_points)
    check(new)
    must_be_place(new.jurisdiction)
    plain = None if new.document is None else documents.checked(new.document.kind, new.document.value, new.jurisdiction)
    digest = None if plain is None else documents.digest(vault, plain, new.name)
    reach = []
    for index, each in enumerate(new.contact_points):
        sender = sender_of(each, f"contact_points[{index}]")
        reach.append((each.channel, "email" if sender.email else "phone", sender))
    marks: set[Mark] = {(channel, kind, _name(sender)) for channel, kind, sender in reach}
    if new.external_id is not None:
        marks.add(("key", new.portfolio, new.external_id))
    if digest is not None:
        marks.add(("document", "", digest))
    return Fresh(new, plain, digest, tuple(reach), frozenset(marks))


def standing(reader: Reader, marks: Iterable[Mark]) -> set[Mark]:
    """Those of the marks that somebody here has."""
    asked: dict[str, list[Mark]] = {}
    for each in marks:
        asked.setdefault(each[0] if each[0] in ("key", "document") else "address", []).append(each)
    found: set[Mark] = set()
    if keys := asked.get("key"):
        book = keys[0][1]
        clause = select(account.c.external_id).where(
            account.c.portfolio_id == book, account.c.external_id.in_([each[2] for each in keys])
        )
        found |= {("key", book, each) for each in rows(reader, clause, value)}
    if papers := asked.get("document"):
        clause = select(debtor.c.document_hash).where(debtor.c.document_hash.in_([each[2] for each in papers]))
        found |= {("document", "", each) for each in rows(reader, clause, value)}
    if places := asked.get("address"):
        which = tuple_(identifier.c.channel, identifier.c.kind, identifier.c.value)
        names = select(identifier.c.channel, identifier.c.kind, identifier.c.value)
        found |= set(rows(reader, names.where(which.in_(places)), lambda *columns: columns))
    return found


def unchanged(reader: Reader, portfolio_id: str, several: Sequence[Fresh]) -> list[str | None]:
    """For each the id of the debtor of this portfolio, if everything stands here already as it is told; else None."""
    asked = {each.new.external_id for each in several if each.new.external_id is not None}
    clause = (
        select(account.c.external_id, debtor)
        .join(debtor, debtor.c.id == account.c.debtor_id)
        .where(account.c.portfolio_id == portfolio_id, account.c.external_id.in_(sorted(asked)))
    )
    known = dict(rows(reader, clause, lambda key, *columns: (key, DebtorRow(*columns))))
    places = {(channel, kind, _name(sender)) for each in several for channel, kind, sender in each.reach}
    reached: set[tuple[object, ...]] = set()
    if places:
        which = tuple_(identifier.c.channel, identifier.c.kind, identifier.c.value)
        held = (
            select(contact_point.c.debtor_id, identifier.c.channel, identifier.c.kind, identifier.c.value)
            .join(contact_point, contact_point.c.address_id == identifier.c.address_id)
            .where(which.in_(list(places)), contact_point.c.state != "removed")
        )
        reached = set(rows(reader, held, lambda *columns: columns))
    people = [known.get(each.new.external_id) for each in several]
    return [
        person.id if person is not None and _stands(each, person, reached) else None
        for each, person in zip(several, people, strict=True)
    ]


def _stands(told: Fresh, person: DebtorRow, reached: set[tuple[object, ...]]) -> bool:
    new = told.new
    same = (new.name.strip(), new.kind, new.language, new.jurisdiction, new.timezone or person.timezone)
    kind = person.document_kind if new.document is None else new.document.kind
    return (
        same == (person.name, person.kind, person.language, person.jurisdiction, person.timezone)
        and not (new.labels or person.assumed or person.provisional or person.merged_into)
        and (told.digest or person.document_hash, kind) == (person.document_hash, person.document_kind)
        and all((person.id, channel, kind, _name(sender)) in reached for channel, kind, sender in told.reach)
    )


def take_in_many(tx: Tx, vault: Vault, several: Sequence[Fresh]) -> list[str]:
    """Their ids. Nobody here may have one of their marks; an address that two of them share is one address, and none is
    somebody's beside them.
    """
    assert all(point.holder is None for each in several for point in each.new.contact_points)
    ids = [new_id() for _ in several]
    places: dict[Mark, str] = {}
    tables: dict[str, list[dict[str, object]]] = {name: [] for name in _TABLES}
    for made, each in zip(ids, several, strict=True):
        new = each.new
        tables["debtor"].append({
            "id": made, "name": new.name.strip(), "kind": new.kind, "language": new.language, "timezone": new.timezone,
            "jurisdiction": new.jurisdiction, "labels": dump(labels_of(new)), "assumed": 0, "provisional": 0,
            "document_kind": None if new.document is None else new.document.kind,
            "document": None if each.plain is None else vault.seal(each.plain, documents.PURPOSE),
            "document_hash": each.digest, "created_at": tx.now, "updated_at": tx.now,
        })  # fmt: skip
        tables["account"].append({"id": new_id(), "debtor_id": made, "portfolio_id": new.portfolio,
                                  "external_id": new.external_id, "created_at": tx.now})  # fmt: skip
        held = {_place(tx, places, tables, *point) for point in each.reach}
        for channel, where in held:
            tables["contact_point"].append({
                "id": new_id(), "debtor_id": made, "address_id": where, "channel": channel, "state": "active",
                "consent": "unknown", "disclosure": 1, "source": "contract", "created_at": tx.now,
            })  # fmt: skip
    for name, table in _TABLES.items():
        add_many(tx, table, tables[name])
    return ids


def _place(
    tx: Tx, places: dict[Mark, str], tables: dict[str, list[dict[str, object]]], channel: str, kind: str, sender: Sender
) -> tuple[str, str]:
    """The channel and the id of an address, made when it is met first."""
    mark = (channel, kind, _name(sender))
    if mark not in places:
        places[mark] = new_id()
        tables["address"].append({
            "id": places[mark], "channel": channel, "key": mark[2], "phone": phones.canonical(sender.phone),
            "email": sender.email, "created_at": tx.now,
        })  # fmt: skip
        tables["identifier"].append(
            {"channel": channel, "kind": kind, "value": mark[2], "address_id": places[mark]}
        )  # fmt: skip
    return channel, places[mark]


def _name(sender: Sender) -> str:
    return sender.email or phones.canonical(sender.phone)


_TABLES = {
    "debtor": debtor, "account": account, "address": address, "identifier": identifier,
    "contact_point": contact_point,
}  # fmt: skip
