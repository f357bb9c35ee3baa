"""What is known of an address fades (domain rules 3.7): the gate's facts from real rows, and its answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from console.cases import reply
from console.cases.consent import Consent, set_consent
from console.cases.pairs import Pair
from console.cases.subject import subject
from console.debtors.models import contact_point
from console.debtors.queries import find_link, get_address, points_of
from console.gate.guard import facts
from console.gate.types import Facts
from console.portfolios.queries import find_inbox
from console.store.statement import Statement
from console.store.transaction import Reader
from console.wire.ids import new_id
from console.wire.moment import DAY
from tests.gate.cast import whatsapp
from tests.gate.test_discreet import NEUTRAL, OPEN, scene
from tests.world import World


def known(world: World, case: str, **row: Any) -> Facts:
    held = world.case(case)
    for name, each in row.items():
        setattr(held, name, each)

    def read(reader: Reader) -> Facts:
        point, inbox = points_of(reader, held.debtor_id)[0], find_inbox(reader, world.inboxes["whatsapp"])
        assert inbox is not None
        where = get_address(reader, point.address_id)
        return facts(reader, subject(reader, held, Pair(point, where, inbox, find_link(reader, inbox.id, point.id))),
                     whatsapp())  # fmt: skip

    return world.see(read)


def told(world: World, case: str) -> tuple[str, int]:
    found = known(world, case)
    return found.point_state, found.disclosure


@pytest.fixture
def talk(tmp_path: Path) -> tuple[World, str]:
    """Maria wrote four days ago from an address of the first level."""
    world, case = scene(tmp_path, OPEN, NEUTRAL)
    world.do(lambda tx: Statement(contact_point.update().values(disclosure=1)).run(tx))
    return world, case


def test_after_180_days_without_a_word_an_address_is_confirmed_again(talk: tuple[World, str]) -> None:
    world, case = talk
    world.clock.advance(175 * DAY)
    assert told(world, case) == ("active", 1)
    world.clock.advance(DAY + DAY)
    assert told(world, case) == ("reverify", 0)
    now = known(world, case, disclosure=2, disclosure_until=None)
    assert (now.point_state, now.disclosure) == ("active", 2), "who was asked just now is known"
    world.hear("oi, sou eu")
    assert told(world, case) == ("active", 1)


def test_a_consent_told_anew_confirms_it_and_one_taken_back_does_not(talk: tuple[World, str]) -> None:
    world, case = talk
    world.clock.advance(200 * DAY)
    point = world.see(points_of, world.case(case).debtor_id)[0].id
    world.do(set_consent, world.actor("ana"), point, Consent("revoked", "por telefone"))
    assert told(world, case) == ("reverify", 0)
    world.do(set_consent, world.actor("ana"), point, Consent("granted", "por telefone"))
    assert told(world, case) == ("active", 1)


def test_a_template_that_speaks_of_the_debt_gives_way_to_the_neutral_one(talk: tuple[World, str]) -> None:
    world, case = talk
    world.clock.advance(200 * DAY)
    wish = reply.Reply(
        client_id=new_id(), epoch=world.case(case).epoch, channel="whatsapp",
        template=reply.TemplateWish("fatura_em_aberto", "pt_BR", {"first_name": "Maria"}),
    )  # fmt: skip
    item, _ = world.do(reply.reply, world.actor("ana"), case, wish)
    assert item.text == "Olá, Maria. Aqui é Loja Ipê."
