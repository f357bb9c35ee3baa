"""Pix as a payee's own bank or payment institution tells of it."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime

import msgspec
from msgspec import Struct

from channels.errors import BadRequest, BadSignature
from channels.payments.provider import Named, Notice
from channels.types import Delivery, Secrets

MOST = 500  # payments in one notice


class PixApi:
    """The Pix API of Brazil's central bank, as every payment institution posts it: `{"pix": [{endToEndId, txid, valor,
    chave, horario, devolucoes}]}`. The bank's mutual TLS ends at the proxy, which signs for us: `X-Acordo-Signature:
    sha256=HMAC-SHA256(webhook_secret, body)`.
    """

    needs: tuple[str, ...] = ("webhook_secret",)

    def verify(self, secrets: Secrets, delivery: Delivery) -> None:
        """Raises BadSignature."""
        given = delivery.headers.get("x-acordo-signature", "")
        keys = [key for name in ("webhook_secret", "webhook_secret_previous") if (key := secrets.get(name))]
        made = [f"sha256={hmac.new(key.encode(), delivery.body, hashlib.sha256).hexdigest()}" for key in keys]
        if not any(hmac.compare_digest(each, given) for each in made):
            raise BadSignature("the signature does not fit")

    def parse(self, delivery: Delivery) -> list[Notice | Named]:
        """Raises BadRequest."""
        try:
            told = msgspec.json.decode(delivery.body, type=_Told)
            if not 1 <= len(told.pix) <= MOST:
                raise BadRequest("pix holds 1 to 500 payments")
            return [_notice(each) for each in told.pix]
        except (msgspec.DecodeError, ValueError) as error:
            raise BadRequest(str(error)) from None


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
