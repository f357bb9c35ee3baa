"""Twilio's two directions, its signature, its media and its handling of STOP."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import parse_qsl

import httpx2
import pytest
from twilio.request_validator import RequestValidator

from tests.sandbox.stage import ACCOUNT, AUTH, FIXTURES, Hit, Stage

SERVICE = "MG" + "a" * 32
JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 40


def form(hit: Hit) -> dict[str, str]:
    return dict(parse_qsl(hit.body.decode(), keep_blank_values=True))


def valid(stage: Stage, hit: Hit) -> bool:
    url = stage.product.base + hit.path + (f"?{hit.query}" if hit.query else "")
    signature = hit.headers["x-twilio-signature"]
    return bool(RequestValidator(AUTH).validate(url, form(hit), signature))


def sample(name: str) -> set[str]:
    text = (FIXTURES / "twilio" / f"{name}.form.txt").read_text()
    return {key for key, _ in parse_qsl(text, keep_blank_values=True)}


def sms(stage: Stage, **more: Any) -> dict[str, Any]:
    callback = f"{stage.product.base}/webhooks/twilio/sms/status?ref=r1"
    return {"To": "+5511988774321", "From": "+15555550100", "Body": "Olá", "StatusCallback": callback, **more}


def wa(stage: Stage, **more: Any) -> dict[str, Any]:
    return sms(stage) | {"To": "whatsapp:+5511988774321", "From": "whatsapp:+14155550100"} | more


fixtures = pytest.mark.skipif(not FIXTURES.is_dir(), reason=f"no third-party samples at {FIXTURES}")


@fixtures
@pytest.mark.parametrize(
    ("inbox", "name", "written"),
    [
        ("sms", "self_sms_inbound_pt", {"text": "Já paguei 👍"}),
        ("sms", "self_sms_stop", {"text": "STOP"}),
        ("twa", "self_wa_inbound_text", {"text": "oi"}),
        ("twa", "self_wa_inbound_media_pdf_no_body", {"text": "", "attachments": ["application/pdf"]}),
        ("twa", "self_wa_inbound_voice", {"text": "", "attachments": ["audio/ogg"]}),
        (
            "twa",
            "self_wa_inbound_list",
            {"text": "", "interactive": {"type": "list_reply", "id": "3x", "title": "3 x"}, "in_reply_to": "SM1"},
        ),
        ("twa", "self_wa_inbound_location", {"text": "", "location": {"latitude": -23.5, "longitude": -46.6}}),
    ],
)
async def test_a_form_has_all_fields_of_its_sample_and_a_good_signature(
    stage: Stage, inbox: str, name: str, written: dict[str, Any]
) -> None:
    kinds = written.get("attachments", [])
    files = [{"name": "f", "type": kind, "base64": base64.b64encode(JPEG).decode()} for kind in kinds]
    await stage.writes(inbox, **{**written, "attachments": files})
    hit = stage.product.on(f"/webhooks/twilio/{inbox}")[0]
    unserviced = {"MessagingServiceSid"} if inbox == "twa" else set()
    assert sample(name) - unserviced <= set(form(hit))
    assert valid(stage, hit)
    assert form(hit)["MessageSid"][:2] == ("MM" if files else "SM") and len(form(hit)["MessageSid"]) == 34


async def test_a_sent_sms_answers_201_and_its_signed_callbacks_keep_the_query(stage: Stage) -> None:
    answer = await stage.twilio(**sms(stage))
    assert answer.status_code == 201
    made = answer.json()
    assert (made["status"], made["direction"], made["num_segments"], made["error_code"]) == (
        "queued",
        "outbound-api",
        "1",
        None,
    )
    hits = await stage.product.heard(2, "/webhooks/twilio/sms/status")
    assert [form(hit)["MessageStatus"] for hit in hits] == ["sent", "delivered"]
    assert all(hit.query == "ref=r1" and valid(stage, hit) for hit in hits)
    assert {form(hit)["MessageSid"] for hit in hits} == {made["sid"]}
    if FIXTURES.is_dir():
        assert sample("self_status_sms_4_delivered") <= set(form(hits[1]))


async def test_whatsapp_over_twilio_tells_read_and_needs_a_template_outside_the_window(stage: Stage) -> None:
    await stage.twilio(**wa(stage))
    failed = form((await stage.product.heard(1, "/webhooks/twilio/sms/status"))[0])
    assert (failed["MessageStatus"], failed["ErrorCode"]) == ("failed", "63016")
    await stage.writes("twa")
    await stage.twilio(**wa(stage))
    hits = await stage.product.heard(4, "/webhooks/twilio/sms/status")
    assert [form(hit)["MessageStatus"] for hit in hits[1:]] == ["sent", "delivered", "read"]


async def test_a_content_template_is_filled_and_its_variables_are_checked(stage: Stage) -> None:
    page = await stage.http.get(f"{stage.base}/twilio/v1/ContentAndApprovals?PageSize=500", auth=(ACCOUNT, AUTH))
    contents = page.json()["contents"]
    assert len(contents) == 18 and {c["approval_requests"]["status"] for c in contents} == {"approved"}
    known = next(c for c in contents if c["friendly_name"] == "fatura_em_aberto" and c["language"] == "pt_BR")
    assert "{{1}}" in known["types"]["twilio/quick-reply"]["body"]
    send = {key: value for key, value in wa(stage).items() if key != "Body"} | {"ContentSid": known["sid"]}
    variables = json.dumps({"1": "Maria", "2": "2231", "3": "12"})
    made = (await stage.twilio(**send, ContentVariables=variables)).json()
    assert made["body"].startswith("Olá, Maria. A fatura 2231")
    assert (await stage.twilio(**send, ContentVariables='{"1": ""}')).json()["code"] == 21656
    assert (await stage.twilio(**send, ContentVariables="{")).json()["code"] == 21656
    assert (await stage.twilio(**{**send, "ContentSid": "HX" + "0" * 32})).json()["code"] == 21655


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"To": "11988774321"}, 21211),
        ({"From": "+15555550199"}, 21606),
        ({"Body": ""}, 21602),
        ({"Body": "x" * 1601}, 21617),
        ({"ContentVariables": "{}"}, 21654),
        ({"From": "", "MessagingServiceSid": "MGnone"}, 21703),
    ],
)
async def test_what_twilio_would_refuse_is_refused(stage: Stage, change: dict[str, str], code: int) -> None:
    answer = await stage.twilio(**{**sms(stage), **change})
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert answer.json()["more_info"].endswith(str(code))
    assert await stage.get("/outbox") == []


async def test_a_service_picks_its_sender_and_begins_as_accepted(stage: Stage) -> None:
    answer = await stage.twilio(**{**sms(stage), "From": "", "MessagingServiceSid": SERVICE})
    assert (answer.json()["status"], answer.json()["messaging_service_sid"]) == ("accepted", SERVICE)


async def test_wrong_credentials_are_refused_as_twilio_does(stage: Stage) -> None:
    url = f"{stage.base}/twilio/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    answer = await stage.http.post(url, data=sms(stage), auth=(ACCOUNT, "wrong"))
    assert (answer.status_code, answer.json()["code"]) == (401, 20003)


async def test_after_stop_a_send_is_refused_until_start_lifts_it(stage: Stage) -> None:
    await stage.writes("sms", text=" stop ")
    assert form(stage.product.on("/webhooks/twilio/sms")[0])["OptOutType"] == "STOP"
    answer = await stage.twilio(**sms(stage))
    assert (answer.status_code, answer.json()["code"]) == (400, 21610)
    thread = next(t for t in (await stage.get("/phones/maria"))["threads"] if t["inbox"] == "sms")
    assert thread["opted_out"] and thread["messages"][-1]["carrier"]
    assert [entry["accepted"] for entry in await stage.get("/outbox")] == [False]
    await stage.writes("sms", text="START")
    assert (await stage.twilio(**sms(stage))).status_code == 201


async def test_a_portuguese_stop_word_is_left_to_the_product_and_whatsapp_knows_no_stop(stage: Stage) -> None:
    await stage.writes("sms", text="PARAR")
    await stage.writes("twa", text="STOP")
    assert all("OptOutType" not in form(hit) for hit in stage.product.hits)
    assert (await stage.twilio(**sms(stage))).status_code == 201
    assert (await stage.twilio(**wa(stage))).status_code == 201


async def test_outbound_media_is_fetched_from_the_product_after_the_answer(stage: Stage) -> None:
    stage.product.files["tok"] = (JPEG, "image/jpeg")
    await stage.twilio(**sms(stage, MediaUrl=f"{stage.product.base}/media/tok"))
    await stage.product.heard(2, "/webhooks/twilio/sms/status")
    file = (await stage.get("/outbox"))[0]["attachments"][0]
    assert (file["type"], file["size"]) == ("image/jpeg", len(JPEG))


async def test_media_of_a_foreign_host_is_not_fetched_and_the_message_fails(stage: Stage) -> None:
    await stage.twilio(**sms(stage, MediaUrl="http://127.0.0.1:9/secret"))
    failed = form((await stage.product.heard(1, "/webhooks/twilio/sms/status"))[0])
    assert (failed["MessageStatus"], failed["ErrorCode"]) == ("failed", "11200")


async def test_inbound_media_needs_credentials_and_its_cdn_refuses_them(stage: Stage) -> None:
    file = {"name": "foto.jpg", "type": "image/jpeg", "base64": base64.b64encode(JPEG).decode()}
    await stage.writes("twa", text="foto", attachments=[file])
    url = form(stage.product.on("/webhooks/twilio/twa")[0])["MediaUrl0"]
    assert (await stage.http.get(url)).status_code == 401
    answer = await stage.http.get(url, auth=(ACCOUNT, AUTH), follow_redirects=False)
    assert answer.status_code == 307
    there = answer.headers["location"]
    assert (await stage.http.get(there)).content == JPEG
    assert (await stage.http.get(there, auth=(ACCOUNT, AUTH))).status_code == 400


async def test_messages_are_listed_by_receiver_and_day_and_fetched_alone(stage: Stage) -> None:
    sid = (await stage.twilio(**sms(stage, StatusCallback=""))).json()["sid"]
    await stage.twilio(**sms(stage, To="+5511900000002", StatusCallback=""))
    base = f"{stage.base}/twilio/2010-04-01/Accounts/{ACCOUNT}/Messages"
    auth = (ACCOUNT, AUTH)
    today = (await stage.get("/clock"))["now"][:10]
    query = f"?To=%2B5511988774321&DateSent={today}"
    assert [m["sid"] for m in (await stage.http.get(f"{base}.json{query}", auth=auth)).json()["messages"]] == [sid]
    assert (await stage.http.get(f"{base}.json?DateSent%3C=2020-01-01", auth=auth)).json()["messages"] == []
    assert len((await stage.http.get(f"{base}.json?DateSent%3E=2020-01-01", auth=auth)).json()["messages"]) == 2
    assert (await stage.http.get(f"{base}/{sid}.json", auth=auth)).json()["to"] == "+5511988774321"
    assert (await stage.http.get(f"{base}/SMnone.json", auth=auth)).json()["code"] == 20404


async def test_a_dropped_answer_leaves_the_message_taken(stage: Stage) -> None:
    await stage.behave("twilio", drop_response=True)
    with pytest.raises(httpx2.RemoteProtocolError):
        await stage.twilio(**sms(stage))
    await stage.product.heard(2, "/webhooks/twilio/sms/status")
    assert len(await stage.get("/outbox")) == 1


async def test_a_carrier_failure_is_undelivered_and_a_refusal_is_an_answer(stage: Stage) -> None:
    await stage.behave("twilio", error_code=30003)
    await stage.twilio(**sms(stage))
    told = form((await stage.product.heard(1, "/webhooks/twilio/sms/status"))[0])
    assert (told["MessageStatus"], told["ErrorCode"]) == ("undelivered", "30003")
    await stage.behave("twilio", accept=False, error_code=20429)
    answer = await stage.twilio(**sms(stage))
    assert (answer.status_code, answer.json()["code"]) == (429, 20429)


async def test_a_failed_webhook_is_lost_unless_the_url_asks_for_retries(stage: Stage) -> None:
    stage.product.answers = [500]
    await stage.writes("sms", text="um")
    await stage.writes("sms", text="dois")
    assert [form(hit)["Body"] for hit in stage.product.hits] == ["um", "dois"]
    stage.product.answers = [500]
    await stage.twilio(**sms(stage, StatusCallback=f"{stage.product.base}/webhooks/twilio/sms/again#rc=1"))
    hits = await stage.product.heard(3, "/webhooks/twilio/sms/again")
    assert sorted(form(hit)["MessageStatus"] for hit in hits) == ["delivered", "sent", "sent"]
    assert all(valid(stage, hit) for hit in hits)
