"""A creditor's code to pay a charge by: which sums agree with what is owed, and what becomes of it with the days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from console.cases import debts, reply, send
from console.cases.work import resolve
from console.errors import Conflict, Invalid
from console.evidence.erase import erase
from console.ledger.charge_codes import judged_codes
from console.ledger.charges import NewCharge, NewDebt, Terms
from console.ledger.owed import charges_of, owed
from console.ledger.pix import Payee, build
from console.negotiation import recall
from console.portfolios.queries import get_portfolio
from console.store.base import load
from console.wire.ids import new_id
from console.wire.moment import rfc3339
from tests.ledger.boletos import bank_line
from tests.negotiation.scene import ERP, LATE, Scene, brl
from tests.world import VAULT

PAYEE = Payee("fin@loja.example", "LOJA IPE", "SAO PAULO")
TODAY = date(2026, 11, 19)
TEN_MINUTES = 600_000


def tell(scene: Scene, **codes: Any) -> None:
    """The oldest charge again, with these; it has a fine of 2 % and interest."""
    charge = NewCharge(number="2231", due=LATE, amount=brl(100_000), external_id="2231", **codes)
    new = NewDebt(client_id=new_id(), debtor=scene.debtor, product="loan", charges=[charge], terms=Terms(200, 100))
    scene.world.do(debts.add_debt, ERP, new)


def whys(scene: Scene) -> dict[str, str]:
    found = scene.world.see(judged_codes, scene.debtor, scene.world.book)
    return {each.code.kind: each.why for each in reversed(found)}


def total(scene: Scene, day: date | None = None) -> int:
    found = scene.world.see(owed, scene.debtor, scene.world.book, day)
    return next(each.total for each in found.charges if each.number == "2231")


def test_a_boleto_may_ask_for_the_face_for_today_or_for_its_own_day_and_for_nothing_else(scene: Scene) -> None:
    today, soon = total(scene), TODAY + timedelta(days=10)
    then = total(scene, soon)
    assert 100_000 < today < then
    for amount in (100_000, today, then):
        tell(scene, boleto=bank_line(amount, soon))
        assert whys(scene) == {"boleto": ""}
    with pytest.raises(Invalid) as caught:
        tell(scene, boleto=bank_line(today + 1, soon))
    assert caught.value.facts["field"] == "charges[0].boleto" and f"BRL {today // 100}." in caught.value.detail
    with pytest.raises(Invalid):
        tell(scene, pix=build(PAYEE, amount=100_000))  # it is paid as it stands: fine and interest would lack
    tell(scene, pix=build(PAYEE, amount=today))
    assert whys(scene) == {"boleto": "", "pix": ""}
    scene.pass_days(1)
    assert whys(scene) == {"boleto": "", "pix": "amount"}, "a day's interest was added"


def test_a_boletos_day_on_a_weekend_is_met_on_the_next_bank_day(scene: Scene) -> None:
    tell(scene, boleto=bank_line(100_000, date(2026, 11, 21)))  # a Saturday
    scene.pass_days(4)
    assert whys(scene) == {"boleto": ""}, "Monday the 23rd"
    scene.pass_days(1)
    assert whys(scene) == {"boleto": "expired"}


def test_a_message_that_was_planned_with_a_code_does_not_leave_once_another_stands(scene: Scene) -> None:
    scene.identified()
    first, second = (bank_line(100_000, TODAY + timedelta(days=9), free=f"179000104351004910201500{n}") for n in "12")
    tell(scene, boleto=first)
    at = scene.world.clock.now() + TEN_MINUTES
    planned = scene.answers(f"Boleto: {first}", send_at=rfc3339(at))
    tell(scene, boleto=second)
    scene.world.clock.advance(TEN_MINUTES)
    assert scene.world.do(send.start, planned, "w") is None
    held = next(each for each in scene.thread() if each.id == planned)
    assert (held.status, load(held.data)["cancelled"]) == ("cancelled", {"why": "ATTACHMENT"})
    wish = reply.Reply(client_id=new_id(), epoch=scene.row.epoch, channel="whatsapp", text=f"Boleto: {first}")
    with pytest.raises(Conflict, match="replaced"):
        scene.world.do(reply.reply, scene.ana, scene.case, wish)
    assert scene.answers(f"Boleto: {second}")


def test_under_a_plan_after_a_recall_and_after_an_erasure(scene: Scene) -> None:
    tell(scene, boleto=bank_line(100_000, TODAY + timedelta(days=9)), document_url="https://ipe.example/b")
    made = scene.accepted()
    assert set(whys(scene).values()) == {"agreement"}
    charges = scene.world.see(charges_of, scene.debtor, scene.world.book)
    book = scene.world.see(get_portfolio, scene.world.book)
    scene.world.do(recall.recall, book, charges, "sold", by="system")
    assert made.id and set(whys(scene).values()) == {"recalled"}
    if scene.row.is_open:
        scene.world.do(resolve, scene.ana, scene.case, "informed")
    report, _ = scene.world.do(erase, VAULT, scene.debtor, "erasure")
    assert report.removed["codes to pay by"] == 2 and whys(scene) == {}
