"""What one person proved, said or was told at their address holds for nobody else's (docs/decisions/0029)."""

from __future__ import annotations

import pytest
from msgspec import structs
from sqlalchemy import select

from console.cases import consent, identity, questions
from console.cases.merge import merge_debtors, undo_merge
from console.cases.pairs import pick
from console.cases.preview import Ask, preview
from console.cases.receive import ANSWERED
from console.cases.reply import Reply, reply
from console.cases.subject import subject
from console.debtors.enrol import GivenPoint
from console.debtors.holders import GivenHolder
from console.debtors.queries import get_address, points_of
from console.errors import Conflict, Invalid, Refusal
from console.gate.guard import facts
from console.gate.types import Message
from console.jobs.models import job
from console.store.statement import rows, value
from console.store.transaction import Reader
from console.wire.ids import new_id
from tests.debtors.test_holders import GUARANTOR, HERS, NEUTRAL, OWN, heard, known, mark, point
from tests.world import JOAO, VAULT, World

SMS = "+5511900003333"


PASSED = [identity.Check("portal", True), identity.Check("birth_date", True)]


def proves(world: World, case_id: str, at: str | None = None) -> None:
    world.do(identity.check_identity, world.actor("ana"), case_id, identity.Checks(PASSED, contact_point=at))


def levels(world: World, case_id: str, *phones: str, channel: str = "whatsapp") -> tuple[int, ...]:
    """The level of disclosure that the gate takes at each telephone."""
    row = world.case(case_id)

    def seen(reader: Reader, point_id: str) -> int:
        about = subject(reader, row, pick(reader, row, channel, point_id))
        return facts(reader, about, Message(channel=channel, purpose="reply", text="Hola")).disclosure  # type: ignore[arg-type]

    return tuple(world.see(seen, point(world, row.debtor_id, each, channel).id) for each in phones)


def test_the_debtors_checks_open_no_address_of_who_owes_with_them(world: World) -> None:
    known(world, GUARANTOR, jurisdiction="CO")
    heard(world, text="Hola, soy la fiadora")
    case_id = heard(world, JOAO, "Hola")
    proves(world, case_id)
    assert levels(world, case_id, OWN, HERS) == (2, 1)


def refused(world: World, case_id: str, at: str | None) -> Refusal:
    """Why neither checks nor a question are taken there."""
    found: list[Refusal] = []
    for verb in (
        lambda: proves(world, case_id, at),
        lambda: world.do(questions.ask, world.actor("ana"), VAULT, case_id, questions.Ask("product", contact_point=at)),
    ):
        with pytest.raises((Conflict, Invalid)) as told:
            verb()
        found.append(told.value)
    assert type(found[0]) is type(found[1]) and found[0].facts == found[1].facts
    assert found[0].facts["field"] == "contact_point"
    return found[0]


def test_checks_are_of_the_address_they_name_whoever_writes_meanwhile(world: World) -> None:
    joao = known(world, GUARANTOR, jurisdiction="CO")
    heard(world, JOAO, "Hola")
    case_id = heard(world, text="Hola, soy la fiadora")
    own, hers = point(world, joao, OWN), point(world, joao, HERS)
    assert refused(world, case_id, None).facts["reason"] == "THIRD_PARTY"
    proves(world, case_id, own.id)
    assert [point(world, joao, each).verified for each in (OWN, HERS)] == [1, 0]
    assert levels(world, case_id, OWN, HERS) == (2, 1)
    assert refused(world, case_id, hers.id).facts["reason"] == "THIRD_PARTY"


def test_checks_without_an_address_are_of_the_only_one_and_of_whoever_wrote_from_it(world: World) -> None:
    joao = known(world, contact_points=[GivenPoint("whatsapp", OWN), GivenPoint("sms", SMS)])
    case_id = heard(world, JOAO, "Oi")
    assert isinstance(refused(world, case_id, None), Invalid)
    assert (point(world, joao, OWN).verified, point(world, joao, SMS, "sms").verified) == (0, 0)
    world.do(consent.mark_wrong, world.actor("ana"), point(world, joao, SMS, "sms").id)
    proves(world, case_id)
    assert (point(world, joao, OWN).verified, point(world, joao, SMS, "sms").verified) == (1, 0)


def test_checks_name_an_address_that_is_the_debtors_and_reaches_them(world: World) -> None:
    joao = known(world, contact_points=[GivenPoint("whatsapp", OWN), GivenPoint("sms", SMS)])
    somebody = known(world, name="Rui Prado", contact_points=[GivenPoint("whatsapp", HERS)])
    case_id = heard(world, JOAO, "Oi")
    sms = point(world, joao, SMS, "sms").id
    world.do(consent.mark_wrong, world.actor("ana"), sms)
    for at in ("nothing", point(world, somebody, HERS).id, sms):
        assert isinstance(refused(world, case_id, at), Invalid)


def test_the_debtors_checks_open_their_other_addresses(world: World) -> None:
    joao = known(world, contact_points=[
        GivenPoint("whatsapp", OWN), GivenPoint("whatsapp", HERS, holder=GUARANTOR), GivenPoint("sms", SMS)
    ], jurisdiction="CO")  # fmt: skip
    case_id = heard(world, JOAO, "Hola")
    proves(world, case_id, point(world, joao, OWN).id)
    assert levels(world, case_id, SMS, channel="sms") == (2,)


def test_a_telephone_that_turns_out_to_be_somebody_elses_opened_nothing_of_the_debtors(world: World) -> None:
    joao = known(world, jurisdiction="CO")
    heard(world, JOAO, "Hola")
    case_id = heard(world, text="Hola")
    proves(world, case_id, point(world, joao, HERS).id)
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


def hands(world: World, debtor_id: str) -> list[tuple[str, str, int]]:
    """Of each telephone that is Rosa's: the channel, whose it is, the level."""
    found = [each for each in world.see(points_of, debtor_id) if world.see(get_address, each.address_id).phone == HERS]
    return sorted((each.channel, each.holder, each.disclosure) for each in found)


@pytest.mark.parametrize("late", [True, False])
def test_a_creditors_word_of_a_telephone_is_true_of_all_its_channels(world: World, late: bool) -> None:
    sms, whatsapp = GivenPoint("sms", HERS), GivenPoint("whatsapp", HERS, holder=GivenHolder("other", "Rosa"))
    if late:
        known(world, external_id="J-1", contact_points=[GivenPoint("whatsapp", HERS), sms])
    joao = known(world, external_id="J-1", contact_points=[sms, whatsapp])
    assert hands(world, joao) == [("sms", "other", 0), ("whatsapp", "other", 0)]


def test_a_channel_that_is_new_does_not_make_anothers_telephone_the_debtors(world: World) -> None:
    known(world, GUARANTOR, external_id="J-1")
    with pytest.raises(Conflict) as refused:
        known(world, external_id="J-1", contact_points=[GivenPoint("sms", HERS, holder=GivenHolder("debtor"))])
    assert refused.value.facts["field"] == "contact_points[0].holder"


@pytest.mark.parametrize("into_theirs", [True, False])
def test_a_merge_says_of_every_channel_what_was_found_out_of_one(world: World, into_theirs: bool) -> None:
    joao = known(world, GivenHolder("other", "Rosa"))
    twin = known(world, None, name="Joao Antunes", contact_points=[GivenPoint("sms", HERS)])
    gone, kept = (joao, twin) if into_theirs else (twin, joao)
    assert hands(world, twin) == [("sms", "debtor", 1)]
    world.do(merge_debtors, world.actor("sofia"), gone, kept)
    assert hands(world, kept) == [("sms", "other", 0), ("whatsapp", "other", 0)]
    world.do(undo_merge, world.actor("sofia"), gone)
    assert hands(world, joao) == [("whatsapp", "other", 0)]
    assert [each[:2] for each in hands(world, twin)] == [("sms", "debtor")]


def test_where_the_debtor_has_no_address_of_their_own_a_person_names_whose(world: World) -> None:
    joao = known(world, GivenHolder("other", "Rosa"))
    case_id = heard(world)
    mark(world, point(world, joao, OWN).id, GivenHolder("other", "Rosa"))
    wish = Reply(client_id=new_id(), epoch=1, channel="whatsapp", text=NEUTRAL)
    for verb in (
        lambda: world.do(reply, world.actor("ana"), case_id, wish),
        lambda: world.see(preview, world.actor("ana"), case_id, Ask(channel="whatsapp", text=NEUTRAL)),
    ):
        with pytest.raises(Invalid, match="name whose") as refused:
            verb()
        assert refused.value.facts["field"] == "contact_point"
    assert world.see(preview, world.actor("ana"), case_id, Ask(text=NEUTRAL)) == {"items": []}
    hers = point(world, joao, HERS).id
    sent, _ = world.do(reply, world.actor("ana"), case_id, structs.replace(wish, contact_point=hers))
    assert sent.contact_point_id == hers
