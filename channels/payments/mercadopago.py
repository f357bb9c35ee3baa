"""Mercado Pago: a link is a Checkout Pro preference; its notices name a payment, which is then asked for.

A notice signs `id:DATA.ID;request-id:X-REQUEST-ID;ts:TS;` (the parts that are there) with HMAC-SHA256 in the header
`x-signature: ts=…,v1=…`. The body is not signed: nothing is taken from it but that it agrees, and what became of a
payment is what `GET /v1/payments/{id}` says. An old `ts` is no fault, since a
delivery may be repeated for days and changes nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec

from channels.asking import is_permanent
from channels.connector import Ask, Got
from channels.errors import BadRequest, BadSignature, CannotBuild, ServiceFailed
from channels.payments.provider import Account, LinkMade, LinkWish, Named, Notice
from channels.types import Delivery, Secrets

API = "https://api.mercadopago.com"
WHOLE = frozenset({"CLP", "COP", "PYG"})  # currencies whose amounts it takes without decimals …
MINOR_IS_WHOLE = frozenset({"CLP", "PYG"})  # … and those that have no smaller unit in the first place
METHODS = {
    "credit_card": "card", "debit_card": "card", "prepaid_card": "card", "bank_transfer": "transfer",
    "ticket": "cash", "atm": "cash",
}  # fmt: skip
CAME = frozenset({"approved", "refunded", "charged_back"})
TITLE_CHARS = 256
_PAYMENT = re.compile(r"[0-9]{1,32}")
_SIGNED = re.compile(r"[0-9A-Za-z_.:-]{1,128}")


class MercadoPago:
    """Secrets: access_token (of the creditor's own account), webhook_secret (of its application)."""

    needs: tuple[str, ...] = ("access_token", "webhook_secret")

    def verify(self, secrets: Secrets, delivery: Delivery) -> None:
        """Raises BadSignature."""
        given = dict(part.strip().partition("=")[::2] for part in delivery.headers.get("x-signature", "").split(","))
        request, payment = delivery.headers.get("x-request-id", ""), _query(delivery).get("data.id", "")
        at, told = given.get("ts", ""), given.get("v1", "")
        if not (at.isdigit() and payment and all(_SIGNED.fullmatch(each) for each in (request or "-", payment))):
            raise BadSignature("the signature is not there, or not one")
        words = [("id", payment), ("request-id", request), ("ts", at)]
        manifest = "".join(f"{name}:{value};" for name, value in words if value).encode()
        keys = [key for name in ("webhook_secret", "webhook_secret_previous") if (key := secrets.get(name))]
        made = [hmac.new(key.encode(), manifest, hashlib.sha256).hexdigest() for key in keys]
        if not any(hmac.compare_digest(each.encode(), told.encode()) for each in made):
            raise BadSignature("the signature does not fit")

    def parse(self, delivery: Delivery) -> list[Notice | Named]:
        """The payment that a notice names; nothing for other topics. Raises BadRequest."""
        asked = _query(delivery)
        try:
            told = msgspec.json.decode(delivery.body, type=dict[str, Any])
        except (msgspec.DecodeError, ValueError) as error:
            raise BadRequest(str(error)) from None
        topic, data = told.get("type") or asked.get("type", ""), told.get("data")
        if topic != "payment":
            return []
        named = str(data.get("id", "")) if isinstance(data, dict) else ""
        if named != asked["data.id"]:
            raise BadRequest("the body names another payment than what was signed")
        if not _PAYMENT.fullmatch(named):
            raise BadRequest("data.id is no payment's")
        return [Named(named)]

    def make(self, account: Account, wish: LinkWish) -> Ask:
        """`POST /checkout/preferences`. Raises CannotBuild."""
        item = {
            "id": wish.ref, "title": wish.title[:TITLE_CHARS], "quantity": 1, "currency_id": wish.currency,
            "unit_price": msgspec.Raw(_price(wish.amount, wish.currency).encode()),
        }  # fmt: skip
        body = {
            "items": [item], "external_reference": wish.ref, "notification_url": wish.notify_url, "expires": True,
            "expiration_date_from": _moment(wish.now), "expiration_date_to": _moment(wish.expires_at),
            "date_of_expiration": _moment(wish.expires_at),
        }  # fmt: skip
        headers = {**_headers(account), "content-type": "application/json", "x-idempotency-key": wish.ref}
        return Ask(method="POST", url=f"{_api(account)}/checkout/preferences", headers=headers,
                   body=msgspec.json.encode(body), hosts=_hosts(account), seconds=15)  # fmt: skip

    def made(self, got: Got) -> LinkMade:
        """Raises ServiceFailed."""
        told = _answer(got)
        found, url = str(told.get("id", "")), str(told.get("init_point", ""))
        if not found or urlsplit(url).scheme not in ("https", "http"):
            raise ServiceFailed("Mercado Pago named no link in its answer", permanent=False)
        return LinkMade(provider_id=found, url=url)

    def look(self, account: Account, payment: str) -> Ask:
        """`GET /v1/payments/{id}`. Raises CannotBuild."""
        if not _PAYMENT.fullmatch(payment):
            raise CannotBuild("that is no payment's id")
        return Ask(url=f"{_api(account)}/v1/payments/{payment}", headers=_headers(account), hosts=_hosts(account),
                   seconds=15)  # fmt: skip

    def looked(self, got: Got) -> Notice | None:
        """Raises ServiceFailed."""
        told = _answer(got)
        if told.get("status") not in CAME:
            return None
        try:
            return _notice(told)
        except (KeyError, ValueError, TypeError, InvalidOperation) as error:
            raise ServiceFailed(f"Mercado Pago's payment cannot be read: {error}", permanent=True) from None


def _notice(told: dict[str, Any]) -> Notice:
    currency = str(told["currency_id"])
    amount = _minor(told["transaction_amount"], currency)
    at = datetime.fromisoformat(str(told["date_approved"]))
    if at.tzinfo is None or amount <= 0:
        raise ValueError("date_approved has no zone, or the amount is not positive")
    back = _minor(told.get("transaction_amount_refunded") or 0, currency)
    kind = str(told.get("payment_type_id", ""))
    return Notice(
        provider_id=str(told["id"]), amount=amount, currency=currency, at=int(at.timestamp() * 1000),
        reference=str(told.get("external_reference") or ""), payee=str(told.get("collector_id") or ""),
        method="pix" if told.get("payment_method_id") == "pix" else METHODS.get(kind, "link"),
        returned=back if told["status"] == "approved" else amount,
    )  # fmt: skip


def _price(amount: int, currency: str) -> str:
    """An amount as JSON writes it. Raises CannotBuild for a part of a unit where it takes none."""
    if currency in MINOR_IS_WHOLE:
        return str(amount)
    if currency in WHOLE and amount % 100:
        raise CannotBuild(f"Mercado Pago takes whole amounts in {currency}: give one without cents")
    return str(amount // 100) if currency in WHOLE else f"{amount // 100}.{amount % 100:02d}"


def _minor(value: object, currency: str) -> int:
    """Minor units. Raises ValueError, InvalidOperation."""
    exact = Decimal(str(value)) * (1 if currency in MINOR_IS_WHOLE else 100)
    if exact != exact.to_integral_value():
        raise ValueError("an amount has parts of a minor unit")
    return int(exact)


def _moment(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds")


def _query(delivery: Delivery) -> dict[str, str]:
    """The query, by name. Raises BadSignature for a name that is given twice: one of them was not signed."""
    pairs = parse_qsl(delivery.query, keep_blank_values=True)
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadSignature("a name of the query stands there twice")
    return found


def _api(account: Account) -> str:
    return account.origin or API


def _hosts(account: Account) -> frozenset[str]:
    return frozenset({urlsplit(_api(account)).hostname or ""})


def _headers(account: Account) -> dict[str, str]:
    token = account.secrets.get("access_token")
    if not token or not token.isascii() or not token.isprintable():
        raise CannotBuild("the access_token is missing or malformed")
    return {"authorization": f"Bearer {token}", "accept": "application/json"}


def _answer(got: Got) -> dict[str, Any]:
    try:
        told = msgspec.json.decode(got.body, type=dict[str, Any])
    except (msgspec.DecodeError, ValueError):
        told = {}
    if 200 <= got.status < 300 and told:
        return told
    says = str(told.get("message") or "no readable answer")[:200]
    raise ServiceFailed(f"Mercado Pago answered HTTP {got.status}: {says}", permanent=is_permanent(got.status),
                        status=got.status)  # fmt: skip
