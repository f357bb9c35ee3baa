"""Money comes, and is taken back. A payment settles charges, stops everything planned, and is thanked for."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from msgspec import Struct

from console.access.actor import SYSTEM, Actor
from console.access.debtors import must_see_debtor
from console.access.idempotent import body_hash, remember, repeated
from console.access.portfolios import must_see_portfolio
from console.audit.record import record
from console.cases.debts import book_of
from console.cases.queries import CaseRow, last_resolved, live, open_case
from console.cases.receive import reopen
from console.cases.recount import recount_row
from console.cases.requests import raise_request
from console.debtors.queries import get as debtor
from console.errors import Conflict, Invalid
from console.fault import fault
from console.ledger.allocate import allocate, take_back
from console.ledger.charges import FIRST_DUE, MOST_MINOR
from console.ledger.owed import date_of, every_charge, owed
from console.ledger.states import step
from console.negotiation import clearance, rows, texts
from console.negotiation.claims import confirmed_by, fitting
from console.negotiation.honour import honour
from console.negotiation.rows import PaymentRow
from console.negotiation.say import say
from console.negotiation.settle import Effects, money_came, name_of, notify, reopen_promise
from console.negotiation.tell import tell
from console.portfolios.queries import PortfolioRow, get_portfolio
from console.store.base import dump, load
from console.store.transaction import Tx
from console.wire.ids import new_id
from console.wire.moment import MINUTE, Ms, aware, parse_rfc3339
from console.wire.shapes import Money

ROUTE = "payments"
AHEAD = 5 * MINUTE  # how far another clock may run before ours
METHODS = ("pix", "boleto", "transfer", "card", "cash", "spei", "pse", "link", "other")


class NewPayment(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The body of POST /payments. `external_id` is the creditor's own key; `claim` a receipt that this confirms."""

    client_id: str
    debtor: str
    amount: Money
    paid_at: str
    method: str
    external_id: str | None = None
    portfolio: str | None = None
    claim: str | None = None


class Incoming(Struct, frozen=True, kw_only=True):
    """A payment that is known to have come, whoever told it."""

    debtor: str
    book: PortfolioRow
    amount: int
    paid_at: Ms
    method: str
    by: str
    provider: str = "manual"
    provider_id: str | None = None
    external_id: str | None = None
    claim: str | None = None
    is_rest: bool = False  # what is left of one that was thanked for


def record_payment(tx: Tx, actor: Actor, new: NewPayment) -> tuple[PaymentRow, Effects | None]:
    """The payment, and what it ended; None for one that stood already.

    Raises NotFound, Invalid naming the field, Conflict when the creditor's key names another payment.
    """
    must_see_debtor(tx, actor, new.debtor)
    book = get_portfolio(tx, book_of(tx, actor, new.debtor, new.portfolio))
    digest = body_hash(new)
    before = repeated(tx, actor, ROUTE, new.client_id, digest)
    if before is not None:
        return rows.one(tx, PaymentRow, before), None
    paid_at = check(tx, book, new.amount, new.paid_at, new.method, new.external_id)
    known = None if new.external_id is None else rows.payment_by_key(tx, book.id, new.external_id)
    if known is not None:
        same = (known.debtor_id, known.amount_minor, known.paid_at)
        if same != (new.debtor, new.amount.amount, paid_at):
            raise Conflict("This key names another payment.", field="external_id", payment=known.id)
        remember(tx, actor, ROUTE, new.client_id, digest, known.id)
        return known, None
    made, done = book_payment(
        tx,
        Incoming(debtor=new.debtor, book=book, amount=new.amount.amount, paid_at=paid_at, method=new.method,
                 by=actor.id, external_id=new.external_id, claim=new.claim),
    )  # fmt: skip
    record(tx, actor.id, "payment.recorded", f"payment:{made.id}", case_id=made.case_id)
    remember(tx, actor, ROUTE, new.client_id, digest, made.id)
    return made, done


def check(tx: Tx, book: PortfolioRow, amount: Money, paid_at: str, method: str, external_id: str | None) -> Ms:
    """The moment it was paid. Raises Invalid, naming the field and how to mend it."""
    if not 0 < amount.amount <= MOST_MINOR:
        raise Invalid("An amount is a positive number of minor units.", field="amount")
    if amount.currency != book.currency:
        raise Invalid(f"This portfolio is kept in {book.currency}.", field="amount.currency")
    if method not in METHODS:
        raise Invalid(f"The method is one of {', '.join(METHODS)}.", field="method")
    if external_id is not None and not 1 <= len(external_id.strip()) <= 200:
        raise Invalid("A key of the creditor has 1 to 200 characters.", field="external_id")
    try:
        at = parse_rfc3339(paid_at)
    except ValueError:
        raise Invalid("Give a time like 2026-11-22T14:03:07Z.", field="paid_at") from None
    if at > tx.now + AHEAD:
        raise Invalid("A payment cannot lie in the future.", field="paid_at")
    if aware(at).date() < FIRST_DUE:
        raise Invalid(f"A payment came since {FIRST_DUE}: give the real time.", field="paid_at")
    return at


def book_payment(tx: Tx, new: Incoming) -> tuple[PaymentRow, Effects]:
    """Put it into the books with everything that follows from it, in this transaction."""
    tx.lock(f"money:{new.debtor}:{new.book.id}")
    case_id = open_case(tx, new.debtor, new.book.id)
    row = None if case_id is None else live(tx, case_id)
    honour(tx, new.debtor, new.book.id, row, new.amount, new.paid_at)
    made = PaymentRow(
        new_id(), new.debtor, new.book.id, case_id, new.external_id, new.provider, new.provider_id, new.method,
        new.amount, new.book.currency, new.paid_at, _value_date(tx, new).isoformat(), "confirmed", 0, "[]", "{}",
        new.by, tx.now, None,
    )  # fmt: skip
    on = date.fromisoformat(made.value_date)
    parts, credit = allocate(tx, new.debtor, new.book, new.amount, on, payment_id=made.id, by=new.by)
    made.allocation, made.credit_minor = dump(parts), credit
    rows.store(tx, made)
    fault("payment.stored")
    claim = _shown(tx, new) if new.claim is None else new.claim
    if claim is not None:
        confirmed_by(tx, claim, made, row)
    if row is not None:
        tell(tx, row, "payment.recorded", made, by=new.by, credit=Money(credit, made.currency) if credit else None)
        if credit:
            notify(tx, row, row.owner_id, "overpaid")
    done = money_came(tx, new.debtor, new.book.id, row, by=new.by)
    fault("payment.followed")
    if row is not None and not new.is_rest:
        _thank(tx, row, made, new.book)
    if row is not None:
        clearance.follow(tx, row, made.id)
    return made, done


def reverse_payment(tx: Tx, actor: Actor, payment_id: str, reason: str) -> PaymentRow:
    """Take a payment back: what it settled is owed again, and the supervisors hear of it.

    Raises NotFound, Conflict (it was reversed already), Invalid.
    """
    made = rows.one(tx, PaymentRow, payment_id)
    must_see_portfolio(tx, actor, made.portfolio_id)
    if not reason.strip() or len(reason) > 500:
        raise Invalid("Say why, in at most 500 characters.", field="reason")
    return take_payment_back(tx, made, reason.strip(), actor.id)


def take_payment_back(tx: Tx, made: PaymentRow, reason: str, by: str) -> PaymentRow:
    """The same for a caller who has decided who may."""
    state = step("payment", made.state, "reversed")
    if made.debtor_id is None:
        rows.save(tx, made, state=state, reversed_at=tx.now, detail=dump({**load(made.detail), "reason": reason}))
        return made
    tx.lock(f"money:{made.debtor_id}:{made.portfolio_id}")
    row = _case_again(tx, made.debtor_id, made.portfolio_id)
    by_id = every_charge(tx, made.debtor_id, made.portfolio_id)
    take_back(tx, made.id, by_id, by)
    rows.save(tx, made, state=state, reversed_at=tx.now, credit_minor=0,
              detail=dump({**load(made.detail), "reason": reason}))  # fmt: skip
    record(tx, by, "payment.reversed", f"payment:{made.id}", case_id=made.case_id, detail={"reason": reason})
    if row is not None:
        tell(tx, row, "payment.reversed", made, by=by, reason=reason)
        raise_request(tx, row, "alarm", "payment_reversed", by=None, detail={"payment": made.id, "reason": reason})
    reopen_promise(tx, made, row)
    money_came(tx, made.debtor_id, made.portfolio_id, row, by=by)
    return made


def match(tx: Tx, actor: Actor, payment_id: str, debtor_id: str) -> tuple[PaymentRow, Effects | None]:
    """Give a payment of unknown origin to its debtor. Raises NotFound, Conflict, Invalid."""
    stray = rows.one(tx, PaymentRow, payment_id)
    must_see_portfolio(tx, actor, stray.portfolio_id)
    must_see_debtor(tx, actor, debtor_id)
    step("payment", stray.state, "confirmed")
    if stray.debtor_id is not None:
        raise Conflict("The payment has its debtor.", payment=stray.id)
    book = get_portfolio(tx, book_of(tx, actor, debtor_id, stray.portfolio_id))
    new = Incoming(debtor=debtor_id, book=book, amount=stray.amount_minor, paid_at=stray.paid_at, method=stray.method,
                   by=actor.id, provider="suspense", provider_id=stray.id)  # fmt: skip
    made, done = book_payment(tx, new)
    rows.save(tx, stray, state="reversed", reversed_at=tx.now,
              detail=dump({**load(stray.detail), "reason": "matched", "payment": made.id}))  # fmt: skip
    record(tx, actor.id, "payment.matched", f"payment:{made.id}", case_id=made.case_id, detail={"of": stray.id})
    return made, done


def suspend(
    tx: Tx, book: PortfolioRow, amount: Money, paid_at: Ms, method: str, why: str, *, by: str, provider: str = "manual",
    provider_id: str | None = None, external_id: str | None = None, reference: str = "",
) -> PaymentRow:  # fmt: skip
    """Keep money that nobody can place yet: it settles nothing until a person gives it to a debtor."""
    on = date_of_book(book, paid_at)
    made = PaymentRow(
        new_id(), None, book.id, None, external_id, provider, provider_id, method, amount.amount, amount.currency,
        paid_at, on.isoformat(), "suspense", 0, "[]", dump({"why": why, "reference": reference}), by, tx.now, None,
    )  # fmt: skip
    rows.store(tx, made)
    return made


def date_of_book(book: PortfolioRow, at: Ms) -> date:
    """A moment's date in the creditor's own zone."""
    return aware(at).astimezone(ZoneInfo(book.timezone)).date()


def _shown(tx: Tx, new: Incoming) -> str | None:
    """The receipt of a payment that a provider or a file tells of; a person names it, or means none."""
    if new.by != SYSTEM.id or new.is_rest:
        return None
    return fitting(tx, new.debtor, new.book.id, new.amount)


def _value_date(tx: Tx, new: Incoming) -> date:
    return date_of(tx, new.debtor, new.paid_at)


def _case_again(tx: Tx, debtor_id: str, portfolio_id: str) -> CaseRow | None:
    """The open case, or the last one, which goes on because something is owed again."""
    case_id = open_case(tx, debtor_id, portfolio_id)
    if case_id is not None:
        return live(tx, case_id)
    last = last_resolved(tx, debtor_id, portfolio_id)
    if last is None:
        return None
    row = live(tx, last)
    reopen(tx, row)
    recount_row(tx, row)
    return row


def _thank(tx: Tx, row: CaseRow, made: PaymentRow, book: PortfolioRow) -> None:
    language = debtor(tx, row.debtor_id).language
    creditor = load(book.creditor).get("name") or book.name
    left = owed(tx, row.debtor_id, row.portfolio_id).total_minor or 0
    rest = texts.in_tongue(texts.LEFT if left else texts.CLEARED, language)
    rest = rest.format(left=texts.money(Money(left, made.currency)), creditor=creditor)
    name = name_of(tx, row.debtor_id)
    amount = texts.money(Money(made.amount_minor, made.currency))
    full = texts.in_tongue(texts.PAID, language).format(name=name, amount=amount, rest=rest)
    discreet = texts.in_tongue(texts.PAID_DISCREET, language).format(name=name, creditor=creditor)
    say(tx, row, (full, discreet), purpose="payment_confirmation", why="payment")
