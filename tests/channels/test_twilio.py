"""Twilio: signature, core fields, odd forms, building calls, reading answers."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import pytest
from msgspec.structs import replace

from channels.choices import Choice
from channels.errors import BadRequest, BadSignature, CannotBuild
from channels.twilio import Twilio
from channels.twilio.faults import FAULTS
from channels.types import Accepted, Answer, Dead, Delivery, File, Inbound, Outbound, Refused, TemplateUse, To, Unknown
from tests.channels.samples import ACCOUNT, NOW, PUBLIC, twilio_delivery, twilio_inbox

TWILIO = Twilio()
SMS, WHATSAPP = twilio_inbox("sms"), twilio_inbox("whatsapp")
SID = "SM" + "1" * 32
MARIA = To(phone="+5511900000001", wa_id="5511900000001")
CORE = {"From": "+5511900000001", "To": "+15555550100", "MessageSid": SID, "AccountSid": ACCOUNT}


def _form(**changes: str | None) -> bytes:
    fields = {**CORE, "Body": "oi", "FromCity": "", **changes}
    return urlencode({name: value for name, value in fields.items() if value is not None}).encode()


# --- signature --------------------------------------------------------------------------------------------------------


def test_blank_repeated_and_unknown_fields_are_part_of_what_is_signed() -> None:
    TWILIO.verify(SMS, twilio_delivery(_form(New2027="x") + b"&Tag=b&Tag=a"))
    with pytest.raises(BadSignature):
        TWILIO.verify(SMS, replace(twilio_delivery(_form(New2027="x")), body=_form(New2027="y")))


@pytest.mark.parametrize("query", ["", "ref=other", "ref=m-1&more=1"])
def test_the_reference_in_the_query_cannot_be_changed(query: str) -> None:
    body = _form(MessageStatus="delivered")
    delivery = twilio_delivery(body, path="/webhooks/twilio/tw1/status", query="ref=m-1")
    TWILIO.verify(SMS, delivery)
    with pytest.raises(BadSignature):
        TWILIO.verify(SMS, replace(delivery, query=query))


@pytest.mark.parametrize("path", ["/webhooks/twilio/tw2", "/webhooks/twilio/tw1/", "/webhooks/twilio/TW1", "tw1", ""])
def test_the_path_is_part_of_what_is_signed(path: str) -> None:
    with pytest.raises(BadSignature):
        TWILIO.verify(SMS, replace(twilio_delivery(_form()), path=path))


def test_an_empty_token_verifies_nothing() -> None:
    with pytest.raises(BadSignature):
        TWILIO.verify(twilio_inbox(auth_token=""), twilio_delivery(_form(), token=""))


def test_a_token_being_changed_is_valid_beside_the_new_one() -> None:
    TWILIO.verify(twilio_inbox(auth_token="new", auth_token_previous="auth-token"), twilio_delivery(_form()))


def _shared_key(settings: str, secret: str = "shared") -> Delivery:
    body = _form()
    signed = f"{PUBLIC}/webhooks/twilio/tw1" + "".join(
        name + value for name, value in sorted(parse_qsl(body.decode(), keep_blank_values=True))
    )
    signature = base64.b64encode(hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest()).decode()
    headers = {"x-twilio-signature": signature, "x-twilio-webhooks-signature-settings": settings}
    return Delivery(path="/webhooks/twilio/tw1", headers=headers, body=body)


def test_a_configured_shared_key_signs_with_sha256() -> None:
    TWILIO.verify(twilio_inbox(webhook_key_k1="shared"), _shared_key("key=k1,algorithm=HMAC_SHA256"))


@pytest.mark.parametrize(
    ("settings", "secret"),
    [
        ("key=k2,algorithm=HMAC_SHA256", "shared"),
        ("key=k1,algorithm=HMAC_SHA1", "shared"),
        ("key=k1", "shared"),
        ("algorithm=HMAC_SHA256", "auth-token"),
        ("key=,algorithm=HMAC_SHA256", ""),
        ("", "shared"),
    ],
)
def test_the_header_chooses_no_key_and_no_algorithm_that_is_not_configured(settings: str, secret: str) -> None:
    with pytest.raises(BadSignature):
        TWILIO.verify(twilio_inbox(webhook_key_k1="shared"), _shared_key(settings, secret))


# --- core fields ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["From", "To", "MessageSid", "AccountSid"])
def test_a_repeated_core_field_is_refused_even_when_signed(name: str) -> None:
    for value in (CORE[name], "x"):
        with pytest.raises(BadRequest):
            TWILIO.verify(SMS, twilio_delivery(_form() + f"&{name}={quote(value)}".encode()))
    with pytest.raises(BadRequest):
        TWILIO.verify(SMS, twilio_delivery(_form(**{name: None})))


def test_a_text_that_holds_a_field_cannot_be_split_into_one() -> None:
    honest = twilio_delivery(_form(Body="aFrom+5511800000000", FromCity=None))
    TWILIO.verify(SMS, honest)
    pairs = [("AccountSid", ACCOUNT), ("Body", "a"), ("From", "+5511800000000"), ("From", CORE["From"])]
    split = urlencode([*pairs, ("MessageSid", SID), ("To", CORE["To"])]).encode()
    with pytest.raises(BadRequest, match="From is missing or repeated"):
        TWILIO.verify(SMS, replace(honest, body=split))
    merged = [*pairs[:2], ("From", "+5511800000000From+5511900000001"), ("MessageSid", SID), ("To", CORE["To"])]
    with pytest.raises(BadRequest, match="From is malformed"):
        TWILIO.verify(SMS, replace(honest, body=urlencode(merged).encode()))


@pytest.mark.parametrize(
    "changes",
    [
        {"AccountSid": "AC" + "2" * 32},
        {"AccountSid": ""},
        {"MessageSid": "SM1"},
        {"MessageSid": SID + "\n"},
        {"From": "+55From+55"},
        {"From": ""},
        {"From": "whatsapp:"},
        {"To": "+1\x00"},
        {"To": ""},
    ],
)
def test_a_malformed_or_foreign_core_field_is_refused_and_never_parsed(changes: dict[str, str]) -> None:
    delivery = twilio_delivery(_form(**changes))
    with pytest.raises(BadRequest):
        TWILIO.verify(SMS, delivery)
    assert [type(item) for item in TWILIO.parse(SMS, delivery, NOW)] == [Dead]


def test_more_fields_than_twilio_would_ever_send_are_refused() -> None:
    with pytest.raises(BadRequest):
        TWILIO.verify(SMS, twilio_delivery(_form() + b"&a=1" * 200))


# --- odd forms --------------------------------------------------------------------------------------------------------


def _inbound(inbox: Any = WHATSAPP, **changes: str | None) -> Any:
    number = {"From": "whatsapp:+5511900000001", "To": "whatsapp:+14155550100"} if inbox is WHATSAPP else {}
    (item,) = TWILIO.parse(inbox, Delivery(path="/webhooks/twilio/tw1", body=_form(**{**number, **changes})), NOW)
    return item


@pytest.mark.parametrize(
    "url",
    [
        "http://api.twilio.com/2010-04-01/Accounts/{a}/Messages/MM1/Media/ME1",
        "https://api.twilio.com.evil.example/2010-04-01/Accounts/{a}/Messages/MM1/Media/ME1",
        "https://api.twilio.com@evil.example/2010-04-01/Accounts/{a}/Messages/MM1",
        "https://api.twilio.com:8443/2010-04-01/Accounts/{a}/Messages/MM1",
        "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1",
        "https://api.twilio.com/2010-04-01/Accounts/{a}/Messages/../../x",
        "https://[::1",
        "//api.twilio.com/x",
        "file:///etc/passwd",
        "",
    ],
)
def test_a_file_at_a_foreign_address_is_named_but_never_fetched(url: str) -> None:
    item = _inbound(MediaUrl0=url.format(a=ACCOUNT), MediaContentType0="image/png", NumMedia="1")
    (ref,) = item.media
    assert ref.url == ""
    assert ref.refused


def test_files_that_were_announced_and_did_not_come_are_told() -> None:
    assert _inbound(NumMedia="2").detail == {"media_missing": 2}


def test_several_files_come_in_one_message() -> None:
    base = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages/MM1/Media/ME"
    item = _inbound(MediaUrl0=base + "0", MediaContentType0="image/png", MediaUrl1=base + "1", MediaContentType1="x/y")
    assert [ref.url for ref in item.media] == [base + "0", base + "1"]
    assert item.kind == "image"


def test_a_whatsapp_message_at_an_sms_inbox_is_kept_aside() -> None:
    (item,) = TWILIO.parse(SMS, Delivery(body=_form(From="whatsapp:+5511900000001")), NOW)
    assert isinstance(item, Dead)


def test_a_type_twilio_invents_tomorrow_is_shown_as_unsupported() -> None:
    assert _inbound(Body="", MessageType="hologram").kind == "unsupported"


def test_a_number_and_a_user_id_are_both_kept() -> None:
    sender = _inbound(ExternalUserIdentifier="whatsapp:BR.77", WaId="551187654321").sender
    assert (sender.phone, sender.wa_id, sender.user_id) == ("+5511900000001", "551187654321", "BR.77")


def test_a_short_code_may_write() -> None:
    assert _inbound(SMS, From="28282").sender.phone == "28282"


def test_text_is_storable() -> None:
    assert _inbound(Body="a\x00b").text == "a\ufffdb"


def test_a_canceled_message_failed_and_an_unknown_status_is_kept_aside() -> None:
    path = "/webhooks/twilio/tw1/status"
    (item,) = TWILIO.parse(SMS, Delivery(path=path, body=_form(MessageStatus="canceled")), NOW)
    assert not isinstance(item, Dead | Inbound)
    (odd,) = TWILIO.parse(SMS, Delivery(path=path, body=_form(MessageStatus="teleported")), NOW)
    assert isinstance(odd, Dead)


def test_a_status_sent_to_the_inbound_address_is_still_a_status() -> None:
    (item,) = TWILIO.parse(SMS, Delivery(path="/webhooks/twilio/tw1", body=_form(MessageStatus="delivered")), NOW)
    assert not isinstance(item, Dead | Inbound)


# --- building ---------------------------------------------------------------------------------------------------------


def _built(inbox: Any = SMS, **facts: Any) -> dict[str, list[str]]:
    call: Any = TWILIO.build(inbox, Outbound(**{"ref": "m/1", "to": MARIA, **facts}))
    assert call.url == f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert call.ref == "m/1"
    form: dict[str, list[str]] = {}
    for name, value in parse_qsl(call.body.decode(), keep_blank_values=True):
        form.setdefault(name, []).append(value)
    assert form["StatusCallback"] == ["https://acordo.example/webhooks/twilio/tw1/status?ref=m/1"]
    return form


def test_a_text_message_names_sender_and_recipient() -> None:
    form = _built(text="Olá")
    assert (form["To"], form["From"], form["Body"]) == (["+5511900000001"], ["+15555550100"], ["Olá"])


def test_a_whatsapp_message_goes_to_the_id_as_whatsapp_gave_it() -> None:
    form = _built(WHATSAPP, text="Olá", to=To(wa_id="551187654321", phone="+5511987654321"))
    assert (form["To"], form["From"]) == (["whatsapp:+551187654321"], ["whatsapp:+14155550100"])
    assert _built(WHATSAPP, text="Olá", to=To(user_id="BR.77"))["To"] == ["whatsapp:BR.77"]


def test_a_messaging_service_takes_the_place_of_the_number() -> None:
    service = {"account_sid": ACCOUNT, "messaging_service_sid": "MG1"}
    form = _built(replace(SMS, config=service), text="x")
    assert form["MessagingServiceSid"] == ["MG1"]
    assert "From" not in form


def test_an_api_key_is_preferred_to_the_token() -> None:
    def user(inbox: Any) -> bytes:
        call: Any = TWILIO.build(inbox, Outbound(ref="m", to=MARIA, text="x"))
        return base64.b64decode(call.headers["authorization"].removeprefix("Basic "))

    assert user(SMS) == f"{ACCOUNT}:auth-token".encode()
    assert user(twilio_inbox(api_key_sid="SK1", api_key_secret="key")) == b"SK1:key"


def test_files_go_by_address() -> None:
    file = File(id="f", name="a.pdf", type="application/pdf", size=10, url="https://acordo.example/media/t")
    assert _built(WHATSAPP, files=(file,))["MediaUrl"] == ["https://acordo.example/media/t"]


HX = "HX" + "a" * 32


def test_a_whatsapp_template_goes_by_its_content_and_nothing_else() -> None:
    use = TemplateUse(name="t", language="pt_BR", provider_id=HX, variables={"1": "Maria"}, body="Olá Maria")
    form = _built(WHATSAPP, template=use)
    assert form["ContentSid"] == [HX]
    assert json.loads(form["ContentVariables"][0]) == {"1": "Maria"}
    assert "Body" not in form


def test_a_template_by_sms_is_its_text() -> None:
    assert _built(template=TemplateUse(name="t", language="pt_BR", body="Olá Maria"))["Body"] == ["Olá Maria"]


_FILE = File(id="f", name="a", type="image/png", size=10, url="https://x.example/1")


@pytest.mark.parametrize(
    ("inbox", "facts"),
    [
        (SMS, {}),
        (SMS, {"text": " "}),
        (SMS, {"text": "x" * 1601}),
        (SMS, {"text": "x", "to": To(wa_id="5511")}),
        (WHATSAPP, {"text": "x", "to": To(email="a@b.example")}),
        (WHATSAPP, {"text": "x", "buttons": (Choice("1", "1"),)}),
        (WHATSAPP, {"files": (_FILE, _FILE)}),
        (SMS, {"files": (replace(_FILE, url=""),)}),
        (SMS, {"files": (replace(_FILE, size=6 * 1024 * 1024),)}),
        (WHATSAPP, {"template": TemplateUse(name="t", language="es", body="only text")}),
        (WHATSAPP, {"template": TemplateUse(name="t", language="es", provider_id=HX, variables={"1": ""})}),
        (WHATSAPP, {"template": TemplateUse(name="t", language="es", provider_id=HX, variables={"1": "a     b"})}),
        (WHATSAPP, {"template": TemplateUse(name="t", language="es", provider_id=HX, variables={"x" * 17: "a"})}),
        (replace(SMS, public_url=""), {"text": "x"}),
        (replace(SMS, config={}), {"text": "x"}),
        (twilio_inbox(auth_token=""), {"text": "x"}),
    ],
)
def test_what_twilio_cannot_carry_is_said_before_sending(inbox: Any, facts: dict[str, Any]) -> None:
    with pytest.raises(CannotBuild):
        _built(inbox, **facts)


# --- answers ----------------------------------------------------------------------------------------------------------


def _read(status: int, body: object, **headers: str) -> Any:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return TWILIO.read(SMS, Answer(status=status, body=raw, headers=headers))


@pytest.mark.parametrize("status", ["queued", "accepted", "sending", "scheduled", "sent"])
def test_what_twilio_took_is_sent(status: str) -> None:
    assert _read(201, {"sid": SID, "status": status}) == Accepted(provider_id=SID, detail={"status": status})


def test_a_message_that_failed_at_once_is_a_definite_no() -> None:
    outcome = _read(201, {"sid": SID, "status": "failed", "error_code": 21610})
    assert isinstance(outcome, Refused)
    assert outcome.fault.effect == "opt_out"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (201, b""),
        (201, {"sid": "x"}),
        (201, [1]),
        (307, b""),
        (400, b"<html>"),
        (400, {"code": None}),
        (500, {"code": 20500}),
        (502, b"<html>Bad gateway</html>"),
        (503, {"code": 20503}),
    ],
)
def test_whatever_is_unclear_is_unknown(status: int, body: object) -> None:
    assert isinstance(_read(status, body), Unknown)


@pytest.mark.parametrize("code", FAULTS)
def test_every_documented_code_is_a_definite_no_with_a_hint(code: int) -> None:
    outcome = _read(400, {"code": code, "message": "told", "status": 400})
    assert isinstance(outcome, Refused)
    assert outcome.fault.code == str(code)
    assert outcome.fault.hint


@pytest.mark.parametrize(
    ("code", "retryable", "scope", "effect"),
    [
        (20003, False, "account", ""),
        (21610, False, "recipient", "opt_out"),
        (21211, False, "recipient", "invalid_address"),
        (63016, False, "recipient", "window_closed"),
        (63018, True, "number", ""),
        (30460, False, "number", ""),
        (99999, False, "message", ""),
    ],
)
def test_a_code_says_what_must_slow_down_or_stop(code: int, retryable: bool, scope: str, effect: str) -> None:
    fault = _read(400, {"code": code}).fault
    assert (fault.retryable, fault.scope, fault.effect) == (retryable, scope, effect)


def test_too_many_requests_slow_the_account_by_what_the_answer_says() -> None:
    fault = _read(429, b"", **{"retry-after": "7"}).fault
    assert (fault.code, fault.retryable, fault.scope, fault.retry_after) == ("20429", True, "account", 7)
