"""A stranger is identified, two debtors are merged, and both are undone in one act."""

from __future__ import annotations

import pytest

from channels.types import Sender
from console.access.actor import Actor
from console.cases import consent
from console.cases.claim import claim
from console.cases.identify import identify, undo_identify
from console.cases.merge import merge_debtors, undo_merge
from console.cases.open import start
from console.cases.queries import CaseRow, of_debtor
from console.cases.work import resolve
from console.debtors.consents import consents_of, log_consent
from console.debtors.enrol import GivenDocument, GivenPoint, NewDebtor, enrol
from console.debtors.holders import GivenHolder
from console.debtors.queries import PointRow, find_link, get, get_address, points_of
from console.errors import Conflict, Forbidden, Invalid, NotFound, NotOwner, StaleEpoch
from console.evidence.records import records_of
from console.ledger.charges import NewCharge, NewDebt, add_charges
from console.ledger.owed import owed
from console.portfolios.queries import get_portfolio
from console.store.base import load
from console.store.transaction import Tx
from console.wire.ids import new_id
from console.wire.shapes import Money
from tests.world import JOAO, MARIA, VAULT, World

ERP = Actor(id="erp", name="ERP", role="integration")
OWN, OTHER = "+5511912345678", "+5511900001111"


def known(world: World, name: str = "João Antunes", phone: str = OTHER, **more: object) -> str:
    """A debtor of the book who owes R$ 100 since the first of the month."""
    new = NewDebtor(client_id=new_id(), portfolio=world.book, name=name, language="pt-BR", jurisdiction="BR-SP",
                    contact_points=[GivenPoint("whatsapp", phone)], **more)  # type: ignore[arg-type]  # fmt: skip
    made, _ = world.do(enrol, VAULT, ERP, new)
    charge = NewCharge(number="1", due="2026-11-01", amount=Money(10_000, "BRL"))
    world.do(add_charges, NewDebt(client_id=new_id(), debtor=made, product="loan", charges=[charge]), world.book, "BRL")
    return made


def stranger(world: World, sender: Sender = JOAO, owner: str = "ana") -> CaseRow:
    """Somebody unknown writes, and an agent takes the case."""
    case_id = world.hear("Oi, sou eu", sender).case
    assert case_id is not None
    world.online(owner)
    world.do(claim, world.actor(owner), case_id)
    return world.case(case_id)


def opened(world: World, debtor_id: str) -> str:
    def open_one(tx: Tx) -> str:
        return start(tx, get_portfolio(tx, world.book), get(tx, debtor_id)).id

    return world.do(open_one)


def lines(world: World, case_id: str) -> list[str]:
    from sqlalchemy import select

    from console.store.statement import rows
    from console.timeline.models import item

    clause = select(item.c.data).where(item.c.case_id == case_id, item.c.kind == "event").order_by(item.c.position)
    return [load(data)["name"] for data in world.see(rows, clause, str)]


def test_a_strangers_case_and_contact_points_become_the_known_debtors(world: World) -> None:
    row, debtor_id = stranger(world), known(world)
    after = world.do(identify, world.actor("ana"), row.id, debtor_id)
    assert (after.id, after.debtor_id, after.owner_id, after.epoch) == (row.id, debtor_id, row.owner_id, row.epoch)
    assert after.balance_minor == world.see(owed, debtor_id, world.book).total_minor and after.bucket == "B1_30"
    assert {point.channel for point in world.see(points_of, debtor_id)} == {"whatsapp"}
    assert len(world.see(points_of, debtor_id)) == 2 and world.see(points_of, row.debtor_id) == []
    assert world.see(get, row.debtor_id).merged_into == debtor_id
    assert "debtor.identified" in lines(world, row.id) and "case.updated" in world.names()


def test_the_strangers_next_message_is_the_known_debtors(world: World) -> None:
    row, debtor_id = stranger(world), known(world)
    world.do(identify, world.actor("ana"), row.id, debtor_id)
    assert world.hear("De novo eu", JOAO).case == row.id


def test_identifying_is_undone_in_one_act(world: World) -> None:
    row, debtor_id = stranger(world), known(world)
    world.do(identify, world.actor("ana"), row.id, debtor_id)
    after = world.do(undo_identify, world.actor("ana"), row.id)
    assert (after.debtor_id, after.owner_id, after.balance_minor) == (row.debtor_id, row.owner_id, None)
    assert len(world.see(points_of, debtor_id)) == 1 and len(world.see(points_of, row.debtor_id)) == 1
    assert world.see(get, row.debtor_id).merged_into is None
    assert world.hear("De novo eu", JOAO).case == row.id
    assert "debtor.unidentified" in lines(world, row.id)
    with pytest.raises(Conflict, match="Nobody was identified"):
        world.do(undo_identify, world.actor("ana"), row.id)


def test_an_open_case_of_the_known_debtor_goes_on_and_the_strangers_resolves_into_it(world: World) -> None:
    row, debtor_id = stranger(world), known(world)
    other = opened(world, debtor_id)
    after = world.do(identify, world.actor("ana"), row.id, debtor_id)
    assert after.id == other and after.waiting_since == row.waiting_since and after.last_channel == "whatsapp"
    gone = world.case(row.id)
    assert (gone.status, gone.outcome, gone.merged_into, gone.debtor_id) == ("resolved", "merged", other, debtor_id)
    assert "case.merged" in lines(world, other)
    assert world.hear("E agora?", JOAO).case == other


def test_the_two_cases_are_parted_again(world: World) -> None:
    row, debtor_id = stranger(world), known(world)
    other = opened(world, debtor_id)
    world.do(identify, world.actor("ana"), row.id, debtor_id)
    after = world.do(undo_identify, world.actor("ana"), row.id)
    assert (after.debtor_id, after.merged_into, after.owner_id) == (row.debtor_id, None, world.ids["ana"])
    assert after.is_open and after.waiting_since == row.waiting_since and after.epoch > row.epoch
    assert world.case(other).waiting_since is None and world.case(other).debtor_id == debtor_id


def test_an_address_that_both_have_keeps_the_known_debtors_point_and_its_windows(world: World) -> None:
    row = stranger(world)
    debtor_id = known(world, phone=OWN)
    (twin,) = world.see(points_of, debtor_id)
    (own,) = world.see(points_of, row.debtor_id)
    before = world.see(find_link, world.inboxes["whatsapp"], own.id)
    after = world.do(identify, world.actor("ana"), row.id, debtor_id)
    link = world.see(find_link, world.inboxes["whatsapp"], twin.id)
    assert before is not None and link is not None and link.window_closes_at == before.window_closes_at
    assert after.last_contact_point_id == twin.id and world.see(points_of, debtor_id)[0].id == twin.id
    world.do(undo_identify, world.actor("ana"), row.id)
    assert world.see(find_link, world.inboxes["whatsapp"], own.id) == before
    assert world.see(find_link, world.inboxes["whatsapp"], twin.id) is None
    assert world.case(row.id).last_contact_point_id == own.id


def merged(world: World) -> tuple[str, str, str]:
    """Two debtors who have one address and became one: who went, who stayed, and the contact point in use."""
    gone, kept = known(world, phone=OWN), known(world, "João A.", phone=OWN)
    (twin,) = world.see(points_of, kept)
    world.do(merge_debtors, world.actor("sofia"), gone, kept)
    return gone, kept, twin.id


def parted(world: World, gone: str, kept: str) -> list[PointRow]:
    """The contact points of both, once they are two again."""
    world.do(undo_merge, world.actor("sofia"), gone)
    return [each for debtor_id in (gone, kept) for each in world.see(points_of, debtor_id)]


def test_a_wrong_number_that_was_found_out_while_they_were_one_is_so_for_both(world: World) -> None:
    gone, kept, point_id = merged(world)
    world.do(consent.mark_wrong, world.actor("sofia"), point_id)
    assert [(each.state, each.disclosure) for each in parted(world, gone, kept)] == [("wrong_number", 0)] * 2


def test_a_consent_that_was_taken_back_while_they_were_one_is_so_for_both(world: World) -> None:
    gone, kept, point_id = merged(world)
    world.do(consent.set_consent, world.actor("sofia"), point_id, consent.Consent("revoked", "phone call"))
    assert [(each.consent, each.consent_source) for each in parted(world, gone, kept)] == [
        ("revoked", "phone call")
    ] * 2


def test_whose_an_address_is_that_was_said_while_they_were_one_is_so_for_both(world: World) -> None:
    gone, kept, point_id = merged(world)
    world.do(consent.set_holder, world.actor("sofia"), point_id, GivenHolder("other", "Rosa Prado"))
    assert [(each.holder, each.holder_name) for each in parted(world, gone, kept)] == [("other", "Rosa Prado")] * 2


def test_what_the_merge_told_and_a_person_said_anew_is_not_taken_back(world: World) -> None:
    """The merge made the address a relative's; somebody found out that it is a guarantor's."""
    gone = known(world, phone=OWN)
    kept = known(world, "João A.", phone=OWN)
    (own,) = world.see(points_of, gone)
    world.do(consent.set_holder, world.actor("sofia"), own.id, GivenHolder("other", "Rosa Prado"))
    (twin,) = world.see(points_of, kept)
    world.do(merge_debtors, world.actor("sofia"), gone, kept)
    world.do(consent.set_holder, world.actor("sofia"), twin.id, GivenHolder("guarantor", "Rosa Prado", "contrato 7"))
    assert [each.holder for each in parted(world, gone, kept)] == ["guarantor"] * 2


def test_an_opt_out_while_they_were_one_is_of_the_address(world: World) -> None:
    gone, kept, _ = merged(world)
    world.hear("SAIR", JOAO)
    assert all(world.see(get_address, each.address_id).opted_out_at for each in parted(world, gone, kept))


def test_only_a_stranger_is_identified_and_only_as_somebody_known(world: World) -> None:
    row, debtor_id = stranger(world), known(world)
    unknown = stranger(world, MARIA)
    with pytest.raises(Invalid, match="no such debtor"):
        world.do(identify, world.actor("ana"), row.id, "nobody")
    with pytest.raises(Invalid, match="who is known"):
        world.do(identify, world.actor("ana"), row.id, unknown.debtor_id)
    world.do(identify, world.actor("ana"), row.id, debtor_id)
    with pytest.raises(Conflict, match="has a debtor already"):
        world.do(identify, world.actor("ana"), row.id, known(world, "Outro", "+5511933334444"))


def test_identifying_is_the_owners_or_their_supervisors(world: World) -> None:
    row, debtor_id = stranger(world), known(world)
    with pytest.raises(StaleEpoch):
        world.do(identify, world.actor("ana"), row.id, debtor_id, row.epoch - 1)
    with pytest.raises(NotOwner):
        world.do(identify, world.actor("bruno"), row.id, debtor_id)
    for name, error in (("admin", NotFound), ("caio", Forbidden)):
        with pytest.raises(error):
            world.do(identify, world.actor(name), row.id, debtor_id)
    assert world.do(identify, world.actor("sofia"), row.id, debtor_id).debtor_id == debtor_id


def test_a_merge_resolves_the_younger_case_and_sums_the_debts(world: World) -> None:
    one, two = known(world, "Maria Souza"), known(world, "Maria S. Lima", "+5511922223333", labels=["vip"])
    older = opened(world, one)
    world.clock.advance(60_000)
    younger = opened(world, two)
    world.do(merge_debtors, world.actor("sofia"), two, one)
    assert world.case(younger).merged_into == older and world.case(younger).debtor_id == one
    total = world.see(owed, one, world.book)
    assert len(total.charges) == 2 and world.case(older).balance_minor == total.total_minor
    assert load(world.see(get, one).labels) == ["vip"] and len(world.see(points_of, one)) == 2


def test_the_older_case_goes_on_even_when_it_is_of_the_one_who_goes(world: World) -> None:
    one = known(world, "Maria Souza")
    older = opened(world, one)
    world.clock.advance(60_000)
    two = known(world, "Maria S. Lima", "+5511922223333")
    younger = opened(world, two)
    world.do(merge_debtors, world.actor("sofia"), one, two)
    assert world.case(older).debtor_id == two and world.case(older).is_open
    assert world.case(younger).merged_into == older
    world.do(undo_merge, world.actor("sofia"), one)
    assert world.case(older).debtor_id == one and world.case(older).is_open
    assert world.case(younger).debtor_id == two and world.case(younger).is_open


def test_a_merge_is_undone_in_one_act(world: World) -> None:
    one = known(world, "Maria Souza")
    two = known(
        world, "Maria S. Lima", "+5511922223333", labels=["vip"], document=GivenDocument("cpf", "529.982.247-25")
    )
    before = [(each.id, each.debtor_id, each.status) for each in world.see(of_debtor, two)]
    world.do(merge_debtors, world.actor("sofia"), two, one)
    assert world.see(get, one).document_hash is not None
    world.do(undo_merge, world.actor("sofia"), two)
    person = world.see(get, one)
    assert person.document_hash is None and person.document is None and load(person.labels) == []
    assert [(each.id, each.debtor_id, each.status) for each in world.see(of_debtor, two)] == before
    assert len(world.see(owed, one, world.book).charges) == len(world.see(owed, two, world.book).charges) == 1
    with pytest.raises(Conflict, match="was not merged"):
        world.do(undo_merge, world.actor("sofia"), two)


def test_a_merge_is_a_supervisors_and_of_two_people_who_may_be_one(world: World) -> None:
    one = known(world, document=GivenDocument("cpf", "529.982.247-25"))
    two = known(world, "Maria", "+5511922223333", document=GivenDocument("cpf", "111.444.777-35"))
    three = known(world, "Pedro", "+5511922224444")
    for name, error in (("ana", Forbidden), ("caio", Forbidden), ("admin", NotFound)):
        with pytest.raises(error):
            world.do(merge_debtors, world.actor(name), one, three)
    sofia = world.actor("sofia")
    with pytest.raises(Conflict, match="documents differ"):
        world.do(merge_debtors, sofia, one, two)
    with pytest.raises(Invalid, match="another debtor"):
        world.do(merge_debtors, sofia, one, one)
    with pytest.raises(Invalid, match="no such debtor"):
        world.do(merge_debtors, sofia, one, "nobody")
    world.do(merge_debtors, sofia, three, one)
    with pytest.raises(NotFound):
        world.do(merge_debtors, sofia, three, two)
    with pytest.raises(Invalid, match="no such debtor"):
        world.do(merge_debtors, sofia, two, three)


def test_a_resolved_case_goes_along_and_stays_resolved(world: World) -> None:
    row, debtor_id = stranger(world), known(world)
    world.do(resolve, world.actor("ana"), row.id, "paid")
    again = world.hear("Oi de novo", JOAO).case
    assert again == row.id
    world.do(identify, world.actor("sofia"), row.id, debtor_id)
    assert [each.id for each in world.see(of_debtor, debtor_id)] == [row.id]


def test_what_was_said_before_a_merge_stays_in_the_ledger_and_the_evidence(world: World) -> None:
    one, two, three = (known(world, f"Maria {n}", f"+551192222333{n}") for n in range(3))
    for n, each in enumerate((one, two, three)):
        world.do(log_consent, each, "granted", channel="whatsapp", source=f"shop {n}")
    case = opened(world, one)
    world.do(merge_debtors, world.actor("sofia"), three, two)
    world.do(merge_debtors, world.actor("sofia"), two, one)
    assert [each.source for each in world.see(consents_of, one)] == ["shop 0", "shop 1", "shop 2"]
    proof = [each for each in world.see(records_of, world.case(case)) if each.key.startswith("consent_log:")]
    assert len(proof) == 3
    world.do(undo_merge, world.actor("sofia"), two)
    assert [each.source for each in world.see(consents_of, one)] == ["shop 0"]
