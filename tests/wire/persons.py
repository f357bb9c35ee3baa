"""Rows of the snapshot test for what is done to a debtor: identified, merged, checked, consenting, owing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from console.access.actor import Actor
from console.cases import claim, consent, debts, identify, identity, merge
from console.cases.open import start
from console.debtors.enrol import GivenPoint, NewDebtor, enrol
from console.debtors.queries import get, points_of
from console.ledger.charges import NewCharge, NewDebt
from console.portfolios.queries import get_portfolio
from console.store.transaction import Tx
from console.wire.ids import new_id
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
    "cases.consent.mark_wrong: no longer": lambda s: act(s, "ana", consent.mark_wrong, _point(s)),
    "cases.debts.add_debt": _owes,
}
