"""Money comes and is taken back: what it settles, what it stops, and that nothing happens twice or half."""

from __future__ import annotations

from typing import Any

import pytest

from console.cases import work
from console.errors import Conflict, Invalid, NotFound, Refusal
from console.negotiation import claims, payments, promises
from console.store.base import load
from console.wire.ids import new_id
from console.wire.moment import rfc3339
from console.wire.shapes import Money
from tests.negotiation.scene import ERP, Scene, brl

LATER = "2026-11-19T18:00:00Z"


def promised(scene: Scene, amount: int, due: str) -> Any:
    new = promises.NewPromise(client_id=new_id(), amount=brl(amount), due=due)
    return scene.world.do(promises.make_promise, scene.ana, scene.case, new)[0]


def test_a_payment_settles_the_oldest_charge_first_in_the_order_of_section_3_3(scene: Scene) -> None:
    first, second = scene.debt.charges
    assert (first.days_late, first.fine, first.interest, first.total) == (66, 2_000, 2_200, 104_200)
    made, done = scene.pays(104_200 + 1_000)
    assert [(each["number"], each["component"], each["amount"]) for each in load(made.allocation)] == [
        ("2231", "fine", 2_000), ("2231", "interest", 2_200), ("2231", "principal", 100_000),
        ("2298", "fine", 400), ("2298", "interest", 147), ("2298", "principal", 453),
    ]  # fmt: skip
    first, after = scene.debt.charges
    assert first.total == 0 and after.total == second.total - 1_000 == scene.balance == scene.row.balance_minor
    assert scene.row.bucket == "B1_30" and done is not None and done.case is None


def test_a_payment_in_full_stops_everything_in_its_own_transaction(scene: Scene) -> None:
    scene.answers()
    scene.identified()
    planned = scene.answers(send_at=LATER)
    new = promises.NewPromise(client_id=new_id(), amount=brl(50_000), due="2026-11-23")
    promise, _ = scene.world.do(promises.make_promise, scene.ana, scene.case, new)
    _, done = scene.pays(scene.balance)
    assert done is not None and (done.messages, done.promises, done.case) == (1, [promise.id], scene.case)
    assert (scene.row.status, scene.row.outcome, scene.row.balance_minor) == ("resolved", "paid", 0)
    assert scene.again(promise).state == "kept"
    cancelled = next(each for each in scene.thread() if each.id == planned)
    assert cancelled.status == "cancelled" and load(cancelled.data)["cancelled"] == {"why": "payment"}
    lines = {load(each.data)["name"] for each in scene.thread() if each.kind == "event"}
    assert {"payment.recorded", "promise.kept", "messages.cancelled", "case.resolved"} <= lines
    assert {"payment.recorded", "promise.kept", "case.resolved"} <= set(scene.world.names())
    assert "Não resta nada a pagar" in scene.said()[-1]


def test_a_debtor_who_waits_for_an_answer_keeps_their_case(scene: Scene) -> None:
    scene.world.hear("já paguei, caiu?")
    _, done = scene.pays(scene.balance)
    assert done is not None and done.case is None and scene.row.status == "assigned"


def test_what_goes_beyond_the_debt_is_credit_and_the_agent_hears_of_it(scene: Scene) -> None:
    owed = scene.balance
    made, _ = scene.pays(owed + 777)
    assert (made.credit_minor, scene.balance) == (777, 0)
    notices = [fact for fact in scene.world.heard if fact.name == "notice.created"]
    assert [fact.data["kind"] for fact in notices] == ["overpaid"]


def test_a_payment_told_twice_is_one(scene: Scene) -> None:
    key = new_id()
    made, done = scene.pays(1_000, client_id=key, external_id="P-1")
    again, nothing = scene.pays(1_000, client_id=key, external_id="P-1")
    assert again.id == made.id and done is not None and nothing is None
    by_key, nothing = scene.pays(1_000, external_id="P-1")
    assert by_key.id == made.id and nothing is None
    with pytest.raises(Conflict, match="another payment") as found:
        scene.pays(2_000, external_id="P-1")
    assert found.value.facts["field"] == "external_id"
    with pytest.raises(Conflict, match="client_id"):
        scene.pays(2_000, client_id=key)


def test_a_reversal_makes_everything_owed_again_and_rings(scene: Scene) -> None:
    scene.answers()
    before = scene.balance
    made, _ = scene.pays(before)
    assert scene.row.status == "resolved"
    back = scene.world.do(payments.reverse_payment, scene.sofia, made.id, "chargeback")
    assert (back.state, scene.balance) == ("reversed", before)
    assert scene.row.status == "assigned" and scene.row.balance_minor == before
    alarms = [fact.data for fact in scene.world.heard if fact.name == "request.created"]
    assert [(each.kind, each.reason) for each in alarms] == [("alarm", "payment_reversed")]
    with pytest.raises(Conflict, match="A payment that is reversed cannot become reversed"):
        scene.world.do(payments.reverse_payment, scene.sofia, made.id, "again")


def test_a_backdated_payment_bears_no_fine(scene: Scene) -> None:
    scene.pays(100_000, paid_at="2026-09-14T12:00:00Z")
    first, _ = scene.debt.charges
    assert (first.fine, first.interest, first.total) == (0, 0, 0)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"amount": 0}, "amount"),
        ({"amount": -5}, "amount"),
        ({"paid_at": "2026-11-20T00:00:00Z"}, "paid_at"),
        ({"paid_at": "yesterday"}, "paid_at"),
        ({"method": "gold"}, "method"),
        ({"external_id": ""}, "external_id"),
    ],
)
def test_a_wrong_payment_is_named_and_nothing_is_done(scene: Scene, change: dict[str, Any], named: str) -> None:
    before = scene.debt
    with pytest.raises(Invalid) as found:
        scene.pays(change.pop("amount", 1_000), **change)
    assert found.value.facts["field"] == named and scene.debt == before


def test_a_payment_in_another_currency_or_for_a_stranger_is_refused(scene: Scene) -> None:
    new = payments.NewPayment(client_id=new_id(), debtor=scene.debtor, amount=Money(5, "USD"), method="pix",
                              paid_at=rfc3339(scene.world.clock.now()))  # fmt: skip
    with pytest.raises(Invalid, match="BRL"):
        scene.world.do(payments.record_payment, ERP, new)
    with pytest.raises(NotFound):
        scene.world.do(payments.record_payment, ERP, payments.NewPayment(
            client_id=new_id(), debtor="nobody", amount=brl(5), method="pix",
            paid_at="2026-11-19T10:00:00Z"))  # fmt: skip


def test_a_receipt_is_a_claim_it_pauses_reminders_and_changes_no_balance(scene: Scene) -> None:
    item = scene.world.hear("segue o comprovante", kind="image").item or ""
    planned = scene.answers(send_at=LATER)
    before = scene.debt
    made, new = scene.world.do(claims.claim_payment, scene.ana, scene.case,
                               claims.NewClaim(client_id=new_id(), item=item, amount=brl(30_000)))  # fmt: skip
    assert new and made.state == "open" and made.until == "2026-11-25"  # the 20th is a holiday
    assert scene.debt == before and scene.row.balance_minor == before.total_minor
    held = next(each for each in scene.thread() if each.id == planned)
    assert held.status == "held" and load(held.data)["held"]["code"] == "PAYMENT_CLAIM"
    with pytest.raises(Conflict, match="reported already"):
        scene.world.do(claims.claim_payment, scene.ana, scene.case, claims.NewClaim(client_id=new_id(), item=item))
    scene.pays(30_000, claim=made.id)
    assert scene.again(made).state == "confirmed"


def test_a_claim_that_nothing_confirms_lapses_and_may_still_be_confirmed(scene: Scene) -> None:
    item = scene.world.hear("paguei", kind="image").item or ""
    made, _ = scene.world.do(
        claims.claim_payment, scene.ana, scene.case, claims.NewClaim(client_id=new_id(), item=item)
    )
    scene.pass_days(7)
    assert scene.again(made).state == "lapsed"
    scene.pays(30_000, claim=made.id)
    assert scene.again(made).state == "confirmed"


def test_a_promise_is_kept_at_once_and_broken_after_its_grace(scene: Scene) -> None:
    new = promises.NewPromise(client_id=new_id(), amount=brl(10_000), due="2026-11-21", method="pix")
    made, _ = scene.world.do(promises.make_promise, scene.ana, scene.case, new)
    assert (made.effective_due, made.grace_until) == ("2026-11-23", "2026-11-24")  # a Saturday moves to Monday
    scene.pays(9_900)
    assert scene.again(made).state == "kept"
    scene.world.clock.advance(1)
    second = promised(scene, 10_000, "2026-11-24")
    scene.pays(5_000)
    scene.world.do(work.resolve, scene.ana, scene.case, "promise")
    scene.pass_days(9)
    broken = scene.again(second)
    assert (broken.state, broken.detail, broken.paid_minor) == ("broken", "kept_partial", 5_000)
    assert scene.row.is_open and scene.row.priority == "high"
    assert scene.ana.id in (scene.row.owner_id, scene.row.preferred_id)


def test_one_promise_stands_a_newer_one_replaces_it(scene: Scene) -> None:
    first = promised(scene, 10_000, "2026-11-21")
    promised(scene, 12_000, "2026-11-24")
    assert (scene.again(first).state, scene.again(first).detail) == ("cancelled", "replaced")
    with pytest.raises(Conflict, match="A promise that is cancelled cannot become cancelled"):
        scene.world.do(promises.cancel_promise, scene.ana, first.id)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"due": "2026-11-18"}, "due"), ({"due": "2026-12-30"}, "due"), ({"due": "19/11/2026"}, "due"),
        ({"amount": brl(0)}, "amount"), ({"amount": Money(5, "MXN")}, "amount.currency"),
        ({"method": "gold"}, "method"),
    ],
)  # fmt: skip
def test_a_wrong_promise_is_named(scene: Scene, change: dict[str, Any], named: str) -> None:
    body = {"client_id": new_id(), "amount": brl(5_000), "due": "2026-11-23", **change}
    with pytest.raises(Refusal) as found:
        scene.world.do(promises.make_promise, scene.ana, scene.case, promises.NewPromise(**body))
    assert found.value.facts["field"] == named


def test_a_reversed_payment_opens_the_promise_that_it_kept(scene: Scene) -> None:
    made = promised(scene, 10_000, "2026-11-23")
    payment, _ = scene.pays(10_000)
    scene.world.do(payments.reverse_payment, scene.sofia, payment.id, "chargeback")
    assert scene.again(made).state == "open"
