"""Working a plan out: what is owed, what is granted, what is due when, and who may grant it. Stores nothing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from msgspec import Struct, field, structs, to_builtins

from console.access.actor import Actor
from console.access.visible import must_read
from console.cases.guards import still_open
from console.cases.queries import CaseRow, get
from console.errors import Conflict, Invalid
from console.ledger.authority import Needed, Wish, limits, needed
from console.ledger.calendar import add_business_days, is_business_day
from console.ledger.owed import ChargeOwed, date_of, end_of_day, owed
from console.ledger.schedule import MOST_INSTALMENTS, Instalment, granted, schedule
from console.negotiation import incentives
from console.negotiation.levels import level_of
from console.negotiation.promises import a_date
from console.negotiation.view import increment_of
from console.portfolios.queries import PortfolioRow, get_portfolio
from console.store.base import load
from console.store.transaction import Reader
from console.wire import ledger as wire
from console.wire.moment import Ms, parse_rfc3339, rfc3339
from console.wire.shapes import Money

SPAN_DAYS = 5 * 366  # the longest a plan may run (domain rules 3.5)
AHEAD_DAYS = 60  # how far ahead the first instalment may lie


class PlanWish(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A plan as it is asked for. `charges` left out: everything open that is not disputed. `instalments` 0 is a
    settlement by the down payment alone; `day` 1 to 28 is the debtor's own day of the month. `last`: the debtor is
    told that there is no better one for now, which binds (`incentives.py`).
    """

    down_payment: Money
    instalments: int
    first_due: str | None = None
    day: int | None = None
    charges: list[str] | None = None
    discounts: list[wire.Discount] = field(default_factory=list)
    expires_at: str | None = None
    last: bool = False


class PreviewBody(PlanWish, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The body of POST /plans/preview."""

    case: str


class Built(Struct, frozen=True, kw_only=True):
    """A plan worked out. Amounts in minor units."""

    as_of: str
    charges: list[ChargeOwed]
    granted: list[dict[str, int]]
    before: int
    total: int
    lines: list[Instalment]
    needs: Needed | None
    expires_at: Ms
    wish: dict[str, Any]


def preview(reader: Reader, actor: Actor, body: PreviewBody) -> wire.Preview:
    """What the plan would be for this actor. Raises NotFound, Invalid naming the field, Conflict."""
    must_read(reader, actor, body.case)
    row = get(reader, body.case)
    built = build(reader, actor, row, PlanWish(**{name: getattr(body, name) for name in PlanWish.__struct_fields__}))
    return shape(built, row.currency)


def shape(built: Built, currency: str) -> wire.Preview:
    return wire.Preview(
        state="needs_approval" if built.needs else "draft",
        as_of=built.as_of,
        before=Money(built.before, currency),
        discount=Money(built.before - built.total, currency),
        total=Money(built.total, currency),
        schedule=[
            wire.ScheduleLine(
                n=each.n, due=each.due.isoformat(), amount=Money(each.amount, currency),
                moved_from=None if each.moved_from is None else each.moved_from.isoformat(),
            )
            for each in built.lines
        ],
        needs_approval=None if built.needs is None else wire.NeedsApproval(built.needs.role, list(built.needs.because)),
        expires_at=rfc3339(built.expires_at),
    )  # fmt: skip


def build(reader: Reader, actor: Actor, row: CaseRow, wish: PlanWish) -> Built:
    """Raises Invalid, naming what is wrong and how to mend it, or Conflict when no plan can stand here."""
    still_open(row)
    book = get_portfolio(reader, row.portfolio_id)
    debt = owed(reader, row.debtor_id, row.portfolio_id)
    chosen = _chosen(debt.charges, wish)
    _check(wish, book)
    shares = granted([each.open for each in chosen], {each.component: each.bp for each in wish.discounts})
    before = sum(each.total for each in chosen)
    total = before - sum(sum(each.values()) for each in shares)
    asked: dict[str, int] = {each.component: each.bp for each in wish.discounts}
    if wish.last:
        _check_last(reader, row, chosen, asked, before - total)
    today = date.fromisoformat(debt.as_of)
    increment = increment_of(book)
    _check_sums(wish, total, increment)
    first = _first(wish, today, book)
    lines = schedule(total, wish.down_payment.amount, wish.instalments, first, today, book.jurisdiction, day=wish.day,
                     increment=increment)  # fmt: skip
    if lines and (lines[-1].due - today).days > SPAN_DAYS:
        raise Invalid("A plan runs for at most sixty months.", field="instalments")
    level = level_of(actor)
    expires_at, days = _expiry(reader, row, wish, today, book, level, eased=total < before)
    needs = needed(
        level,
        Wish(bucket=debt.bucket, extras_bp=max(asked.get(name, 0) for name in ("fine", "interest", "fees")),
             principal_bp=asked.get("principal", 0), instalments=wish.instalments, total=total,
             down=wish.down_payment.amount, days=days),
        load(book.settings),
    )  # fmt: skip
    if needs is not None and not needs.role:
        raise Invalid("Nobody in this house may grant that.", field=_field_of(needs.because[0]), because=needs.because)
    return Built(
        as_of=debt.as_of, charges=chosen, granted=shares, before=before, total=total, lines=lines, needs=needs,
        expires_at=expires_at, wish=to_builtins(structs.replace(wish, charges=[each.id for each in chosen])),
    )  # fmt: skip


def _chosen(charges: list[ChargeOwed], wish: PlanWish) -> list[ChargeOwed]:
    open_ones = [each for each in charges if each.total > 0]
    if wish.charges is None:
        chosen = [each for each in open_ones if not {"DISPUTED", "PLAN"} & set(each.overlays)]
    else:
        by_id = {each.id: each for each in open_ones}
        if unknown := [each for each in wish.charges if each not in by_id]:
            raise Invalid("That is not an open charge of this debtor.", field="charges", charges=unknown)
        chosen = [by_id[each] for each in dict.fromkeys(wish.charges)]
    for overlay, why in (("DISPUTED", "A disputed charge stands in no plan."), ("PLAN", "A charge stands in a plan.")):
        if held := [each.id for each in chosen if overlay in each.overlays]:
            raise Conflict(why, charges=held)
    if not chosen:
        raise Conflict("Nothing is owed that a plan could be made of.")
    return chosen


def _check(wish: PlanWish, book: PortfolioRow) -> None:
    if wish.down_payment.currency != book.currency:
        raise Invalid(f"This portfolio is kept in {book.currency}.", field="down_payment.currency")
    if wish.down_payment.amount < 0:
        raise Invalid("A down payment cannot be negative.", field="down_payment")
    if not 0 <= wish.instalments <= MOST_INSTALMENTS:
        raise Invalid(f"A plan has 0 to {MOST_INSTALMENTS} instalments.", field="instalments")
    if wish.day is not None and not 1 <= wish.day <= 28:
        raise Invalid("The day of the month is 1 to 28.", field="day")
    names = [each.component for each in wish.discounts]
    if len(set(names)) < len(names):
        raise Invalid("Name each component once.", field="discounts")
    for index, each in enumerate(wish.discounts):
        if not 0 <= each.bp <= 10_000:
            raise Invalid("A discount is 0 to 10000 basis points: at most all of it.", field=f"discounts[{index}].bp")


def _check_sums(wish: PlanWish, total: int, increment: int) -> None:
    down, rest = wish.down_payment.amount, total - wish.down_payment.amount
    if total <= 0:
        raise Invalid("Nothing would be left to pay.", field="discounts")
    if rest < 0:
        raise Invalid("The down payment is more than the total.", field="down_payment", total=total)
    if wish.instalments == 0 and rest:
        raise Invalid("Without instalments the down payment is the whole total.", field="down_payment", total=total)
    if wish.instalments and not rest:
        raise Invalid("Nothing is left for instalments: set them to 0.", field="instalments")
    if wish.instalments and rest < wish.instalments * increment:
        steps = "minor units" if increment == 1 else f"steps of {increment} minor units"
        raise Invalid(f"There are more instalments than {steps} to pay.", field="instalments", rest=rest, down=down)


def _first(wish: PlanWish, today: date, book: PortfolioRow) -> date:
    if wish.first_due is None:
        if wish.instalments:
            raise Invalid("Say when the first instalment is due.", field="first_due")
        return today
    first = a_date(wish.first_due, "first_due")
    if first < today:
        raise Invalid("The first instalment lies ahead: this date is past.", field="first_due")
    if first > today + timedelta(days=AHEAD_DAYS):
        raise Invalid(f"The first instalment is due within {AHEAD_DAYS} days.", field="first_due")
    return first


def _check_last(reader: Reader, row: CaseRow, chosen: list[ChargeOwed], asked: dict[str, int], off: int) -> None:
    if not off:
        raise Invalid("A last offer takes something off: give a discount, or leave `last` out.", field="last")
    incentives.must_be_better(reader, row.debtor_id, row.portfolio_id, chosen, asked)


def _expiry(
    reader: Reader, row: CaseRow, wish: PlanWish, today: date, book: PortfolioRow, level: str, *, eased: bool
) -> tuple[Ms, int]:
    """When the offer ends, and how many business days that is; left out: as long as one's authority reaches. `eased`:
    it takes something off, and ends as such an offer must.
    """
    at = _asked_end(reader, row, wish, book, eased=eased)
    if at is None:
        days = limits(level, row.bucket, load(book.settings)).days
        day = add_business_days(today, days, book.jurisdiction)
        if not eased:
            return end_of_day(reader, row.debtor_id, day), days
        at = max(incentives.evening(reader, row.debtor_id, day),
                 incentives.least(reader, row.debtor_id, book.jurisdiction, reader.now))  # fmt: skip
    last, days = date_of(reader, row.debtor_id, at - 1), 0  # midnight still is the day that ends
    for offset in range(1, (last - today).days + 1):
        days += is_business_day(today + timedelta(days=offset), book.jurisdiction)
    return at, days


def _asked_end(reader: Reader, row: CaseRow, wish: PlanWish, book: PortfolioRow, *, eased: bool) -> Ms | None:
    if wish.expires_at is None:
        return None
    try:
        at = parse_rfc3339(wish.expires_at)
    except ValueError:
        raise Invalid("Give a time like 2026-11-22T14:03:07Z.", field="expires_at") from None
    if not reader.now < at <= reader.now + 60 * 86_400_000:
        raise Invalid("An offer ends within the next sixty days.", field="expires_at")
    if eased:
        incentives.must_end_well(reader, row.debtor_id, book.jurisdiction, at)
    return at


def _field_of(because: str) -> str:
    return {"validity": "expires_at", "down_payment": "down_payment", "instalments": "instalments"}.get(
        because, "discounts"
    )
