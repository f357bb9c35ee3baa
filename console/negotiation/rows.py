"""Payments, promises, plans, disputes and claims as rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from msgspec import Struct
from sqlalchemy import Table, bindparam, select

from console.errors import NotFound
from console.ledger import models
from console.ledger.links import PayLink
from console.ledger.states import LIVE_PLAN, OPEN_DISPUTE
from console.store.statement import Query, add, change
from console.store.transaction import Reader, Tx
from console.wire.moment import Ms

T = TypeVar("T")


class PaymentRow(Struct):
    id: str
    debtor_id: str | None
    portfolio_id: str
    case_id: str | None
    external_id: str | None
    provider: str
    provider_id: str | None
    method: str
    amount_minor: int
    currency: str
    paid_at: Ms
    value_date: str
    state: str
    credit_minor: int
    allocation: str
    detail: str
    by_id: str | None
    created_at: Ms
    reversed_at: Ms | None


class PromiseRow(Struct):
    id: str
    case_id: str
    debtor_id: str
    portfolio_id: str
    amount_minor: int
    currency: str
    due: str
    effective_due: str
    grace_until: str
    due_at: Ms
    check_at: Ms | None
    state: str
    detail: str
    paid_minor: int
    by_id: str
    created_at: Ms
    closed_at: Ms | None


class PlanRow(Struct):
    id: str
    case_id: str
    debtor_id: str
    portfolio_id: str
    state: str
    detail: str
    currency: str
    as_of: str
    charges: str
    granted: str
    wish: str
    before_minor: int
    total_minor: int
    paid_minor: int
    needs_role: str
    because: str
    expires_at: Ms
    by_id: str
    approved_by: str | None
    approved_at: Ms | None
    request_id: str | None
    whisper_id: str | None
    offer_item_id: str | None
    offered_at: Ms | None
    evidence: str
    accepted_at: Ms | None
    previous_id: str | None
    reason: str
    check_at: Ms | None
    created_at: Ms
    updated_at: Ms


class InstalmentRow(Struct):
    plan_id: str
    n: int
    due: str
    moved_from: str | None
    amount_minor: int
    paid_minor: int


class DisputeRow(Struct):
    id: str
    case_id: str
    debtor_id: str
    portfolio_id: str
    reference: str
    charges: str
    every: int
    reason: str
    text: str
    state: str
    note: str
    answer_by: str
    by_id: str
    created_at: Ms
    closed_at: Ms | None
    check_at: Ms | None


class ClaimRow(Struct):
    id: str
    case_id: str
    debtor_id: str
    portfolio_id: str
    item_id: str
    amount_minor: int | None
    currency: str
    state: str
    until: str
    check_at: Ms | None
    payment_id: str | None
    by_id: str
    created_at: Ms
    closed_at: Ms | None


KINDS: dict[type[Struct], Table] = {
    PaymentRow: models.payment,
    PromiseRow: models.promise,
    PlanRow: models.plan,
    DisputeRow: models.dispute,
    ClaimRow: models.claim,
    PayLink: models.payment_link,
}


def _by_id(table: Table, into: Callable[..., T]) -> Query[T]:
    return Query(select(table).where(table.c.id == bindparam("id")), into)


def _of_case(table: Table, into: Callable[..., T]) -> Query[T]:
    return Query(
        select(table)
        .where(table.c.debtor_id == bindparam("debtor_id"), table.c.portfolio_id == bindparam("portfolio_id"))
        .order_by(table.c.created_at.desc(), table.c.id.desc()),
        into,
    )


_ONE: dict[type[Struct], Query[Any]] = {kind: _by_id(table, kind) for kind, table in KINDS.items()}
_OF: dict[type[Struct], Query[Any]] = {kind: _of_case(table, kind) for kind, table in KINDS.items()}
_INSTALMENTS = Query(
    select(models.instalment)
    .where(models.instalment.c.plan_id == bindparam("plan_id"))
    .order_by(models.instalment.c.n),
    InstalmentRow,
)
_LIVE = Query(
    select(models.plan).where(
        models.plan.c.debtor_id == bindparam("debtor_id"),
        models.plan.c.portfolio_id == bindparam("portfolio_id"),
        models.plan.c.state.in_(LIVE_PLAN),
    ),
    PlanRow,
)
_OFFERS = Query(
    select(models.plan)
    .where(
        models.plan.c.debtor_id == bindparam("debtor_id"),
        models.plan.c.portfolio_id == bindparam("portfolio_id"),
        models.plan.c.state.in_(("draft", "needs_approval", "offered")),
    )
    .order_by(models.plan.c.created_at),
    PlanRow,
)
_PROMISED = Query(
    select(models.promise).where(
        models.promise.c.debtor_id == bindparam("debtor_id"),
        models.promise.c.portfolio_id == bindparam("portfolio_id"),
        models.promise.c.state == "open",
    ),
    PromiseRow,
)
_DISPUTED = Query(
    select(models.dispute).where(
        models.dispute.c.debtor_id == bindparam("debtor_id"),
        models.dispute.c.portfolio_id == bindparam("portfolio_id"),
        models.dispute.c.state.in_(OPEN_DISPUTE),
    ),
    DisputeRow,
)
_BY_KEY = Query(
    select(models.payment).where(
        models.payment.c.portfolio_id == bindparam("portfolio_id"),
        models.payment.c.external_id == bindparam("external_id"),
    ),
    PaymentRow,
)
_BY_PROVIDER = Query(
    select(models.payment).where(
        models.payment.c.provider == bindparam("provider"), models.payment.c.provider_id == bindparam("provider_id")
    ),
    PaymentRow,
)
_CLAIM_OF = Query(select(models.claim).where(models.claim.c.item_id == bindparam("item_id")), ClaimRow)


def one(reader: Reader, kind: type[T], row_id: str) -> T:
    """The row, whoever asks: callers check who may see its case. Raises NotFound."""
    found: T | None = _ONE[kind].first(reader, id=row_id)  # type: ignore[index]
    if found is None:
        raise NotFound
    return found


def find(reader: Reader, kind: type[T], row_id: str) -> T | None:
    """The row, if there is one."""
    found: T | None = _ONE[kind].first(reader, id=row_id)  # type: ignore[index]
    return found


def all_of(reader: Reader, kind: type[T], debtor_id: str, portfolio_id: str) -> list[T]:
    """Of a debtor in a portfolio, the youngest first."""
    return _OF[kind].all(reader, debtor_id=debtor_id, portfolio_id=portfolio_id)  # type: ignore[index]


def store(tx: Tx, row: Any) -> None:
    """Insert a new row."""
    add(tx, KINDS[type(row)], **{name: getattr(row, name) for name in row.__struct_fields__})


def save(tx: Tx, row: Any, **changes: Any) -> None:
    """Change a row, here and in the database."""
    for name, each in changes.items():
        setattr(row, name, each)
    change(tx, KINDS[type(row)], {"id": row.id}, **changes)


def instalments(reader: Reader, plan_id: str) -> list[InstalmentRow]:
    return _INSTALMENTS.all(reader, plan_id=plan_id)


def live_plan(reader: Reader, debtor_id: str, portfolio_id: str) -> PlanRow | None:
    """The plan that stands in place of charges."""
    return _LIVE.first(reader, debtor_id=debtor_id, portfolio_id=portfolio_id)


def open_offers(reader: Reader, debtor_id: str, portfolio_id: str) -> list[PlanRow]:
    """Plans that are not agreed yet, the oldest first."""
    return _OFFERS.all(reader, debtor_id=debtor_id, portfolio_id=portfolio_id)


def open_promise(reader: Reader, debtor_id: str, portfolio_id: str) -> PromiseRow | None:
    return _PROMISED.first(reader, debtor_id=debtor_id, portfolio_id=portfolio_id)


def open_disputes(reader: Reader, debtor_id: str, portfolio_id: str) -> list[DisputeRow]:
    return _DISPUTED.all(reader, debtor_id=debtor_id, portfolio_id=portfolio_id)


def payment_by_key(reader: Reader, portfolio_id: str, external_id: str) -> PaymentRow | None:
    """By the creditor's own key."""
    return _BY_KEY.first(reader, portfolio_id=portfolio_id, external_id=external_id)


def payment_by_provider(reader: Reader, provider: str, provider_id: str) -> PaymentRow | None:
    return _BY_PROVIDER.first(reader, provider=provider, provider_id=provider_id)


def claim_of(reader: Reader, item_id: str) -> ClaimRow | None:
    """The claim that was made of a message."""
    return _CLAIM_OF.first(reader, item_id=item_id)


assert all(kind.__struct_fields__ == tuple(table.c.keys()) for kind, table in KINDS.items())
assert InstalmentRow.__struct_fields__ == tuple(models.instalment.c.keys())
