"""Everything that happened in a case, as records in the order of time: what the bundle chains.

Whispers and notes are the team's own and are no part of it. Addresses are masked; texts stand as they left or came.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct, to_builtins
from sqlalchemy import ColumnElement, Table, select

from console.audit.models import audit
from console.cases.models import assignment
from console.cases.queries import CaseRow
from console.debtors import queries as debtors
from console.debtors.consents import selves_of
from console.debtors.models import consent_log
from console.debtors.view import contact_points
from console.gate.models import approval, contact, decision, text_approval
from console.ledger.models import claim, dispute, instalment, payment, payment_link, plan, promise
from console.outbox.models import attempt
from console.portfolios.queries import get_portfolio
from console.store.base import JSON, load
from console.store.statement import row, rows
from console.store.transaction import Reader
from console.timeline.models import attachment, item
from console.wire.moment import Ms

_SHOWN = frozenset({"message", "event"})


class Record(Struct, frozen=True):
    """One thing that happened. `key` is its kind and id; `body` its columns as they stand."""

    at: Ms
    key: str
    body: dict[str, Any]


def records_of(reader: Reader, case: CaseRow) -> list[Record]:
    """All records of a case, oldest first."""
    found = [Record(case.created_at, f"case:{case.id}", _matter(reader, case)), *_all(reader, case)]
    return sorted(found, key=lambda each: (each.at, each.key))


def message_body(columns: dict[str, Any], files: list[dict[str, Any]]) -> dict[str, Any]:
    """What the evidence holds of a message or event; the same before an erasure and after."""
    kept = {name: value for name, value in columns.items() if name not in ("rev", "seen_at", "used_at", "to_id")}
    return {**kept, "files": files}


def plain(table: Table, columns: tuple[Any, ...]) -> dict[str, Any]:
    """A row as names and values, JSON columns read."""
    named = zip(table.c, columns, strict=True)
    return {column.name: load(value) if column.info == JSON else value for column, value in named}


def files_of_items(reader: Reader, ids: list[str]) -> dict[str, list[dict[str, Any]]]:
    """Names, types and digests of the files of these items."""
    found: dict[str, list[dict[str, Any]]] = {}
    for each in _rows(reader, attachment, attachment.c.item_id.in_(ids)) if ids else ():
        told = {name: each[name] for name in ("id", "name", "type", "size", "sha256")}
        found.setdefault(str(each["item_id"]), []).append(told)
    return found


def _all(reader: Reader, case: CaseRow) -> Iterator[Record]:
    items = [each for each in _rows(reader, item, item.c.case_id == case.id) if each["kind"] in _SHOWN]
    ids = [each["id"] for each in items]
    files = files_of_items(reader, ids)
    for each in items:
        yield Record(each["at"], f"{each['kind']}:{each['id']}", message_body(each, files.get(each["id"], [])))
    for table, at, clause in _tables(case, ids, selves_of(reader, case.debtor_id)):
        for each in _rows(reader, table, clause):
            yield Record(each[at], f"{table.name}:{each['id']}", each)
    for each in _rows(reader, instalment, instalment.c.plan_id.in_(select(plan.c.id).where(plan.c.case_id == case.id))):
        yield Record(case.created_at, f"instalment:{each['plan_id']}:{each['n']}", each)


def _tables(case: CaseRow, ids: list[str], people: list[str]) -> list[tuple[Table, str, ColumnElement[bool]]]:
    """Which rows of which tables belong to the case, and the column of their moment. `people`: its debtor's ids."""
    theirs = contact.c.debtor_id == case.debtor_id
    here = contact.c.portfolio_id.is_(None) | (contact.c.portfolio_id == case.portfolio_id)
    return [
        (decision, "at", decision.c.case_id == case.id),
        (attempt, "at", attempt.c.item_id.in_(ids)),
        (contact, "at", theirs & here),
        (consent_log, "at", consent_log.c.debtor_id.in_(people)),
        (approval, "at", approval.c.portfolio_id == case.portfolio_id),
        (text_approval, "at", text_approval.c.case_id == case.id),
        (assignment, "at", assignment.c.case_id == case.id),
        (plan, "created_at", plan.c.case_id == case.id),
        (promise, "created_at", promise.c.case_id == case.id),
        (payment_link, "created_at", payment_link.c.case_id == case.id),
        (dispute, "created_at", dispute.c.case_id == case.id),
        (claim, "created_at", claim.c.case_id == case.id),
        (
            payment,
            "created_at",
            (payment.c.debtor_id == case.debtor_id) & (payment.c.portfolio_id == case.portfolio_id),
        ),
        (audit, "at", audit.c.case_id == case.id),
    ]


def _rows(reader: Reader, table: Table, clause: ColumnElement[bool]) -> list[dict[str, Any]]:
    return [plain(table, columns) for columns in rows(reader, select(table).where(clause), row)]


def _matter(reader: Reader, case: CaseRow) -> dict[str, Any]:
    """Whose case this is, for whom, and how they can be reached, masked."""
    person, book = debtors.get(reader, case.debtor_id), get_portfolio(reader, case.portfolio_id)
    points = [
        {"id": each.id, "channel": each.channel, "address": each.address, "consent": each.consent, "state": each.state}
        | ({"holder": to_builtins(each.holder)} if each.holder is not None else {})
        for each in contact_points(reader, case.debtor_id)
    ]
    return {
        "case": case.id,
        "portfolio": {"id": book.id, "name": book.name, "creditor": load(book.creditor)},
        "debtor": {"id": person.id, "name": person.name, "jurisdiction": person.jurisdiction, "zone": person.timezone},
        "contact_points": points,
        "stops": load(person.stops),
        "holds": load(person.holds),
        "created_at": case.created_at,
    }
