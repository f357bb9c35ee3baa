"""Mercado Pago's Checkout Pro as an integration uses it: a preference, its page, the payment, the signed notice.

The page is the debtor's: whoever opened the link pays by Pix, by card, has the card refused, gets half or all of the
money back, or contests it at the bank of the card.
Each act changes the payment first and then posts the notice, signed as Mercado Pago signs: HMAC-SHA256 over
`id:DATA.ID;request-id:X-REQUEST-ID;ts:TS;` in `x-signature: ts=…,v1=…`.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from decimal import ROUND_DOWN, Decimal
from html import escape
from typing import Any
from urllib.parse import parse_qs

import msgspec
from msgspec import Struct, structs
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.clock import parse_moment, rfc3339
from sandbox.config import Seller
from sandbox.guard import Refusal, from_elsewhere, loopback
from sandbox.records import Charge, Checkout, Post
from sandbox.world import Sandbox

PAGE = "/checkout/v1/redirect"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
WAYS = {"pix": ("bank_transfer", "pix"), "card": ("credit_card", "master"), "reject": ("credit_card", "master")}
SAID = {
    "approved": "Pago.", "rejected": "O cartão foi recusado: tente de novo.", "refunded": "O dinheiro foi devolvido.",
    "charged_back": "A compra foi contestada no banco do cartão.",
}  # fmt: skip
_HTML = """<!doctype html><html lang="pt-BR"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Mercado Pago (sandbox)</title><style>body{{font:16px system-ui;max-width:24rem;margin:3rem auto;padding:0 1rem}}
button{{font:inherit;display:block;width:100%;margin:.5rem 0;padding:.6rem}}</style>
<h1>{title}</h1><p><b>{currency} {amount}</b></p><p role="status">{said}</p><form method="post">{buttons}</form></html>
"""


class Fault(Exception):
    """A refusal in Mercado Pago's own words."""

    def __init__(self, status: int, error: str, message: str) -> None:
        super().__init__(message)
        self.status, self.error, self.message = status, error, message

    def answer(self) -> Response:
        told = {"message": self.message, "error": self.error, "status": self.status, "cause": []}
        return JSONResponse(told, self.status)


class _Item(Struct):
    title: str
    unit_price: Decimal
    quantity: int = 1
    currency_id: str = ""


class _Preference(Struct):
    items: list[_Item]
    external_reference: str = ""
    notification_url: str = ""
    expires: bool = False
    expiration_date_from: str = ""
    expiration_date_to: str = ""


class MercadoPago:
    """Bearer auth by the seller's access token; errors in Mercado Pago's JSON."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def routes(self) -> list[Route]:
        return [
            Route("/checkout/preferences", self._guarded(self.create), methods=["POST"]),
            Route("/v1/payments/{payment}", self._guarded(self.payment), methods=["GET"]),
            Route(PAGE, self._shown(self.page), methods=["GET"]),
            Route(PAGE, self._shown(self.act), methods=["POST"]),
        ]

    def _guarded(self, door: Any) -> Any:
        async def endpoint(request: Request) -> Response:
            try:
                self._authenticated(request)
                return await door(request)  # type: ignore[no-any-return]
            except Fault as fault:
                return fault.answer()

        return endpoint

    def _authenticated(self, request: Request) -> None:
        seller, given = self.sandbox.config.seller, request.headers.get("authorization", "")
        if seller is None or not hmac.compare_digest(f"Bearer {seller.access_token}".encode(), given.encode()):
            raise Fault(401, "unauthorized", "invalid access token")

    # what the product calls -------------------------------------------------------------------------------------------

    async def create(self, request: Request) -> Response:
        """201; the same answer for the same X-Idempotency-Key."""
        key = request.headers.get("x-idempotency-key", "") or secrets.token_hex(16)
        made = self.sandbox.store.checkout_of(key)
        if made is None:
            made = self._made(key, await request.body())
            self.sandbox.store.put_checkout(made)
        return JSONResponse(self._preference(made), 201)

    def _made(self, key: str, body: bytes) -> Checkout:
        try:
            asked = msgspec.json.decode(body, type=_Preference)
            until = parse_moment(asked.expiration_date_to) if asked.expires and asked.expiration_date_to else 0
            (item,) = asked.items
        except (msgspec.DecodeError, ValueError) as error:
            raise Fault(400, "invalid_request", str(error)) from None
        if item.unit_price <= 0 or item.quantity != 1 or not item.title or not item.currency_id:
            raise Fault(400, "invalid_items", "an item has a title, a currency, quantity 1 and a positive unit_price")
        if asked.notification_url and not self._ours(asked.notification_url):
            raise Fault(400, "invalid_notification_url", "the sandbox tells the product alone: notification_url")
        return Checkout(
            id=f"{self._seller().collector_id}-{secrets.token_hex(16)}", key=key, reference=asked.external_reference,
            title=item.title, amount=str(item.unit_price), currency=item.currency_id,
            notify_url=asked.notification_url, until=until,
        )  # fmt: skip

    def _preference(self, made: Checkout) -> dict[str, Any]:
        link = f"{self.sandbox.config.origin}/mercadopago{PAGE}?pref_id={made.id}"
        return {
            "id": made.id, "init_point": link, "sandbox_init_point": link, "external_reference": made.reference,
            "collector_id": self._seller().collector_id, "notification_url": made.notify_url, "operation_type":
            "regular_payment", "expires": made.until > 0,
        }  # fmt: skip

    async def payment(self, request: Request) -> Response:
        named = request.path_params["payment"]
        paid = self.sandbox.store.charge(int(named)) if named.isdigit() and len(named) < 19 else None
        if paid is None:
            raise Fault(404, "not_found", "Payment not found")
        made = self.sandbox.store.checkout(paid.checkout)
        assert made is not None
        kind, method = WAYS[paid.way]
        told = {
            "id": paid.id, "status": paid.status, "status_detail": _detail(paid), "currency_id": made.currency,
            "date_created": rfc3339(paid.at),
            "transaction_amount": msgspec.Raw(made.amount.encode()),
            "transaction_amount_refunded": msgspec.Raw(paid.back.encode()),
            "date_approved": None if paid.status == "rejected" else rfc3339(paid.at),
            "external_reference": made.reference, "collector_id": self._seller().collector_id,
            "payment_type_id": kind, "payment_method_id": method, "live_mode": False,
        }  # fmt: skip
        return Response(msgspec.json.encode(told), media_type="application/json")

    # what the debtor sees ---------------------------------------------------------------------------------------------

    def _shown(self, door: Any) -> Any:
        async def endpoint(request: Request) -> Response:
            try:
                if not loopback(request.headers.get("host", "")):
                    raise Refusal(403, "forbidden", "the sandbox answers to this machine's names only")
                made = self.sandbox.store.checkout(request.query_params.get("pref_id", ""))
                if made is None or self.sandbox.config.seller is None:
                    raise Refusal(404, "not_found", "no such checkout")
                return await door(request, made)  # type: ignore[no-any-return]
            except Refusal as refusal:
                return refusal.answer()

        return endpoint

    async def page(self, request: Request, made: Checkout) -> Response:
        """Its form names its origin, which a browser withholds where no referrer may be told."""
        last = self.sandbox.store.last_charge(made.id)
        status = last.status if last else ""
        expired = 0 < made.until <= self.sandbox.clock.now()
        acts = {"again": "Avisar de novo"} if status in ("approved", "refunded", "charged_back") else {}
        if last and status == "approved":
            acts |= {"part": "Devolver metade do que resta", "refund": "Devolver o dinheiro"}
            acts |= {"chargeback": "Contestar no banco do cartão"} if last.way == "card" else {}
        if status in ("", "rejected") and not expired:
            acts = {"pix": "Pagar com Pix", "card": "Pagar com cartão", "reject": "Cartão recusado"}
        buttons = "".join(f'<button name="act" value="{name}">{words}</button>' for name, words in acts.items())
        said = "Este link venceu." if expired and not acts else SAID.get(status, "")
        words = {"title": escape(made.title), "currency": escape(made.currency), "amount": escape(made.amount)}
        return HTMLResponse(
            _HTML.format(said=said, buttons=buttons, **words),
            headers={"content-security-policy": POLICY, "cache-control": "no-store", "referrer-policy": "same-origin"},
        )

    async def act(self, request: Request, made: Checkout) -> Response:
        """The form of the page: `act` is pix, card, reject, part, refund, chargeback or again (the last notice once
        more)."""
        if from_elsewhere(request):
            raise Refusal(403, "forbidden", "the request comes from another page")
        act = parse_qs((await request.body()).decode("latin-1")).get("act", [""])[0]
        store, last = self.sandbox.store, self.sandbox.store.last_charge(made.id)
        status = last.status if last else ""
        if act in WAYS and status in ("", "rejected"):
            if 0 < made.until <= self.sandbox.clock.now():
                raise Refusal(409, "conflict", "this checkout has expired")
            told = Charge(
                id=secrets.randbelow(9 * 10**10) + 10**10, checkout=made.id, way=act, at=self.sandbox.clock.now(),
                status="rejected" if act == "reject" else "approved",
            )  # fmt: skip
        elif act in ("part", "refund", "chargeback") and last and status == "approved":
            told = _returned(made, last, act)
        elif act == "again" and last:
            told = last
        else:
            raise Refusal(409, "conflict", f"this checkout cannot do that: {act[:20]!r}")
        with store.commit():
            store.put_charge(told)
            self._notify(made, told, "payment.created" if told is not last and status != "approved" else
                         "payment.updated")  # fmt: skip
        return RedirectResponse(f"{PAGE.rsplit('/', 1)[1]}?pref_id={made.id}", 303)

    def _notify(self, made: Checkout, paid: Charge, action: str) -> None:
        if not made.notify_url:
            return
        real, request_id = self.sandbox.clock.real(), secrets.token_hex(16)
        signed = f"id:{paid.id};request-id:{request_id};ts:{real};"
        digest = hmac.new(self._seller().webhook_secret.encode(), signed.encode(), hashlib.sha256).hexdigest()
        body = {
            "action": action, "api_version": "v1", "data": {"id": str(paid.id)}, "id": secrets.randbelow(10**12),
            "date_created": rfc3339(self.sandbox.clock.now()), "live_mode": False, "type": "payment",
            "user_id": self._seller().collector_id,
        }  # fmt: skip
        joined = f"{made.notify_url}{'&' if '?' in made.notify_url else '?'}data.id={paid.id}&type=payment"
        headers = {"content-type": "application/json", "x-request-id": request_id,
                   "x-signature": f"ts={real},v1={digest}"}  # fmt: skip
        self.sandbox.courier.post(
            Post(lane=f"mercadopago {paid.id}", inbox="", message=str(paid.id), url=joined, headers=headers,
                 body=msgspec.json.encode(body), due_at=real, waits=self.sandbox.config.pace.retry_s)
        )  # fmt: skip

    def _ours(self, url: str) -> bool:
        return url.startswith(self.sandbox.config.product_url.rstrip("/") + "/")

    def _seller(self) -> Seller:
        assert self.sandbox.config.seller is not None  # every door asked before
        return self.sandbox.config.seller


def _returned(made: Checkout, paid: Charge, act: str) -> Charge:
    """The payment after half of what is left went back, all of it, or a card's bank took it. A contested one says
    nothing of a refund: it is no act of the seller's.
    """
    if act == "chargeback":
        if paid.way != "card":
            raise Refusal(409, "conflict", "a bank takes back only what a card paid")
        return structs.replace(paid, status="charged_back")
    left = Decimal(made.amount) - Decimal(paid.back)
    half = (left / 2).quantize(Decimal(1) if left == left.to_integral_value() else Decimal("0.01"), ROUND_DOWN)
    if act == "refund" or not half:
        return structs.replace(paid, status="refunded", back=made.amount)
    return structs.replace(paid, back=str(Decimal(paid.back) + half))


def _detail(paid: Charge) -> str:
    if paid.status == "approved" and Decimal(paid.back):
        return "partially_refunded"
    said = {"approved": "accredited", "rejected": "cc_rejected_other_reason", "refunded": "refunded"}
    return said.get(paid.status, "settled")
