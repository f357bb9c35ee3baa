"""Domain reference §1.6, case 21: a template that says too much is swapped for the neutral one of its inbox."""

from __future__ import annotations

from pathlib import Path

import pytest

from channels.types import Template
from console.admin.templates import store_templates
from console.cases import claim, reply
from console.cases.preview import Ask, preview
from console.debtors.models import contact_point
from console.errors import GateBlocked
from console.store.base import load
from console.store.statement import Statement
from console.wire.ids import new_id
from console.wire.moment import DAY
from tests.world import World, make_world

OPEN = Template(
    name="fatura_em_aberto", language="pt_BR", category="utility", state="approved", variables=("first_name",),
    body="Olá, {{first_name}}. Sua fatura está em aberto.",
)  # fmt: skip
NEUTRAL = Template(
    name="contato_neutro", language="pt_BR", category="utility", state="approved",
    variables=("first_name", "creditor"), body="Olá, {{first_name}}. Aqui é {{creditor}}.",
)  # fmt: skip


def scene(folder: Path, *templates: Template) -> tuple[World, str]:
    world = make_world(folder)
    case = world.hear().case or ""
    world.do(claim.claim, world.actor("ana"), case)
    world.do(store_templates, world.inboxes["whatsapp"], templates)
    world.do(lambda tx: Statement(contact_point.update().values(consent="granted", disclosure=0)).run(tx))
    world.clock.advance(4 * DAY)
    return world, case


def send(world: World, case: str) -> str:
    wish = reply.Reply(
        client_id=new_id(), epoch=world.case(case).epoch, channel="whatsapp",
        template=reply.TemplateWish("fatura_em_aberto", "pt_BR", {"first_name": "Maria"}),
    )  # fmt: skip
    item, _ = world.do(reply.reply, world.actor("ana"), case, wish)
    assert load(item.data)["template"]["name"] == "contato_neutro"
    assert load(item.data)["instead_of"] == "fatura_em_aberto"
    return item.text


def test_an_unproven_address_gets_the_neutral_template(tmp_path: Path) -> None:
    world, case = scene(tmp_path, OPEN, NEUTRAL)
    assert send(world, case) == "Olá, Maria. Aqui é Loja Ipê."


def test_the_composer_is_told_what_would_leave_instead(tmp_path: Path) -> None:
    world, case = scene(tmp_path, OPEN, NEUTRAL)
    ask = Ask(channel="whatsapp", template=reply.TemplateWish("fatura_em_aberto", "pt_BR", {"first_name": "Maria"}))
    (said,) = world.see(preview, world.actor("ana"), case, ask)["items"]
    assert said["outcome"] == "allow"
    assert said["instead"] == {"name": "contato_neutro", "language": "pt_BR", "text": "Olá, Maria. Aqui é Loja Ipê."}


def test_without_a_neutral_template_it_is_blocked(tmp_path: Path) -> None:
    world, case = scene(tmp_path, OPEN)
    with pytest.raises(GateBlocked) as refused:
        send(world, case)
    assert refused.value.facts["reason"] == "DISCLOSURE_TOO_HIGH"
