"""Rows of the snapshot test for what is done to money: payments, promises, disputes, plans, receipts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from channels.payments import LinkMade
from console.access.actor import Actor
from console.cases import debts, identity
from console.debtors.resolve import join_portfolio
from console.ledger import early
from console.ledger.charges import NewCharge, NewDebt, Terms
from console.ledger.owed import charges_of
from console.negotiation import (
    charge_files,
    claims,
    disputes,
    documents,
    early_recalls,
    links,
    means,
    offer,
    payments,
    plans,
    promises,
    rows,
)
from console.negotiation.accept import Evidence, accept_plan, read_answer
from console.negotiation.due import due, pass_due
from console.negotiation.rows import PlanRow
from console.portfolios.queries import get_portfolio
from console.store.transaction import Tx
from console.timeline import upload
from console.wire.ids import new_id
from console.wire.ledger import Discount
from console.wire.moment import DAY, rfc3339
from console.wire.shapes import Money
from tests.wire.persons import ERP, PASSED
from tests.wire.stage import Stage
from tests.world import VAULT


def owing(stage: Stage) -> str:
    """Maria owes two invoices; her id."""
    debtor = stage.world.case(stage.case).debtor_id
    stage.world.do(join_portfolio, debtor, stage.world.book)
    charges = [NewCharge(number="1", due="2026-09-14", amount=Money(100_000, "BRL")),
               NewCharge(number="2", due="2026-10-28", amount=Money(20_000, "BRL"))]  # fmt: skip
    new = NewDebt(client_id=new_id(), debtor=debtor, product="loan", charges=charges, terms=Terms(200, 100))
    stage.world.do(debts.add_debt, ERP, new)
    stage.world.do(identity.check_identity, stage.world.actor("ana"), stage.case, identity.Checks(PASSED))
    return debtor


def does(stage: Stage, who: str | Actor, verb: Any, *args: Any) -> Callable[[], Any]:
    actor = stage.world.actor(who) if isinstance(who, str) else who
    return lambda: stage.world.do(verb, actor, *args)


def paid(stage: Stage, amount: int = 5_000, **more: Any) -> Callable[[], Any]:
    debtor = stage.world.case(stage.case).debtor_id
    new = payments.NewPayment(client_id=new_id(), debtor=debtor, amount=Money(amount, "BRL"), method="pix",
                              paid_at=rfc3339(stage.world.clock.now()), **more)  # fmt: skip
    return does(stage, ERP, payments.record_payment, new)


def _pays(stage: Stage) -> Callable[[], Any]:
    owing(stage)
    promised(stage)()
    return paid(stage)


def _pays_all(stage: Stage) -> Callable[[], Any]:
    owing(stage)
    stage.answer()
    return paid(stage, 200_000)


def _reversed(stage: Stage) -> Callable[[], Any]:
    payment, _ = _pays_all(stage)()
    return does(stage, "sofia", payments.reverse_payment, payment.id, "estorno")


def _matched(stage: Stage) -> Callable[[], Any]:
    debtor = owing(stage)

    def stray(tx: Tx) -> str:
        book = get_portfolio(tx, stage.world.book)
        return payments.suspend(tx, book, Money(7_000, "BRL"), tx.now, "pix", "unknown", by="erp").id

    return does(stage, ERP, payments.match, stage.world.do(stray), debtor)


def _early(stage: Stage, *charges: int) -> tuple[str, early_recalls.Meant]:
    """A recall that waits, and which of Maria's charges it means."""
    debtor = owing(stage)

    def kept(tx: Tx) -> str:
        early.keep(tx, stage.world.book, ("K9", "", ""), "sold", "unknown_debtor", file="", by=None)
        return early_recalls.list_recalls(tx, ERP, early_recalls.RecallQuery()).items[0].id

    known = stage.world.see(charges_of, debtor, stage.world.book)
    return stage.world.do(kept), early_recalls.Meant(debtor, [known[each].id for each in charges])


def _early_tied(stage: Stage, *charges: int) -> Callable[[], Any]:
    return does(stage, ERP, early_recalls.tie, *_early(stage, *charges))


def promised(stage: Stage) -> Callable[[], Any]:
    new = promises.NewPromise(client_id=new_id(), amount=Money(10_000, "BRL"), due="2026-11-24")
    return does(stage, "ana", promises.make_promise, stage.case, new)


def _promises(stage: Stage) -> Callable[[], Any]:
    owing(stage)
    promised(stage)()
    return promised(stage)


def _promise_cancelled(stage: Stage) -> Callable[[], Any]:
    _promises(stage)
    made, _ = promised(stage)()
    return does(stage, "ana", promises.cancel_promise, made.id)


def _disputes(stage: Stage, reason: str = "not_mine") -> Callable[[], Any]:
    owing(stage)
    planned(stage)()
    new = disputes.NewDispute(client_id=new_id(), charges="all", reason=reason)
    return does(stage, "ana", disputes.open_dispute, stage.case, new)


def _dispute_moves(stage: Stage) -> Callable[[], Any]:
    made, _ = _disputes(stage)()
    return does(stage, "sofia", disputes.move_dispute, made.id, "info_requested")


def _dispute_resolved(stage: Stage) -> Callable[[], Any]:
    made, _ = _disputes(stage)()
    given = disputes.Resolution(outcome="upheld", note="procede")
    return does(stage, "sofia", disputes.resolve_dispute, stage.case, made.id, given)


def planned(stage: Stage, bp: int = 0) -> Callable[[], Any]:
    wish: dict[str, Any] = {"down_payment": Money(20_000, "BRL"), "instalments": 3, "first_due": "2026-12-10",
                            "discounts": [Discount("principal", bp)]}  # fmt: skip
    return does(stage, "ana", plans.create_plan, stage.case, plans.NewPlan(client_id=new_id(), **wish))


def _plans(stage: Stage, bp: int = 0) -> Callable[[], Any]:
    owing(stage)
    return planned(stage, bp)


def made(stage: Stage, bp: int = 0) -> PlanRow:
    plan, _ = _plans(stage, bp)()
    found: PlanRow = stage.world.see(rows.one, PlanRow, plan.id)
    return found


def _counter(stage: Stage) -> Callable[[], Any]:
    body = plans.Counter(client_id=new_id(), down_payment=Money(20_000, "BRL"), instalments=2, first_due="2026-12-10")
    return does(stage, "sofia", plans.counter_plan, made(stage, 3_000).id, body)


def _offers(stage: Stage) -> tuple[PlanRow, Callable[[], Any]]:
    plan = made(stage)
    return plan, does(stage, "ana", offer.offer_plan, plan.id, offer.OfferBody(channel="whatsapp"))


def _offered(stage: Stage) -> PlanRow:
    plan, act = _offers(stage)
    act()
    return plan


def _accepts(stage: Stage) -> Callable[[], Any]:
    plan = _offered(stage)
    return does(stage, "ana", accept_plan, plan.id, Evidence(evidence={"text": "por telefone"}))


def _answers(stage: Stage, act: str) -> Callable[[], Any]:
    plan = _offered(stage)
    detail: dict[str, object] = {"id": f"plan:{plan.id}:{act}", "title": "x"}
    return lambda: stage.world.do(read_answer, stage.world.hear("x", kind="button", detail=detail).item or "")


def _active(stage: Stage) -> PlanRow:
    plan = _offered(stage)
    does(stage, "ana", accept_plan, plan.id, Evidence(evidence={"text": "por telefone"}))()
    return plan


def _down_paid(stage: Stage) -> Callable[[], Any]:
    _active(stage)
    return paid(stage, 20_000)


def _claims(stage: Stage) -> Callable[[], Any]:
    owing(stage)
    item = stage.world.hear("comprovante", kind="image").item or ""
    stage.answer(send_at="2026-11-19T18:00:00Z")
    return does(stage, "ana", claims.claim_payment, stage.case, claims.NewClaim(client_id=new_id(), item=item))


def _claim_dismissed(stage: Stage) -> Callable[[], Any]:
    claim, _ = _claims(stage)()
    return does(stage, "ana", claims.dismiss_claim, claim.id)


def _links(stage: Stage) -> Callable[[], Any]:
    """Nobody hears of a link before its provider made it."""
    owing(stage)
    secrets = {"access_token": "sixteen and more of it", "webhook_secret": "sixteen and more of it"}
    stage.world.do(means.set_provider, VAULT, stage.world.book, "mercadopago", secrets)
    wish = links.NewLink(client_id=new_id())
    return does(stage, "ana", links.begin_link, stage.case, wish, "https://acordo.example")


def _link_cancelled(stage: Stage) -> Callable[[], Any]:
    begun, _ = _links(stage)()
    stage.world.do(links.keep_link, begun.id, LinkMade(provider_id="p", url="https://pay.example"))
    return does(stage, "ana", links.cancel_link, begun.id)


def _time(stage: Stage, days: int) -> Callable[[], Any]:
    stage.world.clock.advance(days * DAY)
    ((kind, row_id), *_) = stage.world.see(due)
    return lambda: stage.world.do(pass_due, kind, row_id)


def _broken(stage: Stage) -> Callable[[], Any]:
    owing(stage)
    promised(stage)()
    return _time(stage, 20)


def _draws(stage: Stage) -> Callable[[], Any]:
    """A document is its maker's own file until it hangs on a message: nobody hears of it."""
    ana, now = stage.world.actor("ana"), stage.world.clock.now()
    file = upload.judge(upload.Given("extrato.pdf", "application/pdf", b"%PDF-1.4 x"), ana, now, "kind")
    wish = documents.NewDocument(client_id=new_id())
    return does(stage, "ana", documents.keep, stage.case, wish, file)


def _kept_file(stage: Stage) -> Callable[[], Any]:
    """A newer boleto takes an older one's place."""
    owing(stage)
    row = stage.world.case(stage.case)
    charge = stage.world.see(charges_of, row.debtor_id, row.portfolio_id)[0].id
    kept = []
    for content in (b"%PDF-1.4 one", b"%PDF-1.4 two"):
        given = upload.Given("boleto.pdf", "application/pdf", content)
        file = upload.judge(given, stage.world.actor("sofia"), stage.world.clock.now(), "file")
        kept.append(does(stage, "sofia", charge_files.keep,
                         charge_files.Wish(new_id(), charge, "boleto", file.sha256), file))  # fmt: skip
    kept[0]()
    return kept[1]


MONEY: dict[str, Callable[[Stage], Callable[[], Any]]] = {
    "negotiation.documents.keep": _draws,
    "negotiation.charge_files.keep": _kept_file,
    "negotiation.payments.record_payment: a part": _pays,
    "negotiation.payments.record_payment: all of it": _pays_all,
    "negotiation.payments.record_payment: a down payment": _down_paid,
    "negotiation.payments.reverse_payment": _reversed,
    "negotiation.payments.match": _matched,
    "negotiation.early_recalls.tie: one charge": lambda s: _early_tied(s, 0),
    "negotiation.early_recalls.tie: all": lambda s: _early_tied(s, 0, 1),
    "negotiation.early_recalls.dismiss": lambda s: does(s, ERP, early_recalls.dismiss, _early(s)[0], "engano"),
    "negotiation.promises.make_promise: in place of another": _promises,
    "negotiation.promises.cancel_promise": _promise_cancelled,
    "negotiation.disputes.open_dispute": _disputes,
    "cases.protect.set_stop: by a dispute": lambda s: _disputes(s, "identity_theft"),
    "negotiation.disputes.move_dispute": _dispute_moves,
    "negotiation.disputes.resolve_dispute": _dispute_resolved,
    "negotiation.plans.create_plan": _plans,
    "negotiation.plans.create_plan: beyond authority": lambda s: _plans(s, 3_000),
    "negotiation.plans.approve_plan": lambda s: does(s, "sofia", plans.approve_plan, made(s, 3_000).id),
    "negotiation.plans.refuse_plan": lambda s: does(s, "sofia", plans.refuse_plan, made(s, 3_000).id, "não"),
    "negotiation.plans.counter_plan": _counter,
    "negotiation.plans.cancel_plan: waiting": lambda s: does(s, "ana", plans.cancel_plan, made(s, 3_000).id, "engano"),
    "negotiation.plans.cancel_plan: in force": lambda s: does(s, "sofia", plans.cancel_plan, _active(s).id, "a pedido"),
    "negotiation.offer.offer_plan": lambda s: _offers(s)[1],
    "negotiation.accept.accept_plan": _accepts,
    "negotiation.accept.read_answer: accepted": lambda s: _answers(s, "accept"),
    "negotiation.accept.read_answer: refused": lambda s: _answers(s, "refuse"),
    "negotiation.claims.claim_payment": _claims,
    "negotiation.claims.dismiss_claim": _claim_dismissed,
    "negotiation.links.begin_link": _links,
    "negotiation.links.cancel_link": _link_cancelled,
    "negotiation.due: a promise broken": _broken,
    "negotiation.due: an offer ended": lambda s: (_offered(s), _time(s, 12))[1],
    "negotiation.due: a plan broken": lambda s: (_active(s), _time(s, 80))[1],
    "negotiation.due: a receipt lapsed": lambda s: (_claims(s)(), _time(s, 9))[1],
}
