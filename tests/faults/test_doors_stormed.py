"""Deliveries in every bad way: fifty times at once, out of order, days late, half understood, not waited for."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections import Counter
from typing import Any
from uuid import uuid4

import httpx2

from tests.faults.doors import heard, new_sid, post, repeated, rows, sms_request
from tests.faults.rig import APP_SECRET, PHONE_ID, Rig, until

MARIA, DAY_S = "5511987654321", 24 * 3600


def meta(here: Rig, messages: list[dict[str, Any]]) -> httpx2.Response:
    """One envelope by Meta."""
    value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": PHONE_ID},
             "contacts": [{"profile": {"name": "Maria"}, "wa_id": MARIA}], "messages": messages}  # fmt: skip
    entry = {"id": "4195", "changes": [{"field": "messages", "value": value}]}
    body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
    signature = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
    headers = {"X-Hub-Signature-256": f"sha256={signature}", "Content-Type": "application/json"}
    url = f"{here.url}/webhooks/meta/{here.inboxes['whatsapp']}"
    return httpx2.post(url, content=body, headers=headers, timeout=30)


def message(name: str, text: str = "oi", at: float = 0) -> dict[str, Any]:
    return {"from": MARIA, "id": name, "timestamp": str(int(at or time.time())), "type": "text", "text": {"body": text}}


def new_wamid() -> str:
    return f"wamid.{uuid4().hex}"


async def test_the_same_delivery_fifty_times_at_once_is_one_message(here: Rig) -> None:
    sid = new_sid()
    path, headers, body = sms_request(here, sid, "+5511987654321", "oi")
    async with httpx2.AsyncClient(timeout=60) as client:
        answers = await asyncio.gather(
            *(client.post(f"{here.url}{path}", headers=headers, content=body) for _ in range(50))
        )
    assert Counter(answer.status_code for answer in answers) == {200: 50}
    assert heard(here, sid) == 1


def test_one_message_that_cannot_be_understood_costs_the_others_nothing(here: Rig) -> None:
    names = [new_wamid() for _ in range(5)]
    messages = [message(name) for name in names]
    messages[2] = {"from": MARIA, "id": {"not": "a name"}, "timestamp": "soon", "type": 7}
    assert meta(here, messages).status_code == 200
    assert [heard(here, name) for name in names] == [1, 1, 0, 1, 1]
    assert rows(here, "SELECT count(*) FROM delivery WHERE state = 'dead'") == [(1,)]


def test_messages_that_come_in_the_wrong_order_are_all_there_once(here: Rig) -> None:
    now, names = time.time(), [new_wamid() for _ in range(20)]
    for index in (*range(19, -1, -1), 7, 3, 19):
        each = {**message(names[index], f"{index}", now - 60 + index), "from": "5511900002222"}
        assert meta(here, [each]).status_code == 200
    assert [heard(here, name) for name in names] == [1] * 20
    sql = 'SELECT last_inbound_at FROM "case" WHERE id = (SELECT case_id FROM item WHERE provider_id = :id)'
    last = rows(here, sql, id=names[0])[0][0]
    assert last // 1000 == int(now - 60 + 19), "the newest word is the newest, whenever it came"


def test_a_message_that_is_days_late_opens_no_window(here: Rig) -> None:
    name, at = new_wamid(), time.time() - 3 * DAY_S
    late = {**message(name, "oi", at), "from": "5511900001111"}
    assert meta(here, [late]).status_code == 200 and heard(here, name) == 1
    case, closes = rows(
        here, "SELECT i.case_id, l.window_closes_at FROM item i JOIN link l ON l.contact_point_id = i.contact_point_id"
        " WHERE i.provider_id = :id", id=name,
    )[0]  # fmt: skip
    assert closes < time.time() * 1000
    with here.client("ana") as ana:
        ana.put("/api/v1/me/presence", json={"status": "online"})
        until(lambda: _owned(here, case) or ana.post(f"/api/v1/cases/{case}/claim", json={}).status_code == 200)
        epoch = rows(here, 'SELECT epoch FROM "case" WHERE id = :id', id=case)[0][0]
        body = {"client_id": str(uuid4()), "epoch": epoch, "channel": "whatsapp", "text": "Bom dia!"}
        answer = ana.post(f"/api/v1/cases/{case}/messages", json=body)
    assert answer.status_code == 422 and answer.json()["code"] == "gate_blocked"


def test_a_sender_that_does_not_wait_for_the_answer_is_heard_once(here: Rig) -> None:
    sid = new_sid()
    request = sms_request(here, sid, "+5511987654321", "oi")
    assert post(here, *request, seconds=0.001) in ("info", "ok")  # a quick answer may be there within the millisecond
    assert repeated(here, *request)[-1] == "ok" and heard(here, sid) == 1


def _owned(here: Rig, case: str) -> bool:
    return bool(rows(here, 'SELECT owner_id FROM "case" WHERE id = :id', id=case)[0][0])
