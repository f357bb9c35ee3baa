"""Rows of the snapshot test for what is done to a debtor: identified, merged, checked, consenting, owing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from console.access.actor import Actor
from console.cases import (
    claim,
    consent,
    debts,
    elsewhere,
    enrolled,
    identify,
    identity,
    merge,
    preferences,
    protect,
    questions,
    stop_clock,
)
from console.cases.open import start
from console.debtors.enrol import GivenPoint, NewDebtor, enrol
from console.debtors.holders import GivenHolder
from console.debtors.queries import get, points_of
from console.debtors.resolve import join_portfolio
from console.ledger.charges import NewCharge, NewDebt
from console.portfolios.queries import get_portfolio
from console.store.transaction import Tx
from console.wire.ids import new_id
from console.wire.moment import rfc3339
from console.wire.shapes import Money
from tests.wire.stage import Stage
from tests.world import VAULT

ERP = Actor(id="erp", name="ERP", role="integration", scopes=frozenset({"debtors:read", "debtors:write"}))
PASSED = [identity.Check(kind="portal", passed=True), identity.Check(kind="birth_date", passed=True)]


def known(stage: Stage, name: str = "Bento Conhecido", phone: str = "+5511955550000", opened: bool = False) -> str:
    """A debtor of the book, with an open case in the queue when asked for."""
    world = stage.world
    new = NewDebtor(client_id=new_id(), portfolio=world.book, name=name, language="pt-BR", jurisdiction="BR-SP",
                    contact_points=[GivenPoint("whatsapp", phone)], labels=["vip"])  # fmt: skip
    made, _ = world.do(enrol, VAULT, ERP, new)

    def open_one(tx: Tx) -> None:
        start(tx, get_portfolio(tx, world.book), get(tx, made))

    if opened:
        world.clock.advance(1_000)
        world.do(open_one)
    return made


def act(stage: Stage, who: str, verb: Any, *args: Any) -> Callable[[], Any]:
    return lambda: stage.world.do(verb, stage.world.actor(who), *args)


def _identified(stage: Stage, opened: bool) -> Callable[[], Any]:
    return act(stage, "ana", identify.identify, stage.case, known(stage, opened=opened))


def _unidentified(stage: Stage, opened: bool) -> Callable[[], Any]:
    _identified(stage, opened)()
    return act(stage, "ana", identify.undo_identify, stage.case)


def _merged(stage: Stage) -> Callable[[], Any]:
    one, two = known(stage, opened=True), known(stage, "Bento C. Lima", "+5511955551111", opened=True)
    case = stage.world.case_of(two).id
    stage.world.do(claim.claim, stage.world.actor("ana"), case)
    return act(stage, "sofia", merge.merge_debtors, two, one)


def _parted(stage: Stage) -> Callable[[], Any]:
    _merged(stage)()
    from sqlalchemy import select

    from console.debtors.models import merge as merges
    from console.store.statement import rows, value

    (gone,) = stage.world.see(rows, select(merges.c.merged_id), value)
    return act(stage, "sofia", merge.undo_merge, gone)


def _point(stage: Stage) -> str:
    return stage.world.see(points_of, stage.world.case(stage.case).debtor_id)[0].id


def _owes(stage: Stage) -> Callable[[], Any]:
    _identified(stage, False)()
    charge = NewCharge(number="1", due="2026-01-10", amount=Money(10_000, "BRL"))
    new = NewDebt(client_id=new_id(), debtor=stage.world.case(stage.case).debtor_id, product="loan", charges=[charge])
    return lambda: stage.world.do(debts.add_debt, ERP, new)


STOP = protect.StopBody("deceased", "certidão")
HOLD = protect.HoldBody("hardship", "disse")


def _asked(stage: Stage) -> Callable[[], Any]:
    _owes(stage)()
    first = stage.world.see(points_of, stage.world.case(stage.case).debtor_id)[0]
    wish = questions.Ask("product", contact_point=first.id)
    return lambda: stage.world.do(questions.ask, stage.world.actor("ana"), VAULT, stage.case, wish)


def _chosen(stage: Stage, right: bool) -> Callable[[], Any]:
    asked = _asked(stage)()
    at = (asked.choices.index("loan") + (not right)) % len(asked.choices)
    given = questions.Choose(asked.id, at)
    return lambda: stage.world.do(questions.choose, stage.world.actor("ana"), VAULT, stage.case, given)


def _answered(stage: Stage, wants_out: bool) -> Callable[[], Any]:
    stage.world.hear("por favor não me mandem mais mensagens, obrigada")
    return act(stage, "ana", consent.answer_opt_out, _point(stage), wants_out)


def _lifted_stop(stage: Stage) -> Callable[[], Any]:
    act(stage, "ana", protect.place_stop, stage.case, STOP)()
    return act(stage, "caio", protect.lift_stop, stage.case, "deceased", protect.LiftBody("engano"))


def _lifted_hold(stage: Stage) -> Callable[[], Any]:
    act(stage, "ana", protect.place_hold, stage.case, HOLD)()
    return act(stage, "sofia", protect.lift_hold, stage.case, "hardship", protect.LiftBody("passou"))


def _called(stage: Stage, reserve: bool = False) -> Callable[[], Any]:
    debtor, now = stage.world.case(stage.case).debtor_id, rfc3339(stage.world.clock.now())
    stage.world.do(join_portfolio, debtor, stage.world.book)
    if reserve:
        wish = elsewhere.Reserve(client_id=new_id(), debtor=debtor, channel="call")
        return lambda: stage.world.do(elsewhere.reserve, ERP, wish)
    told = elsewhere.NewContact(client_id=new_id(), debtor=debtor, channel="call", at=now, by="URA", outcome="refused")
    return lambda: stage.world.do(elsewhere.record_contact, ERP, told)


def _stopped(stage: Stage) -> Callable[[], Any]:
    stage.answer(send_at="2026-11-19T18:00:00Z")
    return lambda: stage.world.do(stop_clock.stop_the_clock, stage.world.case(stage.case).debtor_id, "payment")


def _again(stage: Stage) -> Callable[[], Any]:
    """The creditor brings somebody again who has an open case."""
    debtor_id = stage.world.case(stage.case).debtor_id
    keyed: dict[str, Any] = {"portfolio": stage.world.book, "language": "pt-BR", "jurisdiction": "BR-SP"}
    stage.world.do(join_portfolio, debtor_id, stage.world.book, "K-1")
    rosa = GivenPoint("whatsapp", "+5511955550009", holder=GivenHolder("other", "Rosa Souza"))
    new = NewDebtor(client_id=new_id(), name="Maria S. Souza", external_id="K-1", contact_points=[rosa], **keyed)
    return lambda: stage.world.do(enrolled.enrol_debtor, VAULT, ERP, new)


PERSONS: dict[str, Callable[[Stage], Callable[[], Any]]] = {
    "cases.identify.identify: of the books": lambda s: _identified(s, False),
    "cases.identify.identify: into an open case": lambda s: _identified(s, True),
    "cases.identify.undo_identify: of the books": lambda s: _unidentified(s, False),
    "cases.identify.undo_identify: out of an open case": lambda s: _unidentified(s, True),
    "cases.merge.merge_debtors: two open cases": _merged,
    "cases.merge.undo_merge: two open cases": _parted,
    "cases.identity.check_identity: passed": lambda s: act(
        s, "ana", identity.check_identity, s.case, identity.Checks(PASSED)
    ),
    "cases.consent.set_consent: revoked": lambda s: act(
        s, "ana", consent.set_consent, _point(s), consent.Consent("revoked", "phone call")
    ),
    "cases.questions.ask: a product": lambda s: _asked(s),
    "cases.questions.choose: right": lambda s: _chosen(s, True),
    "cases.questions.choose: wrong": lambda s: _chosen(s, False),
    "cases.consent.answer_opt_out: it was one": lambda s: _answered(s, True),
    "cases.consent.answer_opt_out: it was none": lambda s: _answered(s, False),
    "cases.protect.place_stop: deceased": lambda s: act(s, "ana", protect.place_stop, s.case, STOP),
    "cases.protect.lift_stop: deceased": lambda s: _lifted_stop(s),
    "cases.preferences.set_preferences": lambda s: act(
        s, "ana", preferences.set_preferences, s.case, preferences.Preferences(channel="whatsapp")
    ),
    "cases.protect.place_hold: hardship": lambda s: act(s, "ana", protect.place_hold, s.case, HOLD),
    "cases.protect.lift_hold: hardship": lambda s: _lifted_hold(s),
    "cases.elsewhere.record_contact: a call": lambda s: _called(s),
    "cases.elsewhere.reserve: a call": lambda s: _called(s, reserve=True),
    "cases.stop_clock.stop_the_clock: a payment": lambda s: _stopped(s),
    "cases.consent.mark_wrong: no longer": lambda s: act(s, "ana", consent.mark_wrong, _point(s)),
    "cases.consent.set_holder: somebody beside them": lambda s: act(
        s, "ana", consent.set_holder, _point(s), GivenHolder("other", "Rosa Souza")
    ),
    "cases.enrolled.enrol_debtor: another's number, and a new name": lambda s: _again(s),
    "cases.debts.add_debt": _owes,
}
