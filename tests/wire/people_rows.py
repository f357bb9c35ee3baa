"""Rows of the snapshot test for verbs about who the debtor is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from console.cases import consent, identify, identity, merge
from console.cases.work import resolve
from console.debtors.models import contact_point, debtor
from console.debtors.resolve import join_portfolio
from console.store.statement import change, rows, value
from console.store.transaction import Reader, Tx
from tests.wire.stage import Stage
from tests.world import World

Row = Callable[[Stage], Callable[[], Any]]


def _debtor(stage: Stage, case_id: str) -> str:
    return stage.world.case(case_id).debtor_id


def _known(stage: Stage, case_id: str) -> str:
    """The debtor of a case, no stranger any more."""
    person = _debtor(stage, case_id)

    def make(tx: Tx) -> None:
        change(tx, debtor, {"id": person}, provisional=0, assumed=0)
        join_portfolio(tx, person, stage.world.book)

    stage.world.do(make)
    return person


def _point(world: World, debtor_id: str) -> str:
    def read(reader: Reader) -> str:
        return rows(reader, select(contact_point.c.id).where(contact_point.c.debtor_id == debtor_id), value)[0]

    return str(world.see(read))


def _consent(stage: Stage) -> Callable[[], Any]:
    point = _point(stage.world, _debtor(stage, stage.case))
    given = consent.Consent(state="granted", source="call")
    return lambda: stage.world.do(consent.set_consent, stage.world.actor("ana"), point, given)


def _wrong(stage: Stage) -> Callable[[], Any]:
    point = _point(stage.world, _debtor(stage, stage.case))
    return lambda: stage.world.do(consent.mark_wrong, stage.world.actor("ana"), point)


def _identify(stage: Stage) -> Callable[[], Any]:
    known = _known(stage, stage.waiting)
    stage.world.do(resolve, stage.world.actor("sofia"), stage.waiting, "paid")
    return lambda: stage.world.do(identify.identify, stage.world.actor("ana"), stage.case, known)


def _undo_identify(stage: Stage) -> Callable[[], Any]:
    _identify(stage)()
    return lambda: stage.world.do(identify.undo_identify, stage.world.actor("ana"), stage.case)


def _identity(stage: Stage) -> Callable[[], Any]:
    passed = [identity.Check(kind="birth_date", passed=True), identity.Check(kind="last_payment", passed=True)]
    given = identity.Checks(checks=passed)
    return lambda: stage.world.do(identity.check_identity, stage.world.actor("ana"), stage.case, given)


def _merge(stage: Stage) -> Callable[[], Any]:
    one, other = _known(stage, stage.case), _known(stage, stage.waiting)
    return lambda: stage.world.do(merge.merge_debtors, stage.world.actor("sofia"), other, one)


def _undo_merge(stage: Stage) -> Callable[[], Any]:
    merged = _debtor(stage, stage.waiting)
    _merge(stage)()
    return lambda: stage.world.do(merge.undo_merge, stage.world.actor("sofia"), merged)


PEOPLE: dict[str, Row] = {
    "cases.consent.set_consent": _consent,
    "cases.consent.mark_wrong": _wrong,
    "cases.identify.identify": _identify,
    "cases.identify.undo_identify": _undo_identify,
    "cases.identity.check_identity": _identity,
    "cases.merge.merge_debtors": _merge,
    "cases.merge.undo_merge": _undo_merge,
}
