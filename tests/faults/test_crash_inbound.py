"""kill -9 at each point of a message's way in, then a restart: what must be there, and what not."""

from __future__ import annotations

import base64
import json
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.faults.doors import half_post, heard, new_sid, post, repeated, rows, sms_request
from tests.faults.nursery import Nursery
from tests.faults.rig import MAIL, Rig, rig, until
from tests.services.needs import free_port

MARIA = "+5511987654321"
NOTHING_YET = ["webhook.whole_body", "webhook.verified", "store.before_commit"]
COMMITTED = ["store.committed", "relay.heard", "hub.event_told", "webhook.committed"]
PIXEL = base64.b64encode(
    bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000049454e44ae426082")
).decode()


@pytest.fixture(scope="module")
def smtp_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def here(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory, smtp_port: int) -> Iterator[Rig]:
    """Nobody is there, and the one alarm about it has rung: nothing is told by itself any more."""
    listen = f"127.0.0.1:{smtp_port}"
    with rig(nursery, tmp_path_factory.mktemp("inbound"), ACORDO_SMTP_LISTEN=listen) as made:
        repeated(made, *sms_request(made, new_sid(), MARIA, "oi"))
        until(lambda: rows(made, 'SELECT rescue FROM "case"') == [(1,)])
        yield made


def armed(here: Rig, point: str) -> None:
    """The product, anew, with one point armed."""
    if here.product.process is not None:
        here.product.kill()
    here.product.start(fault=point)


def test_half_a_body_leaves_nothing(here: Rig) -> None:
    sid = new_sid()
    request = sms_request(here, sid, MARIA, "oi")
    armed(here, "webhook.first_bytes")
    half_post(here, *request)
    here.product.dies()
    assert heard(here, sid) == 0
    here.product.start()
    assert repeated(here, *request) == ["ok"] and heard(here, sid) == 1


@pytest.mark.parametrize("point", NOTHING_YET)
def test_nothing_is_stored_and_nobody_was_told_that_it_is(here: Rig, point: str) -> None:
    sid = new_sid()
    request = sms_request(here, sid, MARIA, "oi")
    armed(here, point)
    assert post(here, *request) == "info"
    here.product.dies()
    assert heard(here, sid) == 0
    assert rows(here, "SELECT count(*) FROM taken WHERE provider_id = :id", id=f"m:{sid}") == [(0,)]
    here.product.start()
    assert repeated(here, *request) == ["ok"] and heard(here, sid) == 1


@pytest.mark.parametrize("point", COMMITTED)
def test_what_was_committed_is_there_once_and_a_repeat_changes_nothing(here: Rig, point: str) -> None:
    sid = new_sid()
    request = sms_request(here, sid, MARIA, "oi")
    armed(here, point)
    assert post(here, *request) == "info"
    here.product.dies()
    assert heard(here, sid) == 1
    here.product.start()
    assert repeated(here, *request) == ["ok"] and heard(here, sid) == 1
    assert rows(here, "SELECT state FROM delivery ORDER BY at DESC, id DESC LIMIT 1") == [("duplicate",)]


def test_after_the_answer_a_client_hears_what_it_missed(here: Rig) -> None:
    armed(here, "")
    with listening(here, None) as socket:
        cursor = json.loads(socket.recv(10))["cursor"]
    armed(here, "web.answered")
    sid = new_sid()
    assert post(here, *sms_request(here, sid, MARIA, "oi")) == "ok"
    here.product.dies()
    here.product.start()
    with listening(here, cursor) as socket:
        told = [frame for frame in frames_until(socket, "ready") if frame.get("name") == "message.created"]
    assert [frame["data"]["provider_id"] for frame in told] == [sid]


def test_who_heard_half_of_a_change_hears_the_rest(here: Rig) -> None:
    armed(here, "hub.event_told:2")  # the first is that Sofia is there
    with listening(here, None) as socket:
        cursor = json.loads(socket.recv(10))["cursor"]
        assert post(here, *sms_request(here, new_sid(), MARIA, "oi")) == "info"
        got = [frame for frame in rest_of(socket) if frame["type"] == "event"]
    here.product.dies()
    here.product.start()
    last = got[-1]["cursor"] if got else cursor
    with listening(here, last) as socket:
        more = [frame for frame in frames_until(socket, "ready") if frame["type"] == "event"]
    told = {frame["id"] for frame in (*got, *more)}
    topics = {f"wall:{here.team}", f"user:{here.people['sofia'].id}"}
    after = int(cursor.rsplit(".", 1)[1])
    due = {event for event, heard_by in rows(here, "SELECT id, topics FROM event WHERE seq > :seq", seq=after)
           if topics & set(json.loads(heard_by))}  # fmt: skip
    assert len(due) >= 2 and due <= told
    assert {frame["name"] for frame in more} >= {"case.updated"}


def test_a_case_that_the_assigner_had_not_seen_is_given_after_the_restart(here: Rig) -> None:
    armed(here, "")
    with here.client("ana") as ana:
        assert ana.put("/api/v1/me/presence", json={"status": "offline"}).status_code == 200
    sid = new_sid()
    assert repeated(here, *sms_request(here, sid, "+5511912345678", "oi")) == ["ok"]
    armed(here, "assigner.woken")
    with here.client("ana") as ana:
        ana.put("/api/v1/me/presence", json={"status": "online"})
    here.product.dies()
    assert rows(here, "SELECT count(*) FROM assignment WHERE cause = 'routed'") == [(0,)]
    here.product.start()
    until(lambda: rows(here, 'SELECT count(*) FROM "case" WHERE owner_id IS NULL') == [(0,)])


@pytest.mark.parametrize("point", ["media.fetched", "media.renamed"])
def test_a_file_is_brought_home_after_all_and_once(here: Rig, point: str) -> None:
    armed(here, point)
    body = {"inbox": here.inboxes["whatsapp"], "from": "+5511955554444", "text": point,
            "attachments": [{"name": "a.png", "type": "image/png", "base64": PIXEL}]}  # fmt: skip
    here.ask("POST", "/inbound", body)
    here.product.dies()
    assert [state for (state,) in pending(here)] == ["pending"]
    here.product.start()
    until(lambda: not pending(here))
    assert {state for (state,) in rows(here, "SELECT state FROM attachment")} == {"ready"}
    left = [path for path in Path(here.settings.data_dir, "files").rglob("*") if path.is_file()]
    assert len(left) == len(rows(here, "SELECT id FROM attachment"))


@pytest.mark.parametrize(("point", "stored"), [("smtp.data", 0), ("smtp.stored", 1)])
def test_a_mail_that_was_not_acknowledged_comes_again_and_is_there_once(
    here: Rig, smtp_port: int, point: str, stored: int
) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "lia@sample.example", MAIL, "Minha fatura"
    mail["Message-ID"] = f"<{point}@sample.example>"
    mail.set_content("Bom dia, quero pagar.")
    armed(here, point)
    until(lambda: reachable(smtp_port))
    with pytest.raises((smtplib.SMTPException, OSError)):
        send(smtp_port, mail)
    here.product.dies()
    assert mails(here, point) == stored
    here.product.start()
    until(lambda: reachable(smtp_port))
    send(smtp_port, mail)
    assert mails(here, point) == 1


# ── sockets, files, mails ────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def listening(here: Rig, cursor: str | None) -> Iterator[ClientConnection]:
    """Sofia's wall, from a place in the log on."""
    headers = {name: value for name, value in here.headers("sofia").items() if name in ("Origin", "Cookie")}
    with connect(f"ws://127.0.0.1:{here.product.port}/ws", open_timeout=20, additional_headers=headers) as socket:
        socket.send(json.dumps({"type": "hello", "cursor": cursor, "topics": ["wall"]}))
        yield socket


def frames_until(socket: ClientConnection, kind: str) -> list[dict[str, Any]]:
    frames: list[dict[str, Any]] = []
    while not frames or frames[-1]["type"] != kind:
        frames.append(json.loads(socket.recv(10)))
    return frames


def rest_of(socket: ClientConnection) -> list[dict[str, Any]]:
    """Everything until the connection breaks."""
    frames = []
    while True:
        try:
            frames.append(json.loads(socket.recv(10)))
        except ConnectionClosed:
            return frames


def pending(here: Rig) -> list[tuple[Any, ...]]:
    return rows(here, "SELECT state FROM attachment WHERE state = 'pending'")


def mails(here: Rig, point: str) -> int:
    """How many messages of this Message-ID there are."""
    return len(rows(here, "SELECT id FROM item WHERE provider_id LIKE :id", id=f"%{point}@sample.example%"))


def send(port: int, mail: EmailMessage) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
        client.send_message(mail)


def reachable(port: int) -> bool:
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=5):
            return True
    except OSError:
        return False
