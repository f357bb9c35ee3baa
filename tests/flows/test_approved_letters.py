"""What a supervisor approved is what leaves: each part of a letter stands on the card and is bound to the approval."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import literal

from channels.choices import Choice
from channels.types import Template
from console.admin.templates import store_templates
from console.cases import reply, send
from console.debtors.models import contact_point, link
from console.errors import GateNeedsApproval
from console.portfolios.models import inbox
from console.store.statement import Statement, change, put
from console.store.transaction import Tx
from console.timeline.models import attachment, item
from console.wire.ids import new_id
from console.wire.moment import HOUR
from tests.days import tuesday_at_ten
from tests.flows.asking import (
    HELD,
    approved,
    ask,
    asked,
    card,
    decide,
    items,
    light,
    refused,
)  # fmt: skip
from tests.flows.desk import Scene
from tests.flows.test_text_approvals import MAIL, by_mail
from tests.server import running

LETTER: dict[str, Any] = MAIL
PDF = b"%PDF-1.4\n1\n%%EOF"
COUPON = Template(
    name="segunda_via", language="pt_BR", category="utility", state="approved",
    variables=("first_name", "button.0.code", "button.1"),
    body="Olá, {{first_name}}. Sem acordo o serviço pode ser suspenso.",
)  # fmt: skip
OPEN = Template(
    name="fatura_em_aberto", language="pt_BR", category="utility", state="approved", variables=("first_name",),
    body="Olá, {{first_name}}. Sua fatura está em aberto e o serviço pode ser suspenso.",
)  # fmt: skip
NEUTRAL = Template(
    name="contato_neutro", language="pt_BR", category="utility", state="approved",
    variables=("first_name", "creditor"), body="{{first_name}}, fale com {{creditor}}: o serviço pode ser suspenso.",
)  # fmt: skip


@pytest.fixture
def scene() -> Iterator[Scene]:
    with running(workers={}, clock=tuesday_at_ten()) as server:
        yield Scene(server)


def shown(scene: Scene, request: str) -> dict[str, Any]:
    """What its card says."""
    return dict(card(scene, request)["request"])


def upload(scene: Scene, name: str = "a.pdf", content: bytes = PDF) -> str:
    answer = scene.ana.post("/api/v1/uploads", files={"file": (name, content, "application/pdf")})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def filled(code: str = "AB-12", path: str = "pagar/7") -> dict[str, Any]:
    values = {"first_name": "Maria", "button.0.code": code, "button.1": path}
    return {"text": None, "template": {"name": COUPON.name, "language": "pt_BR", "variables": values}}


def test_where_a_button_leads_and_the_code_it_copies_are_shown_and_bound(scene: Scene) -> None:
    scene.server.write(store_templates, scene.book.whatsapp, [COUPON])
    scene.server.write(lambda tx: Statement(contact_point.update().values(disclosure=1)).run(tx))
    request = asked(scene, **filled())
    told = shown(scene, request)
    assert told["values"] == [{"name": "button.0.code", "value": "AB-12"}, {"name": "button.1", "value": "pagar/7"}]
    assert decide(scene.sofia, request).status_code == 200
    for other in (filled(code="ZZ-99"), filled(path="outro/8")):
        assert light(scene, **other)["outcome"] == "needs_approval"
        refused(scene.reply(**other), 422, "gate_needs_approval")
    sent = scene.reply(**filled())
    assert sent.status_code == 201, sent.text
    assert scene.server.write(send.start, sent.json()["id"], "w") is not None


def test_a_neutral_template_is_approved_and_leaves_in_the_place_of_the_wished_one(scene: Scene) -> None:
    scene.server.write(store_templates, scene.book.whatsapp, [OPEN, NEUTRAL])
    scene.server.write(lambda tx: Statement(contact_point.update().values(disclosure=0)).run(tx))
    wished = {"name": OPEN.name, "language": "pt_BR", "variables": {"first_name": "Maria"}}
    letter: dict[str, Any] = {"text": None, "template": wished}
    request = asked(scene, **letter)
    assert shown(scene, request)["template"]["name"] == NEUTRAL.name
    assert light(scene, **letter)["outcome"] == "needs_approval"
    assert decide(scene.sofia, request).status_code == 200
    seen = light(scene, **letter)
    assert (seen["outcome"], seen["instead"]["name"]) == ("allow", NEUTRAL.name), seen
    sent = scene.reply(**letter)
    assert sent.status_code == 201 and "Loja Ipê" in sent.json()["text"], sent.text
    assert scene.server.write(send.start, sent.json()["id"], "w") is not None


def test_who_decides_reads_the_files_while_it_is_open_and_nobody_else(scene: Scene) -> None:
    by_mail(scene)
    file = upload(scene)
    url = f"/api/v1/attachments/{file}"
    assert scene.sofia.get(url).status_code == 404
    request = asked(scene, **LETTER, attachments=[file])
    assert shown(scene, request)["files"] == [
        {"id": file, "name": "a.pdf", "type": "application/pdf", "size": len(PDF)}
    ]
    assert (scene.sofia.get(url).content, scene.caio.get(url).content) == (PDF, PDF)
    assert [each.get(url).status_code for each in (scene.bruno, scene.admin)] == [404, 404]
    assert scene.sofia.get(f"/api/v1/attachments/{upload(scene)}").status_code == 404, "only what it names"
    assert decide(scene.sofia, request, "refuse", reason="não").status_code == 200
    assert scene.sofia.get(url).status_code == 404


@pytest.mark.parametrize("state", ["pending", "refused", "gone"])
def test_a_file_that_nobody_can_read_is_not_approved(scene: Scene, state: str) -> None:
    by_mail(scene)
    file = upload(scene)
    request = asked(scene, **LETTER, attachments=[file])
    scene.server.write(lambda tx: change(tx, attachment, {"id": file}, state=state))
    answer = decide(scene.sofia, request)
    refused(answer, 409, "conflict", field="attachments", reason="FILE_UNREAD", attachments=[file])
    scene.server.write(lambda tx: change(tx, attachment, {"id": file}, state="ready"))
    assert decide(scene.sofia, request).status_code == 200, "the request still stands"


def test_a_files_name_is_part_of_what_was_approved(scene: Scene) -> None:
    by_mail(scene)
    approved(scene, **LETTER, attachments=[upload(scene, "boleto.pdf")])
    renamed = {**LETTER, "attachments": [upload(scene, "comprovante.pdf")]}
    refused(scene.reply(**renamed), 422, "gate_needs_approval")
    assert scene.reply(**LETTER, attachments=[upload(scene, "boleto.pdf")]).status_code == 201


def test_the_line_that_is_quoted_is_shown_and_bound(scene: Scene) -> None:
    (heard,) = items(scene, "message")
    refused(ask(scene, reply_to=new_id()), 422, "invalid", field="reply_to")
    request = asked(scene, reply_to=heard["id"])
    assert shown(scene, request)["quoted"] == {"id": heard["id"], "text": "oi", "direction": "in"}
    assert decide(scene.sofia, request).status_code == 200
    assert light(scene)["outcome"] == "needs_approval"
    assert light(scene, reply_to=heard["id"])["outcome"] == "allow"
    refused(scene.reply(text=HELD), 422, "gate_needs_approval")
    sent = scene.reply(text=HELD, reply_to=heard["id"])
    assert sent.status_code == 201, sent.text
    assert scene.server.write(send.start, sent.json()["id"], "w") is not None


def test_the_inbox_it_leaves_from_is_shown_and_bound(scene: Scene) -> None:
    first = scene.book.whatsapp

    def twin(tx: Tx, point: str) -> str:
        columns = [each for each in inbox.c if each.name not in ("id", "name", "address")]
        made = new_id()
        rest = inbox.select().with_only_columns(*columns).where(inbox.c.id == first)
        names = ["id", "name", "address", *(each.name for each in columns)]
        lead = [literal(each) for each in (made, "Cobrança 2", "+551130000099")]
        Statement(inbox.insert().from_select(names, rest.with_only_columns(*lead, *columns))).run(tx)
        put(tx, link, ("inbox_id", "contact_point_id"), inbox_id=made, contact_point_id=point,
            window_closes_at=tx.now + HOUR)  # fmt: skip
        return made

    request = asked(scene, inbox=first)
    told = shown(scene, request)
    assert told["inbox"]["id"] == first and told["inbox"]["name"]
    second = scene.server.write(twin, told["contact_point"])
    assert decide(scene.sofia, request).status_code == 200
    refused(scene.reply(text=HELD, inbox=second), 422, "gate_needs_approval")
    assert scene.reply(text=HELD, inbox=first).status_code == 201


def test_what_was_accepted_under_an_approval_and_was_changed_since_does_not_leave(scene: Scene) -> None:
    approved(scene)
    sent = scene.reply(text=HELD).json()["id"]
    (heard, _) = items(scene, "message")
    scene.server.write(lambda tx: change(tx, item, {"id": sent}, reply_to=heard["id"]))
    assert scene.server.write(send.start, sent, "w") is None


@pytest.mark.parametrize(
    "more", [{"buttons": [Choice("plan:1:accept", "Aceito")]}, {"menu": "Escolher"}, {"carries": {"plan": "1"}}]
)
def test_what_may_be_tapped_was_shown_to_nobody_and_does_not_leave_under_it(scene: Scene, more: dict[str, Any]) -> None:
    approved(scene)
    wish = reply.Reply(client_id=new_id(), epoch=scene.epoch(), channel="whatsapp", text=HELD)

    def offer(tx: Tx) -> None:
        reply.reply(tx, scene.world.actor("ana"), scene.case, wish, **more)

    with pytest.raises(GateNeedsApproval):
        scene.server.write(offer)
    assert scene.reply(text=HELD).status_code == 201
