"""What others make of it: a receiver of webhooks that hangs, a mail of ten thousand parts."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

import httpx2
import pytest

from channels.email import sign
from channels.types import Inbound, Sender
from console.cases.receive import receive
from console.clock import SystemClock
from console.portfolios.queries import find_inbox
from console.store.transaction import Tx
from console.webhooks.settle import PATIENCE_MS
from console.wire.ids import new_id
from console.wire.moment import MINUTE
from console.workers.webhooks import TOGETHER, tell
from tests.faults.doors import heard, new_sid, post, rows, sms_request
from tests.faults.rig import Rig
from tests.server import running
from tests.services.needs import wait_until
from tests.webhooks.receiver import receiving
from tests.webhooks.test_told import House

HANGS_S = 3.0
CHANCE = random.Random(46)


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A receiver has three seconds to answer instead of fifteen: that is waited for twice."""
    monkeypatch.setattr("console.workers.webhooks.SECONDS", HANGS_S)
    with receiving() as receiver:
        origins = frozenset({receiver.url})
        with running(workers={"webhooks": tell}, clock=SystemClock(), origins=origins) as server:
            yield House(server, receiver)


def test_a_receiver_that_hangs_has_a_lane_of_its_own_and_is_disabled_in_the_end(house: House) -> None:
    """Fault 46: whoever answers is told at once, however many wait for whoever does not; five days later it is left."""
    hangs, answers = house.subscribe("case.created", path="/hang"), house.subscribe("case.created", path="/well")
    many = CHANCE.randint(2 * TOGETHER, 3 * TOGETHER)
    began = time.monotonic()
    for number in range(many):
        _hear(house, number)
    assert wait_until(lambda: len(house.receiver.at("/well")) == many)
    assert time.monotonic() - began < HANGS_S or len(house.receiver.at("/hang")) <= 2 * TOGETHER
    assert wait_until(lambda: _states(house, answers) == ["delivered"] * many)
    assert "delivered" not in _states(house, hangs)
    assert wait_until(lambda: any(each["attempts"] and each["error"] for each in house.notifications(hangs)))
    _pass(house, PATIENCE_MS + MINUTE)
    assert wait_until(lambda: _hook(house, hangs)["state"] == "disabled")
    assert _hook(house, hangs)["why"].startswith("it has failed for 5 days")
    assert _hook(house, answers)["state"] == "active"
    told = len(house.receiver.at("/hang"))
    _hear(house, many)
    assert wait_until(lambda: len(house.receiver.at("/well")) == many + 1)
    assert len(house.receiver.at("/hang")) == told, "it is left alone"


@pytest.mark.parametrize("kind", ["parts", "files", "nested"])
def test_a_mail_of_ten_thousand_parts_is_answered_in_two_seconds_and_kept(here: Rig, kind: str) -> None:
    """Fault 45: nobody else waits for it, and its bytes are kept for whoever looks."""
    raw = _bomb(kind)
    headers = {"X-Acordo-Signature": sign("mail-secret", raw), "Content-Type": "message/rfc822"}
    path = f"{here.url}/webhooks/email/{here.inboxes['email']}"
    began = time.monotonic()
    answer = httpx2.post(path, content=raw, headers=headers, timeout=30)
    took = time.monotonic() - began
    assert answer.status_code == 200 and took <= 2.0, f"{answer.status_code} after {took:.1f} s"
    sql = "SELECT state, reason, size, body FROM delivery WHERE inbox_id = :inbox ORDER BY at DESC, id DESC LIMIT 1"
    ((state, reason, size, body),) = rows(here, sql, inbox=here.inboxes["email"])
    assert (state, size, bytes(body)) == ("dead", len(raw), raw) and reason.startswith("too_much"), reason
    sid = new_sid()
    assert post(here, *sms_request(here, sid, "+5511987654321", "oi")) == "ok" and heard(here, sid) == 1


def _bomb(kind: str) -> bytes:
    head = "From: rosa@sample.example\r\nTo: contato@example.com\r\nSubject: oi\r\nMIME-Version: 1.0\r\n"
    if kind == "nested":
        inner = "".join(f'--{n}\r\nContent-Type: multipart/mixed; boundary="{n + 1}"\r\n\r\n' for n in range(10_000))
        return f'{head}Content-Type: multipart/mixed; boundary="0"\r\n\r\n{inner}--10000\r\n\r\nfim'.encode()
    part = "--B\r\nContent-Type: text/plain\r\n\r\nx\r\n"
    if kind == "files":
        part = f'--B\r\nContent-Type: image/png; name="a.png"\r\nContent-Disposition: attachment\r\n\r\n{"y" * 900}\r\n'
    return f'{head}Content-Type: multipart/mixed; boundary="B"\r\n\r\n{part * 10_000}--B--\r\n'.encode()


def _hear(house: House, number: int) -> None:
    """Somebody whom nobody knows writes: a case is created."""

    def verb(tx: Tx) -> None:
        inbox = find_inbox(tx, house.world.inboxes["whatsapp"])
        assert inbox is not None
        sender = Sender(phone=f"+55119{46_000_000 + number:08d}")
        receive(tx, inbox, Inbound(provider_id=new_id(), sender=sender, at=tx.now, kind="text", text="oi"),
                window_hours=24)  # fmt: skip

    house.server.write(verb)


def _states(house: House, made: dict[str, str]) -> list[str]:
    return [each["state"] for each in house.notifications(made, limit=100)]


def _hook(house: House, made: dict[str, str]) -> dict[str, str]:
    found = house.admin.get("/api/v1/webhooks").json()
    items = found["items"] if isinstance(found, dict) else found
    return next(each for each in items if each["id"] == made["id"])


def _pass(house: House, ms: int) -> None:
    clock = house.server.services.clock
    assert isinstance(clock, SystemClock)
    clock.offset_ms += ms
