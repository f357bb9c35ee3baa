"""The service calls, unchanged, against the emulated providers."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest
from msgspec.structs import replace

from channels import service
from channels.connector import Connector
from channels.types import Accepted, File, Inbound, Inbox, MediaRef, To, Unknown
from sandbox.templates import TEMPLATES, find
from tests.sandbox.stage import Stage, staged
from tests.sandbox.test_adapters import mailbox, meta, parsed, sends, twilio

PDF = b"%PDF-1.7 a receipt"


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged() as made:
        yield made


def reaching(stage: Stage) -> Connector:
    origin = stage.base.removesuffix("/sandbox")
    return Connector(frozenset({origin, f"smtp://127.0.0.1:{stage.sandbox.smtp_port}"}))


async def _written(stage: Stage, inbox: Inbox, name: str) -> MediaRef:
    file = {"name": "recibo.pdf", "type": "application/pdf", "base64": base64.b64encode(PDF).decode()}
    await stage.writes(name, text="segue", attachments=[file])
    (item,) = parsed(inbox, stage.product.hits[-1])
    assert isinstance(item, Inbound)
    (ref,) = item.media
    return ref


async def test_a_file_written_on_whatsapp_arrives_with_the_digest_that_was_told(stage: Stage, tmp_path: Path) -> None:
    inbox = meta(stage)
    ref = await _written(stage, inbox, "wa")
    assert ref.sha256 == hashlib.sha256(PDF).hexdigest()
    saved = await service.fetch_media(reaching(stage), inbox, ref, tmp_path / "f", cap=1000)
    assert (saved.sha256, (tmp_path / "f").read_bytes()) == (ref.sha256, PDF)


async def test_a_file_written_by_twilio_arrives_from_its_cdn(stage: Stage, tmp_path: Path) -> None:
    inbox = twilio(stage, "twa")
    ref = await _written(stage, inbox, "twa")
    assert ref.refused == ""
    await service.fetch_media(reaching(stage), inbox, ref, tmp_path / "f", cap=1000)
    assert (tmp_path / "f").read_bytes() == PDF


async def test_a_file_goes_up_and_then_out(stage: Stage) -> None:
    inbox = meta(stage)
    file = File(id="f", name="boleto.pdf", type="application/pdf", size=len(PDF), content=PDF)
    provider_id = await service.upload_media(reaching(stage), inbox, file)
    outcome = await sends(inbox, text="Segue", files=(replace(file, provider_id=provider_id, content=None),))
    assert isinstance(outcome, Accepted)


@pytest.mark.parametrize("name", ["meta", "twa"])
async def test_every_template_is_synchronised_and_can_be_filled(stage: Stage, name: str) -> None:
    inbox = meta(stage) if name == "meta" else twilio(stage, name)
    found = await service.sync_templates(reaching(stage), inbox)
    assert len(found) == len(TEMPLATES)
    one = next(each for each in found if (each.name, each.language) == ("lembrete_vencimento", "pt_BR"))
    original = find("lembrete_vencimento", "pt_BR")
    assert original is not None
    assert one.state == "approved"
    assert one.body == (original.body if name == "meta" else original.numbered)
    assert len(one.variables) == len(original.variables)
    assert one.buttons == original.buttons


async def test_a_lost_answer_is_settled_by_looking_the_message_up(stage: Stage) -> None:
    inbox = twilio(stage)
    await stage.behave("twilio", drop_response=True)
    assert isinstance(await sends(inbox, text="uma só vez"), Unknown)
    at = stage.sandbox.clock.real()
    lost = service.Lost(to=To(phone="+5511988774321"), text="uma só vez", since=at - 15_000, until=at)
    settled = await service.look_up(reaching(stage), inbox, lost)
    assert isinstance(settled, Accepted)
    assert settled.provider_id == (await stage.get("/outbox"))[0]["id"]
    again = await service.look_up(reaching(stage), inbox, replace(lost, provider_id=settled.provider_id))
    assert isinstance(again, Accepted)
    assert isinstance(await service.look_up(reaching(stage), inbox, replace(lost, text="outra")), Unknown)


async def test_every_inbox_can_be_tested(stage: Stage) -> None:
    for inbox in (meta(stage), twilio(stage), mailbox(stage)):
        assert (await service.test_inbox(reaching(stage), inbox)).ok
    assert not (await service.test_inbox(Connector(), meta(stage))).ok


async def test_a_read_mark_reaches_the_provider(stage: Stage) -> None:
    message = await stage.writes("wa", text="oi")
    async with aclosing(reaching(stage)) as way:
        assert await service.mark_read(way, meta(stage), message)
