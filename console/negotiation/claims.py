"""A receipt that a debtor shows is a claim: it pauses reminders up to a date and changes no balance (domain rules
3.6).
"""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import bindparam, select

from console.access.actor import Actor
from console.access.idempotent import body_hash, remember, repeated
from console.access.visible import must_know
from console.cases.guards import still_open, workable
from console.cases.queries import CaseRow, live
from console.errors import Conflict, Invalid
from console.ledger.calendar import add_business_days
from console.ledger.charges import MOST_MINOR
from console.ledger.owed import end_of_day, today_of
from console.ledger.states import step
from console.negotiation import rows
from console.negotiation.rows import ClaimRow, PaymentRow
from console.negotiation.tell import emit, tell
from console.outbox.models import outbox
from console.portfolios.queries import get_portfolio
from console.store.base import dump, load
from console.store.statement import Query, change, value
from console.store.transaction import Tx
from console.timeline import queries as timeline
from console.timeline.add import revise
from console.wire.ids import new_id
from console.wire.moment import Ms, rfc3339
from console.wire.shapes import Money

ROUTE = "claims"
PAUSE_DAYS = 3  # business days
CODE = "PAYMENT_CLAIM"
_PLANNED = Query(
    select(outbox.c.item_id).where(
        outbox.c.debtor_id == bindparam("debtor_id"), outbox.c.state == "planned", outbox.c.due_at < bindparam("until")
    ),
    value,
)


class NewClaim(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The body of POST /cases/{id}/claims: `item` is the debtor's message with the receipt."""

    client_id: str
    item: str
    amount: Money | None = None
    epoch: int | None = None


def claim_payment(tx: Tx, actor: Actor, case_id: str, new: NewClaim) -> tuple[ClaimRow, bool]:
    """Write down that the debtor says to have paid; whether it is new. Raises NotFound, NotOwner, Invalid, Conflict."""
    must_know(tx, actor, case_id)
    digest = body_hash(new)
    before = repeated(tx, actor, f"{ROUTE}:{case_id}", new.client_id, digest)
    if before is not None:
        return rows.one(tx, ClaimRow, before), False
    row = workable(tx, actor, case_id, new.epoch)
    still_open(row)
    book = get_portfolio(tx, row.portfolio_id)
    _check(tx, row, new, book.currency)
    until = add_business_days(today_of(tx, row.debtor_id), PAUSE_DAYS, book.jurisdiction)
    made = ClaimRow(
        new_id(), row.id, row.debtor_id, row.portfolio_id, new.item, new.amount.amount if new.amount else None,
        book.currency, "open", until.isoformat(), end_of_day(tx, row.debtor_id, until), None, actor.id, tx.now, None,
    )  # fmt: skip
    rows.store(tx, made)
    paused = _pause(tx, row, made.check_at or tx.now)
    tell(tx, row, "payment.claimed", made, by=actor.id, paused=paused, amount=new.amount)
    remember(tx, actor, f"{ROUTE}:{case_id}", new.client_id, digest, made.id)
    return made, True


def dismiss_claim(tx: Tx, actor: Actor, claim_id: str) -> ClaimRow:
    """The receipt proves no payment to us. Raises NotFound, NotOwner, Conflict."""
    made = rows.one(tx, ClaimRow, claim_id)
    row = workable(tx, actor, made.case_id, None)
    _close(tx, row, made, "dismissed")
    return made


def lapse_claim(tx: Tx, claim_id: str) -> None:
    """The days of pause are over and nothing came."""
    made = rows.one(tx, ClaimRow, claim_id)
    if made.state == "open":
        _close(tx, live(tx, made.case_id), made, "lapsed")


def confirmed_by(tx: Tx, claim_id: str, payment: PaymentRow, row: CaseRow | None) -> None:
    """The money that the receipt spoke of is here. Raises Invalid for another debtor's claim, Conflict."""
    made = rows.one(tx, ClaimRow, claim_id)
    if (made.debtor_id, made.portfolio_id) != (payment.debtor_id, payment.portfolio_id):
        raise Invalid("That receipt is another debtor's.", field="claim")
    rows.save(tx, made, state=step("claim", made.state, "confirmed"), payment_id=payment.id, closed_at=tx.now,
              check_at=None)  # fmt: skip
    if row is not None:
        tell(tx, row, "claim.updated", made, by=payment.by_id)


def fitting(tx: Tx, debtor_id: str, portfolio_id: str, amount: int) -> str | None:
    """The receipt that a payment of `amount` minor units proves without a person's word: the only open one, when it
    names that sum or none.
    """
    open_ones = [each for each in rows.all_of(tx, ClaimRow, debtor_id, portfolio_id) if each.state == "open"]
    if len(open_ones) != 1 or open_ones[0].amount_minor not in (None, amount):
        return None
    return open_ones[0].id


def _close(tx: Tx, row: CaseRow, made: ClaimRow, state: str) -> None:
    rows.save(tx, made, state=step("claim", made.state, state), closed_at=tx.now, check_at=None)
    emit(tx, row, "claim.updated", made)


def _check(tx: Tx, row: CaseRow, new: NewClaim, currency: str) -> None:
    item = timeline.find(tx, new.item)
    if item is None or item.case_id != row.id or item.direction != "in" or item.kind != "message":
        raise Invalid("That is not a message of the debtor on this case.", field="item")
    if rows.claim_of(tx, new.item) is not None:
        raise Conflict("This receipt is reported already.", field="item")
    if new.amount is not None and not 0 < new.amount.amount <= MOST_MINOR:
        raise Invalid("An amount is a positive number of minor units.", field="amount")
    if new.amount is not None and new.amount.currency != currency:
        raise Invalid(f"This portfolio is kept in {currency}.", field="amount.currency")


def _pause(tx: Tx, row: CaseRow, until: Ms) -> int:
    """What was planned before that moment is held up to it, not called off; how many."""
    planned = _PLANNED.all(tx, debtor_id=row.debtor_id, until=until)
    for item_id in planned:
        change(tx, outbox, {"item_id": item_id}, due_at=until)
        item = timeline.get(tx, item_id)
        data = load(item.data) | {"held": {"code": CODE, "until": rfc3339(until)}}
        revise(tx, live(tx, item.case_id), item, status="held", due_at=until, data=dump(data))
    return len(planned)
