"""Domain reference §1.6, case 21: a template that says too much is swapped for the neutral one of its inbox."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from channels.types import Template
from console.admin.templates import store_templates
from console.cases import claim, reply
from console.cases.preview import Ask, preview
from console.cases.send import start
from console.debtors.models import contact_point
from console.errors import GateBlocked
from console.gate.approve import release_switch, throw_switch
from console.outbox.models import outbox
from console.portfolios.models import template
from console.portfolios.queries import TemplateRow
from console.store.base import load
from console.store.statement import Statement, rows, value
from console.timeline.queries import get
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


def test_a_stopped_template_leaves_no_more_and_every_other_does(tmp_path: Path) -> None:
    world, case = scene(tmp_path, OPEN, NEUTRAL)
    of = {each.name: each.id for each in world.see(rows, select(template), TemplateRow)}
    world.do(throw_switch, f"template:{of['fatura_em_aberto']}", "wrong sum", None)
    with pytest.raises(GateBlocked) as refused:
        send(world, case)
    assert refused.value.facts["reason"] == "KILL_SWITCH"
    world.do(release_switch, f"template:{of['fatura_em_aberto']}", None)
    world.do(throw_switch, f"template:{of['contato_neutro']}", "wrong name", None)
    with pytest.raises(GateBlocked) as refused:  # what would leave in its place is judged as itself
        send(world, case)
    assert refused.value.facts["reason"] == "KILL_SWITCH"


def test_a_template_stopped_while_a_message_waits_does_not_depart(tmp_path: Path) -> None:
    world, case = scene(tmp_path, OPEN, NEUTRAL)
    send(world, case)
    (item,) = world.see(rows, select(outbox.c.item_id), value)
    (neutral,) = world.see(rows, select(template.c.id).where(template.c.name == "contato_neutro"), value)
    world.do(throw_switch, f"template:{neutral}", "wrong name", None)
    assert world.do(start, item, "w") is None
    assert load(world.see(get, item).data)["cancelled"] == {"why": "KILL_SWITCH"}
