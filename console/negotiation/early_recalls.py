"""Recalls that found no debt: as a list, given by hand to the charges they mean, or dismissed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct
from sqlalchemy import select

from console.access.actor import Actor
from console.access.debtors import must_see_debtor
from console.access.portfolios import must_see_portfolio, visible_portfolios
from console.audit.record import record
from console.cases.debts import book_of
from console.errors import Conflict, Forbidden, Invalid
from console.ledger.early import EarlyRow, one, while_recalls_come
from console.ledger.models import early_recall
from console.ledger.owed import every_charge
from console.ledger.states import RECALL, step
from console.negotiation.recall import recall
from console.portfolios.models import portfolio
from console.portfolios.queries import get_portfolio
from console.store.statement import change, rows
from console.store.transaction import Reader, Tx
from console.timeline.view import people
from console.wire.moment import rfc3339
from console.wire.paging import a_page, youngest_first
from console.wire.shapes import Named, Person


class RecallQuery(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The query of GET /recalls."""

    state: str | None = None
    portfolio: str | None = None
    limit: int = 50
    cursor: str | None = None


class EarlyRecall(Struct, frozen=True, kw_only=True):
    """`debtor_key`, `debt_key`, `charge_key`: the creditor's own, as the file had them; both of the latter empty: all
    that is owed. `why`: unknown_debtor, unknown_charge. `applied`: its debt came (`debtor`), and what comes under a key
    of a debt or debtor goes on being taken back until it is dismissed; `tied`: by a person; `note`: why it was
    dismissed. `by`: who brought the `file`, null from the command line.
    """

    id: str
    portfolio: Named
    debtor_key: str
    debt_key: str
    charge_key: str
    reason: str
    why: Literal["unknown_debtor", "unknown_charge"]
    state: Literal["waiting", "applied", "tied", "dismissed"]
    file: str
    by: Person | None
    created_at: str
    debtor: str | None
    note: str
    settled_by: Person | None
    settled_at: str | None


class RecallPage(Struct, frozen=True):
    items: list[EarlyRecall]
    next: str | None


class Meant(Struct, frozen=True, forbid_unknown_fields=True):
    """Whose charges a recall means, and which, by id."""

    debtor: str
    charges: list[str]


def list_recalls(reader: Reader, actor: Actor, query: RecallQuery) -> RecallPage:
    """The youngest first. Raises Forbidden for agents, Invalid."""
    if actor.role == "agent":
        raise Forbidden
    if query.state is not None and query.state not in RECALL:
        raise Invalid(f"state is one of {', '.join(RECALL)}.", field="state")
    clause = select(early_recall).where(
        early_recall.c.portfolio_id.in_(select(portfolio.c.id).where(visible_portfolios(actor)))
    )
    for column, wanted in ((early_recall.c.state, query.state), (early_recall.c.portfolio_id, query.portfolio)):
        if wanted is not None:
            clause = clause.where(column == wanted)
    found = rows(reader, youngest_first(clause, early_recall, query.limit, query.cursor), EarlyRow)
    some, more = a_page(found, query.limit)
    cast = people(reader, [who for each in some for who in (each.by_id, each.settled_by)])
    return RecallPage([_shape(reader, each, cast) for each in some], more)


def tie(tx: Tx, actor: Actor, recall_id: str, meant: Meant) -> EarlyRecall:
    """Take these charges back for it. Raises NotFound, Invalid naming the field, Conflict when it was settled."""
    early = _to_settle(tx, actor, recall_id)
    must_see_debtor(tx, actor, meant.debtor)
    book = get_portfolio(tx, book_of(tx, actor, meant.debtor, early.portfolio_id))
    state = step("recall", early.state, "tied")
    known = every_charge(tx, meant.debtor, book.id)
    if not meant.charges or not known.keys() >= set(meant.charges):
        raise Invalid("Name charges that the debtor has in this portfolio, by their ids.", field="charges")
    standing = [known[each] for each in dict.fromkeys(meant.charges) if known[each].closed_at is None]
    if standing:
        recall(tx, book, standing, early.reason, by=actor.id)
    record(tx, actor.id, "recall.tied", f"recall:{early.id}", detail={"charges": len(standing)})
    return _settled(tx, actor, early, state=state, debtor_id=meant.debtor)


def dismiss(tx: Tx, actor: Actor, recall_id: str, reason: str) -> EarlyRecall:
    """It takes back nothing, or nothing more. Raises NotFound, Invalid, Conflict when it has done its work."""
    early = _to_settle(tx, actor, recall_id)
    if not reason.strip() or len(reason) > 500:
        raise Invalid("Say why, in at most 500 characters.", field="reason")
    state = step("recall", early.state, "dismissed")
    if early.state == "applied" and early.charge_key:
        raise Conflict("The charge was taken back, and stays so.", state=early.state)
    record(tx, actor.id, "recall.dismissed", f"recall:{early.id}", detail={"reason": reason.strip()})
    return _settled(tx, actor, early, state=state, note=reason.strip())


def _to_settle(tx: Tx, actor: Actor, recall_id: str) -> EarlyRow:
    found = one(tx, recall_id)
    must_see_portfolio(tx, actor, found.portfolio_id)
    while_recalls_come(tx, found.portfolio_id)
    return one(tx, recall_id)  # a debt may have come meanwhile


def _settled(tx: Tx, actor: Actor, early: EarlyRow, **values: str) -> EarlyRecall:
    change(tx, early_recall, {"id": early.id}, settled_by=actor.id, settled_at=tx.now, **values)
    now = one(tx, early.id)
    return _shape(tx, now, people(tx, [now.by_id, now.settled_by]))


def _shape(reader: Reader, row: EarlyRow, cast: Mapping[str, Person]) -> EarlyRecall:
    book = get_portfolio(reader, row.portfolio_id)
    return EarlyRecall(
        id=row.id, portfolio=Named(book.id, book.name), debtor_key=row.debtor_key, debt_key=row.debt_key,
        charge_key=row.charge_key, reason=row.reason, why=row.why, state=row.state, file=row.file,  # type: ignore[arg-type]
        by=cast.get(row.by_id or ""), created_at=rfc3339(row.created_at), debtor=row.debtor_id, note=row.note,
        settled_by=cast.get(row.settled_by or ""),
        settled_at=None if row.settled_at is None else rfc3339(row.settled_at),
    )  # fmt: skip
