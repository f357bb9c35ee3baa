"""What one person proved, said or was told at their address holds for nobody else's (docs/decisions/0029)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from console.cases import identity
from console.cases.pairs import pick
from console.cases.receive import ANSWERED
from console.cases.subject import subject
from console.debtors.enrol import GivenPoint
from console.gate.guard import facts
from console.jobs.models import job
from console.store.statement import rows, value
from console.store.transaction import Reader
from console.wire.moment import HOUR
from tests.debtors.test_holders import GUARANTOR, HERS, OWN, heard, known, mark, point
from tests.world import JOAO, World

SMS = "+5511900003333"


def proves(world: World, case_id: str) -> None:
    passed = identity.Checks([identity.Check("portal", True), identity.Check("birth_date", True)])
    world.do(identity.check_identity, world.actor("ana"), case_id, passed)


def levels(world: World, case_id: str, *phones: str, channel: str = "whatsapp") -> tuple[int, ...]:
    """The level of disclosure that the gate takes at each telephone."""
    row = world.case(case_id)

    def seen(reader: Reader, point_id: str) -> int:
        return facts(reader, subject(reader, row, pick(reader, row, channel, point_id)), channel).disclosure

    return tuple(world.see(seen, point(world, row.debtor_id, each, channel).id) for each in phones)


def test_the_debtors_checks_open_no_address_of_who_owes_with_them(world: World) -> None:
    known(world, GUARANTOR, jurisdiction="CO")
    heard(world, text="Hola, soy la fiadora")
    case_id = heard(world, JOAO, "Hola")
    proves(world, case_id)
    assert levels(world, case_id, OWN, HERS) == (2, 1)


def test_who_owes_with_the_debtor_opens_by_their_checks_their_own_address_alone(world: World) -> None:
    known(world, GUARANTOR, jurisdiction="CO")
    heard(world, JOAO, "Hola")
    case_id = heard(world, text="Hola, soy la fiadora")
    proves(world, case_id)
    assert levels(world, case_id, OWN, HERS) == (1, 2)
    heard(world, JOAO, "Hola otra vez")
    proves(world, case_id)
    assert levels(world, case_id, OWN, HERS) == (2, 2)
    world.clock.advance(HOUR)
    assert levels(world, case_id, OWN, HERS) == (1, 1)


def test_the_debtors_checks_open_their_other_addresses(world: World) -> None:
    known(world, contact_points=[
        GivenPoint("whatsapp", OWN), GivenPoint("whatsapp", HERS, holder=GUARANTOR), GivenPoint("sms", SMS)
    ], jurisdiction="CO")  # fmt: skip
    case_id = heard(world, JOAO, "Hola")
    proves(world, case_id)
    assert levels(world, case_id, SMS, channel="sms") == (2,)


def test_a_telephone_that_turns_out_to_be_somebody_elses_opened_nothing_of_the_debtors(world: World) -> None:
    joao = known(world, jurisdiction="CO")
    heard(world, JOAO, "Hola")
    case_id = heard(world, text="Hola")
    proves(world, case_id)
    assert levels(world, case_id, OWN, HERS) == (2, 2)
    mark(world, point(world, joao, HERS).id, GUARANTOR)
    assert levels(world, case_id, OWN, HERS) == (1, 1)


@pytest.mark.parametrize("place", ["CO", "BR-SP"])
def test_what_the_debtor_was_offered_a_guarantor_does_not_accept(world: World, place: str) -> None:
    def jobs(reader: Reader) -> int:
        return len(rows(reader, select(job.c.id).where(job.c.kind == ANSWERED), value))

    known(world, GUARANTOR, jurisdiction=place)
    heard(world, text="Acepto", detail={"id": "plan:x"})
    assert world.see(jobs) == 0
    heard(world, JOAO, "Acepto", detail={"id": "plan:x"})
    assert world.see(jobs) == 1
