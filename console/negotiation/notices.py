"""A payment provider tells of money: taken once by its own id, whatever comes twice or in which order."""

from __future__ import annotations

import hashlib

import structlog
from prometheus_client import Counter
from sqlalchemy import bindparam, select
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from channels.errors import BadRequest, BadSignature
from channels.payments import PROVIDERS, Notice
from channels.types import Delivery, Secrets
from console.audit.record import record
from console.errors import Forbidden, NotFound, TooLarge
from console.fault import fault
from console.ledger.models import pay_provider
from console.negotiation.means import account_of, instructions
from console.negotiation.payments import Incoming, book_payment, suspend, take_payment_back
from console.negotiation.rows import PaymentRow, payment_by_provider
from console.portfolios.queries import get_portfolio
from console.services import Services
from console.store.base import load
from console.store.statement import Query, row
from console.store.transaction import Reader, Tx
from console.store.vault import Vault
from console.wire.shapes import Money

log = structlog.get_logger()
REFUSED = Counter("acordo_payment_notices_refused_total", "Payment notices refused at the door", ["provider", "why"])
TAKEN = Counter("acordo_payment_notices_taken_total", "Payment notices taken", ["provider", "outcome"])
BY = "system"
_OF = Query(
    select(pay_provider.c.portfolio_id, pay_provider.c.secrets).where(pay_provider.c.provider == bindparam("provider")),
    row,
)


async def deliver(request: Request) -> Response:
    """POST /webhooks/payments/{provider}: 403 for a bad signature, which leaves nothing but a counter."""
    services: Services = request.app.state.services
    name = request.path_params["provider"]
    provider = PROVIDERS.get(name)
    if provider is None:
        raise NotFound
    delivery = Delivery(
        method="POST", path=request.url.path, body=await _body(request, services.settings.json_bytes),
        headers={key.decode("latin-1").lower(): value.decode("latin-1") for key, value in request.scope["headers"]},
    )  # fmt: skip
    for portfolio_id, secrets in await services.store.read(_secrets, services.vault, name):
        try:
            provider.verify(secrets, delivery)
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
    """All payments of one notice in one transaction: "booked", "suspense", "returned", "known" or "dead".

    What cannot be understood is written down in the audit by its digest and answered, so that it is not sent for ever.
    """
    try:
        notices = PROVIDERS[provider].parse(delivery)
    except BadRequest as error:
        detail = {"reason": str(error)[:200], "sha256": hashlib.sha256(delivery.body).hexdigest()}
        record(tx, None, "payment_notice.dead", f"portfolio:{portfolio_id}", detail=detail)
        return "dead"
    told = [_take_one(tx, portfolio_id, provider, each) for each in notices]
    return max(told, key=("known", "returned", "booked", "suspense").index)


def _take_one(tx: Tx, portfolio_id: str, provider: str, notice: Notice) -> str:
    known = payment_by_provider(tx, provider, notice.provider_id)
    outcome = "known"
    if known is None:
        known, outcome = _book(tx, portfolio_id, provider, notice)
    if notice.returned and known.state == "confirmed":
        take_payment_back(tx, known, "returned to the payer", BY)
        rest = notice.amount - notice.returned
        part = f"{notice.provider_id}:{notice.returned}"
        if rest > 0 and known.debtor_id and payment_by_provider(tx, provider, part) is None:
            _enter(tx, known.debtor_id, portfolio_id, provider, notice, rest, part)
        return "returned"
    return outcome


def _book(tx: Tx, portfolio_id: str, provider: str, notice: Notice) -> tuple[PaymentRow, str]:
    book = get_portfolio(tx, portfolio_id)
    whose = account_of(tx, notice.reference)
    pix = instructions(book).pix
    why = ""
    if whose is None or whose[1] != portfolio_id:
        why = "unknown_reference"
    elif notice.currency != book.currency:
        why = "currency"
    elif provider == "pix" and (pix is None or notice.payee != pix.key):
        why = "another_payee"
    if why or whose is None:
        made = suspend(
            tx, book, Money(notice.amount, notice.currency), min(notice.at, tx.now), notice.method, why, by=BY,
            provider=provider, provider_id=notice.provider_id, reference=notice.reference,
        )  # fmt: skip
        return made, "suspense"
    return _enter(tx, whose[0], portfolio_id, provider, notice, notice.amount, notice.provider_id), "booked"


def _enter(
    tx: Tx, debtor_id: str, portfolio_id: str, provider: str, notice: Notice, amount: int, provider_id: str
) -> PaymentRow:
    made, _ = book_payment(
        tx,
        Incoming(debtor=debtor_id, book=get_portfolio(tx, portfolio_id), amount=amount, paid_at=min(notice.at, tx.now),
                 method=notice.method, by=BY, provider=provider, provider_id=provider_id),
    )  # fmt: skip
    return made


def _secrets(reader: Reader, vault: Vault, provider: str) -> list[tuple[str, Secrets]]:
    return [
        (portfolio_id, Secrets(load(vault.open(sealed, f"pay:{portfolio_id}:{provider}"))))
        for portfolio_id, sealed in _OF.all(reader, provider=provider)
    ]


async def _body(request: Request, limit: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise TooLarge(limit=limit)
    return bytes(body)
