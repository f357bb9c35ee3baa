"""Payment links: made once, true or shut, paid into the books in one act; the gate lets only true ones leave."""

from __future__ import annotations

from typing import Any

import pytest

from channels.payments import LinkMade, Notice
from console.errors import Conflict, Forbidden, GateBlocked, Invalid, NotFound, NotOwner
from console.evidence.erase import erase
from console.evidence.records import records_of
from console.ledger.links import PayLink, why_stale
from console.ledger.owed import charges_of
from console.negotiation import links, means, notices, recall, rows, view
from console.negotiation.payments import match
from console.negotiation.rows import PaymentRow
from console.portfolios.queries import get_portfolio
from console.wire.ids import new_id
from console.wire.moment import HOUR, rfc3339
from console.wire.paging import Paging
from tests.negotiation.scene import ERP, Scene, brl
from tests.world import VAULT

HOME = "https://acordo.ipe.example"
SECRETS = {"access_token": "APP_USR-sixteen-and-more", "webhook_secret": "sixteen candles at least"}


@pytest.fixture
def linked(scene: Scene) -> Scene:
    scene.world.do(means.set_provider, VAULT, scene.world.book, "mercadopago", SECRETS)
    return scene


def begun(scene: Scene, actor: Any = None, **wish: Any) -> PayLink:
    new = links.NewLink(client_id=wish.pop("client_id", new_id()), **wish)
    return scene.world.do(links.begin_link, actor or scene.ana, scene.case, new, HOME)[0]


def made(scene: Scene, **wish: Any) -> PayLink:
    found = begun(scene, **wish)
    url = f"https://www.mercadopago.com.br/pay?{found.id}"
    return scene.world.do(links.keep_link, found.id, LinkMade(provider_id=f"p-{found.id}", url=url))


def stale(scene: Scene, link: PayLink) -> str:
    return scene.world.see(why_stale, scene.again(link))


def told(scene: Scene, link: PayLink, payment: str = "77", **more: Any) -> str:
    told_of = {"amount": link.amount_minor, "currency": "BRL", "reference": link.id, **more}
    notice = Notice(provider_id=payment, at=scene.world.clock.now(), method="card", **told_of)
    return scene.world.do(notices._take_one, scene.world.book, "mercadopago", notice)


def test_a_crash_after_the_provider_made_it_leaves_one_link(linked: Scene) -> None:
    same = new_id()
    first, again = begun(linked, client_id=same), begun(linked, client_id=same)
    assert first.id == again.id and again.state == "creating"  # so the provider is asked with the same reference
    back = LinkMade(provider_id="p", url="https://www.mercadopago.com.br/x")
    kept = linked.world.do(links.keep_link, first.id, back)
    assert kept.state == "open" and "payment_link.created" in [each.text or _name(each) for each in linked.thread()]
    assert linked.world.do(links.keep_link, first.id, LinkMade(provider_id="q", url="https://else")).provider_id == "p"


def _name(item: Any) -> str:
    return str(item.data).partition('"name":"')[2].partition('"')[0]


def test_only_whoever_may_write_makes_one(linked: Scene) -> None:
    with pytest.raises(NotOwner):
        begun(linked, linked.bruno)
    with pytest.raises(Forbidden):
        begun(linked, linked.world.actor("caio"))
    assert begun(linked, linked.sofia).amount_minor == linked.balance
    with pytest.raises(NotFound):
        linked.world.see(links.list_links, linked.ana, new_id(), Paging())


@pytest.mark.parametrize(
    ("wish", "field"),
    [({"amount": brl(0)}, "amount"), ({"amount": brl(10**9)}, "amount"), ({"target": "gift"}, "target"),
     ({"expires_at": "soon"}, "expires_at"), ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at")],
)  # fmt: skip
def test_a_wrong_wish_is_named(linked: Scene, wish: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as found:
        begun(linked, **wish)
    assert found.value.facts["field"] == field


def test_without_a_provider_or_a_promise_there_is_no_link(scene: Scene) -> None:
    with pytest.raises(Conflict, match="No provider"):
        begun(scene)
    scene.world.do(means.set_provider, VAULT, scene.world.book, "mercadopago", SECRETS)
    with pytest.raises(Conflict, match="no open promise"):
        begun(scene, target="promise")
    with pytest.raises(Conflict, match="No agreement"):
        begun(scene, target="instalment")


def test_secrets_are_asked_for_by_name(scene: Scene) -> None:
    with pytest.raises(Invalid) as found:
        scene.world.do(means.set_provider, VAULT, scene.world.book, "mercadopago", {"webhook_secret": "x" * 16})
    assert found.value.facts["field"] == "access_token"


def test_paid_once_and_everything_follows(linked: Scene) -> None:
    link = made(linked)
    assert told(linked, link) == "booked" and told(linked, link) == "known"
    (payment,) = linked.world.see(rows.all_of, PaymentRow, linked.debtor, linked.world.book)
    assert (payment.provider, payment.provider_id, payment.method) == ("mercadopago", "77", "card")
    assert linked.balance == 0 and linked.again(link).payment_id == payment.id
    assert stale(linked, link) == "paid"
    assert told(linked, link, returned=link.amount_minor) == "returned"
    assert linked.balance > 0 and stale(linked, link) == "refunded"
    assert told(linked, link, returned=link.amount_minor) == "known"


def test_what_goes_back_in_parts_is_booked_once_each_and_the_rest_stands(linked: Scene) -> None:
    owing, link = linked.balance, made(linked)
    assert told(linked, link) == "booked"
    thanked = linked.said()
    for back in (10_000, 25_000):
        assert told(linked, link, returned=back) == "returned"
        assert linked.balance == back
        assert {told(linked, link, returned=known) for known in (back, back - 1, 0)} == {"known"}
        payments = linked.world.see(rows.all_of, PaymentRow, linked.debtor, linked.world.book)
        (standing,) = [each for each in payments if each.state == "confirmed"]
        assert standing.amount_minor == owing - back and linked.again(link).payment_id == standing.id
        assert stale(linked, link) == "paid"
    assert linked.said() == thanked, "nobody is thanked for what is left"
    assert told(linked, link, returned=owing) == "returned" and linked.balance == owing
    assert stale(linked, link) == "refunded"
    assert told(linked, link, returned=owing) == told(linked, link, returned=25_000) == "known"


def test_a_rest_entered_before_rests_were_tied_to_their_payment_goes_back_too(linked: Scene) -> None:
    owing, link = linked.balance, made(linked)
    told(linked, link)
    told(linked, link, returned=10_000)
    first = linked.world.see(rows.payment_by_provider, "mercadopago", "77")
    assert first is not None
    linked.world.do(lambda tx: rows.save(tx, first, detail="{}"))
    assert told(linked, link, returned=owing) == "returned" and linked.balance == owing
    assert told(linked, link, returned=owing) == "known"


def test_what_a_person_gave_to_its_debtor_goes_back_too(linked: Scene) -> None:
    link = made(linked)
    foreign: dict[str, Any] = {"currency": "USD", "amount": 5_000}
    assert told(linked, link, "78", **foreign) == "suspense"
    assert told(linked, link, "78", **foreign, returned=2_000) == "returned"
    stray = linked.world.see(rows.payment_by_provider, "mercadopago", "78:2000")
    assert stray is not None and (stray.state, stray.amount_minor, stray.currency) == ("suspense", 3_000, "USD")
    before = linked.balance
    assert told(linked, link, "79", reference="nobody's", amount=7_000) == "suspense"
    lost = linked.world.see(rows.payment_by_provider, "mercadopago", "79")
    assert lost is not None
    linked.world.do(match, linked.sofia, lost.id, linked.debtor)
    assert linked.balance == before - 7_000
    assert told(linked, link, "79", reference="nobody's", amount=7_000, returned=7_000) == "returned"
    assert linked.balance == before


def test_a_chargeback_after_the_last_instalment_opens_plan_charges_and_case_again(linked: Scene) -> None:
    plan = linked.accepted()
    linked.answers()
    for _ in range(4):  # what is paid at once, and three instalments
        link = made(linked)
        assert told(linked, link, link.id) == "booked"
    assert linked.again(plan).state == "fulfilled"
    assert linked.balance == 0 and linked.row.status == "resolved"
    assert all(each.plan_id is None for each in linked.world.see(charges_of, linked.debtor, linked.world.book))
    assert told(linked, link, link.id, returned=link.amount_minor) == "returned"
    again = linked.again(plan)
    assert (again.state, again.total_minor - again.paid_minor) == ("active", link.amount_minor)
    last = linked.world.see(rows.instalments, plan.id)[-1]
    assert (last.n, last.paid_minor) == (link.n, 0)
    assert {each.plan_id for each in linked.world.see(charges_of, linked.debtor, linked.world.book)} == {plan.id}
    assert linked.row.status != "resolved" and linked.balance > 0 and stale(linked, link) == "refunded"


def test_another_amount_is_booked_as_the_ledger_has_it(linked: Scene) -> None:
    before, link = linked.balance, made(linked)
    assert told(linked, link, amount=10_000) == "booked" and linked.balance == before - 10_000
    assert '"expected"' in linked.world.see(rows.all_of, PaymentRow, linked.debtor, linked.world.book)[0].detail


def test_another_currency_or_a_recalled_debt_waits_in_suspense(linked: Scene) -> None:
    link = made(linked)
    assert told(linked, link, "78", currency="USD") == "suspense"
    book = linked.world.see(get_portfolio, linked.world.book)
    charges = linked.world.see(charges_of, linked.debtor, linked.world.book)
    linked.world.do(recall.recall, book, charges, "recalled", by=ERP.id)
    assert stale(linked, link) == "recalled" and told(linked, link, "79") == "suspense"


def test_what_makes_a_link_untrue(linked: Scene) -> None:
    first = made(linked)
    second = made(linked)
    assert (stale(linked, first), stale(linked, second)) == ("replaced", "")
    linked.pays(1_000)
    assert stale(linked, second) == "superseded"
    third = made(linked, amount=brl(5_000), expires_at=rfc3339(linked.world.clock.now() + HOUR))
    assert stale(linked, third) == ""
    linked.world.clock.advance(2 * HOUR)
    assert stale(linked, third) == "expired"
    fourth = made(linked)
    linked.world.do(links.cancel_link, linked.ana, fourth.id)
    assert stale(linked, fourth) == "cancelled"
    with pytest.raises(Conflict):
        linked.world.do(links.cancel_link, linked.ana, fourth.id)


def test_an_instalment_s_link_fulfils_it(linked: Scene) -> None:
    whole = made(linked)
    plan = linked.accepted()
    assert stale(linked, whole) == "superseded"
    link = made(linked)
    assert (link.target, link.target_id, link.n, link.amount_minor) == ("instalment", plan.id, 0, 20_000)
    assert told(linked, link) == "booked" and linked.again(plan).state == "active"
    with pytest.raises(Conflict, match="agreement stands"):
        begun(linked, target="debt")


def test_only_a_true_link_of_this_debtor_leaves(linked: Scene) -> None:
    linked.identified()
    link = made(linked)
    text = linked.world.see(view.link, link).text
    assert link.url in text and linked.answers(text)
    for bad in (f"Pague em https://golpe.example/pay/{link.token}", f"Pague em {HOME}/pay/{'a' * 16}"):
        with pytest.raises(GateBlocked) as found:
            linked.answers(bad)
        assert found.value.facts["reason"] == "LINK_POLICY"
    linked.world.do(links.cancel_link, linked.ana, link.id)
    with pytest.raises(GateBlocked) as found:
        linked.answers(text)
    assert found.value.facts["reason"] == "LINK_POLICY"


def test_the_evidence_of_a_case_holds_its_links_and_an_erasure_leaves_them(linked: Scene) -> None:
    link = made(linked)
    assert told(linked, link) == "booked"
    held = {each.key: each.body for each in linked.world.see(records_of, linked.world.case(linked.case))}
    body = held[f"payment_link:{link.id}"]
    assert (body["state"], body["amount_minor"], body["url"]) == ("paid", link.amount_minor, link.url)
    assert body["payment_id"] in {key.partition(":")[2] for key in held if key.startswith("payment:")}
    report, _ = linked.world.do(erase, VAULT, linked.debtor, "erasure")
    assert "ledger" in {each["what"] for each in report.kept} and linked.again(link).state == "paid"
