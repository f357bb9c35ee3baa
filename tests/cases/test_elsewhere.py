"""Contacts made elsewhere and a dialer's slots: they count in caps and channel lock (GT-6), and only once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from console.access.actor import Actor
from console.cases import claim, elsewhere
from console.cases.preview import Ask, preview
from console.debtors.models import contact_point
from console.debtors.resolve import join_portfolio
from console.errors import Conflict, GateBlocked, GateDeferred, Invalid, NotFound
from console.gate.models import decision
from console.store.base import load
from console.store.statement import Statement, row, rows
from console.timeline.queries import page
from console.wire.ids import new_id
from console.wire.moment import DAY, HOUR, MINUTE, rfc3339
from tests.world import World, make_world

DIALER = Actor(
    id="dialer", name="Dialer", role="integration", scopes=frozenset({"contacts:write", "debtors:read"})
)  # fmt: skip


def scene(folder: Path) -> tuple[World, str, str]:
    """Ana's case of a debtor who may be written to by SMS, some days after their last word."""
    world = make_world(folder)
    case = world.hear(channel="sms").case or ""
    debtor = world.case(case).debtor_id
    world.do(claim.claim, world.actor("ana"), case)
    world.do(join_portfolio, debtor, world.book)
    world.do(lambda tx: Statement(contact_point.update().values(consent="granted")).run(tx))
    world.clock.advance(4 * DAY)  # a Monday, ten in the morning
    return world, case, debtor


def told(world: World, debtor: str, **more: Any) -> elsewhere.NewContact:
    given = {"client_id": new_id(), "debtor": debtor, "channel": "call", "at": rfc3339(world.clock.now()), "by": "URA"}
    return elsewhere.NewContact(**{**given, "outcome": "no_answer", **more})


def wish(debtor: str, **more: Any) -> elsewhere.Reserve:
    return elsewhere.Reserve(**{"client_id": new_id(), "debtor": debtor, "channel": "call", **more})


def said(world: World, case: str) -> str:
    ask = Ask(channel="sms", text="Olá, Maria.", purpose="proactive")
    (one,) = world.see(preview, world.actor("ana"), case, ask)["items"]
    return str(one["code"])


def test_a_call_made_elsewhere_uses_up_the_day_and_stands_on_the_thread(tmp_path: Path) -> None:
    world, case, debtor = scene(tmp_path)
    assert said(world, case) == "ALLOW"
    made, new = world.do(elsewhere.record_contact, DIALER, told(world, debtor))
    assert new and made.counts and made.portfolio == world.book
    assert said(world, case) == "CAP_DAY"
    items = world.see(page, case, after=0, before=None, limit=50, whispers_of=None, side=True)
    (line,) = [each for each in items if "contact.recorded" in each.data]
    data = load(line.data)["data"]
    assert data == {"channel": "call", "outcome": "no_answer", "at": world.clock.now(), "by": "URA"}
    assert "event.created" in world.names()


def test_a_call_of_the_debtor_does_not_count(tmp_path: Path) -> None:
    world, case, debtor = scene(tmp_path)
    made, _ = world.do(elsewhere.record_contact, world.actor("ana"), told(world, debtor, outcome="inbound"))
    assert not made.counts and said(world, case) == "ALLOW"


def test_the_same_twice_is_one(tmp_path: Path) -> None:
    world, case, debtor = scene(tmp_path)
    first = told(world, debtor, external_id="call-1")
    made, new = world.do(elsewhere.record_contact, DIALER, first)
    again, second = world.do(elsewhere.record_contact, DIALER, first)
    assert (made, new, second) == (again, True, False)
    with pytest.raises(Conflict):
        world.do(elsewhere.record_contact, DIALER, told(world, debtor, client_id=first.client_id, by="other"))
    corrected = told(world, debtor, external_id="call-1", outcome="inbound")
    update, third = world.do(elsewhere.record_contact, DIALER, corrected)
    assert (update.id, third) == (made.id, False)
    assert said(world, case) == "ALLOW"
    other = world.case(world.hear(sender=_joao()).case).debtor_id
    world.do(join_portfolio, other, world.book)
    with pytest.raises(Conflict) as refused:
        world.do(elsewhere.record_contact, DIALER, told(world, other, external_id="call-1"))
    assert refused.value.facts["field"] == "external_id"


def _joao() -> Any:
    from tests.world import JOAO

    return JOAO


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"by": " "}, "by"),
        ({"at": "yesterday"}, "at"),
        ({"at": "2030-01-01T00:00:00Z"}, "at"),
        ({"at": "2020-01-01T00:00:00Z"}, "at"),
        ({"external_id": ""}, "external_id"),
        ({"portfolio": "none"}, "portfolio"),
        ({"reservation": "none"}, "reservation"),
    ],
)
def test_a_contact_that_cannot_be_is_refused_by_its_field(
    tmp_path: Path, change: dict[str, object], field: str
) -> None:
    world, _, debtor = scene(tmp_path)
    with pytest.raises(Invalid) as refused:
        world.do(elsewhere.record_contact, DIALER, told(world, debtor, **change))
    assert refused.value.facts["field"] == field


def test_whose_debtor_it_is_not_learns_nothing(tmp_path: Path) -> None:
    world, _, debtor = scene(tmp_path)
    for who in (
        Actor(id="x", name="X", role="integration", scopes=frozenset({"contacts:write"})),
        world.actor("admin"),
    ):
        with pytest.raises(NotFound):
            world.do(elsewhere.record_contact, who, told(world, debtor))
        with pytest.raises(NotFound):
            world.do(elsewhere.reserve, who, wish(debtor))


def test_a_dialers_slot_holds_fifteen_minutes_and_then_is_free(tmp_path: Path) -> None:
    world, case, debtor = scene(tmp_path)
    made, new = world.do(elsewhere.reserve, DIALER, wish(debtor))
    assert new and made.until == rfc3339(world.clock.now() + 15 * MINUTE) and made.profile.startswith("BR-SP@")
    with pytest.raises(GateDeferred) as refused:
        world.do(elsewhere.reserve, DIALER, wish(debtor))
    assert refused.value.facts["reason"] == "CAP_DAY"
    assert said(world, case) == "CAP_DAY"
    world.clock.advance(15 * MINUTE)
    assert said(world, case) == "ALLOW"


def test_what_was_done_in_a_slot_spends_it(tmp_path: Path) -> None:
    world, case, debtor = scene(tmp_path)
    slot, _ = world.do(elsewhere.reserve, DIALER, wish(debtor))
    done = told(world, debtor, reservation=slot.id, outcome="answered")
    made, _ = world.do(elsewhere.record_contact, DIALER, done)
    assert made.id == slot.id
    world.clock.advance(HOUR)
    assert said(world, case) == "CAP_DAY"
    with pytest.raises(Conflict):
        world.do(elsewhere.record_contact, DIALER, told(world, debtor, reservation=slot.id))


def test_a_slot_is_refused_as_a_message_would_be_and_both_leave_their_inputs(tmp_path: Path) -> None:
    world, case, debtor = scene(tmp_path)
    first = wish(debtor)
    world.do(elsewhere.reserve, DIALER, first)
    assert world.do(elsewhere.reserve, DIALER, first)[1] is False
    kept = world.see(rows, select(decision.c.case_id, decision.c.inputs), row)
    assert [(case_id, load(inputs)["message"]["channel"]) for case_id, inputs in kept] == [(case, "call")]
    assert load(kept[0][1])["facts"]["places"][0]["country"] == "BR"
    world.clock.advance(10 * HOUR)
    with pytest.raises(GateDeferred):
        world.do(elsewhere.reserve, DIALER, wish(debtor, channel="letter"))
    world.hear("não entrem mais em contato", channel="sms")
    with pytest.raises(GateBlocked) as refused:
        world.do(elsewhere.reserve, DIALER, wish(debtor))
    assert refused.value.facts["reason"] == "CEASE_CONTACT"
