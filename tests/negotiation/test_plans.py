"""A plan from its first figures to its end: authority, offer, acceptance, payment, default."""

from __future__ import annotations

from typing import Any

import pytest

from channels.types import Accepted
from console.access.actor import Actor
from console.cases import claim, send, work
from console.errors import Conflict, Forbidden, GateBlocked, Invalid, NotFound, OwnRequest, Refusal
from console.ledger.owed import charges_of
from console.negotiation import disputes, payments, plans, rows
from console.negotiation.accept import Evidence, accept_plan, reference
from console.negotiation.build import PreviewBody, preview
from console.negotiation.offer import OfferBody, offer_plan
from console.negotiation.rows import PlanRow
from console.store.base import load
from console.supervision.wall import open_requests
from console.wire.ids import new_id
from console.wire.ledger import Discount
from console.wire.moment import DAY
from console.wire.shapes import Money
from tests.negotiation.scene import Scene, brl


def see(scene: Scene, actor: Actor | None = None, **wish: Any) -> Any:
    body = {"case": scene.case, "down_payment": brl(20_000), "instalments": 3, "first_due": "2026-12-10", **wish}
    return scene.world.see(preview, actor or scene.ana, PreviewBody(**body))


def test_a_preview_adds_up_says_what_moved_and_stores_nothing(scene: Scene) -> None:
    found = see(scene, discounts=[Discount("interest", 5_000)], first_due="2026-12-12")
    assert (found.before.amount, found.discount.amount) == (scene.balance, 1_174)  # half of 2200 + 147, rounded once
    assert found.total.amount == found.before.amount - 1_174
    assert sum(each.amount.amount for each in found.schedule) == found.total.amount
    assert [(each.n, each.due, each.moved_from) for each in found.schedule] == [
        (0, "2026-11-25", None), (1, "2026-12-14", "2026-12-12"), (2, "2027-01-12", None), (3, "2027-02-12", None),
    ]  # fmt: skip
    assert found.needs_approval is None and found.state == "draft"
    assert scene.world.see(rows.all_of, PlanRow, scene.debtor, scene.world.book) == []


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"down_payment": brl(-1)}, "down_payment"),
        ({"down_payment": brl(10**9)}, "down_payment"),
        ({"down_payment": Money(5, "USD")}, "down_payment.currency"),
        ({"instalments": -1}, "instalments"),
        ({"instalments": 61}, "instalments"),
        ({"instalments": 0}, "down_payment"),
        ({"discounts": [Discount("interest", 10_001)]}, "discounts[0].bp"),
        ({"discounts": [Discount("fine", 1), Discount("fine", 2)]}, "discounts"),
        ({"discounts": [Discount("principal", 7_500)]}, "discounts"),
        ({"first_due": "2026-11-18"}, "first_due"),
        ({"first_due": "2027-11-18"}, "first_due"),
        ({"first_due": None}, "first_due"),
        ({"day": 31}, "day"),
        ({"charges": ["nothing"]}, "charges"),
        ({"expires_at": "2026-11-18T00:00:00Z"}, "expires_at"),
    ],
)
def test_wrong_figures_are_named(scene: Scene, change: dict[str, Any], named: str) -> None:
    with pytest.raises(Refusal) as found:
        see(scene, **change)
    assert found.value.facts["field"] == named


def test_an_offers_last_day_is_the_debtors_own(scene: Scene) -> None:
    scene.world.clock.advance(4 * DAY)  # Monday: the fifth bank day is the Monday after, whose end is Tuesday in London
    own = see(scene)
    assert (own.expires_at, own.needs_approval) == ("2026-12-01T03:00:00.000Z", None)
    assert see(scene, expires_at=own.expires_at).needs_approval is None
    longer = see(scene, expires_at="2026-12-01T03:00:00.001Z").needs_approval
    assert longer is not None and longer.because == ["validity"]


def test_beyond_authority_a_card_reaches_the_supervisors_and_nobody_approves_their_own(scene: Scene) -> None:
    made = scene.plan(discounts=[Discount("principal", 1_500)], note="cliente antigo")
    assert (made.state, made.needs_role, load(made.because)) == ("needs_approval", "senior", ["principal_discount"])
    (asked,) = scene.world.see(open_requests, scene.sofia)
    assert (asked.kind, asked.detail["plan"], asked.detail["total"]["amount"]) == (
        "approval",
        made.id,
        made.total_minor,
    )
    lane = next(each for each in scene.thread() if each.kind == "whisper")
    assert load(lane.data)["request"]["kind"] == "approval" and "cliente antigo" in lane.text
    with pytest.raises(Conflict, match="cannot become offered"):
        scene.world.do(offer_plan, scene.ana, made.id, OfferBody(channel="whatsapp"))
    with pytest.raises(OwnRequest):
        scene.world.do(plans.approve_plan, scene.ana, made.id)
    with pytest.raises(Forbidden):
        scene.world.do(plans.approve_plan, scene.bruno, made.id)
    scene.world.do(plans.approve_plan, scene.sofia, made.id)
    after = scene.again(made)
    assert (after.state, after.detail, after.approved_by) == ("draft", "approved", scene.sofia.id)
    assert scene.world.see(open_requests, scene.sofia) == []
    lane = next(each for each in scene.thread() if each.kind == "whisper")
    assert load(lane.data)["request"]["state"] == "approved"
    with pytest.raises(Conflict, match="waits for no approval"):
        scene.world.do(plans.approve_plan, scene.sofia, made.id)


def test_a_supervisor_s_own_plan_beyond_their_authority_is_a_managers_to_approve(scene: Scene) -> None:
    made = scene.plan(scene.sofia, discounts=[Discount("principal", 5_000)])
    assert (made.state, made.needs_role) == ("needs_approval", "manager")
    with pytest.raises(OwnRequest):
        scene.world.do(plans.approve_plan, scene.sofia, made.id)
    asked = scene.plan(discounts=[Discount("principal", 5_000)])
    with pytest.raises(Forbidden, match="manager"):
        scene.world.do(plans.approve_plan, scene.sofia, asked.id)


def test_what_nobody_may_grant_is_refused_at_once(scene: Scene) -> None:
    with pytest.raises(Invalid, match="Nobody in this house") as found:
        scene.plan(discounts=[Discount("principal", 7_001)])
    assert found.value.facts["field"] == "discounts"


def test_a_counter_is_approved_with_its_own_figures_and_the_first_is_refused(scene: Scene) -> None:
    made = scene.plan(discounts=[Discount("principal", 3_000)])
    body = plans.Counter(client_id=new_id(), down_payment=brl(30_000), instalments=2, first_due="2026-12-10",
                         discounts=[Discount("principal", 1_200)])  # fmt: skip
    other, new = scene.world.do(plans.counter_plan, scene.sofia, made.id, body)
    assert new and (scene.again(made).state, scene.again(made).detail) == ("refused", "countered")
    assert (other.state, other.detail, other.previous_id, other.by_id) == ("draft", "approved", made.id, scene.ana.id)
    again, new = scene.world.do(plans.counter_plan, scene.sofia, made.id, body)
    assert again.id == other.id and not new
    scene.identified()
    sent, _ = scene.world.do(offer_plan, scene.ana, other.id, OfferBody(channel="whatsapp"))
    assert sent.state == "offered"


def test_a_refused_request_says_why(scene: Scene) -> None:
    made = scene.plan(discounts=[Discount("principal", 3_000)])
    with pytest.raises(Invalid, match="Say why"):
        scene.world.do(plans.refuse_plan, scene.sofia, made.id, " ")
    scene.world.do(plans.refuse_plan, scene.sofia, made.id, "acima do mercado")
    assert (scene.again(made).state, scene.again(made).reason) == ("refused", "acima do mercado")
    assert scene.world.see(open_requests, scene.sofia) == []


def test_identity_comes_before_an_offer(scene: Scene) -> None:
    made = scene.plan()
    with pytest.raises(GateBlocked) as found:
        scene.world.do(offer_plan, scene.ana, made.id, OfferBody(channel="whatsapp"))
    assert found.value.facts["reason"] == "DISCLOSURE_TOO_HIGH" and scene.again(made).state == "draft"


def test_an_offer_leaves_by_the_reply_verb_with_buttons_in_the_debtor_s_language(scene: Scene) -> None:
    made = scene.offered(interest_off=10_000)
    offer = next(each for each in scene.thread() if each.id == made.offer_item_id)
    data = load(offer.data)
    assert offer.author_id == scene.ana.id and offer.status == "queued" and data["detail"] == {"plan": made.id}
    assert data["buttons"][0] == [f"plan:{made.id}:accept", "Aceito", ""]
    assert "Entrada até 25/11/2026: R$ 200,00" in offer.text and "Total: R$ 1.224,00" in offer.text
    again, new = scene.world.do(offer_plan, scene.ana, made.id, OfferBody(channel="whatsapp"))
    assert again.id == made.id and not new


def test_a_second_offer_replaces_the_first(scene: Scene) -> None:
    first = scene.offered()
    second = scene.plan(instalments=2)
    scene.world.do(offer_plan, scene.ana, second.id, OfferBody(channel="whatsapp"))
    assert (scene.again(first).state, scene.again(first).detail) == ("cancelled", "replaced")


@pytest.mark.parametrize("words", ["Aceito", "ACEITO.", "sim, aceito", "Aceito a proposta!"])
def test_a_word_accepts_the_one_offer_that_stands(scene: Scene, words: str) -> None:
    made = scene.offered()
    assert scene.says(words) == "accepted" and scene.again(made).state == "accepted"


@pytest.mark.parametrize("words", ["sim", "ok", "vou pensar", "aceito pagar só metade", "quanto fica à vista?"])
def test_other_words_do_not(scene: Scene, words: str) -> None:
    made = scene.offered()
    assert scene.says(words) == "" and scene.again(made).state == "offered"


def test_the_button_accepts_with_evidence_and_a_written_confirmation(scene: Scene) -> None:
    made = scene.accepted()
    evidence = load(made.evidence)
    assert (made.state, made.detail, evidence["how"], evidence["text"]) == (
        "accepted", "awaiting_down_payment", "button", "Aceito")  # fmt: skip
    assert evidence["shown"].startswith("Maria, esta é a proposta") and len(evidence["shown_sha256"]) == 64
    confirmation = scene.said()[-1]
    assert confirmation.startswith("Acordo confirmado, Maria.") and "3ª em" in confirmation
    assert {each.plan_id for each in scene.world.see(charges, scene)} == {made.id}
    assert scene.debt.overlays == ["PLAN"] and scene.balance == made.total_minor


def charges(reader: Any, scene: Scene) -> Any:
    return charges_of(reader, scene.debtor, scene.world.book)


def test_the_other_button_refuses(scene: Scene) -> None:
    made = scene.offered()
    detail = {"id": f"plan:{made.id}:refuse", "title": "Não quero"}
    assert scene.says("Não quero", kind="button", detail=detail) == "refused"
    assert scene.again(made).state == "refused"


def test_the_agent_marks_an_acceptance_by_the_debtor_s_own_words(scene: Scene) -> None:
    made = scene.offered()
    item = scene.world.hear("tá bom, combinado assim").item or ""
    with pytest.raises(Invalid) as found:
        scene.world.do(accept_plan, scene.ana, made.id, Evidence(evidence={}))
    assert found.value.facts["field"] == "evidence"
    with pytest.raises(Invalid):
        scene.world.do(accept_plan, scene.ana, made.id, Evidence(evidence={"item": made.offer_item_id or ""}))
    done = scene.world.do(accept_plan, scene.ana, made.id, Evidence(evidence={"item": item}))
    assert done.state == "accepted" and load(done.evidence)["how"] == "marked"


def test_negotiate_accept_pay_down_pay_all_and_everything_stops(scene: Scene) -> None:
    scene.answers()
    made = scene.accepted(interest_off=10_000)
    scene.answers("Anotado!")
    assert scene.balance == made.total_minor == 122_400
    scene.pays(20_000)
    active = scene.again(made)
    assert (active.state, active.detail, active.paid_minor) == ("active", "", 20_000)
    scene.pass_days(20)
    assert scene.balance == 102_400, "nothing accrues while the plan lives"
    for line in rows_of(scene, made)[1:]:
        scene.pays(line.amount_minor)
    done = scene.again(made)
    assert (done.state, done.paid_minor, scene.balance) == ("fulfilled", 122_400, 0)
    assert (scene.row.status, scene.row.outcome) == ("resolved", "paid")
    scene.world.clock.advance(40 * 86_400_000)
    assert scene.balance == 0, "what was given up does not come back"
    assert all(each.total == 0 for each in scene.debt.charges)


def rows_of(scene: Scene, made: PlanRow) -> Any:
    return scene.world.see(rows.instalments, made.id)


def test_a_reversed_last_instalment_makes_the_plan_live_again(scene: Scene) -> None:
    made = scene.accepted(interest_off=10_000)
    scene.pays(20_000)
    last, _ = scene.pays(102_400)
    assert scene.again(made).state == "fulfilled"
    scene.world.do(payments.reverse_payment, scene.sofia, last.id, "chargeback")
    assert scene.again(made).state == "active" and scene.balance == 102_400
    scene.pays(102_400)
    assert scene.again(made).state == "fulfilled" and scene.balance == 0


def test_missed_instalments_make_it_late_then_broken_and_the_debt_is_whole_again(scene: Scene) -> None:
    made = scene.accepted(interest_off=10_000)
    scene.pays(20_000)
    scene.pass_days(21)  # the first instalment was due on 10 December
    assert scene.again(made).state == "active"
    scene.pass_days(8)
    assert scene.again(made).detail == "late"
    assert scene.row.days_late > 0
    scene.world.hear("oi")
    scene.identified()
    told = scene.answers(f"Maria, o acordo {reference(made.id)} está com a parcela de 10/12 em atraso.")
    assert scene.world.do(send.start, told, "w1") is not None
    scene.world.do(send.finish, told, Accepted(provider_id="wamid.told"), "w1")
    scene.pass_days(25)
    assert scene.again(made).state == "broken"
    first, second = scene.debt.charges
    assert scene.debt.overlays == [] and first.interest > 2_200
    assert (
        scene.balance
        == first.total + second.total
        == sum(each.principal + each.fine + each.interest - each.discount - each.paid for each in scene.debt.charges)
    )


def test_an_offer_ends_by_itself_and_accepts_no_more(scene: Scene) -> None:
    made = scene.offered()
    scene.pass_days(9)
    assert scene.again(made).state == "expired"
    assert scene.says("aceito") == ""
    with pytest.raises(Conflict, match="The offer's time is over"):
        scene.world.do(accept_plan, scene.ana, made.id, Evidence(evidence={"text": "por telefone"}))


def test_a_payment_makes_an_open_offer_void(scene: Scene) -> None:
    made = scene.offered()
    scene.pays(1_000)
    assert (scene.again(made).state, scene.again(made).detail) == ("cancelled", "payment")


def test_an_agreement_in_force_is_called_off_by_a_supervisor_only(scene: Scene) -> None:
    made = scene.accepted()
    scene.pays(20_000)
    with pytest.raises(Forbidden):
        scene.world.do(plans.cancel_plan, scene.ana, made.id, "a pedido")
    scene.world.do(plans.cancel_plan, scene.sofia, made.id, "a pedido")
    assert scene.again(made).state == "cancelled" and scene.debt.overlays == []


def test_a_dispute_freezes_goes_to_a_specialist_and_keeps_plans_away(scene: Scene) -> None:
    offered = scene.offered()
    planned = scene.answers(send_at="2026-11-19T18:00:00Z")
    first, second = scene.debt.charges
    new = disputes.NewDispute(client_id=new_id(), charges=[first.id], reason="already_paid", text="paguei em setembro")
    made, _ = scene.world.do(disputes.open_dispute, scene.ana, scene.case, new)
    assert (made.state, made.answer_by) == ("opened", "2026-12-04")
    assert (scene.again(offered).state, scene.again(offered).detail) == ("cancelled", "dispute")
    assert next(each for each in scene.thread() if each.id == planned).status == "cancelled"
    assert scene.row.overlays == '["DISPUTED"]' and scene.row.days_late == second.days_late
    assert scene.row.owner_id is None and scene.row.queue_reason == "dispute"  # Ana has not the skill
    assert made.reference in scene.said()[-1]
    scene.world.do(work_claim, scene)
    with pytest.raises(Conflict, match="disputed"):
        scene.plan(charges=[first.id], down_payment=brl(0))
    with pytest.raises(Conflict, match="disputed already"):
        scene.world.do(disputes.open_dispute, scene.ana, scene.case,
                       disputes.NewDispute(client_id=new_id(), charges="all", reason="other"))  # fmt: skip
    rest = scene.plan(down_payment=brl(5_000), instalments=2)
    assert load(rest.charges) == [second.id]


def work_claim(tx: Any, scene: Scene) -> None:
    claim.claim(tx, scene.ana, scene.case)


@pytest.mark.parametrize(
    ("outcome", "amount", "left"),
    [("upheld", None, 20_547), ("partially_upheld", 4_200, 120_547), ("rejected", None, 124_747)],
)
def test_a_dispute_is_decided(scene: Scene, outcome: Any, amount: int | None, left: int) -> None:
    first, _ = scene.debt.charges
    new = disputes.NewDispute(client_id=new_id(), charges=[first.id], reason="wrong_amount")
    made, _ = scene.world.do(disputes.open_dispute, scene.ana, scene.case, new)
    given = disputes.Resolution(outcome=outcome, note="conferido", amount=brl(amount) if amount else None)
    if outcome != "rejected":
        scene.world.do(work_claim, scene)
        with pytest.raises(Forbidden):
            scene.world.do(disputes.resolve_dispute, scene.ana, scene.case, made.id, given)
    scene.world.do(disputes.resolve_dispute, scene.sofia, scene.case, made.id, given)
    assert scene.again(made).state == outcome and scene.balance == scene.row.balance_minor == left
    assert scene.debt.overlays == []
    with pytest.raises(Conflict, match=f"A dispute that is {outcome} cannot become rejected"):
        scene.world.do(disputes.resolve_dispute, scene.sofia, scene.case, made.id,
                       disputes.Resolution(outcome="rejected", note="de novo"))  # fmt: skip


def test_documents_are_asked_for_and_a_rejected_dispute_opens_again_once(scene: Scene) -> None:
    new = disputes.NewDispute(client_id=new_id(), charges="all", reason="not_mine")
    made, _ = scene.world.do(disputes.open_dispute, scene.ana, scene.case, new)
    sofia = scene.sofia
    for state in ("info_requested", "under_review"):
        assert scene.world.do(disputes.move_dispute, sofia, made.id, state).state == state
    for _ in range(2):
        scene.world.do(disputes.resolve_dispute, sofia, scene.case, made.id,
                       disputes.Resolution(outcome="rejected", note="assinatura confere"))  # fmt: skip
        if scene.again(made).note.count("reopened") == 0:
            scene.world.do(disputes.move_dispute, sofia, made.id, "reopened", "novo documento")
            assert scene.debt.overlays == ["DISPUTED"]
    with pytest.raises(Conflict, match="once"):
        scene.world.do(disputes.move_dispute, sofia, made.id, "reopened")


@pytest.mark.parametrize(
    ("change", "named"),
    [({"reason": "because"}, "reason"), ({"charges": []}, "charges"), ({"charges": ["x"]}, "charges")],
)
def test_a_wrong_dispute_is_named(scene: Scene, change: dict[str, Any], named: str) -> None:
    body = {"client_id": new_id(), "charges": "all", "reason": "other", **change}
    with pytest.raises(Invalid) as found:
        scene.world.do(disputes.open_dispute, scene.ana, scene.case, disputes.NewDispute(**body))
    assert found.value.facts["field"] == named


def test_whoever_may_not_know_the_case_does_not_know_its_plan(scene: Scene) -> None:
    made = scene.plan(discounts=[Discount("principal", 3_000)])
    stranger = Actor(id="x", name="X", role="supervisor", authority="manager")
    for verb in (plans.approve_plan, lambda tx, actor, plan: plans.cancel_plan(tx, actor, plan, "x")):
        with pytest.raises(NotFound):
            scene.world.do(verb, stranger, made.id)
    scene.world.do(work.resolve, scene.ana, scene.case, "no_contact")
