"""A payment link: begun in one transaction, made at the provider, kept in a second. Whoever dies between
the two asks again with the same client_id, and the provider is asked with the same reference: one link.

What leaves is an address of our own, /pay/TOKEN: it holds nobody's name or debt, and is shut once it is no longer true.
"""

from __future__ import annotations

import base64
import secrets
from datetime import date, timedelta

from msgspec import Struct
from sqlalchemy import bindparam, select

from channels.payments import LINKERS, LinkMade
from console.access.actor import Actor
from console.access.idempotent import body_hash, remember, repeated
from console.access.visible import must_know, must_read
from console.cases.guards import still_open, workable
from console.cases.queries import CaseRow, get, live
from console.errors import Conflict, Invalid
from console.ledger.links import PayLink
from console.ledger.models import pay_provider, payment_link
from console.ledger.owed import date_of, end_of_day, owed, today_of
from console.ledger.states import step
from console.negotiation import rows, view
from console.negotiation.rows import PaymentRow
from console.negotiation.tell import emit, tell
from console.portfolios.queries import get_portfolio
from console.store.statement import Query, value
from console.store.transaction import Reader, Tx
from console.wire import ledger as wire
from console.wire.ids import new_id
from console.wire.moment import DAY, MINUTE, Ms, parse_rfc3339
from console.wire.paging import Paging, paged
from console.wire.shapes import Money

ROUTE = "payment_links"
TARGETS = ("debt", "promise", "instalment")
LEAST, MOST = 15 * MINUTE, 60 * DAY  # how long a link may stand
DAYS = 3  # that one stands unless it is told otherwise
_PROVIDERS = Query(
    select(pay_provider.c.provider)
    .where(pay_provider.c.portfolio_id == bindparam("portfolio_id"), pay_provider.c.provider.in_(sorted(LINKERS)))
    .order_by(pay_provider.c.provider),
    value,
)
_SAME = Query(
    select(payment_link).where(
        payment_link.c.debtor_id == bindparam("debtor_id"), payment_link.c.portfolio_id == bindparam("portfolio_id"),
        payment_link.c.state == "open", payment_link.c.target == bindparam("target"),
        payment_link.c.target_id == bindparam("target_id"), payment_link.c.n == bindparam("n"),
        payment_link.c.id != bindparam("id"),
    ),
    PayLink,
)  # fmt: skip


class NewLink(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The body of POST /cases/{id}/payment-links. Left out, `target` is the agreement's next instalment, else the debt;
    `amount` what is still to be paid of it; `expires_at` the end of the third day on, or of the day promised.
    """

    client_id: str
    target: str | None = None
    n: int | None = None  # which instalment; left out: the next
    amount: Money | None = None
    expires_at: str | None = None
    epoch: int | None = None


class LinkPage(Struct, frozen=True):
    items: list[wire.PaymentLink]
    next: str | None


class _Aim(Struct, frozen=True):
    """What is to be paid: at most `most` of it, by default until `until`."""

    target: str
    id: str
    n: int
    due: int
    most: int
    until: date | None = None


def begin_link(tx: Tx, actor: Actor, case_id: str, new: NewLink, public_url: str) -> tuple[PayLink, bool]:
    """The link before its provider knows of it; whether it is new. Raises NotFound, Forbidden, NotOwner, Invalid, and
    Conflict where there is no provider or nothing to pay.
    """
    must_know(tx, actor, case_id)
    digest = body_hash(new)
    before = repeated(tx, actor, f"{ROUTE}:{case_id}", new.client_id, digest)
    if before is not None:
        return rows.one(tx, PayLink, before), False
    row = workable(tx, actor, case_id, new.epoch)
    still_open(row)
    provider = _PROVIDERS.first(tx, portfolio_id=row.portfolio_id)
    if provider is None:
        raise Conflict("No provider makes payment links here: set one with `acordo portfolio pay`.")
    aim = _aim(tx, row, new)
    currency = get_portfolio(tx, row.portfolio_id).currency
    token = base64.b32encode(secrets.token_bytes(10)).decode().lower()
    made = PayLink(
        new_id(), token, row.id, row.debtor_id, row.portfolio_id, provider, aim.target, aim.id, aim.n,
        _amount(new, aim, currency), currency, _until(tx, row, new, aim), f"{public_url}/pay/{token}", "", "",
        "creating", "", None, actor.id, tx.now, None,
    )  # fmt: skip
    rows.store(tx, made)
    remember(tx, actor, f"{ROUTE}:{case_id}", new.client_id, digest, made.id)
    return made, True


def keep_link(tx: Tx, link_id: str, told_back: LinkMade) -> PayLink:
    """The provider made it. An older one for the same thing gives way to it."""
    made = rows.one(tx, PayLink, link_id)
    if made.state != "creating":
        return made  # whoever asked at the same time was faster
    which = {"debtor_id": made.debtor_id, "portfolio_id": made.portfolio_id, "target": made.target}
    row = live(tx, made.case_id)
    for older in _SAME.all(tx, **which, target_id=made.target_id, n=made.n, id=made.id):
        rows.save(tx, older, state=step("link", older.state, "replaced"), closed_at=tx.now)
        emit(tx, row, "payment_link.updated", older)
    rows.save(tx, made, state=step("link", made.state, "open"), provider_id=told_back.provider_id,
              pay_url=told_back.url)  # fmt: skip
    until = date_of(tx, made.debtor_id, made.expires_at - 1).isoformat()
    tell(tx, row, "payment_link.created", made, by=made.by_id, until=until)
    return made


def fail_link(tx: Tx, link_id: str, why: str) -> PayLink:
    """The provider refused it for good."""
    made = rows.one(tx, PayLink, link_id)
    if made.state == "creating":
        rows.save(tx, made, state=step("link", made.state, "failed"), why=why[:300], closed_at=tx.now)
    return made


def cancel_link(tx: Tx, actor: Actor, link_id: str) -> PayLink:
    """Shut it. Raises NotFound, NotOwner, Conflict."""
    made = rows.one(tx, PayLink, link_id)
    row = workable(tx, actor, made.case_id, None)
    rows.save(tx, made, state=step("link", made.state, "cancelled"), closed_at=tx.now)
    emit(tx, row, "payment_link.updated", made)
    return made


def link_was_paid(tx: Tx, made: PayLink, payment: PaymentRow) -> None:
    """Money came by it. What the case has to say of it stands with the payment."""
    if made.state != "paid" or made.payment_id != payment.id:
        rows.save(tx, made, state=step("link", made.state, "paid"), payment_id=payment.id, closed_at=tx.now)
        emit(tx, live(tx, made.case_id), "payment_link.updated", made)


def link_was_refunded(tx: Tx, made: PayLink, payment: PaymentRow, left: PaymentRow | None) -> None:
    """Money that came by it went back; `left`: what the payer left of it, by which it stays paid."""
    if made.state == "paid" and made.payment_id == payment.id:
        state = "refunded" if left is None else "paid"
        rows.save(tx, made, state=step("link", made.state, state), payment_id=payment.id if left is None else left.id)
        emit(tx, live(tx, made.case_id), "payment_link.updated", made)


def list_links(reader: Reader, actor: Actor, case_id: str, query: Paging) -> LinkPage:
    """A debtor's links in the case's portfolio, the youngest first. Raises NotFound for who may not read the case."""
    must_read(reader, actor, case_id)
    row = get(reader, case_id)
    found = rows.all_of(reader, PayLink, row.debtor_id, row.portfolio_id)
    items, more = paged(found, lambda each: (f"{each.created_at:015}", each.id), query, newest_first=True)
    return LinkPage([view.link(reader, each) for each in items], more)


def _aim(tx: Tx, row: CaseRow, new: NewLink) -> _Aim:
    if new.target is not None and new.target not in TARGETS:
        raise Invalid(f"target is one of {', '.join(TARGETS)}.", field="target")
    plan = rows.live_plan(tx, row.debtor_id, row.portfolio_id)
    target = new.target or ("debt" if plan is None else "instalment")
    if target != "instalment" and plan is not None:
        raise Conflict("An agreement stands: its instalments are what is to be paid.", plan=plan.id)
    if target == "instalment":
        if plan is None:
            raise Conflict("No agreement stands whose instalment could be paid.")
        unpaid = [each for each in rows.instalments(tx, plan.id) if each.paid_minor < each.amount_minor]
        line = next((each for each in unpaid if new.n is None or each.n == new.n), None)
        if line is None:
            raise Invalid("The agreement has no such instalment that is unpaid.", field="n")
        left = line.amount_minor - line.paid_minor
        return _Aim(target, plan.id, line.n, left, left, date.fromisoformat(line.due))
    total = owed(tx, row.debtor_id, row.portfolio_id).total_minor or 0
    if not total:
        raise Conflict("Nothing is owed here.")
    if target == "debt":
        return _Aim(target, "", 0, total, total)
    promise = rows.open_promise(tx, row.debtor_id, row.portfolio_id)
    if promise is None:
        raise Conflict("There is no open promise.")
    left = min(promise.amount_minor - promise.paid_minor, total)
    return _Aim(target, promise.id, 0, left, left, date.fromisoformat(promise.effective_due))


def _amount(new: NewLink, aim: _Aim, currency: str) -> int:
    if new.amount is None:
        return aim.due
    if new.amount.currency != currency:
        raise Invalid(f"This portfolio is kept in {currency}.", field="amount.currency")
    if aim.target != "debt" and new.amount.amount != aim.due:
        raise Invalid("What was agreed or promised is paid as it stands: leave the amount out.", field="amount",
                      owed=aim.due)  # fmt: skip
    if not 0 < new.amount.amount <= aim.most:
        raise Invalid("An amount is more than nothing and at most what is owed.", field="amount", owed=aim.most)
    return new.amount.amount


def _until(tx: Tx, row: CaseRow, new: NewLink, aim: _Aim) -> Ms:
    if new.expires_at is None:
        usual = today_of(tx, row.debtor_id) + timedelta(days=DAYS)
        return end_of_day(tx, row.debtor_id, max(usual, aim.until or usual))
    try:
        at = parse_rfc3339(new.expires_at)
    except ValueError:
        raise Invalid("Give a time like 2026-11-22T14:03:07Z.", field="expires_at") from None
    if not tx.now + LEAST <= at <= tx.now + MOST:
        raise Invalid("A link stands for a quarter of an hour to sixty days.", field="expires_at")
    return at
