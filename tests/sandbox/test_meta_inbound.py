"""What people write on WhatsApp, against Meta's own samples."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest

from tests.sandbox.stage import FIXTURES, Stage

HOOK = "/webhooks/meta/wa"
JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 40
fixtures = pytest.mark.skipif(not FIXTURES.is_dir(), reason=f"no third-party samples at {FIXTURES}")


def attachment(name: str, kind: str, content: bytes = JPEG, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, "base64": base64.b64encode(content).decode(), **more}


def shape(value: Any, at: str = "") -> set[str]:
    """Every path of a JSON value with the kind of its leaf, list indices left out."""
    if isinstance(value, dict):
        return {path for key, inner in value.items() for path in shape(inner, f"{at}.{key}")}
    if isinstance(value, list):
        return {path for inner in value for path in shape(inner, f"{at}[]")}
    return {f"{at}:{type(value).__name__}"}


def sample(name: str) -> Any:
    return json.loads((FIXTURES / "whatsapp" / f"{name}.json").read_bytes())


def last(stage: Stage) -> dict[str, Any]:
    value: dict[str, Any] = stage.product.on(HOOK)[-1].json["entry"][0]["changes"][0]["value"]
    return value


def messages(stage: Stage) -> list[dict[str, Any]]:
    values = [hit.json["entry"][0]["changes"][0]["value"] for hit in stage.product.on(HOOK)]
    return [message for value in values for message in value.get("messages", [])]


OFFER = {"in_reply_to": "wamid.offer"}
LOCATION = {
    "latitude": -23.55,
    "longitude": -46.63,
    "name": "Banca",
    "address": "Rua Um, 1",
    "url": "https://a.example/",
}
KINDS: list[tuple[str, dict[str, Any], set[str]]] = [
    ("meta_text_message", {"text": "oi"}, set()),
    ("pywa_message_image", {"attachments": [attachment("foto.jpg", "image/jpeg")], "text": ""}, set()),
    (
        "pywa_message_document",
        {"attachments": [attachment("nota.pdf", "application/pdf")], "text": "segue"},
        {".entry[].changes[].value.messages[].context.forwarded:bool"},
    ),
    (
        "pywa_message_voice",
        {"attachments": [attachment("v.ogg", "audio/ogg; codecs=opus", voice=True)], "text": ""},
        set(),
    ),
    ("pywa_message_reply", {"text": "sim", **OFFER}, set()),
    ("meta_location_message", {"text": "", "location": LOCATION}, set()),
    ("meta_reaction_message", {"text": "", "reaction": {"message_id": "wamid.x", "emoji": "👍"}}, set()),
    (
        "meta_interactive_button_reply_message",
        {"text": "", "interactive": {"type": "button_reply", "id": "pix", "title": "Quero o Pix"}, **OFFER},
        set(),
    ),
    (
        "meta_interactive_list_reply_message",
        {
            "text": "",
            "interactive": {"type": "list_reply", "id": "3x", "title": "3 parcelas", "description": "sem juros"},
            **OFFER,
        },
        set(),
    ),
    (
        "meta_button_message",
        {"text": "", "interactive": {"type": "button", "id": "paid", "title": "Já paguei"}, **OFFER},
        set(),
    ),
    ("pywa_deleted_message_revoke", {"text": "", "revoke": {"message_id": "wamid.x"}}, set()),
]


@fixtures
@pytest.mark.parametrize(("name", "written", "beside"), KINDS, ids=[kind[0] for kind in KINDS])
async def test_a_payload_has_all_that_metas_sample_has(
    stage: Stage, name: str, written: dict[str, Any], beside: set[str]
) -> None:
    """`beside` names what the sample holds besides its kind."""
    await stage.writes("wa", **written)
    scoped = {path for path in shape(sample(name)) if "parent_user_id" in path}
    assert shape(sample(name)) - beside - scoped <= shape(stage.product.on(HOOK)[-1].json)


@fixtures
async def test_who_hides_the_number_is_known_by_user_id_and_username_only(stage: Stage) -> None:
    await stage.writes("wa", "joao")
    assert shape(stage.product.on(HOOK)[-1].json) == shape(sample("self_bsuid_no_phone"))


@fixtures
async def test_a_stop_of_marketing_comes_as_a_preference(stage: Stage) -> None:
    await stage.post("/preference", {"inbox": "wa", "person": "maria", "value": "stop"})
    hit = (await stage.product.heard(1, HOOK))[0]
    assert shape(sample("self_user_preferences_stop")) <= shape(hit.json)
    assert hit.json["entry"][0]["changes"][0]["field"] == "user_preferences"


async def test_the_number_travels_as_whatsapp_knows_it_not_as_it_was_dialled(stage: Stage) -> None:
    await stage.writes("wa", "+5511988774321")
    assert last(stage)["messages"][0]["from"] == "551188774321"
    assert last(stage)["contacts"][0]["wa_id"] == "551188774321"


async def test_a_photo_is_fetched_by_its_id_and_fits_its_digest(stage: Stage) -> None:
    await stage.writes("wa", text="comprovante", attachments=[attachment("foto.jpg", "image/jpeg")])
    image = last(stage)["messages"][0]["image"]
    assert image["caption"] == "comprovante"
    headers = {"authorization": "Bearer meta-token"}
    found = (await stage.http.get(f"{stage.base}/graph/v23.0/{image['id']}", headers=headers)).json()
    content = (await stage.http.get(found["url"], headers=headers)).content
    assert content == JPEG
    assert image["sha256"] == base64.b64encode(hashlib.sha256(content).digest()).decode()


async def test_two_photos_are_two_messages_and_the_text_stands_at_the_first(stage: Stage) -> None:
    files = [attachment("1.jpg", "image/jpeg"), attachment("2.jpg", "image/jpeg")]
    await stage.writes("wa", text="frente e verso", attachments=files)
    hits = await stage.product.heard(2, HOOK)
    images = [hit.json["entry"][0]["changes"][0]["value"]["messages"][0]["image"] for hit in hits]
    assert [image.get("caption") for image in images] == ["frente e verso", None]


async def test_a_duplicate_is_the_same_bytes_again(stage: Stage) -> None:
    await stage.writes("wa", duplicate=2)
    hits = await stage.product.heard(3, HOOK)
    assert len({hit.body for hit in hits}) == 1


async def test_a_tap_on_a_template_comes_as_a_button_and_shows_as_pressed(stage: Stage) -> None:
    names = {"first_name": "Maria", "invoice": "2231", "days_late": "12"}
    parameters = [{"type": "text", "parameter_name": n, "text": v} for n, v in names.items()]
    use = {
        "name": "fatura_em_aberto",
        "language": {"code": "pt_BR"},
        "components": [{"type": "body", "parameters": parameters}],
    }
    body = {"messaging_product": "whatsapp", "to": "551188774321", "type": "template", "template": use}
    wamid = (await stage.meta(body)).json()["messages"][0]["id"]
    tap = {"type": "button_reply", "id": "Ver opções", "title": "Ver opções"}
    await stage.writes("wa", text="", interactive=tap, in_reply_to=wamid)
    await stage.product.until(lambda: bool(messages(stage)))
    message = messages(stage)[0]
    assert (message["type"], message["button"]["text"], message["context"]["id"]) == ("button", "Ver opções", wamid)
    assert (await stage.get("/phones/maria"))["threads"][0]["messages"][0]["pressed"] == "Ver opções"


async def test_a_past_is_told_with_its_own_time(stage: Stage) -> None:
    await stage.writes("wa", at="2026-11-02T12:00:00.000Z")
    assert last(stage)["messages"][0]["timestamp"] == "1793620800"
