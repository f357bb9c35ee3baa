"""A payer's bank tells of a Pix: once, to its debtor, or into suspense; and the code that brought it."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest
from sqlalchemy import select

from channels.errors import BadSignature
from channels.payments import PROVIDERS
from channels.types import Delivery, Secrets
from console.errors import Conflict, Invalid
from console.ledger.models import payment
from console.ledger.pix import read
from console.negotiation import claims, means, notices, payments, rows
from console.negotiation.rows import ClaimRow, PaymentRow
from console.store.base import load
from console.store.statement import rows as every
from console.wire.ids import new_id
from console.wire.moment import rfc3339
from tests.negotiation.scene import ERP, Scene, brl
from tests.world import VAULT

KEY = "123e4567-e12b-12d1-a456-426655440000"
SECRET = "sixteen candles at least"


@pytest.fixture
def paid(scene: Scene) -> Scene:
    pix = {"key": KEY, "name": "Loja Ipê", "city": "São Paulo"}
    scene.world.do(means.set_instructions, scene.world.book, {"pix": pix})
    scene.world.do(means.set_provider, VAULT, scene.world.book, "pix", {"webhook_secret": SECRET})
    return scene


def tells(scene: Scene, reference: str, amount: str = "100.00", **more: Any) -> str:
    told = {"endToEndId": "E1", "txid": reference, "valor": amount, "chave": KEY,
            "horario": rfc3339(scene.world.clock.now()), **more}  # fmt: skip
    body = Delivery(body=json.dumps({"pix": [told]}).encode())
    return scene.world.do(notices.take, scene.world.book, "pix", body)


def code(scene: Scene, **query: Any) -> means.PixCode:
    return scene.world.see(means.pix_for, scene.ana, scene.debtor, means.PixQuery(**query))


def test_a_code_names_amount_payee_and_the_account(paid: Scene) -> None:
    found = code(paid)
    said = read(found.br_code)
    assert (said.amount, said.key, said.txid, said.name) == (paid.balance, KEY, found.reference, "Loja Ipe")
    assert len(found.reference) == 25 and found.svg.startswith("<svg")
    assert paid.world.see(means.account_of, found.reference) == (paid.debtor, paid.world.book)
    assert read(code(paid, amount=1_234).br_code).amount == 1_234


@pytest.mark.parametrize("amount", [0, -1, 10**9])
def test_an_amount_that_is_not_owed_is_refused(paid: Scene, amount: int) -> None:
    with pytest.raises(Invalid) as found:
        code(paid, amount=amount)
    assert found.value.facts["field"] == "amount"


def test_while_a_plan_lives_its_next_instalment_is_asked_for(paid: Scene) -> None:
    paid.accepted()
    assert code(paid).amount.amount == 20_000
    paid.pays(20_000)
    assert code(paid).amount.amount == 34_916


def test_a_portfolio_without_a_key_has_no_code(scene: Scene) -> None:
    with pytest.raises(Conflict, match="takes no Pix"):
        code(scene)


@pytest.mark.parametrize(
    ("given", "field"),
    [({"pix": {"key": "nobody", "name": "x", "city": "y"}}, "pix.key"),
     ({"pix": {"key": KEY, "name": "ï", "city": "—"}}, "pix.city"),
     ({"pix": {"key": KEY}}, "payment"), ({"gold": 1}, "payment")],
)  # fmt: skip
def test_wrong_instructions_are_named(scene: Scene, given: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as found:
        scene.world.do(means.set_instructions, scene.world.book, given)
    assert found.value.facts["field"] == field


def test_the_bank_s_notice_is_taken_once_and_settles(paid: Scene) -> None:
    before = paid.balance
    reference = code(paid).reference
    assert tells(paid, reference) == "booked" and "payment.recorded" in paid.world.names()
    assert tells(paid, reference) == "known"
    assert paid.balance == before - 10_000
    (made,) = paid.world.see(rows.all_of, PaymentRow, paid.debtor, paid.world.book)
    assert (made.provider, made.provider_id, made.method) == ("pix", "E1", "pix")


def test_what_the_payee_gave_back_is_owed_again(paid: Scene) -> None:
    before, reference = paid.balance, code(paid).reference
    tells(paid, reference)
    assert tells(paid, reference, devolucoes=[{"valor": "30.00", "status": "DEVOLVIDO"}]) == "returned"
    assert paid.balance == before - 7_000
    assert tells(paid, reference, devolucoes=[{"valor": "30.00", "status": "DEVOLVIDO"}]) == "known"
    assert paid.balance == before - 7_000


@pytest.mark.parametrize(
    ("reference", "more", "why"),
    [("***", {}, "unknown_reference"), ("0" * 25, {}, "unknown_reference"), ("", {"chave": "other"}, "another_payee")],
)
def test_money_of_unknown_origin_waits_in_suspense_until_it_is_given_to_somebody(
    paid: Scene, reference: str, more: dict[str, Any], why: str
) -> None:
    before = paid.balance
    assert tells(paid, reference or code(paid).reference, **more) == "suspense"
    (stray,) = [each for each in paid.world.see(_all) if each.state == "suspense"]
    assert why in stray.detail and paid.balance == before
    paid.world.do(payments.match, ERP, stray.id, paid.debtor)
    assert paid.balance == before - 10_000
    with pytest.raises(Conflict, match="A payment that is reversed cannot become confirmed"):
        paid.world.do(payments.match, ERP, stray.id, paid.debtor)


def _all(reader: Any) -> list[PaymentRow]:
    return every(reader, select(payment), PaymentRow)


NEGATIVE = b'{"pix": [{"endToEndId": "E1", "valor": "-1.00", "horario": "2026-11-19T10:00:00Z"}]}'


@pytest.mark.parametrize("body", [b"", b"[]", b'{"pix": []}', b'{"pix": [{"endToEndId": "E1"}]}', NEGATIVE])
def test_a_notice_that_cannot_be_understood_is_written_down_and_books_nothing(paid: Scene, body: bytes) -> None:
    assert paid.world.do(notices.take, paid.world.book, "pix", Delivery(body=body)) == "dead"
    assert paid.world.see(_all) == []


def test_only_the_right_signature_opens_the_door() -> None:
    body = b'{"pix": []}'
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    good = Delivery(body=body, headers={"x-acordo-signature": f"sha256={digest}"})
    PROVIDERS["pix"].verify(Secrets({"webhook_secret": SECRET}), good)
    for secrets in (Secrets({"webhook_secret": "another secret"}), Secrets({}), Secrets({"webhook_secret": ""})):
        with pytest.raises(BadSignature):
            PROVIDERS["pix"].verify(secrets, good)


def shown(scene: Scene, amount: int | None) -> ClaimRow:
    item = scene.world.hear("segue o comprovante", kind="image").item or ""
    new = claims.NewClaim(client_id=new_id(), item=item, amount=None if amount is None else brl(amount))
    return scene.world.do(claims.claim_payment, scene.ana, scene.case, new)[0]


@pytest.mark.parametrize("amount", [10_000, None])
def test_a_notice_confirms_the_only_receipt_that_fits_and_the_thread_says_so(paid: Scene, amount: int | None) -> None:
    made = shown(paid, amount)
    assert tells(paid, code(paid).reference) == "booked"
    kept = paid.again(made)
    (money,) = paid.world.see(rows.all_of, PaymentRow, paid.debtor, paid.world.book)
    assert (kept.state, kept.payment_id) == ("confirmed", money.id)
    told = [load(each.data)["name"] for each in paid.thread() if each.kind == "event"]
    assert told.count("claim.updated") == 1


def test_a_notice_of_another_sum_or_beside_several_receipts_confirms_none(paid: Scene) -> None:
    first = shown(paid, 9_999)
    tells(paid, code(paid).reference)
    assert paid.again(first).state == "open"
    second = shown(paid, 20_000)
    tells(paid, code(paid).reference, "200.00", endToEndId="E2")
    assert [paid.again(each).state for each in (first, second)] == ["open", "open"]
