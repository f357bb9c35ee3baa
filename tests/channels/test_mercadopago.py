"""Mercado Pago on the wire: signatures and their forgeries, the link that is asked for, what a payment says."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest

from channels import service
from channels.connector import Connector, Got
from channels.errors import BadRequest, BadSignature, CannotBuild, ServiceFailed
from channels.payments import LINKERS, Account, LinkWish, Named
from channels.types import Delivery, Secrets
from tests.channels.servers import Reply, Request, http

MP = LINKERS["mercadopago"]
SECRETS = Secrets({"webhook_secret": "a secret of the hook", "access_token": "APP_USR-token-of-ours"})
NOW = 1_796_000_000_000


def signed(payment: str = "123", *, key: str = "a secret of the hook", query: str = "", body: Any = None) -> Delivery:
    manifest = f"id:{payment};request-id:r-1;ts:1796000000000;"
    digest = hmac.new(key.encode(), manifest.encode(), hashlib.sha256).hexdigest()
    told = {"type": "payment", "action": "payment.updated", "data": {"id": payment}} if body is None else body
    return Delivery(
        query=query or f"book=b1&data.id={payment}&type=payment", body=json.dumps(told).encode(),
        headers={"x-signature": f"ts=1796000000000,v1={digest}", "x-request-id": "r-1"},
    )  # fmt: skip


def test_a_signed_notice_names_its_payment() -> None:
    MP.verify(SECRETS, signed())
    assert MP.parse(signed()) == [Named("123")]
    MP.verify(Secrets({"webhook_secret": "new", "webhook_secret_previous": "a secret of the hook"}), signed())


@pytest.mark.parametrize(
    "delivery",
    [
        signed(key="another"),
        signed(query="data.id=124&type=payment"),  # another payment than was signed
        signed(query="data.id=123&data.id=124"),  # one of them was not signed
        signed(query="type=payment"),
        Delivery(query="data.id=123", body=b"{}"),
        Delivery(query="data.id=123", headers={"x-signature": "ts=1,v1="}, body=b"{}"),
        Delivery(query="data.id=123", headers={"x-signature": "v1=é"}, body=b"{}"),
    ],
)
def test_what_the_provider_did_not_sign_is_refused(delivery: Delivery) -> None:
    with pytest.raises(BadSignature):
        MP.verify(SECRETS, delivery)


def test_no_secret_opens_no_door() -> None:
    with pytest.raises(BadSignature):
        MP.verify(Secrets({"webhook_secret": ""}), signed(key=""))


def test_the_body_is_not_signed_and_must_agree() -> None:
    with pytest.raises(BadRequest, match="another payment"):
        MP.parse(signed(body={"type": "payment", "data": {"id": "999"}}))
    with pytest.raises(BadRequest):
        MP.parse(Delivery(query="data.id=1", body=b"not json"))
    assert MP.parse(signed(body={"type": "topic_merchant_order_wh", "data": {"id": "123"}})) == []


def wish(**more: Any) -> LinkWish:
    given = {"ref": "l1", "amount": 12_345, "currency": "BRL", "title": "Loja", "now": NOW,
             "expires_at": NOW + 60_000, "notify_url": "https://us.example/hook", **more}  # fmt: skip
    return LinkWish(**given)


async def test_a_link_is_made_once_under_our_own_reference() -> None:
    answer = {"id": "pref-1", "init_point": "https://www.mercadopago.com.br/checkout/v1/redirect?pref_id=pref-1"}

    def serve(_: Request) -> Reply:
        return Reply(status=201, headers={"content-type": "application/json"}, body=json.dumps(answer).encode())

    async with http(serve) as (port, received):
        origin = f"http://127.0.0.1:{port}"
        account = Account(secrets=SECRETS, origin=origin)
        made = await service.make_link(Connector(frozenset({origin})), MP, account, wish())
    assert (made.provider_id, made.url) == ("pref-1", answer["init_point"])
    (asked,) = received
    assert (asked.method, asked.target) == ("POST", "/checkout/preferences")
    assert asked.headers["authorization"] == "Bearer APP_USR-token-of-ours"
    assert asked.headers["x-idempotency-key"] == "l1"
    body = json.loads(asked.body)
    (item,) = body["items"]
    assert (item["unit_price"], item["currency_id"], item["quantity"]) == (123.45, "BRL", 1)
    assert (body["external_reference"], body["expires"]) == ("l1", True)
    assert body["notification_url"] == "https://us.example/hook" and body["expiration_date_to"].endswith("+00:00")


@pytest.mark.parametrize(("currency", "amount", "price"), [("CLP", 1_500, b"1500"), ("COP", 150_000, b"1500")])
def test_some_currencies_have_no_decimals(currency: str, amount: int, price: bytes) -> None:
    asked = MP.make(Account(secrets=SECRETS), wish(currency=currency, amount=amount))
    assert b'"unit_price":' + price + b"}" in asked.body and asked.hosts == {"api.mercadopago.com"}


def test_what_cannot_be_asked_is_said() -> None:
    with pytest.raises(CannotBuild, match="whole amounts"):
        MP.make(Account(secrets=SECRETS), wish(currency="COP", amount=150_001))
    with pytest.raises(CannotBuild, match="access_token"):
        MP.make(Account(secrets=Secrets({})), wish())
    with pytest.raises(CannotBuild):
        MP.look(Account(secrets=SECRETS), "../users/me")


def payment(**more: Any) -> Got:
    told = {"id": 77, "status": "approved", "transaction_amount": 123.45, "currency_id": "BRL",
            "date_approved": "2026-11-28T10:00:00.000-03:00", "external_reference": "l1", "collector_id": 5,
            "payment_type_id": "credit_card", "transaction_amount_refunded": 0, **more}  # fmt: skip
    return Got(status=200, headers={}, body=json.dumps(told).encode())


def test_a_payment_is_read() -> None:
    found = MP.looked(payment())
    assert found is not None
    assert (found.provider_id, found.amount, found.reference, found.method) == ("77", 12_345, "l1", "card")
    assert found.returned == 0 and found.at == 1_795_870_800_000


@pytest.mark.parametrize(
    ("more", "returned"),
    [({"status": "refunded"}, 12_345), ({"status": "charged_back"}, 12_345),
     ({"transaction_amount_refunded": 23.45}, 2_345)],
)  # fmt: skip
def test_money_that_went_back_is_told(more: dict[str, Any], returned: int) -> None:
    found = MP.looked(payment(**more))
    assert found is not None and found.returned == returned


@pytest.mark.parametrize("state", ["pending", "in_process", "rejected", "cancelled", "authorized"])
def test_no_money_has_come_yet(state: str) -> None:
    assert MP.looked(payment(status=state, date_approved=None)) is None


@pytest.mark.parametrize(
    "got",
    [payment(date_approved=None), payment(transaction_amount=-1), payment(transaction_amount=1.234),
     Got(status=200, headers={}, body=b"<html>"), Got(status=404, headers={}, body=b'{"message": "not found"}')],
)  # fmt: skip
def test_an_answer_that_cannot_be_read_books_nothing(got: Got) -> None:
    with pytest.raises(ServiceFailed):
        MP.looked(got)


def test_whether_asking_again_can_help() -> None:
    for status, permanent in ((401, True), (404, True), (429, False), (500, False)):
        with pytest.raises(ServiceFailed) as failed:
            MP.made(Got(status=status, headers={}, body=b"{}"))
        assert failed.value.permanent is permanent
