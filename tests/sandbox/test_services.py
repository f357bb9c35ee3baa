"""The product's service calls, unchanged, against the sandbox: files, read marks, templates, look-ups, inbox tests."""

from __future__ import annotations

import base64
from contextlib import aclosing
from pathlib import Path

import msgspec
import pytest

from channels import service
from channels.connector import Connector
from channels.errors import ServiceFailed
from channels.types import Accepted, File, Inbound, MediaRef, Secrets, To
from tests.sandbox.stage import Stage
from tests.sandbox.test_adapters import mailbox, meta, parsed, sends, twilio

JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 40
PHOTO = {"name": "foto.jpg", "type": "image/jpeg", "base64": base64.b64encode(JPEG).decode()}


def connector(stage: Stage) -> Connector:
    mail = f"smtp://127.0.0.1:{stage.sandbox.smtp_port}"
    return Connector(frozenset({stage.base.removesuffix("/sandbox"), mail}))


@pytest.mark.parametrize("name", ["wa", "twa"])
async def test_a_photo_is_fetched_from_its_provider(stage: Stage, name: str, tmp_path: Path) -> None:
    inbox = meta(stage) if name == "wa" else twilio(stage, "twa")
    await stage.writes(name, text="foto", attachments=[PHOTO])
    (item,) = parsed(inbox, stage.product.hits[0])
    assert isinstance(item, Inbound)
    saved = await service.fetch_media(connector(stage), inbox, item.media[0], tmp_path / "foto", cap=1000)
    assert saved.size == len(JPEG) and (tmp_path / "foto").read_bytes() == JPEG


async def test_a_file_that_is_gone_is_told_as_gone(stage: Stage, tmp_path: Path) -> None:
    with pytest.raises(ServiceFailed) as failed:
        media = MediaRef(provider_id="404")
        await service.fetch_media(connector(stage), meta(stage), media, tmp_path / "x", cap=1000)
    assert failed.value.permanent


async def test_an_uploaded_file_is_sent_by_its_id(stage: Stage) -> None:
    await stage.writes("wa")
    file = File(id="f1", name="boleto.pdf", type="application/pdf", size=5, content=b"%PDF-")
    media = await service.upload_media(connector(stage), meta(stage), file)
    sent = File(id="f1", name="boleto.pdf", type="application/pdf", size=5, provider_id=media)
    outcome = await sends(meta(stage), to=To(wa_id="551188774321"), text="Segue", files=(sent,))
    assert isinstance(outcome, Accepted)
    assert (await stage.get("/outbox"))[0]["attachments"][0]["name"] == "boleto.pdf"


async def test_typing_shows_on_the_phone_and_marks_as_read(stage: Stage) -> None:
    wamid = await stage.writes("wa")
    async with aclosing(connector(stage)) as way:
        assert await service.show_typing(way, meta(stage), wamid)
    assert (await stage.get("/phones/maria"))["threads"][0]["messages"][0]["status"] == "read"


@pytest.mark.parametrize("name", ["wa", "twa"])
async def test_templates_are_synchronised_approved_with_their_variables(stage: Stage, name: str) -> None:
    inbox = meta(stage) if name == "wa" else twilio(stage, "twa")
    found = await service.sync_templates(connector(stage), inbox)
    assert len(found) == 18 and {template.state for template in found} == {"approved"}
    reminder = next(t for t in found if t.name == "lembrete_vencimento" and t.language == "pt_BR")
    named = ("first_name", "creditor", "invoice", "due_date", "pay_link")
    assert reminder.variables == (named if name == "wa" else ("1", "2", "3", "4", "5"))
    assert reminder.buttons == ("Já paguei", "Quero o Pix", "Preciso de outro dia")


async def test_a_lost_sms_is_found_again_by_address_and_text(stage: Stage) -> None:
    await stage.behave("twilio", drop_response=True)
    await sends(twilio(stage), text="perdida?")
    now = stage.sandbox.clock.now()
    lost = service.Lost(to=To(phone="+5511988774321"), text="perdida?", since=now - 5000, until=now)
    found = await service.look_up(connector(stage), twilio(stage), lost)
    assert isinstance(found, Accepted)
    assert found.provider_id == (await stage.get("/outbox"))[0]["id"]


async def test_every_inbox_passes_its_test_and_a_wrong_secret_does_not(stage: Stage) -> None:
    for inbox in (meta(stage), twilio(stage), mailbox(stage)):
        tested = await service.test_inbox(connector(stage), inbox)
        assert tested.ok, tested.says
    wrong = msgspec.structs.replace(meta(stage), secrets=Secrets({"access_token": "stale"}))
    assert not (await service.test_inbox(connector(stage), wrong)).ok
