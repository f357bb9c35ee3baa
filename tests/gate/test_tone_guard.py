"""The tone guard's four degrees (domain §6.4): blocked, approved by a supervisor, sent for a reason, only warned of."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.cases import claim, reply
from console.cases.near_misses import is_near_miss, keep_near_miss, near_misses
from console.errors import Forbidden, GateBlocked, GateNeedsApproval, Invalid, NotFound
from console.gate.care import care_text, care_texts
from console.gate.content import fold, not_care
from console.gate.decide import decide
from console.gate.profiles import countries
from console.gate.tone import findings
from console.wire.ids import new_id
from console.wire.paging import WHOLE
from tests.gate.cast import BOGOTA, SAO_PAULO, facts, local, sms
from tests.world import World, make_world

NOON = local(SAO_PAULO, "2026-11-23 12:00")


@pytest.mark.parametrize(
    "text",
    [
        "Só podia ser mulher mesmo.",
        "Tenía que ser extranjero.",
        "Had to be a foreigner.",
        "Gente da sua laia nunca paga.",
        "Velho caloteiro.",
    ],
)
def test_discrimination_is_blocked(text: str) -> None:
    assert any(each.severity == "block" for each in findings(fold(text), "sms", frozenset(), False))


@pytest.mark.parametrize(
    "text",
    ["Responda urgente, por favor.", "Debe pagar inmediatamente.", "This has consequences for your account."],
)
def test_firm_words_leave_for_a_reason(text: str) -> None:
    decision = decide(sms(text), facts(), NOON)
    assert (decision.outcome, decision.code, decision.approver) == ("needs_approval", "TONE:FIRMNESS", "writer")
    assert decision.spans
    assert decide(sms(text), facts(reason_given=True), NOON).outcome == "allow"


def test_a_reason_lifts_nothing_that_a_supervisor_must_lift() -> None:
    text = "Última chance: responda em dez minutos ou acabou."
    assert decide(sms(text), facts(reason_given=True), NOON).approver == "supervisor"
    assert decide(sms("Você é um caloteiro."), facts(reason_given=True), NOON).outcome == "block"


def test_asking_why_is_a_warning_with_its_place_and_banned_in_colombia() -> None:
    text = "Por que você ainda não pagou?"
    decision = decide(sms(text), facts(), NOON)
    assert (decision.outcome, decision.warnings) == ("allow", ("TONE:ASK_REASON",))
    assert decision.spans and decision.spans[0][0] == 0
    assert decide(sms(text), facts(places=(BOGOTA,)), local("America/Bogota", "2026-11-23 09:00")).outcome == "block"


def scene(folder: Path) -> tuple[World, str]:
    world = make_world(folder)
    world.online("ana", "sofia")
    case = world.hear().case or ""
    world.do(claim.claim, world.actor("ana"), case)
    return world, case


def write(world: World, case: str, text: str, reason: str | None = None) -> str:
    epoch = world.case(case).epoch
    wish = reply.Reply(client_id=new_id(), epoch=epoch, channel="whatsapp", text=text, reason=reason)
    return world.do(reply.reply, world.actor("ana"), case, wish)[0].id


def test_what_was_caught_is_seen_by_supervisors_without_the_message(tmp_path: Path) -> None:
    world, case = scene(tmp_path)
    text = "Maria, você é uma caloteira e vou te processar."
    with pytest.raises(GateBlocked) as refused:
        write(world, case, text)
    assert is_near_miss(refused.value)
    world.do(keep_near_miss, world.ids["ana"], case, "whatsapp", text, refused.value)
    (seen,) = world.see(near_misses, world.actor("sofia"), WHOLE).items
    assert (seen.code, seen.fragment, seen.outcome) == ("TONE:HUMILIATION", "caloteira", "block")
    assert seen.user is not None and seen.user.name == "Ana Prado"
    assert world.see(near_misses, world.actor("caio"), WHOLE, case).items == [seen]
    with pytest.raises(Forbidden):
        world.see(near_misses, world.actor("ana"), WHOLE, case)
    with pytest.raises(NotFound):
        world.see(near_misses, world.actor("bruno"), WHOLE, case)


def test_a_reason_lets_it_leave_and_is_told(tmp_path: Path) -> None:
    world, case = scene(tmp_path)
    text = "Preciso da sua resposta sem falta hoje."
    with pytest.raises(GateNeedsApproval) as refused:
        write(world, case, text)
    assert refused.value.facts["approver"] == "writer"
    with pytest.raises(Invalid):
        write(world, case, text, reason="x")
    write(world, case, text, reason="combinado com a cliente por telefone")
    (seen,) = world.see(near_misses, world.actor("sofia"), WHOLE).items
    assert (seen.code, seen.outcome) == ("TONE:FIRMNESS", "reason_given")
    assert seen.reason == "combinado com a cliente por telefone"


@pytest.mark.parametrize("hold", ["distress", "hardship", "vulnerable", "deceased"])
@pytest.mark.parametrize("language", ["pt-BR", "es", "en"])
def test_the_approved_words_are_care_themselves_in_every_country(hold: str, language: str) -> None:
    for country in countries():
        text = care_text(hold, language, country)
        assert text and "{" not in text and not_care(fold(text)) == ()
        if hold == "distress":
            assert care_texts().lines[country] in text
    assert care_text("legal", language, "BR") == ""
    assert "Linha Amiga" in care_text("distress", "pt-BR", "BR", "Linha Amiga")
