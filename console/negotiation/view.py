"""Money as the world sees it: plans, promises, disputes, payments and claims in their shapes."""

from __future__ import annotations

from typing import Any

from msgspec import structs

from console.access.actor import Actor
from console.access.visible import must_read
from console.cases.itemise import itemised
from console.cases.queries import get
from console.debtors.queries import get as debtor
from console.ledger.authority import limits
from console.ledger.calendar import shut_weekdays
from console.ledger.charge_codes import judged_codes, shown_code
from console.ledger.charge_files import ChargeFile, judged
from console.ledger.links import PayLink, why_stale
from console.ledger.owed import ChargeRow, date_of, owed, today_of
from console.negotiation import rows, texts
from console.negotiation.levels import level_of
from console.negotiation.rows import ClaimRow, DisputeRow, InstalmentRow, PaymentRow, PlanRow, PromiseRow
from console.portfolios.queries import PortfolioRow, get_portfolio
from console.store.base import load
from console.store.transaction import Reader
from console.timeline.view import person
from console.wire import ledger as wire
from console.wire.moment import rfc3339
from console.wire.shapes import Money

YEARS = 6  # a plan runs for at most five


def case_ledger(reader: Reader, actor: Actor, case_id: str) -> wire.CaseLedger:
    """What stands behind a case's balance. Raises NotFound for who may not read the case."""
    must_read(reader, actor, case_id)
    row = get(reader, case_id)
    book = get_portfolio(reader, row.portfolio_id)
    which = (row.debtor_id, row.portfolio_id)
    payments = rows.all_of(reader, PaymentRow, *which)
    level = level_of(actor)
    today = today_of(reader, row.debtor_id)
    return wire.CaseLedger(
        plans=[plan(reader, each) for each in rows.all_of(reader, PlanRow, *which)],
        promises=[promise(reader, each) for each in rows.all_of(reader, PromiseRow, *which)],
        disputes=[dispute(reader, each) for each in rows.all_of(reader, DisputeRow, *which)],
        payments=[payment(each) for each in payments],
        claims=[claim(each) for each in rows.all_of(reader, ClaimRow, *which)],
        links=[link(reader, each) for each in rows.all_of(reader, PayLink, *which)],
        files=[charge_file(*each) for each in judged(reader, *which)],
        codes=[shown_code(each) for each in judged_codes(reader, *which) if each.why != "replaced"],
        credit=Money(sum(each.credit_minor for each in payments if each.state == "confirmed"), book.currency),
        limits={"level": level, **structs.asdict(limits(level, row.bucket, load(book.settings)))},
        today=today.isoformat(),
        shut=[each.isoformat() for each in shut_weekdays(today, YEARS, book.jurisdiction)],
        increment=increment_of(book),
    )


def plan(reader: Reader, row: PlanRow) -> wire.Plan:
    of = _money(row.currency)
    wish = load(row.wish)
    granted = sum(sum(each.values()) for each in load(row.granted))
    return wire.Plan(
        id=row.id, case=row.case_id, debtor=row.debtor_id, state=row.state,  # type: ignore[arg-type]
        detail=row.detail, as_of=row.as_of, charges=load(row.charges), before=of(row.before_minor),
        discount=of(granted), discounts=[wire.Discount(each["component"], each["bp"]) for each in wish["discounts"]],
        total=of(row.total_minor), paid=of(row.paid_minor),
        schedule=_schedule(reader, row), needs_approval=_needs(row),
        by=person(reader, row.by_id), approved_by=person(reader, row.approved_by), approved_at=rfc3339(row.approved_at),
        expires_at=rfc3339(row.expires_at), last=wish.get("last", False), offered_at=rfc3339(row.offered_at),
        offer=row.offer_item_id,
        accepted_at=rfc3339(row.accepted_at), evidence=load(row.evidence), previous=row.previous_id, reason=row.reason,
        created_at=rfc3339(row.created_at), updated_at=rfc3339(row.updated_at),
    )  # fmt: skip


def _schedule(reader: Reader, row: PlanRow) -> list[wire.ScheduleLine]:
    today = today_of(reader, row.debtor_id).isoformat()
    of = _money(row.currency)
    return [
        wire.ScheduleLine(
            n=each.n, due=each.due, amount=of(each.amount_minor), moved_from=each.moved_from, paid=of(each.paid_minor),
            state=_state(each, today),
        )
        for each in rows.instalments(reader, row.id)
    ]  # fmt: skip


def _state(line: InstalmentRow, today: str) -> str:
    if line.paid_minor >= line.amount_minor:
        return "paid"
    if line.due < today:
        return "missed"
    return "due" if line.due == today else "partially_paid" if line.paid_minor else "scheduled"


def _needs(row: PlanRow) -> wire.NeedsApproval | None:
    return wire.NeedsApproval(row.needs_role, load(row.because)) if row.needs_role else None


def promise(reader: Reader, row: PromiseRow) -> wire.Promise:
    of = _money(row.currency)
    return wire.Promise(
        id=row.id, case=row.case_id, debtor=row.debtor_id, amount=of(row.amount_minor), due=row.due,
        effective_due=row.effective_due, grace_until=row.grace_until, state=row.state,  # type: ignore[arg-type]
        detail=row.detail, paid=of(row.paid_minor), by=person(reader, row.by_id), created_at=rfc3339(row.created_at),
        closed_at=rfc3339(row.closed_at),
    )  # fmt: skip


def dispute(reader: Reader, row: DisputeRow) -> wire.Dispute:
    return wire.Dispute(
        id=row.id, case=row.case_id, debtor=row.debtor_id, reference=row.reference, charges=load(row.charges),
        all=bool(row.every), reason=row.reason, text=row.text, state=row.state, note=row.note, answer_by=row.answer_by,
        by=person(reader, row.by_id), created_at=rfc3339(row.created_at), closed_at=rfc3339(row.closed_at),
        ask=_ask(reader, row),
    )  # fmt: skip


def _ask(reader: Reader, row: DisputeRow) -> str:
    if row.state != "info_requested":
        return ""
    words = texts.ASKED_FOR_PAYMENT if row.reason in ("already_paid", "duplicate") else texts.ASKED_FOR_PAPERS
    return texts.in_tongue(words, debtor(reader, row.debtor_id).language).format(reference=row.reference)


def payment(row: PaymentRow, **more: Any) -> wire.Payment:
    of = _money(row.currency)
    return wire.Payment(
        id=row.id, case=row.case_id, debtor=row.debtor_id, portfolio=row.portfolio_id, amount=of(row.amount_minor),
        credit=of(row.credit_minor), paid_at=rfc3339(row.paid_at), value_date=row.value_date, method=row.method,
        provider=row.provider, external_id=row.external_id, state=row.state,  # type: ignore[arg-type]
        allocation=[
            wire.Allocated(each["charge"], each["number"], each["component"], of(each["amount"]))
            for each in load(row.allocation)
        ],
        reason=load(row.detail).get("reason", ""), created_at=rfc3339(row.created_at),
        reversed_at=rfc3339(row.reversed_at), **more,
    )  # fmt: skip


def with_outcome(reader: Reader, row: PaymentRow, stopped: wire.Stopped | None) -> wire.Payment:
    """A payment for whoever recorded it: what is owed now, and what it ended."""
    if row.debtor_id is None:
        return payment(row)
    left = owed(reader, row.debtor_id, row.portfolio_id).total_minor or 0
    return payment(row, balance=Money(left, row.currency), stopped=stopped)


def claim(row: ClaimRow) -> wire.Claim:
    return wire.Claim(
        id=row.id, case=row.case_id, debtor=row.debtor_id, item=row.item_id,
        amount=None if row.amount_minor is None else Money(row.amount_minor, row.currency), state=row.state,
        until=row.until, payment=row.payment_id, created_at=rfc3339(row.created_at), closed_at=rfc3339(row.closed_at),
    )  # fmt: skip


def link(reader: Reader, made: PayLink) -> wire.PaymentLink:
    """As people and programs read it, with the words that carry it in the debtor's language."""
    language = debtor(reader, made.debtor_id).language
    book = get_portfolio(reader, made.portfolio_id)
    amount = Money(made.amount_minor, made.currency)
    paid = rows.find(reader, PaymentRow, made.payment_id) if made.payment_id else None
    until = date_of(reader, made.debtor_id, made.expires_at - 1).isoformat()
    text = texts.in_tongue(texts.LINK, language).format(
        amount=texts.money(amount), creditor=load(book.creditor).get("name") or book.name,
        until=texts.day(until, language), url=made.url,
    )  # fmt: skip
    text = itemised(reader, made.debtor_id, made.portfolio_id, text)
    return wire.PaymentLink(
        id=made.id, case=made.case_id, state=made.state, why=why_stale(reader, made), detail=made.why, url=made.url,
        amount=amount, expires_at=rfc3339(made.expires_at), target=made.target, target_id=made.target_id or None,
        n=made.n, provider=made.provider, payment=made.payment_id,
        paid_at=None if paid is None else rfc3339(paid.paid_at), text=text, created_at=rfc3339(made.created_at),
    )  # fmt: skip


def charge_file(file: ChargeFile, of: ChargeRow, why: str) -> wire.ChargeFile:
    return wire.ChargeFile(
        id=file.id, charge=of.id, debtor=of.debtor_id, number=of.number, kind=file.kind, name=file.name, type=file.type,
        size=file.size, why=why, created_at=rfc3339(file.created_at),
    )  # fmt: skip


def increment_of(book: PortfolioRow) -> int:
    """Cash is paid in steps, in pesos of 50 for instance: minor units, 1 when the portfolio says nothing."""
    return max(int(load(book.settings).get("cash_increment", 1)), 1)


def _money(currency: str) -> Any:
    return lambda minor: Money(minor, currency)
