"""Whose a contact point is: somebody beside the debtor writes in, is marked, answered, merged away and forgotten."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs
from sqlalchemy import select

from channels.types import Sender
from console.access.actor import Actor
from console.cases import consent, identity, protect, questions
from console.cases.claim import claim
from console.cases.merge import merge_debtors, undo_merge
from console.cases.preview import Ask, preview
from console.cases.receive import ANSWERED
from console.cases.reply import Reply, reply
from console.debtors.consents import consents_of
from console.debtors.enrol import GivenConsent, GivenPoint, NewDebtor, enrol
from console.debtors.holders import GivenHolder
from console.debtors.models import contact_point
from console.debtors.queries import PointRow, get, get_address, points_of
from console.debtors.view import contact_points
from console.errors import Conflict, GateBlocked, Invalid, NotFound
from console.evidence.erase import erase
from console.evidence.records import records_of
from console.jobs.models import job
from console.outreach.chances import chances, unopened
from console.outreach.selection import Selection, foresee
from console.store.base import load
from console.store.statement import rows, value
from console.store.transaction import Reader
from console.timeline.models import item
from console.wire.ids import new_id
from console.wire.moment import HOUR, MINUTE
from console.wire.shapes import Holder
from tests.world import JOAO, VAULT, World

ERP = Actor(id="erp", name="ERP", role="integration", scopes=frozenset({"debtors:write"}))
OWN, HERS, LAWYERS = JOAO.phone, "+5511900001111", "+5511900002222"
ROSA = Sender(wa_id=HERS[1:], phone=HERS, name="Rosa")
NEUTRAL = "Obrigado por responder. Pode pedir ao João que fale conosco?"
DEBT = "A dívida do João está em atraso."
GUARANTOR = GivenHolder("guarantor", "Rosa Antunes", "contrato 7, cláusula 9")


def known(world: World, holder: GivenHolder | None = None, channel: str = "whatsapp", **more: Any) -> str:
    """João, reached on his own number, and the number that is Rosa's by `holder`."""
    points = [GivenPoint("whatsapp", OWN), GivenPoint(channel, HERS, holder=holder)]  # type: ignore[arg-type]
    new = NewDebtor(**{"client_id": new_id(), "portfolio": world.book, "name": "João Antunes", "language": "pt-BR",
                       "jurisdiction": "BR-SP", "contact_points": points, **more})  # fmt: skip
    return world.do(enrol, VAULT, ERP, new)[0]


def relative(world: World) -> str:
    return known(world, GivenHolder("other", "Rosa Antunes"))


def point(world: World, debtor_id: str, phone: str, channel: str = "whatsapp") -> PointRow:
    found = world.see(points_of, debtor_id)
    return next(p for p in found if p.channel == channel and world.see(get_address, p.address_id).phone == phone)


def heard(world: World, sender: Sender = ROSA, text: str = "É a esposa dele, do que se trata?", **more: Any) -> str:
    """They write, and Ana has the case."""
    case_id = world.hear(text, sender, **more).case or ""
    if world.case(case_id).owner_id is None:
        world.online("ana")
        world.do(claim, world.actor("ana"), case_id)
    return case_id


def said(world: World, case_id: str, text: str, at: str | None = None, **more: Any) -> dict[str, Any]:
    ask = Ask(**{"channel": "whatsapp", "text": text, "contact_point": at, **more})
    (one,) = world.see(preview, world.actor("ana"), case_id, ask)["items"]
    found: dict[str, Any] = one
    return found


def mark(world: World, point_id: str, holder: GivenHolder, who: str = "ana") -> str:
    return world.do(consent.set_holder, world.actor(who), point_id, holder)


def test_what_somebody_else_writes_stays_in_the_debtors_thread_and_says_whose_it_is(world: World) -> None:
    joao = relative(world)
    case_id = heard(world)
    assert world.case(case_id).debtor_id == joao
    hers = point(world, joao, HERS)
    told = {each.id: each.holder for each in world.see(contact_points, joao)}
    assert told[hers.id] == Holder("other", "Rosa Antunes", "")
    assert told[point(world, joao, OWN).id] is None
    clause = select(item.c.contact_point_id).where(item.c.case_id == case_id, item.c.kind == "message")
    assert world.see(rows, clause, value) == [hers.id]
    matter = next(each for each in world.see(records_of, world.case(case_id)) if each.key == f"case:{case_id}")
    assert [p.get("holder", {}).get("role") for p in matter.body["contact_points"]].count("other") == 1


def test_an_answer_goes_to_them_only_by_name_in_neutral_words_and_while_it_is_one(world: World) -> None:
    joao = relative(world)
    case_id = heard(world)
    hers, own = point(world, joao, HERS).id, point(world, joao, OWN).id
    assert said(world, case_id, NEUTRAL)["contact_point"] == own
    assert said(world, case_id, NEUTRAL, hers)["code"] == "ALLOW"
    assert said(world, case_id, DEBT, hers)["code"] == "DISCLOSURE_TOO_HIGH"
    assert said(world, case_id, NEUTRAL, hers, purpose="proactive")["code"] == "THIRD_PARTY"
    wish = Reply(client_id=new_id(), epoch=1, channel="whatsapp", text=DEBT, contact_point=hers)
    with pytest.raises(GateBlocked) as refused:
        world.do(reply, world.actor("ana"), case_id, wish)
    assert refused.value.facts["reason"] == "DISCLOSURE_TOO_HIGH"
    world.clock.advance(25 * HOUR)
    with pytest.raises(GateBlocked, match="nothing may be said of the debt") as refused:
        world.do(reply, world.actor("ana"), case_id, Reply(client_id=new_id(), epoch=1, channel="whatsapp",
                                                           text=NEUTRAL, contact_point=hers))  # fmt: skip
    assert refused.value.facts["reason"] == "THIRD_PARTY"


def test_nobody_reads_above_an_answer_what_the_other_wrote(world: World) -> None:
    joao = known(world, contact_points=[
        GivenPoint("email", "joao@example.com"),
        GivenPoint("email", "rosa@example.com", holder=GivenHolder("other", "Rosa Antunes"))])  # fmt: skip
    his = world.hear(
        "quero pagar", Sender(email="joao@example.com"), "email", subject="Minha dívida", kind="email"
    ).item
    case_id = heard(world, Sender(email="rosa@example.com"), channel="email", subject="Quem são vocês", kind="email")
    hers = next(each.id for each in world.see(points_of, joao) if each.holder == "other")
    wish = Reply(client_id=new_id(), epoch=1, channel="email", text=NEUTRAL, contact_point=hers)
    sent, _ = world.do(reply, world.actor("ana"), case_id, wish)
    assert sent.subject == "Re: Quem são vocês"
    own, _ = world.do(reply, world.actor("ana"), case_id, structs.replace(wish, client_id=new_id(), contact_point=None))
    assert own.subject == "Re: Minha dívida"
    with pytest.raises(Invalid) as refused:
        quoting = structs.replace(wish, client_id=new_id(), reply_to=his)
        world.do(reply, world.actor("ana"), case_id, quoting)
    assert refused.value.facts["field"] == "reply_to"


def test_neither_ones_word_makes_an_answer_of_what_goes_to_the_other(world: World) -> None:
    joao = known(world, GUARANTOR, jurisdiction="CO")
    case_id = heard(world, JOAO, "Oi")
    hers, own = point(world, joao, HERS).id, point(world, joao, OWN).id
    assert said(world, case_id, "Olá", own)["purpose"] == "reply"
    assert said(world, case_id, "Olá", hers)["purpose"] == "proactive"
    world.do(reply, world.actor("ana"), case_id, Reply(client_id=new_id(), epoch=1, channel="whatsapp", text="Olá"))
    world.clock.advance(5 * MINUTE)
    heard(world, ROSA, "Oi")
    assert said(world, case_id, "Olá", hers)["purpose"] == "reply"
    assert said(world, case_id, "Olá", own)["purpose"] == "proactive"
    heard(world, JOAO, "Oi?")
    assert said(world, case_id, "Olá", own)["purpose"] == "reply"
    assert said(world, case_id, "Olá", hers)["purpose"] == "reply"


@pytest.mark.parametrize(
    ("place", "holder", "code"),
    [
        ("CO", GUARANTOR, "WA_WINDOW_CLOSED"),  # nothing of the person stands in the way
        ("CO", GivenHolder("guarantor", "Rosa Antunes"), "THIRD_PARTY"),  # nothing proves it
        ("CO", GivenHolder("other", "Rosa Antunes", "referência no contrato"), "THIRD_PARTY"),
        ("BR-SP", GUARANTOR, "THIRD_PARTY"),
        ("CO", GivenHolder("attorney", "Rosa Antunes", "procuração"), "THIRD_PARTY"),
    ],
)
def test_the_gate_reads_whose_it_is_and_whether_that_is_proven(
    world: World, place: str, holder: GivenHolder, code: str
) -> None:
    bogota = "+573001112222"  # a Brazilian number would bring the law of Brazil
    points = [GivenPoint("whatsapp", OWN), GivenPoint("whatsapp", bogota, holder=holder)]
    joao = known(world, jurisdiction=place, contact_points=points)
    case_id = heard(world, JOAO, "Oi")
    hers = point(world, joao, bogota).id
    yes = consent.Consent("granted", "phone call")
    world.do(consent.set_consent, world.actor("ana"), hers, yes)
    assert said(world, case_id, "Olá", hers)["code"] == code


def test_a_represented_debtor_is_reached_by_their_attorney_alone(world: World) -> None:
    joao = known(world, GivenHolder("attorney", "Rosa Prado", "procuração de 3 de março"))
    case_id = heard(world, JOAO, "Oi")
    world.do(protect.place_stop, world.actor("ana"), case_id, protect.StopBody("represented", "ele disse"))
    hers, own = point(world, joao, HERS).id, point(world, joao, OWN).id
    assert said(world, case_id, "Olá", own)["code"] == "REPRESENTED"
    heard(world, ROSA, "Sou a advogada")
    assert said(world, case_id, "Olá, podemos falar da dívida?", hers)["code"] == "ALLOW"
    mark(world, hers, GivenHolder("attorney", "Rosa Prado"))
    assert said(world, case_id, "Olá", hers)["code"] == "REPRESENTED"


def test_the_debtors_identity_opens_nobody_elses_address(world: World) -> None:
    joao = relative(world)
    case_id = heard(world, JOAO, "Oi")
    passed = identity.Checks([identity.Check("portal", True), identity.Check("birth_date", True)])
    world.do(identity.check_identity, world.actor("ana"), case_id, passed)
    heard(world, ROSA)
    hers = point(world, joao, HERS)
    assert world.case(case_id).disclosure == 2 and hers.disclosure == 0
    assert said(world, case_id, DEBT, hers.id)["code"] == "DISCLOSURE_TOO_HIGH"
    for verb in (
        lambda: world.do(identity.check_identity, world.actor("ana"), case_id, passed),
        lambda: world.do(questions.ask, world.actor("ana"), VAULT, case_id, questions.Ask("product")),
    ):
        with pytest.raises(Conflict, match="not the debtor"):
            verb()
    assert (point(world, joao, HERS).disclosure, point(world, joao, HERS).verified) == (0, 0)
    heard(world, JOAO, "Voltei")
    world.do(identity.check_identity, world.actor("ana"), case_id, passed)
    assert point(world, joao, OWN).verified == 1


def test_an_agent_says_whose_a_number_is(world: World) -> None:
    joao = known(world)
    world.do(enrol, VAULT, ERP, NewDebtor(
        client_id=new_id(), portfolio=world.book, name="João Antunes", language="pt-BR", jurisdiction="BR-SP",
        external_id="J-1", contact_points=[]))  # fmt: skip
    case_id = heard(world, JOAO, "Oi")
    hers = point(world, joao, HERS)
    assert (hers.disclosure, hers.holder) == (1, "debtor")
    world.do(consent.set_consent, world.actor("ana"), hers.id, consent.Consent("granted", "contract"))
    assert mark(world, hers.id, GivenHolder("other", "  Rosa Antunes ", "ele disse")) == joao
    now = point(world, joao, HERS)
    assert (now.holder, now.holder_name, now.holder_proof) == ("other", "Rosa Antunes", "ele disse")
    assert (now.disclosure, now.verified, now.consent) == (0, 0, "unknown")
    last = world.see(consents_of, joao)[-1]
    assert (last.act, last.source, last.contact_point_id) == ("revoked", "holder", hers.id)
    assert "case.updated" in world.names()
    clause = select(item.c.data).where(item.c.case_id == case_id, item.c.kind == "event")
    events = [load(each) for each in world.see(rows, clause, value)]
    told = [each["data"] for each in events if each["name"] == "contact_point.holder"]
    assert told == [{"channel": "whatsapp", "contact_point": hers.id, "holder": "other", "was": "debtor"}]
    before = world.case(case_id).position
    mark(world, hers.id, GivenHolder("other", "Rosa Antunes", "ele disse"))
    assert world.case(case_id).position == before
    mark(world, hers.id, GivenHolder("debtor"))
    back = point(world, joao, HERS)
    assert (back.holder, back.holder_name, back.holder_proof, back.disclosure) == ("debtor", "", "", 0)


def test_what_was_planned_to_it_is_called_off(world: World) -> None:
    joao = known(world)
    case_id = heard(world, JOAO, "Oi")
    later = Reply(client_id=new_id(), epoch=1, channel="whatsapp", text="Olá", send_at="2026-11-19T18:00:00Z")
    planned, _ = world.do(reply, world.actor("ana"), case_id, later)
    mark(world, point(world, joao, OWN).id, GivenHolder("other", "Rosa Antunes"))
    clause = select(item.c.status, item.c.data).where(item.c.id == planned.id)
    ((status, data),) = world.see(rows, clause, lambda *both: both)
    assert (status, load(data)["cancelled"]["why"]) == ("cancelled", "holder_changed")


def test_one_telephone_is_in_one_pair_of_hands(world: World) -> None:
    joao = known(world, None, contact_points=[
        GivenPoint("whatsapp", OWN), GivenPoint("whatsapp", HERS), GivenPoint("sms", HERS)])  # fmt: skip
    heard(world, JOAO, "Oi")
    mark(world, point(world, joao, HERS).id, GivenHolder("other", "Rosa Antunes"))
    assert point(world, joao, HERS, "sms").holder == "other"
    assert point(world, joao, OWN).holder == "debtor"


def test_who_writes_from_the_same_telephone_on_another_channel_is_still_somebody_else(world: World) -> None:
    joao = relative(world)
    case_id = heard(world, Sender(phone=HERS), "Oi", channel="sms")
    assert world.case(case_id).debtor_id == joao
    assert (point(world, joao, HERS, "sms").holder_name, point(world, joao, HERS, "sms").disclosure) == (
        "Rosa Antunes", 0)  # fmt: skip


def test_somebodys_own_matter_comes_before_their_place_in_anothers(world: World) -> None:
    relative(world)
    rosa = known(world, None, name="Rosa Antunes", contact_points=[GivenPoint("whatsapp", HERS)])
    assert world.case(heard(world)).debtor_id == rosa


def test_their_wish_is_about_their_own_address(world: World) -> None:
    joao = relative(world)
    heard(world, text="Não entrem mais em contato")
    assert load(world.see(get, joao).stops) == []
    assert world.see(get_address, point(world, joao, HERS).address_id).opted_out_at is not None
    assert world.see(get_address, point(world, joao, OWN).address_id).opted_out_at is None


def test_nobody_else_accepts_what_was_offered_to_the_debtor(world: World) -> None:
    def jobs(reader: Reader) -> int:
        return len(rows(reader, select(job.c.id).where(job.c.kind == ANSWERED), value))

    relative(world)
    heard(world, text="ACEITO", detail={"id": "plan:x"})
    assert world.see(jobs) == 0
    heard(world, JOAO, "ACEITO", detail={"id": "plan:x"})
    assert world.see(jobs) == 1


def test_no_selection_chooses_somebody_elses_address(world: World) -> None:
    joao = known(world, GivenHolder("guarantor", "Rosa Antunes", "contrato"), channel="sms", jurisdiction="CO")
    row = world.see(unopened, joao, world.book)
    assert [each.channel for each in world.see(chances, row, "ana")] == ["whatsapp"]
    wish = Selection(portfolio=world.book, debtors=[joao], channel="sms", text="Olá")
    (fate,) = world.see(foresee, world.actor("sofia"), wish, [joao])
    assert (fate.fate, fate.code) == ("blocked", "NO_CONTACT_POINT")


@pytest.mark.parametrize(
    ("holder", "field"),
    [
        (GivenHolder("other"), "contact_points[1].holder.name"),
        (GivenHolder("guarantor", "R" * 201, "contrato"), "contact_points[1].holder.name"),
        (GivenHolder("guarantor", "Rosa", "c" * 201), "contact_points[1].holder.proof"),
        (GivenHolder("debtor", "João"), "contact_points[1].holder.role"),
    ],
)
def test_a_holder_who_is_not_said_well_is_refused(world: World, holder: GivenHolder, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        known(world, holder)
    assert refused.value.facts["field"] == field


def test_a_creditors_copy_may_shut_an_address_and_not_open_it(world: World) -> None:
    joao = known(world, external_id="J-1")
    assert known(world, GivenHolder("other", "Rosa Antunes"), external_id="J-1") == joao
    assert point(world, joao, HERS).holder == "other"
    assert known(world, external_id="J-1") == joao
    assert point(world, joao, HERS).holder == "other"
    with pytest.raises(Conflict) as refused:
        known(world, GivenHolder("debtor"), external_id="J-1")
    assert refused.value.facts["field"] == "contact_points[1].holder"


def test_consent_that_comes_with_a_new_holder_is_theirs(world: World) -> None:
    said_yes = GivenConsent("granted", "contract", "2026-10-01T12:00:00Z")
    joao = known(world, contact_points=[
        GivenPoint("whatsapp", OWN), GivenPoint("whatsapp", HERS, said_yes, holder=GUARANTOR)])  # fmt: skip
    hers = point(world, joao, HERS)
    assert (hers.consent, hers.disclosure) == ("granted", 1)


def test_whoever_may_not_see_the_debtor_may_not_say_whose_it_is(world: World) -> None:
    joao = relative(world)
    with pytest.raises(NotFound):
        mark(world, point(world, joao, HERS).id, GivenHolder("debtor"), "bruno")


def test_a_merge_keeps_what_was_found_out_and_is_undone(world: World) -> None:
    joao = relative(world)
    twin = known(world, None, name="Joao Antunes", contact_points=[GivenPoint("whatsapp", HERS)])
    world.do(merge_debtors, world.actor("sofia"), joao, twin)
    kept = [each for each in world.see(points_of, twin) if each.holder == "other"]
    assert [each.holder_name for each in kept] == ["Rosa Antunes"]
    world.do(undo_merge, world.actor("sofia"), joao)
    (theirs,) = world.see(points_of, twin)
    assert (theirs.holder, theirs.holder_name) == ("debtor", "")
    assert point(world, joao, HERS).holder == "other"


def test_with_the_debtor_the_names_beside_them_are_erased(world: World) -> None:
    joao = relative(world)
    twin = known(world, None, name="Joao Antunes", contact_points=[GivenPoint("whatsapp", HERS)])
    hers = point(world, joao, HERS).id
    world.do(merge_debtors, world.actor("sofia"), joao, twin)
    report, _ = world.do(erase, VAULT, twin, "erasure")
    assert report.removed["names of people beside them"] == 2
    left = world.see(rows, select(contact_point.c.holder_name, contact_point.c.holder_proof), lambda *both: both)
    assert set(left) == {("", "")}
    assert hers in world.see(rows, select(contact_point.c.id).where(contact_point.c.holder == "other"), value)
