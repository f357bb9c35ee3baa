"""Stops, holds and possible opt-outs: who may set them, who may lift them, and what the gate then says."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.cases import claim, consent, protect
from console.cases.preview import Ask, preview
from console.debtors.queries import get_address, points_of
from console.errors import Conflict, Forbidden, Invalid
from console.store.base import load
from console.supervision.wall import open_requests
from tests.world import World, make_world


def scene(folder: Path, text: str = "Oi") -> tuple[World, str]:
    world = make_world(folder)
    case = world.hear(text).case or ""
    world.do(claim.claim, world.actor("ana"), case)
    return world, case


def said(world: World, case: str, text: str = "Olá, Maria.", purpose: str | None = None) -> str:
    ask = Ask(channel="whatsapp", text=text, purpose=purpose)
    (one,) = world.see(preview, world.actor("ana"), case, ask)["items"]
    return str(one["code"])


def test_a_death_ends_contact_and_only_compliance_lifts_it(tmp_path: Path) -> None:
    world, case = scene(tmp_path)
    ana, body = world.actor("ana"), protect.StopBody("deceased", "certidão")
    world.do(protect.place_stop, ana, case, body)
    assert said(world, case) == "DECEASED"
    with pytest.raises(Conflict):
        world.do(protect.place_stop, ana, case, body)
    for who in ("ana", "sofia"):
        with pytest.raises(Forbidden):
            world.do(protect.lift_stop, world.actor(who), case, "deceased", protect.LiftBody("engano"))
    world.do(protect.lift_stop, world.actor("caio"), case, "deceased", protect.LiftBody("era um homônimo"))
    assert said(world, case) == "ALLOW"
    with pytest.raises(Invalid):
        world.do(protect.lift_stop, world.actor("caio"), case, "deceased", protect.LiftBody("de novo"))


def test_a_death_that_is_only_said_leaves_room_for_care(tmp_path: Path) -> None:
    world, case = scene(tmp_path, "a Maria faleceu")
    assert "deceased" in load(world.case(case).holds)
    assert said(world, case, text="Sua fatura vence amanhã.") == "HARDSHIP_HOLD"
    assert said(world, case, purpose="care", text="Sinto muito pela sua perda.") == "ALLOW"


def test_a_hold_rings_and_is_lifted_by_a_supervisor(tmp_path: Path) -> None:
    world, case = scene(tmp_path)
    world.do(protect.place_hold, world.actor("ana"), case, protect.HoldBody("hardship", "desemprego"))
    (alarm,) = world.see(open_requests, world.actor("sofia"))
    assert (alarm.kind, alarm.reason) == ("alarm", "hardship")
    with pytest.raises(Conflict):
        world.do(protect.place_hold, world.actor("ana"), case, protect.HoldBody("hardship", "de novo"))
    with pytest.raises(Forbidden):
        world.do(protect.lift_hold, world.actor("ana"), case, "hardship", protect.LiftBody("passou"))
    world.do(protect.lift_hold, world.actor("sofia"), case, "hardship", protect.LiftBody("voltou a trabalhar"))
    assert load(world.case(case).holds) == [] and said(world, case) == "ALLOW"
    with pytest.raises(Invalid):
        world.do(protect.lift_hold, world.actor("sofia"), case, "hardship", protect.LiftBody("de novo"))


def test_legal_is_a_supervisors_word_and_a_reason_is_wanted(tmp_path: Path) -> None:
    world, case = scene(tmp_path)
    with pytest.raises(Forbidden):
        world.do(protect.place_hold, world.actor("ana"), case, protect.HoldBody("legal", "processo"))
    with pytest.raises(Invalid) as refused:
        world.do(protect.place_hold, world.actor("sofia"), case, protect.HoldBody("legal", "  "))
    assert refused.value.facts["field"] == "reason"


@pytest.mark.parametrize(("wants_out", "code"), [(True, "OPT_OUT_CHANNEL"), (False, "ALLOW")])
def test_words_that_may_mean_an_opt_out_hold_until_somebody_read_them(
    tmp_path: Path, wants_out: bool, code: str
) -> None:
    world, case = scene(tmp_path, "olha, por favor não me mandem mais mensagem nenhuma")
    assert said(world, case) == "OPT_OUT_CHANNEL"
    (alarm,) = world.see(open_requests, world.actor("sofia"))
    assert alarm.reason == "possible_opt_out"
    (point,) = world.see(points_of, world.case(case).debtor_id)
    world.do(consent.answer_opt_out, world.actor("ana"), point.id, wants_out)
    assert said(world, case) == code
    assert world.see(open_requests, world.actor("sofia")) == []
    where = world.see(get_address, point.address_id)
    assert where.opt_out_source == ("agent" if wants_out else "")
    with pytest.raises(Conflict):
        world.do(consent.answer_opt_out, world.actor("ana"), point.id, wants_out)
