"""The sandbox's own API: who may call it, the clock, people, the stream, first steps, payment."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from sandbox.app import create_app
from sandbox.clock import DAY_MS, Clock, rfc3339
from sandbox.config import Pace
from sandbox.meta.inbound import write
from sandbox.world import Hooks
from sandbox.writing import Written
from tests.sandbox.stage import Stage, config, staged

PIX = (
    "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865406389.905802BR"
    "5913Fulano de Tal6008BRASILIA62100506acordo6304ABCD"
)


async def test_the_inboxes_are_listed_with_what_a_tester_needs(stage: Stage) -> None:
    found = {box["inbox"]: box for box in await stage.get("/inboxes")}
    assert set(found) == {"wa", "sms", "twa", "mail"}
    assert {"webhook_url", "secret", "verify_token", "phone_number_id", "waba_id"} <= found["wa"].keys()
    assert found["sms"]["account_sid"].startswith("AC")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "https://evil.example"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"host": "demo.example"}, 403),
        ({"content-type": "text/plain"}, 415),
        ({"content-type": "application/x-www-form-urlencoded"}, 415),
        ({"host": "ana.localhost:8000", "origin": "http://ana.localhost:8000"}, 201),
        ({}, 201),
    ],
)
async def test_only_this_machines_own_pages_may_write(stage: Stage, headers: dict[str, str], status: int) -> None:
    body = json.dumps({"inbox": "wa", "from": "maria", "text": "oi"})
    answer = await stage.http.post(
        f"{stage.base}/api/inbound", content=body, headers={"content-type": "application/json", **headers}
    )
    assert answer.status_code == status, answer.text


async def test_a_reset_without_a_body_is_understood_and_forgets_all_but_the_seeded_people(stage: Stage) -> None:
    await stage.writes("wa", "+5511900000009", "oi")
    await stage.behave("meta", accept=False)
    assert (await stage.http.post(f"{stage.base}/api/reset")).status_code == 200
    phones = await stage.get("/phones")
    assert {person["id"] for person in phones["people"]} == {"maria", "joao"}
    assert all(thread["messages"] == [] for person in phones["people"] for thread in person["threads"])
    assert all(behaviour["accept"] for behaviour in phones["behaviours"])


@pytest.mark.parametrize(
    "body",
    [
        {"inbox": "none", "from": "maria", "text": "x"},
        {"inbox": "wa", "from": "maria"},
        {"inbox": "wa", "from": "12", "text": "x"},
        {"inbox": "mail", "from": "no-address", "text": "x"},
        {"inbox": "wa", "from": "maria", "text": "x", "surprise": 1},
        {"inbox": "wa", "from": "maria", "attachments": [{"name": "a", "type": "image/png", "base64": "%%%"}]},
    ],
)
async def test_a_bad_inbound_is_a_problem_and_changes_nothing(stage: Stage, body: dict[str, Any]) -> None:
    answer = await stage.post("/inbound", body)
    assert answer.status_code in {404, 422}
    assert answer.headers["content-type"] == "application/problem+json"
    assert stage.product.hits == []


async def test_the_clock_moves_forward_only_and_the_product_hears_it() -> None:
    heard: list[int] = []
    ahead = rfc3339(Clock().real() + 365 * DAY_MS)
    async with staged(Hooks(on_clock=heard.append)) as stage:
        assert (await stage.put("/clock", {"offset_s": 3600})).json()["offset_s"] == 3600
        assert (await stage.put("/clock", {"offset_s": 60})).status_code == 409
        assert (await stage.put("/clock", {"now": "someday"})).status_code == 422
        moved = await stage.put("/clock", {"now": ahead})
        assert moved.json()["now"].startswith(ahead[:19])
        assert heard[0] == 3_600_000 and len(heard) == 2


@pytest.mark.parametrize(
    "wanted", [{"offset_s": 1e300}, {"offset_s": -1e300}, {"offset_s": 400_000_000}, {"now": "9998-01-01T00:00:00Z"},
               {"now": "9" * 30}, {"now": 10**18}],
)  # fmt: skip
async def test_a_clock_beyond_all_calendars_is_refused_before_anybody_hears_it(wanted: dict[str, Any]) -> None:
    heard: list[int] = []
    async with staged(Hooks(on_clock=heard.append), forward_only=False) as stage:
        refused = await stage.put("/clock", wanted)
        assert refused.status_code == 422 and refused.json()["detail"].startswith(next(iter(wanted))), refused.text
        assert heard == [] and (await stage.get("/clock"))["offset_s"] == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [("statuses", ["bogus"]), ("latency_ms", -1), ("latency_ms", 10**9), ("duplicate_callbacks", -1),
     ("duplicate_callbacks", 10**6)],
)  # fmt: skip
async def test_a_behaviour_that_no_provider_has_is_refused(stage: Stage, name: str, value: Any) -> None:
    refused = await stage.put("/behaviour", {"provider": "meta", name: value})
    assert refused.status_code == 422 and f"$.{name}" in refused.json()["detail"], refused.text
    assert (await stage.put("/behaviour", {"provider": "meta", "error_code": None})).json()["error_code"] == ""


async def test_the_product_may_refuse_a_clock_and_null_is_the_present() -> None:
    def refuse(offset: int) -> None:
        if offset > 0:
            raise ValueError("not while it runs")

    async with staged(Hooks(on_clock=refuse), forward_only=False) as stage:
        refused = await stage.put("/clock", {"offset_s": 60})
        assert (refused.status_code, refused.json()["detail"]) == (409, "not while it runs")
        assert (await stage.put("/clock", None)).json()["offset_s"] == 0


async def test_a_new_person_gets_every_thread_they_can_have(stage: Stage) -> None:
    answer = await stage.post("/people", {"name": "Lia", "phone": "+5531966552020"})
    assert answer.status_code == 201
    assert [thread["inbox"] for thread in answer.json()["threads"]] == ["wa", "sms", "twa"]
    again = await stage.post("/people", {"name": "Lia", "phone": "+5531966552020"})
    assert again.status_code == 409
    assert (await stage.post("/people", {"name": "Lia"})).status_code == 422


async def test_the_stream_tells_changes_from_a_cursor_on(stage: Stage) -> None:
    cursor = (await stage.get("/phones"))["cursor"]
    await stage.writes("wa", text="um")
    async with stage.http.stream("GET", f"{stage.base}/api/events?since={cursor}") as answer:
        lines = answer.aiter_lines()
        first = await event(lines)
        assert (first["name"], first["person"], first["inbox"]) == ("message.created", "maria", "wa")
        await stage.writes("wa", text="dois")
        names = [(await event(lines))["name"] for _ in range(3)]
        assert "message.created" in names


async def test_too_old_a_cursor_is_told_to_reload(stage: Stage) -> None:
    async with stage.http.stream("GET", f"{stage.base}/api/events?since=99999") as answer:
        assert (await event(answer.aiter_lines()))["name"] == "reset"


async def event(lines: AsyncIterator[str]) -> dict[str, Any]:
    async for line in lines:
        if line.startswith("data: "):
            found: dict[str, Any] = json.loads(line[6:])
            return found
    raise AssertionError("the stream ended")


async def test_first_steps_tick_when_the_real_thing_happens(stage: Stage) -> None:
    def done(steps: list[dict[str, Any]]) -> list[str]:
        return [step["step"] for step in steps if step["done"]]

    assert done(await stage.get("/steps")) == []
    await stage.writes("wa")
    body = {"messaging_product": "whatsapp", "to": "551188774321", "type": "text", "text": {"body": "Olá"}}
    await stage.meta(body)
    stage.sandbox.mark_step("whisper")
    assert done(await stage.get("/steps")) == ["write", "answer", "whisper"]
    with pytest.raises(ValueError):
        stage.sandbox.mark_step("dance")


async def test_a_thread_that_lies_open_is_read_at_once() -> None:
    async with staged() as stage:
        slow = Pace(sent_ms=0, delivered_ms=0, read_ms=600_000)
        stage.sandbox.config = msgspec.structs.replace(stage.sandbox.config, pace=slow)
        await stage.writes("wa")
        body = {"messaging_product": "whatsapp", "to": "551188774321", "type": "text", "text": {"body": "Olá"}}
        await stage.meta(body)
        await stage.product.heard(3)
        await stage.put("/open", {"person": "maria", "inbox": "wa"})
        hits = await stage.product.heard(4)
        assert hits[-1].json["entry"][0]["changes"][0]["value"]["statuses"][0]["status"] == "read"


async def test_a_pix_code_is_paid_and_the_payment_provider_tells(stage: Stage) -> None:
    answer = await stage.post("/pay", {"person": "maria", "code": f"Aqui está: {PIX} obrigado"})
    assert answer.status_code == 201, answer.text
    hit = (await stage.product.heard(1, "/webhooks/payments/pix"))[0]
    digest = hmac.new(b"pix-secret", hit.body, hashlib.sha256).hexdigest()
    assert hit.headers["x-acordo-signature"] == f"sha256={digest}"
    notice = hit.json["pix"][0]
    assert (notice["valor"], notice["txid"], notice["infoPagador"]) == ("389.90", "acordo", "Maria Souza")
    assert (await stage.post("/pay", {"person": "maria"})).status_code == 422


async def test_a_strange_file_is_never_shown_inline(stage: Stage) -> None:
    page = {"name": "a.html", "type": "text/html", "base64": base64.b64encode(b"<script>").decode()}
    await stage.writes("wa", text="x", attachments=[page])
    file = (await stage.get("/phones/maria"))["threads"][0]["messages"][0]["attachments"][0]
    answer = await stage.http.get(f"{stage.base}/{file['url']}")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-type"] == "application/octet-stream"


async def test_what_was_not_delivered_leaves_after_a_restart(tmp_path: Any) -> None:
    database = str(tmp_path / "sandbox.db")
    down = config("http://127.0.0.1:9", "http://127.0.0.1:9/sandbox", 0, database=database)
    stopped = create_app(down).state.sandbox
    person = stopped.store.person("maria")
    written = Written(inbox="wa", sender="maria", text="ainda vale")
    box = stopped.inbox("wa")
    assert person and box
    async with staged() as other:
        reachable = msgspec.structs.replace(box, webhook_url=f"{other.product.base}/webhooks/meta/wa")
        write(stopped, reachable, person, written, stopped.clock.now())
        stopped.store.close()
        again = create_app(down).state.sandbox
        async with again.running():
            hit = (await other.product.heard(1))[0]
        assert b"ainda vale" in hit.body
