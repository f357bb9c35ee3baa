"""The books as CSV, by the creditor's own keys: no name, no address and no document leaves with them.

A file is made page by page, each in a read of its own, so that the books may go on changing; a row is true for the
moment at which its page was read.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import select

from console.access.actor import Actor
from console.access.portfolios import must_see_portfolio
from console.audit.record import record
from console.debtors.models import account
from console.errors import Invalid
from console.gate.models import contact
from console.ledger.models import instalment, payment, plan, promise
from console.ledger.owed import every_charge, owed
from console.portfolios.queries import PortfolioRow, get_portfolio
from console.store.base import load
from console.store.statement import row, rows
from console.store.transaction import Reader, Tx
from console.wire.cells import harmless
from console.wire.currency import NO_DECIMALS
from console.wire.moment import Ms, parse_rfc3339, rfc3339

PAGE = 200
Line = Sequence[object]
Page = tuple[list[Line], tuple[Any, ...] | None]


class ExportQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """The query of GET /exports/{kind}; `since` (included) and `until` (not) bound what has a moment of its own."""

    portfolio: str
    since: str | None = None
    until: str | None = None


class Wanted(Struct, frozen=True):
    kind: str
    book: PortfolioRow
    since: Ms
    until: Ms


class Kind(Struct, frozen=True):
    """`page`: the rows after a key, and the key after which the next page begins, None at the end."""

    head: tuple[str, ...]
    page: Callable[[Reader, Wanted, tuple[Any, ...]], Page]


def wanted(reader: Reader, actor: Actor, kind: str, query: ExportQuery) -> Wanted:
    """Raises NotFound for a portfolio that is not the actor's business, Invalid naming the parameter."""
    must_see_portfolio(reader, actor, query.portfolio)
    return bounds(reader, kind, query)


def bounds(reader: Reader, kind: str, query: ExportQuery) -> Wanted:
    """The same for a caller who has decided who may."""
    if kind not in KINDS:
        raise Invalid(f"An export is one of {', '.join(KINDS)}.", field="kind")
    since, until = _moment(query.since, "since", 0), _moment(query.until, "until", reader.now + 1)
    if since >= until:
        raise Invalid("until lies after since.", field="until")
    return Wanted(kind, get_portfolio(reader, query.portfolio), since, until)


def taken(tx: Tx, actor_id: str | None, asked: Wanted) -> None:
    """The audit's line, written before the first byte leaves."""
    detail = {"kind": asked.kind, "since": rfc3339(asked.since), "until": rfc3339(asked.until)}
    record(tx, actor_id, "export.taken", f"portfolio:{asked.book.id}", detail=detail)


def head_of(kind: str) -> bytes:
    """The first line, with the mark by which spreadsheets know UTF-8."""
    return "\ufeff".encode() + _csv([KINDS[kind].head])


def page_of(reader: Reader, asked: Wanted, after: tuple[Any, ...]) -> tuple[bytes, tuple[Any, ...] | None]:
    """The next lines, and after what the ones after them begin."""
    lines, more = KINDS[asked.kind].page(reader, asked, after)
    return _csv(lines), more


def _debts(reader: Reader, asked: Wanted, after: tuple[Any, ...]) -> Page:
    clause = select(account.c.id, account.c.debtor_id, account.c.external_id).where(
        account.c.portfolio_id == asked.book.id, account.c.id > (after[0] if after else "")
    )
    found = rows(reader, clause.order_by(account.c.id).limit(PAGE), row)
    lines: list[Line] = []
    for _, debtor_id, key in found:
        rows_by_id = every_charge(reader, debtor_id, asked.book.id)
        for each in owed(reader, debtor_id, asked.book.id).charges:
            money = (each.principal, each.fine, each.interest, each.fees, each.discount, each.paid, each.total)
            kept = rows_by_id.pop(each.id)
            lines.append((key, kept.external_id, each.number, each.product, each.due, kept.currency,
                          *(_money(minor, kept.currency) for minor in money), each.days_late, each.bucket,
                          " ".join(each.overlays), ""))  # fmt: skip
        for gone in rows_by_id.values():
            lines.append((key, gone.external_id, gone.number, gone.product, gone.due, gone.currency,
                          _money(gone.amount_minor, gone.currency), *[""] * 9, gone.closed_why))  # fmt: skip
    return lines, (found[-1][0],) if len(found) == PAGE else None


def _payments(reader: Reader, asked: Wanted, after: tuple[Any, ...]) -> Page:
    table = payment.c
    columns = (table.created_at, table.id, table.external_id, account.c.external_id, table.amount_minor, table.currency,
               table.paid_at, table.method, table.state, table.credit_minor, table.provider, table.reversed_at,
               table.detail)  # fmt: skip
    clause = (
        select(*columns)
        .outerjoin(account, (account.c.debtor_id == table.debtor_id) & (account.c.portfolio_id == table.portfolio_id))
        .where(table.portfolio_id == asked.book.id, table.paid_at >= asked.since, table.paid_at < asked.until)
    )
    found = _after(reader, clause, table.created_at, table.id, after)
    return [
        (key, who, _money(minor, currency), currency, rfc3339(paid_at), method, state, _money(credit, currency),
         provider, "" if reversed_at is None else rfc3339(reversed_at), load(detail).get("reference", ""))
        for _, _, key, who, minor, currency, paid_at, method, state, credit, provider, reversed_at, detail in found
    ], _last(found)  # fmt: skip


def _agreements(reader: Reader, asked: Wanted, after: tuple[Any, ...]) -> Page:
    table, part = plan.c, instalment.c
    columns = (table.created_at, table.id, account.c.external_id, table.state, table.detail, table.currency,
               table.before_minor, table.total_minor, table.accepted_at)  # fmt: skip
    clause = (
        select(*columns)
        .outerjoin(account, (account.c.debtor_id == table.debtor_id) & (account.c.portfolio_id == table.portfolio_id))
        .where(table.portfolio_id == asked.book.id, table.created_at >= asked.since, table.created_at < asked.until)
    )
    found = _after(reader, clause, table.created_at, table.id, after)
    ids = [each[1] for each in found]
    parts: dict[str, list[Any]] = {}
    of_them = select(part.plan_id, part.n, part.due, part.amount_minor, part.paid_minor).where(part.plan_id.in_(ids))
    for each in rows(reader, of_them.order_by(part.plan_id, part.n), row):
        parts.setdefault(each[0], []).append(each[1:])
    return [
        (plan_id, who, state, detail, currency, _money(before, currency), _money(total, currency),
         "" if accepted is None else rfc3339(accepted), n, due, _money(minor, currency), _money(paid, currency))
        for _, plan_id, who, state, detail, currency, before, total, accepted in found
        for n, due, minor, paid in parts.get(plan_id, [])
    ], _last(found)  # fmt: skip


def _promises(reader: Reader, asked: Wanted, after: tuple[Any, ...]) -> Page:
    table = promise.c
    columns = (table.created_at, table.id, account.c.external_id, table.amount_minor, table.currency, table.due,
               table.state, table.detail, table.paid_minor)  # fmt: skip
    clause = (
        select(*columns)
        .outerjoin(account, (account.c.debtor_id == table.debtor_id) & (account.c.portfolio_id == table.portfolio_id))
        .where(table.portfolio_id == asked.book.id, table.created_at >= asked.since, table.created_at < asked.until)
    )
    found = _after(reader, clause, table.created_at, table.id, after)
    return [
        (made, who, rfc3339(at), _money(minor, currency), currency, due, state, detail, _money(paid, currency))
        for at, made, who, minor, currency, due, state, detail, paid in found
    ], _last(found)


def _contacts(reader: Reader, asked: Wanted, after: tuple[Any, ...]) -> Page:
    table = contact.c
    columns = (table.at, table.id, table.external_id, account.c.external_id, table.channel, table.purpose, table.source,
               table.outcome, table.counts)  # fmt: skip
    clause = (
        select(*columns)
        .join(account, (account.c.debtor_id == table.debtor_id) & (account.c.portfolio_id == table.portfolio_id))
        .where(table.portfolio_id == asked.book.id, table.state == "spent", table.at >= asked.since,
               table.at < asked.until)
    )  # fmt: skip
    found = _after(reader, clause, table.at, table.id, after)
    return [
        (key, who, channel, rfc3339(at), purpose, source, outcome, "yes" if counts else "no")
        for at, _, key, who, channel, purpose, source, outcome, counts in found
    ], _last(found)


KINDS = {
    "debts": Kind(
        ("debtor_id", "charge_id", "number", "product", "due", "currency", "amount", "fine", "interest", "fees",
         "discount", "paid", "total", "days_late", "bucket", "overlays", "closed"), _debts,
    ),
    "payments": Kind(
        ("payment_id", "debtor_id", "amount", "currency", "paid_at", "method", "state", "credit", "provider",
         "reversed_at", "reference"), _payments,
    ),
    "agreements": Kind(
        ("agreement", "debtor_id", "state", "detail", "currency", "before", "total", "accepted_at", "instalment", "due",
         "amount", "paid"), _agreements,
    ),
    "promises": Kind(
        ("promise", "debtor_id", "made_at", "amount", "currency", "due", "state", "detail", "paid"), _promises,
    ),
    "contacts": Kind(
        ("contact_id", "debtor_id", "channel", "at", "purpose", "source", "outcome", "counts"), _contacts,
    ),
}  # fmt: skip


def _after(reader: Reader, clause: Any, at: Any, last: Any, after: tuple[Any, ...]) -> list[Any]:
    if after:
        clause = clause.where((at > after[0]) | ((at == after[0]) & (last > after[1])))
    return rows(reader, clause.order_by(at, last).limit(PAGE), row)


def _last(found: Sequence[Any]) -> tuple[Any, ...] | None:
    return (found[-1][0], found[-1][1]) if len(found) == PAGE else None


def _money(minor: int, currency: str) -> str:
    """With a point before the decimals, as programs read it."""
    if currency in NO_DECIMALS:
        return str(minor)
    sign, whole = ("-" if minor < 0 else ""), abs(minor)
    return f"{sign}{whole // 100}.{whole % 100:02}"


def _csv(lines: Sequence[Line]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([harmless("" if each is None else str(each)) for each in line] for line in lines)
    return out.getvalue().encode()


def _moment(text: str | None, name: str, default: Ms) -> Ms:
    if text is None:
        return default
    try:
        return parse_rfc3339(text)
    except ValueError:
        raise Invalid("Give a time like 2026-11-22T14:03:07Z.", field=name) from None
