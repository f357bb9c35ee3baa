"""What payment providers tell: verified over the raw bytes, read into plain values. Pure, one class a provider.

A provider is a class with `verify` and `parse`, registered in PROVIDERS; its door is POST /webhooks/payments/NAME.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime
from typing import Protocol

import msgspec
from msgspec import Struct

from channels.errors import BadRequest, BadSignature
from channels.types import Delivery, Secrets

MOST = 500  # payments in one notice


class Notice(Struct, frozen=True, kw_only=True):
    """Money that came. `reference` is ours as it travelled along, `payee` the account it came to; minor units.

    `returned` is how much of it the payee gave back since, told by the same notice.
    """

    provider_id: str
    amount: int
    currency: str
    at: int
    reference: str = ""
    payee: str = ""
    method: str = "other"
    returned: int = 0


class PaymentProvider(Protocol):
    """Two pure acts."""

    def verify(self, secrets: Secrets, delivery: Delivery) -> None:
        """Raises BadSignature unless the provider sent exactly these bytes."""

    def parse(self, delivery: Delivery) -> list[Notice]:
        """What it tells. Raises BadRequest for what cannot be understood."""


class PixApi:
    """The Pix API of Brazil's central bank, as every payment institution posts it: `{"pix": [{endToEndId, txid, valor,
    chave, horario, devolucoes}]}`. The bank's mutual TLS ends at the proxy, which signs for us: `X-Acordo-Signature:
    sha256=HMAC-SHA256(webhook_secret, body)`.
    """

    def verify(self, secrets: Secrets, delivery: Delivery) -> None:
        given = delivery.headers.get("x-acordo-signature", "")
        keys = [key for name in ("webhook_secret", "webhook_secret_previous") if (key := secrets.get(name))]
        made = [f"sha256={hmac.new(key.encode(), delivery.body, hashlib.sha256).hexdigest()}" for key in keys]
        if not any(hmac.compare_digest(each, given) for each in made):
            raise BadSignature("the signature does not fit")

    def parse(self, delivery: Delivery) -> list[Notice]:
        try:
            told = msgspec.json.decode(delivery.body, type=_Told)
            if not 1 <= len(told.pix) <= MOST:
                raise BadRequest("pix holds 1 to 500 payments")
            return [_notice(each) for each in told.pix]
        except (msgspec.DecodeError, ValueError) as error:
            raise BadRequest(str(error)) from None


PROVIDERS: dict[str, PaymentProvider] = {"pix": PixApi()}


class _Return(Struct):
    valor: str
    status: str = ""


class _Pix(Struct, rename="camel"):
    end_to_end_id: str
    valor: str
    horario: str
    txid: str = ""
    chave: str = ""
    devolucoes: list[_Return] = []


class _Told(Struct):
    pix: list[_Pix]


def _notice(told: _Pix) -> Notice:
    if not re.fullmatch(r"[A-Za-z0-9]{1,64}", told.end_to_end_id):
        raise ValueError("endToEndId is not one")
    at = datetime.fromisoformat(told.horario)
    if at.tzinfo is None:
        raise ValueError("horario has no zone")
    amount = _cents(told.valor)
    if amount <= 0:
        raise ValueError("valor is not positive")
    return Notice(
        provider_id=told.end_to_end_id, amount=amount, currency="BRL", at=int(at.timestamp() * 1000),
        reference=told.txid, payee=told.chave, method="pix",
        returned=sum(_cents(each.valor) for each in told.devolucoes if each.status in ("", "DEVOLVIDO")),
    )  # fmt: skip


def _cents(text: str) -> int:
    if not re.fullmatch(r"\d{1,10}\.\d{2}", text):
        raise ValueError("valor is written like 12.34")
    return int(text.replace(".", ""))
