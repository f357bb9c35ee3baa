"""Meta: tolerance of odd envelopes, building calls, reading answers."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from channels.choices import Choice
from channels.errors import CannotBuild
from channels.meta import Meta
from channels.meta.faults import FAULTS
from channels.types import (
    Accepted,
    Answer,
    Dead,
    Delivery,
    File,
    HttpCall,
    Ignored,
    Inbound,
    Notice,
    Outbound,
    Receipt,
    Refused,
    TemplateUse,
    To,
    Unknown,
)
from tests.channels.samples import NOW, meta_inbox

META = Meta()
INBOX = meta_inbox()
MARIA = To(wa_id="5511900000001")


# --- odd envelopes ----------------------------------------------------------------------------------------------------


def _parse(value: Any, field: str = "messages") -> list[Any]:
    body = {
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [{"field": field, "value": value}]}],
    }
    return list(META.parse(INBOX, Delivery(body=json.dumps(body).encode()), NOW))


def _text(number: int, **changes: Any) -> dict[str, Any]:
    message = {"from": "5511900000001", "id": f"wamid.{number}", "timestamp": "1760000000", "type": "text"}
    return message | {"text": {"body": f"number {number}"}} | changes


def test_a_malformed_message_in_the_middle_costs_only_itself() -> None:
    items = _parse({"messages": [_text(1), _text(2), _text(3, text=None), _text(4), "nonsense"]})
    assert [type(item) for item in items] == [Inbound, Inbound, Dead, Inbound, Dead]
    assert items[2].provider_id == "wamid.3"


def test_statuses_survive_messages_that_are_no_list() -> None:
    items = _parse({"messages": {"a": 1}, "statuses": [{"id": "wamid.1", "status": "read", "timestamp": "1"}]})
    assert [type(item) for item in items] == [Dead, Receipt]


def test_a_message_without_any_sender_is_kept_aside() -> None:
    (item,) = _parse({"messages": [_text(1, **{"from": None})]})
    assert isinstance(item, Dead)


def test_contacts_are_matched_by_identifier_not_by_place() -> None:
    contacts = [{"profile": {"name": "João"}, "wa_id": "5511900000002"}, {"profile": "odd", "wa_id": "5511900000001"}]
    (item,) = _parse({"contacts": contacts, "messages": [_text(1)]})
    assert item.sender.name == ""
    assert item.sender.phone == "+5511900000001"


@pytest.mark.parametrize("timestamp", ["soon", "", None, True, -5, 1.5, "9" * 400, [1], "99999999999"])
def test_a_time_that_cannot_be_or_lies_ahead_is_now(timestamp: Any) -> None:
    (item,) = _parse({"messages": [_text(1, timestamp=timestamp)]})
    assert item.at == NOW


def test_a_name_cut_inside_an_emoji_does_not_cost_the_envelope() -> None:
    contacts = [{"profile": {"name": "Jo\ud83d"}, "wa_id": "5511900000001"}]
    (item,) = _parse({"contacts": contacts, "messages": [_text(1, text={"body": "oi\x00"})]})
    assert (item.sender.name, item.text) == ("Jo\ufffd", "oi\ufffd")


def test_an_unknown_field_is_kept_aside_and_its_neighbour_taken() -> None:
    changes = [{"field": "holograms", "value": {"x": 1}}, {"field": "messages", "value": {"messages": [_text(1)]}}]
    body = {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": changes}]}
    items = META.parse(INBOX, Delivery(body=json.dumps(body).encode()), NOW)
    assert [type(item) for item in items] == [Dead, Inbound]


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'{"object":"page","entry":[]}', b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_envelope_is_kept_aside(body: bytes) -> None:
    assert [type(item) for item in META.parse(INBOX, Delivery(body=body), NOW)] == [Dead]


def test_an_empty_envelope_is_understood_and_nothing_to_do() -> None:
    body = b'{"object":"whatsapp_business_account","entry":[]}'
    assert [type(item) for item in META.parse(INBOX, Delivery(body=body), NOW)] == [Ignored]


def test_errors_without_messages_are_a_notice() -> None:
    (item,) = _parse({"errors": [{"code": 131000, "title": "Something went wrong"}]})
    assert isinstance(item, Notice)
    assert (item.field, item.event) == ("errors", "131000")


def test_an_edited_message_tells_what_it_now_says() -> None:
    edit = {"original_message_id": "wamid.1", "message": {"type": "text", "text": {"body": "R$ 100"}}}
    (item,) = _parse({"messages": [_text(2, type="edit", edit=edit)]})
    assert (item.kind, item.target, item.text) == ("edit", "wamid.1", "R$ 100")


def test_an_edit_within_an_edit_is_not_followed_down() -> None:
    inner = {"type": "edit", "edit": {"original_message_id": "x", "message": {"type": "text", "text": {"body": "y"}}}}
    edit = {"original_message_id": "wamid.1", "message": inner}
    (item,) = _parse({"messages": [_text(2, type="edit", edit=edit)]})
    assert (item.kind, item.target, item.text) == ("edit", "wamid.1", "")


def test_our_reference_comes_back_in_a_status() -> None:
    status = {"id": "wamid.1", "status": "sent", "timestamp": "1760000000", "biz_opaque_callback_data": "m-1"}
    (item,) = _parse({"statuses": [status]})
    assert (item.ref, item.at) == ("m-1", 1_760_000_000_000)


def test_a_played_voice_message_was_read() -> None:
    (item,) = _parse({"statuses": [{"id": "wamid.1", "status": "played", "timestamp": "1"}]})
    assert (item.status, item.detail["played"]) == ("read", True)


# --- building ---------------------------------------------------------------------------------------------------------


def _built(**facts: Any) -> dict[str, Any]:
    call = META.build(INBOX, Outbound(**{"ref": "m-1", "to": MARIA, **facts}))
    assert isinstance(call, HttpCall)
    assert call.url == "https://graph.facebook.com/v23.0/106540352242922/messages"
    assert call.headers["authorization"] == "Bearer token-of-the-number"
    body: dict[str, Any] = msgspec.json.decode(call.body)
    assert body["biz_opaque_callback_data"] == call.ref == "m-1"
    return body


def test_a_text_goes_to_the_number_as_whatsapp_writes_it() -> None:
    body = _built(text="Olá", to=To(wa_id="551187654321", phone="+5511987654321", user_id="BR.1"))
    assert body["to"] == "551187654321"
    assert body["text"] == {"body": "Olá", "preview_url": False}


def test_a_person_without_a_number_is_reached_by_user_id() -> None:
    body = _built(text="Olá", to=To(user_id="BR.1502576394655843"))
    assert body["recipient"] == "BR.1502576394655843"
    assert "to" not in body


def test_a_reply_names_the_message_it_answers() -> None:
    assert _built(text="Sim", quoted="wamid.1")["context"] == {"message_id": "wamid.1"}


def test_a_template_has_positional_header_and_button_parameters() -> None:
    use = TemplateUse(
        name="lembrete",
        language="pt_BR",
        variables={"2": "R$ 10", "1": "Maria", "header.1": "Loja", "button.0": "abc", "button.1.payload": "sim"},
        order=("header.1", "1", "2", "button.0", "button.1.payload"),
    )
    template = _built(template=use)["template"]
    assert template["language"] == {"code": "pt_BR"}
    assert template["components"] == [
        {"type": "header", "parameters": [{"type": "text", "text": "Loja"}]},
        {"type": "body", "parameters": [{"type": "text", "text": "Maria"}, {"type": "text", "text": "R$ 10"}]},
        {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "abc"}]},
        {
            "type": "button",
            "sub_type": "quick_reply",
            "index": "1",
            "parameters": [{"type": "payload", "payload": "sim"}],
        },
    ]


def test_a_template_with_named_parameters_says_their_names() -> None:
    use = TemplateUse(name="lembrete", language="es", variables={"nombre": "María"})
    (component,) = _built(template=use)["template"]["components"]
    assert component["parameters"] == [{"type": "text", "parameter_name": "nombre", "text": "María"}]


def test_a_template_carries_a_document_in_its_header() -> None:
    file = File(id="f", name="boleto.pdf", type="application/pdf", size=10, provider_id="77")
    body = _built(template=TemplateUse(name="boleto", language="pt_BR"), files=(file,))
    (component,) = body["template"]["components"]
    assert component["parameters"] == [{"type": "document", "document": {"id": "77", "filename": "boleto.pdf"}}]


@pytest.mark.parametrize(
    ("type_", "size", "kind"),
    [
        ("image/png", 1000, "image"),
        ("image/png", 6 * 1024 * 1024, "document"),
        ("audio/ogg; codecs=opus", 1000, "audio"),
        ("video/mp4", 1000, "video"),
        ("image/webp", 1000, "sticker"),
        ("application/pdf", 1000, "document"),
        ("image/svg+xml", 1000, "document"),
    ],
)
def test_a_file_goes_as_what_its_bytes_are(type_: str, size: int, kind: str) -> None:
    body = _built(files=(File(id="f", name="a.bin", type=type_, size=size, provider_id="77"),))
    assert body["type"] == kind
    assert body[kind]["id"] == "77"
    assert ("filename" in body[kind]) == (kind == "document")


def test_reply_buttons_stand_under_their_text() -> None:
    interactive = _built(text="Aceita?", buttons=(Choice("yes", "Sim"), Choice("no", "Não")))["interactive"]
    assert interactive["type"] == "button"
    assert interactive["body"] == {"text": "Aceita?"}
    assert [button["reply"]["title"] for button in interactive["action"]["buttons"]] == ["Sim", "Não"]


def _rows(count: int) -> tuple[Choice, ...]:
    return tuple(Choice(f"{n}", f"Opção {n}") for n in range(count))


@pytest.mark.parametrize(
    "choices",
    [
        pytest.param(_rows(4), id="more than three"),
        pytest.param((Choice("a", "x" * 24), Choice("b", "Não")), id="a title longer than a button's"),
        pytest.param((Choice("a", "Aceito", "n" * 72),), id="words below a title"),
        pytest.param(_rows(10), id="ten rows"),
    ],
)
def test_what_buttons_do_not_hold_leaves_as_a_list(choices: tuple[Choice, ...]) -> None:
    body = _built(text="Qual prefere?", buttons=choices, menu="m" * 20)
    assert body["type"] == "interactive" and body["interactive"]["type"] == "list"
    assert body["interactive"]["body"] == {"text": "Qual prefere?"}
    action = body["interactive"]["action"]
    assert action["button"] == "m" * 20 and len(action["sections"]) == 1
    told = [(row["id"], row["title"], row.get("description", "")) for row in action["sections"][0]["rows"]]
    assert told == [tuple(each) for each in choices]


_FILE = File(id="f", name="a.ogg", type="audio/ogg", size=10, provider_id="77")


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"text": "   "},
        {"text": "x" * 4097},
        {"text": "x", "to": To(email="maria@example.org")},
        {"text": "caption", "files": (_FILE,)},
        {"files": (replace(_FILE, provider_id=""),)},
        {"files": (_FILE, _FILE)},
        {"files": (replace(_FILE, type="application/zip", size=101 * 1024 * 1024),)},
        {"text": "x", "buttons": _rows(4)},
        {"text": "x", "buttons": (Choice("1", "x" * 21),)},
        {"text": "", "buttons": _rows(2)},
        {"text": "x", "buttons": (Choice("1", "same"), Choice("2", "same"))},
        {"text": "x", "buttons": (Choice("1", "a"), Choice("1", "b"))},
        {"text": "x", "buttons": (Choice("", "a"),)},
        {"text": "x", "buttons": (Choice("i" * 257, "a"),)},
        {"text": "x" * 1025, "buttons": _rows(4), "menu": "Ver"},
        {"text": "x", "buttons": _rows(11), "menu": "Ver"},
        {"text": "x", "buttons": _rows(4), "menu": "m" * 21},
        {"text": "x", "buttons": (Choice("1", "x" * 25),), "menu": "Ver"},
        {"text": "x", "buttons": (Choice("1", "a", "n" * 73),), "menu": "Ver"},
        {"text": "x", "buttons": (Choice("i" * 201, "a", "n"),), "menu": "Ver"},
        {"text": "x", "buttons": _rows(4), "menu": "Ver", "files": (_FILE,)},
        {"template": TemplateUse(name="t", language="es", variables={"1": " "})},
        {"template": TemplateUse(name="t", language="es", variables={"1": "a\nb"})},
        {"template": TemplateUse(name="t", language="es", order=("1",))},
        {"template": TemplateUse(name="t", language="")},
        {"template": TemplateUse(name="t", language="es", variables={"button.x": "a"})},
    ],
)
def test_what_whatsapp_cannot_carry_is_said_before_sending(facts: dict[str, Any]) -> None:
    with pytest.raises(CannotBuild):
        _built(**facts)


@pytest.mark.parametrize(
    "config", [{}, {"phone_number_id": "1/../2", "api_version": "v23.0"}, {"phone_number_id": "1"}]
)
def test_an_inbox_that_is_not_set_up_builds_nothing(config: dict[str, str]) -> None:
    with pytest.raises(CannotBuild):
        META.build(replace(INBOX, config=config), Outbound(ref="m-1", to=MARIA, text="x"))


def test_a_call_prints_neither_address_nor_secret() -> None:
    call = META.build(INBOX, Outbound(ref="m-1", to=MARIA, text="segredo"))
    assert repr(call) == "HttpCall(POST …)"


# --- answers ----------------------------------------------------------------------------------------------------------


def _read(status: int, body: object, **headers: str) -> Any:
    raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return META.read(INBOX, Answer(status=status, body=raw, headers=headers))


def _error(code: object, **more: object) -> dict[str, object]:
    return {"error": {"message": "(#x) told", "type": "OAuthException", "code": code, "fbtrace_id": "A", **more}}


def test_an_accepted_message_has_metas_id() -> None:
    outcome = _read(200, {"messages": [{"id": "wamid.1"}], "contacts": [{"input": "+55", "wa_id": "5511900000001"}]})
    assert outcome == Accepted(provider_id="wamid.1", detail={"wa_id": "5511900000001"})


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b""),
        (200, b'{"messages":[{"id":"wam'),
        (200, {"messages": []}),
        (200, {"messages": [{"id": ""}]}),
        (302, b""),
        (400, b"<html>blocked</html>"),
        (400, {"error": "text"}),
        (400, {"error": {"code": True}}),
        (502, b"<html>Bad gateway</html>"),
        (503, b""),
        (500, _error(131000)),
        (500, _error(1)),
        (500, _error(131047)),
    ],
)
def test_whatever_is_unclear_is_unknown(status: int, body: object) -> None:
    assert isinstance(_read(status, body), Unknown)


@pytest.mark.parametrize("code", FAULTS)
def test_every_documented_code_is_a_definite_no_with_a_hint(code: int) -> None:
    outcome = _read(400, _error(code))
    assert isinstance(outcome, Refused)
    assert outcome.fault.code == str(code)
    assert outcome.fault.hint


@pytest.mark.parametrize(
    ("code", "retryable", "scope", "effect"),
    [
        (190, False, "account", ""),
        (131047, False, "recipient", "window_closed"),
        (131050, False, "recipient", "marketing_stop"),
        (131026, False, "recipient", "invalid_address"),
        (130429, True, "number", ""),
        (131056, True, "recipient", ""),
        (131031, False, "account", ""),
        (132015, False, "template", "template_paused"),
        (132000, False, "message", ""),
        (131000, True, "message", ""),
        (250, False, "account", ""),
        (999999, False, "message", ""),
    ],
)
def test_a_code_says_what_must_slow_down_or_stop(code: int, retryable: bool, scope: str, effect: str) -> None:
    fault = _read(400, _error(code)).fault
    assert (fault.retryable, fault.scope, fault.effect) == (retryable, scope, effect)


def test_an_unknown_code_is_tried_again_when_meta_calls_it_transient() -> None:
    assert _read(400, _error(999999, is_transient=True)).fault.retryable


def test_an_overloaded_server_that_says_so_turned_the_message_away() -> None:
    assert _read(503, _error(131016)).fault.retryable


def test_too_many_requests_slow_the_number_by_what_the_answer_says() -> None:
    assert _read(429, _error(130429), **{"retry-after": "17"}).fault.retry_after == 17
    edge = _read(429, b"slow down", **{"retry-after": "99999"}).fault
    assert (edge.scope, edge.retryable, edge.retry_after) == ("number", True, 3600)
