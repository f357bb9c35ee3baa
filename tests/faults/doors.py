"""What providers do at our door, and what is to be seen behind it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import re
import sqlite3
import time
from contextlib import closing
from typing import Any
from urllib.parse import urlencode
from uuid import NAMESPACE_URL, uuid4, uuid5

import httpx2

from console.store.transaction import Reader
from tests.faults.history import Outcome
from tests.faults.rig import ACCOUNT, NUMBER, TOKEN, Rig, until


def new_sid() -> str:
    return f"SM{uuid4().hex}"


def sms_request(here: Rig, sid: str, sender: str, text: str) -> tuple[str, dict[str, str], bytes]:
    """(path, headers, body) of one SMS as Twilio delivers it."""
    path = f"/webhooks/twilio/{here.inboxes['sms']}"
    form = {"MessageSid": sid, "SmsSid": sid, "AccountSid": ACCOUNT, "From": sender, "To": NUMBER, "Body": text,
            "NumMedia": "0", "NumSegments": "1", "SmsStatus": "received", "ApiVersion": "2010-04-01"}  # fmt: skip
    return path, signed(here, path, form), urlencode(form).encode()


def status_request(here: Rig, sid: str, status: str, ref: str) -> tuple[str, dict[str, str], bytes]:
    """The same of a status, for a message of ours."""
    path = f"/webhooks/twilio/{here.inboxes['sms']}/status?ref={ref}"
    form = {"MessageSid": sid, "SmsSid": sid, "AccountSid": ACCOUNT, "From": NUMBER, "To": "+5511900000000",
            "MessageStatus": status, "SmsStatus": status, "ApiVersion": "2010-04-01"}  # fmt: skip
    return path, signed(here, path, form), urlencode(form).encode()


def signed(here: Rig, path: str, form: dict[str, str]) -> dict[str, str]:
    base = here.url + path + "".join(key + form[key] for key in sorted(form))
    signature = base64.b64encode(hmac.new(TOKEN.encode(), base.encode(), hashlib.sha1).digest()).decode()
    return {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature,
            "Host": here.url.removeprefix("http://")}  # fmt: skip


def post(here: Rig, path: str, headers: dict[str, str], body: bytes, seconds: float = 10.0) -> Outcome:
    """Deliver once: answered 2xx, refused, or nobody knows."""
    try:
        answer = httpx2.post(f"http://127.0.0.1:{here.product.port}{path}", headers=headers, content=body,
                             timeout=seconds)  # fmt: skip
    except httpx2.ConnectError:
        return "fail"
    except httpx2.TransportError:
        return "info"
    return "ok" if answer.status_code == 200 else "info" if answer.status_code >= 500 else "fail"


def half_post(here: Rig, path: str, headers: dict[str, str], body: bytes) -> None:
    """Deliver the first half of a body, and wait for what becomes of the connection."""
    with closing(http.client.HTTPConnection("127.0.0.1", here.product.port, timeout=10)) as connection:
        connection.putrequest("POST", path, skip_host=True, skip_accept_encoding=True)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            connection.putheader(name, value)
        connection.endheaders()
        connection.send(body[: len(body) // 2])
        assert connection.sock is not None
        try:
            connection.sock.recv(1)
        except OSError:
            return


def repeated(here: Rig, path: str, headers: dict[str, str], body: bytes, seconds: float = 60.0) -> list[Outcome]:
    """Deliver until it is answered, as a provider that retries does; every outcome."""
    ends = time.monotonic() + seconds
    outcomes: list[Outcome] = []
    while not outcomes or outcomes[-1] != "ok":
        assert time.monotonic() < ends, outcomes
        outcomes.append(post(here, path, headers, body))
        time.sleep(0.05)
    return outcomes


def rows(here: Rig, sql: str, **values: Any) -> list[tuple[Any, ...]]:
    """What the database holds, read beside the product."""

    def query(reader: Reader) -> list[tuple[Any, ...]]:
        text = sql if reader.dialect == "sqlite" else _named(sql)
        return [tuple(row) for row in reader.run(text, values or None).fetchall()]

    return here.services.store.read_now(query)


def carriers_took(here: Rig) -> list[tuple[str, str, int]]:
    """(our reference, text, when) of all that the carriers took: with Twilio it stands in the callback, in a mail in
    the Message-ID.
    """
    with closing(sqlite3.connect(f"file:{here.sandbox_database}?mode=ro", uri=True)) as connection:
        found = connection.execute(
            "SELECT coalesce(nullif(json_extract(data, '$.ref'), ''), id), json_extract(data, '$.text'), at"
            " FROM message WHERE direction = 'out' AND accepted = 1 AND carrier = 0"
        ).fetchall()
    return [(str(ref or "").rsplit("ref=", 1)[-1], str(text or ""), int(at)) for ref, text, at in found]


def heard(here: Rig, sid: str) -> int:
    """How many items there are of an inbound message."""
    return int(rows(here, "SELECT count(*) FROM item WHERE provider_id = :sid AND direction = 'in'", sid=sid)[0][0])


def a_case(here: Rig, sender: str, channel: str = "whatsapp", text: str = "oi") -> tuple[str, int]:
    """Somebody writes through the carrier, and Ana holds the case: (its id, its epoch)."""
    wrote = here.ask("POST", "/inbound", {"inbox": here.inboxes[channel], "from": sender, "text": text})
    find = "SELECT case_id FROM item WHERE provider_id = :id AND direction = 'in'"
    (case_id,) = until(lambda: rows(here, find, id=wrote["id"]))[0]
    with here.client("ana") as ana:
        assert ana.put("/api/v1/me/presence", json={"status": "online"}).status_code == 200
        until(lambda: _held(here, case_id) or ana.post(f"/api/v1/cases/{case_id}/claim", json={}).status_code == 200)
    epoch, owner = rows(here, 'SELECT epoch, owner_id FROM "case" WHERE id = :id', id=case_id)[0]
    assert owner == here.people["ana"].id
    return str(case_id), int(epoch)


def write(
    here: Rig, case: tuple[str, int], name: str, channel: str = "whatsapp", text: str = "Bom dia!"
) -> tuple[Outcome, str]:
    """Ana answers once: the outcome, and the item's id."""
    case_id, epoch = case
    body = {"client_id": named(name), "epoch": epoch, "channel": channel, "text": text}
    with here.client("ana") as ana:
        try:
            answer = ana.post(f"/api/v1/cases/{case_id}/messages", json=body)
        except httpx2.ConnectError:
            return "fail", ""
        except httpx2.TransportError:
            return "info", ""
    if answer.status_code in (200, 201):
        return "ok", str(answer.json()["id"])
    return ("info" if answer.status_code >= 500 else "fail"), ""


def named(name: str) -> str:
    """A client id for a message that a test calls so."""
    return str(uuid5(NAMESPACE_URL, name))


def item_of(here: Rig, name: str) -> str:
    """The item of the message that was written under this name; "" when there is none."""
    found = rows(here, "SELECT id FROM item WHERE client_id = :id", id=named(name))
    return str(found[0][0]) if found else ""


def taken(here: Rig, name: str) -> int:
    """How often a carrier took it."""
    item = item_of(here, name)
    return sum(item in ref for ref, _, _ in carriers_took(here)) if item else 0


def status(here: Rig, name: str) -> str:
    """Its status; "" when there is none."""
    found = rows(here, "SELECT status FROM item WHERE id = :id", id=item_of(here, name))
    return str(found[0][0]) if found else ""


def _held(here: Rig, case_id: str) -> bool:
    return bool(rows(here, 'SELECT owner_id FROM "case" WHERE id = :id', id=case_id)[0][0])


def _named(sql: str) -> str:
    """`:name` as psycopg writes it."""
    return re.sub(r":(\w+)", r"%(\1)s", sql)
