"""Stop-the-clock (domain reference §4.2, GT-4): everything planned is called off at once, and the thread says why."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from console.cases import claim, consent, protect, reply
from console.cases.stop_clock import stop_the_clock
from console.debtors.consents import consents_of
from console.debtors.models import contact_point
from console.debtors.queries import points_of
from console.store.base import load
from console.store.statement import Statement
from console.store.transaction import Tx
from console.timeline.queries import page
from console.wire.ids import new_id
from tests.world import World, make_world


def scene(folder: Path) -> tuple[World, str]:
    """Ana owns a case with a message planned on each of two channels."""
    world = make_world(folder)
    case = world.hear().case or ""
    world.hear("e por aqui", channel="sms")
    world.do(claim.claim, world.actor("ana"), case)
    world.do(lambda tx: Statement(contact_point.update().values(consent="granted", disclosure=1)).run(tx))
    for channel in ("whatsapp", "sms"):
        plan(world, case, channel)
    return world, case


def plan(world: World, case: str, channel: str) -> str:
    wish = reply.Reply(
        client_id=new_id(), epoch=world.case(case).epoch, channel=channel, text="Olá, Maria.",
        send_at="2026-11-19T18:00:00Z",
    )  # fmt: skip
    return world.do(reply.reply, world.actor("ana"), case, wish)[0].id


def statuses(world: World, case: str) -> list[str]:
    return [each.status or "" for each in items(world, case) if each.direction == "out" and each.due_at is None]


def items(world: World, case: str) -> list[Any]:
    return world.see(page, case, after=0, before=None, limit=100, whispers_of=world.ids["ana"], side=True)


def told(world: World, case: str, name: str) -> list[dict[str, Any]]:
    events = [load(each.data) for each in items(world, case) if each.kind == "event"]
    return [each["data"] for each in events if each["name"] == name]


ENDINGS: dict[str, Callable[[World, str], Any]] = {
    "reply": lambda w, c: w.hear("voltei"),
    "opt_out": lambda w, c: w.hear("PARAR"),
    "cease_contact": lambda w, c: w.hear("não entrem mais em contato"),
    "wrong_person": lambda w, c: w.hear("número errado"),
    "distress": lambda w, c: w.hear("quero morrer"),
    "hardship": lambda w, c: w.hear("perdi meu emprego"),
    "possible_opt_out": lambda w, c: w.hear("por favor não me mandem mais nada disso, obrigada"),
    "deceased": lambda w, c: w.do(
        protect.place_stop, w.actor("ana"), c, protect.StopBody("deceased", "a irmã trouxe a certidão")
    ),
    "vulnerable": lambda w, c: w.do(
        protect.place_hold, w.actor("ana"), c, protect.HoldBody("vulnerable", "disse ao telefone")
    ),
    "consent_revoked": lambda w, c: w.do(
        consent.set_consent, w.actor("ana"), _point(w, c), consent.Consent("revoked", "ligação")
    ),
    "payment": lambda w, c: w.do(stop_the_clock, w.case(c).debtor_id, "payment"),
    "dispute": lambda w, c: w.do(stop_the_clock, w.case(c).debtor_id, "dispute", by=w.ids["ana"]),
}


def _point(world: World, case: str) -> str:
    return world.see(points_of, world.case(case).debtor_id)[0].id


@pytest.mark.parametrize("why", ENDINGS)
def test_whatever_ends_the_matter_cancels_every_channel_and_says_so(tmp_path: Path, why: str) -> None:
    world, case = scene(tmp_path)
    ENDINGS[why](world, case)
    gone = [each for each in items(world, case) if each.direction == "out" and each.status == "cancelled"]
    assert {each.channel for each in gone} == {"whatsapp", "sms"}
    first = "reply" if why not in ("deceased", "vulnerable", "consent_revoked", "payment", "dispute") else why
    assert {load(each.data)["cancelled"]["why"] for each in gone} == {first}
    (line,) = told(world, case, "messages.cancelled")
    assert line == {"count": 2, "why": first}
    assert [each["status"] for each in _updated(world)] == ["cancelled", "cancelled"]


def _updated(world: World) -> list[dict[str, Any]]:
    import msgspec

    facts = [msgspec.to_builtins(fact.data) for fact in world.heard if fact.name == "message.updated"]
    return [each for each in facts if each["direction"] == "out"]


def test_when_it_fails_later_nothing_is_cancelled(tmp_path: Path) -> None:
    world, case = scene(tmp_path)
    debtor = world.case(case).debtor_id

    def verb(tx: Tx) -> None:
        assert stop_the_clock(tx, debtor, "payment") == 2
        raise ValueError("the payment could not be kept")

    with pytest.raises(ValueError, match="could not be kept"):
        world.do(verb)
    assert {each.status for each in items(world, case) if each.direction == "out"} == {"scheduled"}


def test_every_yes_and_no_stands_in_the_ledger_with_its_source(tmp_path: Path) -> None:
    world, case = scene(tmp_path)
    debtor = world.case(case).debtor_id
    given = consent.Consent("granted", "contrato 12", at="2026-11-01T12:00:00Z", text_version="v3")
    world.do(consent.set_consent, world.actor("ana"), _point(world, case), given)
    world.hear("PARAR")
    world.hear("VOLTAR A RECEBER")
    lines = world.see(consents_of, debtor)
    assert [(each.act, each.channel, each.source, each.text_version) for each in lines] == [
        ("granted", "whatsapp", "contrato 12", "v3"),
        ("opted_out", "whatsapp", "message", ""),
        ("opted_in", "whatsapp", "message", ""),
    ]
    assert lines[0].given_at < lines[0].at and lines[0].by_id == world.ids["ana"]
