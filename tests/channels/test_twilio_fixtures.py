"""Every recorded form of Twilio is taken, and yields what its description says."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from twilio.request_validator import RequestValidator

from channels.errors import BadRequest
from channels.twilio import Twilio
from channels.twilio.form import Form
from channels.twilio.verify import check_signature, signature_of
from channels.types import Delivery, Inbound, Receipt
from tests.channels.samples import (
    ACCOUNT,
    FIXTURES,
    NOW,
    RECORDED,
    recorded,
    twilio_delivery,
    twilio_inbox,
)

_BOTBUILDER = "ACe4885a100ac907f66a8f694350e8f6f3"

# name: channel, kind, text, further facts of the Inbound (dotted)
INBOUND: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "botbuilder_sms_inbound": ("sms", "text", "Hello", {"sender.phone": "+571138050810", "number": "+1A693421974"}),
    "botbuilder_mms_inbound": (
        "sms",
        "document",
        "Hello",
        {"media.0.url": "", "media.0.refused": "the address of the file is not Twilio's", "media.0.type": "json"},
    ),
    "self_sms_inbound_pt": ("sms", "text", "Já paguei, segue o comprovante 👍", {"opt": ""}),
    "self_sms_stop": ("sms", "text", "STOP", {"opt": "stop"}),
    "self_sms_stop_no_optouttype": ("sms", "text", "  stop. ", {"opt": ""}),
    "self_sms_start": ("sms", "text", "START", {"opt": "start"}),
    "self_sms_help": ("sms", "text", "HELP", {"opt": "help"}),
    "self_sms_parar_pt": ("sms", "text", "PARAR", {"opt": ""}),
    "self_wa_inbound_text": (
        "whatsapp",
        "text",
        "Quero negociar minha dívida",
        {"sender.wa_id": "5511900000001", "sender.phone": "+5511900000001", "sender.name": "Cliente Um"},
    ),
    "self_wa_inbound_media_image": ("whatsapp", "image", "comprovante", {"media.0.type": "image/jpeg"}),
    "self_wa_inbound_media_pdf_no_body": ("whatsapp", "document", "", {"media.0.type": "application/pdf"}),
    "self_wa_inbound_voice": ("whatsapp", "audio", "", {"media.0.voice": True, "media.0.refused": ""}),
    "self_wa_inbound_button": (
        "whatsapp",
        "template_reply",
        "Sim, aceito",
        {"detail.id": "accept_offer", "quoted.provider_id": "SMcccccccccccccccccccccccccccccccc"},
    ),
    "self_wa_inbound_list": ("whatsapp", "list", "3 parcelas", {"detail.id": "plan_3x"}),
    "self_wa_inbound_location": (
        "whatsapp",
        "location",
        "Escritorio, Av. Exemplo, 1",
        {"detail.latitude": -23.55052, "detail.longitude": -46.633308},
    ),
    "self_wa_inbound_bsuid": (
        "whatsapp",
        "text",
        "oi",
        {"sender.user_id": "BR.1502576394655843", "sender.phone": "", "sender.wa_id": ""},
    ),
}

# name: status, code, effect
STATUSES: dict[str, tuple[str, str, str]] = {
    "self_status_sms_1_queued": ("sent", "", ""),
    "self_status_sms_2_sending": ("sent", "", ""),
    "self_status_sms_3_sent": ("sent", "", ""),
    "self_status_sms_4_delivered": ("delivered", "", ""),
    "self_status_sms_undelivered_30003": ("failed", "30003", ""),
    "self_status_sms_failed_21610": ("failed", "21610", "opt_out"),
    "self_status_wa_1_sent": ("sent", "", ""),
    "self_status_wa_2_delivered": ("delivered", "", ""),
    "self_status_wa_3_read": ("read", "", ""),
    "self_status_wa_failed_63016": ("failed", "63016", "window_closed"),
}


def _at(item: Any, path: str) -> Any:
    for step in path.split("."):
        if step.isdigit():
            item = item[int(step)]
        else:
            item = item[step] if isinstance(item, dict) else getattr(item, step)
    return item


@pytest.mark.parametrize("name", INBOUND)
def test_a_recorded_message_yields_what_its_description_says(name: str) -> None:
    channel, kind, text, facts = INBOUND[name]
    inbox = twilio_inbox(channel, _BOTBUILDER if name.startswith("botbuilder") else ACCOUNT)
    delivery = twilio_delivery(recorded("twilio", f"{name}.form.txt"))
    Twilio().verify(inbox, delivery)
    (item,) = Twilio().parse(inbox, delivery, NOW)
    assert isinstance(item, Inbound)
    assert (item.kind, item.text, item.at) == (kind, text, NOW)
    assert {path: _at(item, path) for path in facts} == facts


@pytest.mark.parametrize("name", STATUSES)
def test_a_recorded_status_yields_what_its_description_says(name: str) -> None:
    status, code, effect = STATUSES[name]
    inbox = twilio_inbox("whatsapp" if "_wa_" in name else "sms")
    body = recorded("twilio", f"{name}.form.txt")
    delivery = twilio_delivery(body, path="/webhooks/twilio/tw1/status", query="ref=m-1")
    Twilio().verify(inbox, delivery)
    (item,) = Twilio().parse(inbox, delivery, NOW)
    assert isinstance(item, Receipt)
    assert (item.status, item.ref) == (status, "m-1")
    assert (item.fault.code if item.fault else "", item.fault.effect if item.fault else "") == (code, effect)
    if "_wa_" in name:
        assert item.recipient == "+5511900000001"


def test_no_recording_is_left_out() -> None:
    names = {path.name for folder in (FIXTURES, RECORDED) for path in (folder / "twilio").glob("*.form.txt")}
    assert names <= {f"{name}.form.txt" for name in (*INBOUND, *STATUSES)}


def test_twilios_own_signature_vectors_verify() -> None:
    vectors = json.loads(recorded("twilio", "signature_vectors.json"))
    for vector in vectors:
        pairs = vectors[0]["params"] if vector.get("params") == "as first" else vector.get("params", [])
        origin, _, rest = vector["url"].partition("/my")
        path, _, query = f"/my{rest}".partition("?")
        delivery = Delivery(path=path, query=query, headers={"x-twilio-signature": vector["signature"]})
        inbox = twilio_inbox(auth_token=vector["auth_token"])
        params = vector.get("body") or Form([(name, value) for name, value in pairs])
        check_signature(replace(inbox, public_url=origin), delivery, params)
    assert len(vectors) == 6


@given(
    st.lists(st.tuples(st.text("aBF+%=é&\U0001f600 ", max_size=4), st.text(max_size=6))),
    st.sampled_from(["", "&", "&&x&=&y=%", "&z=%e9%zz", "&a=1=2&+=+"]),
)
def test_a_form_is_read_as_the_standard_library_reads_it_and_signed_as_twilios_own(
    pairs: list[tuple[str, str]], rest: str
) -> None:
    raw = urlencode(pairs) + rest
    form = Form.of(raw.encode())
    assert form.pairs == parse_qsl(raw, keep_blank_values=True)
    url = "https://desk.example.com/x"
    for algorithm in ("HMAC_SHA1", "HMAC_SHA256"):
        told = RequestValidator("a secret").compute_signature(url, form, algorithm)
        assert signature_of("a secret", url, form, algorithm).decode() == told


def test_a_body_that_is_no_form_is_refused() -> None:
    with pytest.raises(BadRequest):
        Form.of("From=+55é".encode())
