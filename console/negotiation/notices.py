"""A payment provider tells of money: taken once by its own id, whatever comes twice or in which order."""

from __future__ import annotations

import hashlib
from typing import Any

import structlog
from prometheus_client import Counter
from sqlalchemy import bindparam, select
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from channels.errors import BadRequest, BadSignature
from channels.payments import LINKERS, PROVIDERS, Named, Notice
from channels.service import look_payment
from channels.types import Delivery
from console.errors import Forbidden, NotFound, TooLarge
from console.fault import fault
from console.intake.models import delivery as table
from console.intake.queries import get as delivery_row
from console.intake.replay import PAYMENTS, stored
from console.intake.take import Produced, keep, verdict
from console.jobs.enqueue import enqueue_job
from console.ledger.links import PayLink, recalled
from console.negotiation import rows
from console.negotiation.links import link_was_paid, link_was_refunded
from console.negotiation.means import account_at, account_of, accounts_at, instructions
from console.negotiation.payments import Incoming, book_payment, suspend, take_payment_back
from console.negotiation.rows import PaymentRow, payment_by_provider
from console.portfolios.queries import get_portfolio
from console.services import Services
from console.store.base import dump, load
from console.store.statement import Query, value
from console.store.transaction import Tx
from console.wire.ids import new_id
from console.wire.shapes import Money

log = structlog.get_logger()
REFUSED = Counter("acordo_payment_notices_refused_total", "Payment notices refused at the door", ["provider", "why"])
TAKEN = Counter("acordo_payment_notices_taken_total", "Payment notices taken", ["provider", "outcome"])
BY = "system"
_SEEN = Query(
    select(table.c.id).where(table.c.inbox_id == bindparam("inbox_id"), table.c.hash == bindparam("hash")), value
)


async def deliver(request: Request) -> Response:
    """POST /webhooks/payments/{provider}: 403 for a bad signature, which leaves nothing but a counter. `book` in the
    query narrows whose account it may be.
    """
    services: Services = request.app.state.services
    name = request.path_params["provider"]
    provider = PROVIDERS.get(name)
    if provider is None:
        raise NotFound
    delivery = Delivery(
        method="POST", path=request.url.path, query=request.url.query,
        body=await _body(request, services.settings.json_bytes),
        headers={key.decode("latin-1").lower(): value.decode("latin-1") for key, value in request.scope["headers"]},
    )  # fmt: skip
    book = request.query_params.get("book")
    for portfolio_id, known in await services.store.read(accounts_at, services.vault, name):
        try:
            if book is None or book == portfolio_id:
                provider.verify(known.secrets, delivery)
            else:
                continue
        except BadSignature:
            continue
        outcome = await services.store.write(take, portfolio_id, name, delivery)
        fault("payment.committed")
        TAKEN.labels(name, outcome).inc()
        log.info("payments.noticed", provider=name, portfolio=portfolio_id, outcome=outcome)
        return PlainTextResponse("ok")
    REFUSED.labels(name, "signature").inc()
    raise Forbidden("The signature does not fit.")


def take(tx: Tx, portfolio_id: str, provider: str, delivery: Delivery) -> str:
    """Keep a notice and carry out what it tells, in one transaction: "booked", "suspense", "returned", "known", "asked"
    (a job asks the provider what became of the payment it names), "ignored" or "dead".

    What cannot be understood is kept aside and answered, so that it is not sent for ever.
    """
    inbox, digest = f"{provider}:{portfolio_id}", hashlib.sha256(delivery.query.encode() + delivery.body).hexdigest()
    try:
        told = PROVIDERS[provider].parse(delivery)
    except BadRequest as error:
        _keep(tx, inbox, delivery, digest, "dead", str(error)[:200])
        return "dead"
    if _SEEN.first(tx, inbox_id=inbox, hash=digest) is not None:
        _keep(tx, inbox, delivery, digest, "duplicate")
        return "known"
    outcomes = [_take_one(tx, portfolio_id, provider, each) for each in told if isinstance(each, Notice)]
    asked = [each for each in told if isinstance(each, Named)]
    kept = _keep(tx, inbox, delivery, digest, "stored" if told else "ignored")
    if asked:
        enqueue_job(tx, PAYMENTS, {"delivery": kept})
        return "asked"
    return max(outcomes, key=("known", "returned", "booked", "suspense").index, default="ignored")


async def carry_out(services: Services, payload: dict[str, Any]) -> None:
    """The job: ask for every payment that a kept notice names, and book it; may be run again."""
    row = await services.store.read(delivery_row, payload["delivery"])
    provider, _, portfolio_id = row.inbox_id.partition(":")
    told = PROVIDERS[provider].parse(stored(row))
    known = await services.store.read(account_at, services.vault, portfolio_id, provider)
    produced: list[Produced] = []
    for each in told:
        notice = (
            each
            if isinstance(each, Notice)
            else await look_payment(services.connector, LINKERS[provider], known, each.payment)
        )
        if notice is None:
            produced.append(Produced("payment", "ignored", reason="no money has come"))
            continue
        outcome = await services.store.write(_take_one, portfolio_id, provider, notice)
        TAKEN.labels(provider, outcome).inc()
        produced.append(Produced("payment", "stored", reason=outcome))
    await services.store.write(verdict, row.id, produced)


async def give_up(services: Services, payload: dict[str, Any]) -> None:
    """The provider never told: the notice is a dead letter, to be replayed."""
    dead = [Produced("payment", "dead", reason="the provider did not say what became of it")]
    await services.store.write(verdict, payload["delivery"], dead)


def _keep(tx: Tx, inbox: str, delivery: Delivery, digest: str, state: str, reason: str = "") -> str:
    made, produced = new_id(), [Produced("payment", state, reason=reason)]
    keep(tx, made, inbox, delivery, door=PAYMENTS, digest=digest, state=state, reason=reason, produced=produced)
    return made


def _take_one(tx: Tx, portfolio_id: str, provider: str, notice: Notice) -> str:
    tx.lock(f"payment:{provider}:{notice.provider_id}")
    known, outcome = payment_by_provider(tx, provider, notice.provider_id), "known"
    if known is None:
        known, outcome = _book(tx, portfolio_id, provider, notice)
    if notice.returned and _went_back(tx, portfolio_id, provider, notice, known):
        return "returned"
    return outcome


def _went_back(tx: Tx, portfolio_id: str, provider: str, notice: Notice, known: PaymentRow) -> bool:
    """Take back what stands of it, and enter anew what the payer left, on its own day. False when the books have it so
    already: what is told grows, so an older word of it changes nothing.
    """
    rest = notice.amount - notice.returned
    standing = known
    while standing.state == "reversed" and (follower := _follower(tx, standing, provider, notice)):
        standing = follower
    if standing.state == "reversed" or standing.amount_minor <= rest:
        return False
    take_payment_back(tx, standing, "returned", BY)
    left = _left(tx, portfolio_id, provider, notice, standing, rest) if rest > 0 else None
    if left is not None:
        rows.save(tx, standing, detail=dump({**load(standing.detail), "payment": left.id}))
    if link := _link_of(tx, portfolio_id, provider, notice):
        link_was_refunded(tx, link, standing, left)
    return True


def _follower(tx: Tx, gone: PaymentRow, provider: str, notice: Notice) -> PaymentRow | None:
    """What stands in the place of a payment that was taken back: its rest, or what a person matched it as."""
    if (known := load(gone.detail).get("payment")) is not None:
        return rows.one(tx, PaymentRow, known)
    if gone.debtor_id is None:
        return None
    # Rests of before they were tied to it are known by their number at the provider.
    rests = [
        each
        for each in rows.all_of(tx, PaymentRow, gone.debtor_id, gone.portfolio_id)
        if each.provider == provider
        and each.state == "confirmed"
        and (each.provider_id or "").startswith(f"{notice.provider_id}:")
    ]
    return max(rests, key=lambda each: each.id, default=None)


def _left(tx: Tx, portfolio_id: str, provider: str, notice: Notice, gone: PaymentRow, rest: int) -> PaymentRow:
    part = f"{notice.provider_id}:{notice.returned}"
    if gone.debtor_id is not None:
        return _enter(tx, gone.debtor_id, portfolio_id, provider, notice, rest, part, is_rest=True)
    why = load(gone.detail)
    return suspend(
        tx, get_portfolio(tx, portfolio_id), Money(rest, notice.currency), min(notice.at, tx.now), notice.method,
        why["why"], by=BY, provider=provider, provider_id=part, reference=why["reference"],
    )  # fmt: skip


def _book(tx: Tx, portfolio_id: str, provider: str, notice: Notice) -> tuple[PaymentRow, str]:
    book = get_portfolio(tx, portfolio_id)
    link = _link_of(tx, portfolio_id, provider, notice)
    whose = account_of(tx, notice.reference) if link is None else (link.debtor_id, portfolio_id)
    pix = instructions(book).pix
    why = ""
    if whose is None or whose[1] != portfolio_id:
        why = "unknown_reference"
    elif notice.currency != book.currency:
        why = "currency"
    elif provider == "pix" and (pix is None or notice.payee != pix.key):
        why = "another_payee"
    elif link is not None and recalled(tx, link.debtor_id, portfolio_id):
        why = "recalled"
    if why or whose is None:
        made = suspend(
            tx, book, Money(notice.amount, notice.currency), min(notice.at, tx.now), notice.method, why, by=BY,
            provider=provider, provider_id=notice.provider_id, reference=notice.reference,
        )  # fmt: skip
        return made, "suspense"
    made = _enter(tx, whose[0], portfolio_id, provider, notice, notice.amount, notice.provider_id)
    if link is not None:
        link_was_paid(tx, link, made)
        rows.save(tx, made, detail=dump({"link": link.id, "expected": link.amount_minor}))
    return made, "booked"


def _link_of(tx: Tx, portfolio_id: str, provider: str, notice: Notice) -> PayLink | None:
    """The link that the payment came by."""
    found = rows.find(tx, PayLink, notice.reference)
    return found if found and (found.portfolio_id, found.provider) == (portfolio_id, provider) else None


def _enter(
    tx: Tx, debtor_id: str, portfolio_id: str, provider: str, notice: Notice, amount: int, provider_id: str, *,
    is_rest: bool = False,
) -> PaymentRow:  # fmt: skip
    made, _ = book_payment(
        tx,
        Incoming(debtor=debtor_id, book=get_portfolio(tx, portfolio_id), amount=amount, paid_at=min(notice.at, tx.now),
                 method=notice.method, by=BY, provider=provider, provider_id=provider_id, is_rest=is_rest),
    )  # fmt: skip
    return made


async def _body(request: Request, limit: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise TooLarge(limit=limit)
    return bytes(body)
