"""What the product sends to Meta, and what Meta tells of it."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from typing import Any

import httpx2
import pytest

from tests.sandbox.stage import APP_SECRET, PHONE_ID, TOKEN, WABA, Hit, Stage

HOOK = "/webhooks/meta/wa"
BEARER = {"authorization": f"Bearer {TOKEN}"}


def text(body: str = "Olá", **more: Any) -> dict[str, Any]:
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "551188774321",
        "type": "text",
        "text": {"body": body},
        **more,
    }


def template(*values: str, name: str = "fatura_em_aberto", language: str = "pt_BR") -> dict[str, Any]:
    names = ("first_name", "invoice", "days_late")
    parameters = [{"type": "text", "parameter_name": n, "text": v} for n, v in zip(names, values, strict=False)]
    use = {
        "name": name,
        "language": {"code": language},
        "components": [{"type": "body", "parameters": parameters}],
    }
    body = {"messaging_product": "whatsapp", "to": "551188774321", "type": "template", "template": use}
    return {**body, "biz_opaque_callback_data": "ref-t"}


def statuses(hits: list[Hit]) -> list[dict[str, Any]]:
    values = [hit.json["entry"][0]["changes"][0]["value"] for hit in hits]
    return [status for value in values for status in value.get("statuses", [])]


async def told(stage: Stage, count: int) -> list[dict[str, Any]]:
    await stage.product.until(lambda: len(statuses(stage.product.on(HOOK))) >= count)
    return statuses(stage.product.on(HOOK))


async def refusal(stage: Stage, body: dict[str, Any]) -> tuple[int, int]:
    answer = await stage.meta(body)
    return answer.status_code, answer.json()["error"]["code"]


async def test_a_text_within_the_window_is_taken_and_its_statuses_carry_our_reference(stage: Stage) -> None:
    await stage.writes("wa")
    answer = await stage.meta(text("Bom dia / ção", biz_opaque_callback_data="ref-1"))
    assert answer.status_code == 200
    assert answer.json()["contacts"] == [
        {"input": "551188774321", "wa_id": "551188774321", "user_id": answer.json()["contacts"][0]["user_id"]}
    ]
    wamid = answer.json()["messages"][0]["id"]
    assert wamid.startswith("wamid.")
    found = await told(stage, 3)
    assert [status["status"] for status in found] == ["sent", "delivered", "read"]
    assert {status["id"] for status in found} == {wamid}
    assert {status["biz_opaque_callback_data"] for status in found} == {"ref-1"}
    assert found[0]["pricing"]["category"] == "service" and "expiration_timestamp" in found[0]["conversation"]
    assert all(status["timestamp"].isdigit() for status in found)


async def test_every_webhook_is_signed_over_its_bytes_and_escaped_as_meta_does(stage: Stage) -> None:
    await stage.writes("wa", text="café / já")
    hit = stage.product.on(HOOK)[0]
    wanted = hmac.new(APP_SECRET.encode(), hit.body, hashlib.sha256).hexdigest()
    assert hit.headers["x-hub-signature-256"] == f"sha256={wanted}"
    assert b"caf\\u00e9 \\/ j\\u00e1" in hit.body


async def test_outside_the_window_free_text_fails_by_callback_and_a_template_passes(stage: Stage) -> None:
    taken = await stage.meta(text())
    assert taken.status_code == 200
    failed = (await told(stage, 1))[0]
    assert (failed["status"], failed["errors"][0]["code"]) == ("failed", 131047)
    value = stage.product.on(HOOK)[0].json["entry"][0]["changes"][0]["value"]
    assert "contacts" not in value and "pricing" not in failed
    await stage.meta(template("Maria", "2231", "12"))
    assert [status["status"] for status in (await told(stage, 4))[1:]] == ["sent", "delivered", "read"]
    assert (await stage.get("/outbox"))[-1]["text"].startswith("Olá, Maria. A fatura 2231 continua em aberto há 12")


async def test_the_window_closes_by_the_sandbox_clock(stage: Stage) -> None:
    await stage.writes("wa")
    await stage.put("/clock", {"offset_s": 86_401})
    await stage.meta(text())
    assert (await told(stage, 1))[0]["errors"][0]["code"] == 131047


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (template("Maria", "2231"), 400, 132000),
        (template("Maria", "2231", "12", name="nenhum"), 404, 132001),
        (template("Maria", "2231", "12", language="fr"), 404, 132001),
        (template("Maria", "2231", "linha\nnova"), 400, 132018),
        (text("x" * 4097), 400, 100),
        (text(""), 400, 131008),
        (text(to=""), 400, 131008),
        (text(to="551140001000"), 400, 131021),
        (text(type="telepathy", telepathy={}), 400, 100),
        ({"to": "551188774321", "type": "text", "text": {"body": "x"}}, 400, 100),
        (text(type="image", image={"id": "404"}), 400, 131009),
        (text(type="image", image={}), 400, 131008),
        (text(recipient="BR.unknown", to=""), 400, 131026),
    ],
)
async def test_what_meta_would_refuse_is_refused(stage: Stage, body: dict[str, Any], status: int, code: int) -> None:
    assert await refusal(stage, body) == (status, code)
    assert await stage.get("/outbox") == []


async def test_four_buttons_or_a_long_title_are_refused_and_three_are_shown(stage: Stage) -> None:
    def interactive(titles: list[str]) -> dict[str, Any]:
        buttons = [{"type": "reply", "reply": {"id": f"b{i}", "title": t}} for i, t in enumerate(titles)]
        content = {"type": "button", "body": {"text": "Como prefere?"}, "action": {"buttons": buttons}}
        return text(type="interactive", interactive=content)

    await stage.writes("wa")
    assert await refusal(stage, interactive(["a", "b", "c", "d"])) == (400, 131009)
    assert await refusal(stage, interactive(["x" * 21])) == (400, 131009)
    assert (await stage.meta(interactive(["Pix", "Boleto"]))).status_code == 200
    assert [button["title"] for button in (await stage.get("/outbox"))[0]["buttons"]] == ["Pix", "Boleto"]


async def test_a_list_is_shown_with_its_rows_and_one_that_meta_would_refuse_is_refused(stage: Stage) -> None:
    def listed(rows: list[dict[str, Any]], button: str = "Ver opções") -> dict[str, Any]:
        action = {"button": button, "sections": [{"rows": rows}]}
        return text(type="interactive", interactive={"type": "list", "body": {"text": "Qual?"}, "action": action})

    await stage.writes("wa")
    good = {"id": "a", "title": "t" * 24, "description": "d" * 72}
    for bad in (
        listed([good], button="b" * 21), listed([good, good]), listed([{**good, "title": "t" * 25}]),
        listed([{**good, "description": "d" * 73}]), listed([{**good, "id": "i" * 201}]),
        listed([{**good, "id": str(n)} for n in range(11)]),
    ):  # fmt: skip
        assert await refusal(stage, bad) == (400, 131009)
    assert (await stage.meta(listed([good, {"id": "b", "title": "Nenhuma"}]))).status_code == 200
    assert (await stage.get("/outbox"))[0]["buttons"] == [
        {"type": "list_reply", **good}, {"type": "list_reply", "id": "b", "title": "Nenhuma"},
    ]  # fmt: skip


async def test_a_wrong_token_or_number_is_refused_in_metas_envelope(stage: Stage) -> None:
    answer = await stage.meta(text(), token="other")
    assert answer.status_code == 401
    error = answer.json()["error"]
    assert error["code"] == 190 and error["type"] == "OAuthException" and error["fbtrace_id"]
    unknown = await stage.http.post(f"{stage.base}/graph/v23.0/999/messages", json=text(), headers=BEARER)
    assert (unknown.status_code, unknown.json()["error"]["error_subcode"]) == (400, 33)


async def test_from_version_24_on_a_status_has_no_conversation(stage: Stage) -> None:
    await stage.writes("wa")
    await stage.meta(text(), version="v24.0")
    assert "conversation" not in (await told(stage, 1))[0]


async def test_a_hidden_person_is_reached_by_user_id_alone(stage: Stage) -> None:
    await stage.writes("wa", "joao")
    answer = await stage.meta(text(to="", recipient="BR.77"))
    assert answer.json()["contacts"] == [{"input": "BR.77", "user_id": "BR.77"}]
    status = (await told(stage, 1))[0]
    assert status["recipient_user_id"] == "BR.77" and "recipient_id" not in status


async def test_a_provider_that_refuses_answers_with_its_code_and_the_outbox_tells_what_it_refused(
    stage: Stage,
) -> None:
    await stage.writes("wa")
    await stage.behave("meta", accept=False, error_code=130429)
    assert await refusal(stage, text()) == (400, 130429)
    (entry,) = await stage.get("/outbox")
    assert (entry["accepted"], entry["error"], entry["to"]) == (False, "130429", "+5511988774321")
    assert await stage.get("/outbox?refused=0") == []


async def test_a_taken_message_may_fail_later_by_callback(stage: Stage) -> None:
    await stage.writes("wa")
    await stage.behave("meta", accept=True, error_code="131026")
    assert (await stage.meta(text())).status_code == 200
    status = (await told(stage, 1))[0]
    assert (status["status"], status["errors"][0]["code"]) == ("failed", 131026)


async def test_a_dropped_answer_leaves_the_message_taken_and_its_callback_names_it(stage: Stage) -> None:
    await stage.writes("wa")
    await stage.behave("meta", drop_response=True)
    with pytest.raises(httpx2.RemoteProtocolError):
        await stage.meta(text(biz_opaque_callback_data="lost"))
    assert (await told(stage, 1))[0]["biz_opaque_callback_data"] == "lost"
    assert [entry["ref"] for entry in await stage.get("/outbox")] == ["lost"]


async def test_a_slow_provider_may_tell_before_it_answers(stage: Stage) -> None:
    await stage.writes("wa")
    await stage.behave("meta", latency_ms=700)
    sending = asyncio.create_task(stage.meta(text()))
    await told(stage, 1)
    assert not sending.done()
    assert (await sending).status_code == 200


async def test_callbacks_come_twice_and_in_the_wrong_order_when_asked(stage: Stage) -> None:
    await stage.writes("wa")
    await stage.behave("meta", duplicate_callbacks=True, shuffle_callbacks=True)
    await stage.meta(text())
    found = await told(stage, 6)
    assert [status["status"] for status in found] == ["read", "read", "delivered", "delivered", "sent", "sent"]
    person = await stage.get("/phones/maria")
    assert person["threads"][0]["messages"][-1]["status"] == "read"


async def test_a_silent_provider_tells_nothing_after_acceptance(stage: Stage) -> None:
    await stage.writes("wa")
    await stage.behave("meta", statuses=[])
    silent = (await stage.meta(text("silêncio"))).json()["messages"][0]["id"]
    await stage.behave("meta", statuses=["sent"])
    loud = (await stage.meta(text("aviso"))).json()["messages"][0]["id"]
    assert [status["id"] for status in await told(stage, 1)] == [loud]
    assert [entry["id"] for entry in await stage.get("/outbox")] == [silent, loud]


async def test_a_silent_provider_tells_nothing_of_a_shut_window_either(stage: Stage) -> None:
    await stage.behave("meta", statuses=[])
    await stage.meta(text("fora da janela"))
    await stage.behave("meta", statuses=["sent"])
    loud = (await stage.meta(text("fora também"))).json()["messages"][0]["id"]
    assert [(status["id"], status["status"]) for status in await told(stage, 1)] == [(loud, "failed")]


async def test_a_webhook_that_was_not_taken_comes_again_with_the_same_bytes(stage: Stage) -> None:
    stage.product.answers = [500, 503]
    await stage.writes("wa")
    hits = await stage.product.heard(3, HOOK)
    assert hits[0].body == hits[1].body == hits[2].body


async def test_a_read_mark_turns_the_ticks_of_the_person_blue(stage: Stage) -> None:
    wamid = await stage.writes("wa")
    mark = {
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": wamid,
        "typing_indicator": {"type": "text"},
    }
    assert (await stage.meta(mark)).json() == {"success": True}
    assert (await stage.get("/phones/maria"))["threads"][0]["messages"][0]["status"] == "read"
    assert await refusal(stage, {**mark, "message_id": "wamid.none"}) == (400, 131009)


async def test_a_file_is_uploaded_sent_and_fetched_with_the_token_only(stage: Stage) -> None:
    await stage.writes("wa")
    url = f"{stage.base}/graph/v23.0"
    form = {"messaging_product": "whatsapp", "type": "application/pdf"}
    files = {"file": ("boleto.pdf", b"%PDF-1.7", "application/pdf")}
    media = (await stage.http.post(f"{url}/{PHONE_ID}/media", data=form, files=files, headers=BEARER)).json()["id"]
    document = {"id": media, "filename": "boleto.pdf", "caption": "Segue o boleto"}
    assert (await stage.meta(text(type="document", document=document))).status_code == 200
    sent = (await stage.get("/outbox"))[0]
    assert (sent["text"], sent["attachments"][0]["name"]) == ("Segue o boleto", "boleto.pdf")
    found = (await stage.http.get(f"{url}/{media}", headers=BEARER)).json()
    assert found["sha256"] == hashlib.sha256(b"%PDF-1.7").hexdigest() and found["file_size"] == 8
    assert (await stage.http.get(found["url"], headers=BEARER)).content == b"%PDF-1.7"
    assert (await stage.http.get(found["url"])).status_code == 401
    assert (await stage.http.get(found["url"][:-1] + "x", headers=BEARER)).status_code == 404


async def test_a_file_of_a_foreign_type_is_not_taken(stage: Stage) -> None:
    form = {"messaging_product": "whatsapp", "type": "application/x-msdownload"}
    files = {"file": ("a.exe", b"MZ", "application/x-msdownload")}
    answer = await stage.http.post(f"{stage.base}/graph/v23.0/{PHONE_ID}/media", data=form, files=files, headers=BEARER)
    assert answer.json()["error"]["code"] == 100


async def test_templates_come_page_by_page_in_three_languages(stage: Stage) -> None:
    url: str | None = f"{stage.base}/graph/v23.0/{WABA}/message_templates?limit=7"
    found: list[dict[str, Any]] = []
    while url:
        page = (await stage.http.get(url, headers=BEARER)).json()
        found += page["data"]
        url = page["paging"].get("next")
    assert len(found) == 18 and len({t["id"] for t in found}) == 18
    assert {t["language"] for t in found} == {"pt_BR", "es", "en_US"}
    for entry in found:
        body = entry["components"][0]["text"]
        assert not body.startswith("{{") and not body.endswith("}}") and len(body) <= 1024
        buttons = [b["text"] for c in entry["components"] if c["type"] == "BUTTONS" for b in c["buttons"]]
        assert all(len(title) <= 20 for title in buttons)


async def test_a_number_names_itself_to_who_holds_the_token(stage: Stage) -> None:
    url = f"{stage.base}/graph/v23.0/{PHONE_ID}?fields=display_phone_number,verified_name"
    assert (await stage.http.get(url, headers=BEARER)).json() == {
        "display_phone_number": "+551140001000",
        "verified_name": "Acordo · Loja Ipê",
        "id": PHONE_ID,
    }
    assert (await stage.http.get(url)).status_code == 401


async def test_the_outbox_shows_the_raw_request_without_credentials(stage: Stage) -> None:
    await stage.writes("wa")
    await stage.meta(text("à vista"))
    entry = (await stage.get("/outbox?channel=whatsapp&to=%2B551188774321"))[0]
    assert json.loads(entry["request"]["body"])["text"]["body"] == "à vista"
    assert TOKEN not in json.dumps(entry)
    assert await stage.get("/outbox?channel=sms") == []
    assert await stage.get("/outbox?to=%2B5511900000000") == []
    assert len(await stage.get("/outbox?to=%2B5511988774321")) == 1
