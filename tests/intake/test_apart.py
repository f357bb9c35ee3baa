"""Mail is read in a process that can be ended: the same answers as here, and none that waits for ever."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from channels.types import Dead, Delivery, Inbound
from console.errors import Unavailable
from console.intake.apart import Apart
from tests.channels.email.samples import INBOX, NOW, folder, mail, parse
from tests.flows.book import Book
from tests.server import Server
from tests.services.needs import wait_until

MIB = 1024 * 1024
LEAVES_ITS_READER_ALONE = """
import asyncio, os, signal
from tests.channels.email.samples import INBOX, NOW, mail
from channels.types import Delivery
from console.intake.apart import Apart
apart = Apart()
asyncio.run(apart.read(INBOX, Delivery(body=mail()), NOW))
print(apart._process.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def slow(parts: int = 24) -> bytes:
    """A mail within every limit that takes some eight seconds to read: each part's name is a MiB of encoded words."""
    name = b'"' + b"=?u?q?a?=" * ((MIB - 300) // 9)
    part = b"--b\r\nContent-Type: text/plain; name=" + name + b"\r\n\r\noi\r\n"
    head = b"From: maria@example.com\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    return head + part * parts + b"--b--\r\n"


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def pid_of(apart: Apart) -> int:
    assert apart._process is not None
    return apart._process.pid


@pytest.fixture
def apart() -> Iterator[Apart]:
    with closing(Apart()) as made:
        yield made


@pytest.mark.fixtures
async def test_every_recorded_mail_says_there_what_it_says_here(apart: Apart) -> None:
    mails = [path.read_bytes() for path in sorted(folder().rglob("*.eml"))]
    assert len(mails) > 50
    for raw in [*mails, b"", b"\xff\x00" * 100]:
        assert list(await apart.read(INBOX, Delivery(body=raw), NOW)) == list(parse(raw))


async def test_a_mail_with_its_file_and_its_envelope(apart: Apart) -> None:
    raw = b'From: a@b.example\r\nContent-Type: application/pdf; name="a.pdf"\r\n\r\n' + bytes(range(256)) * 40_000
    [here] = parse(raw, envelope_from="a@b.example", envelope_to=("x@empresa.example",))
    delivery = Delivery(body=raw, envelope_from="a@b.example", envelope_to=("x@empresa.example",))
    [there] = await apart.read(INBOX, delivery, NOW)
    assert isinstance(there, Inbound) and there == here
    assert there.media[0].content is not None and len(there.media[0].content) > 10_000_000


async def test_a_mail_that_takes_too_long_is_dead_and_ends_its_reader_alone(apart: Apart) -> None:
    await apart.read(INBOX, Delivery(body=mail()), NOW)
    before = pid_of(apart)
    assert await apart.read(INBOX, Delivery(body=slow()), NOW) == [
        Dead(reason="parse_budget_exceeded", number=INBOX.address)
    ]
    assert not is_alive(before)
    assert list(await apart.read(INBOX, Delivery(body=mail("depois")), NOW)) == list(parse(mail("depois")))
    assert pid_of(apart) != before


async def test_many_cheap_mails_cost_no_mail_its_time(apart: Apart) -> None:
    apart._seconds = 0.2
    for n in range(200):
        [found] = await apart.read(INBOX, Delivery(body=mail("oi " * 5_000)), NOW)
        assert isinstance(found, Inbound), n


async def test_a_reader_that_ended_by_itself_is_followed_by_another(apart: Apart) -> None:
    await apart.read(INBOX, Delivery(body=mail()), NOW)
    for each in (signal.SIGTERM, signal.SIGINT):
        os.kill(pid_of(apart), each)
    before = pid_of(apart)
    [same] = await apart.read(INBOX, Delivery(body=mail()), NOW)
    assert isinstance(same, Inbound) and pid_of(apart) == before, "it ends with whoever asks, not by these"
    os.kill(before, signal.SIGKILL)
    [found] = await apart.read(INBOX, Delivery(body=mail()), NOW)
    assert isinstance(found, Inbound) and pid_of(apart) != before


async def test_a_mail_on_which_readers_end_is_dead(apart: Apart, monkeypatch: pytest.MonkeyPatch) -> None:
    ends = "from console.intake.reader import put, take; import sys; put(sys.stdout.buffer, []); take(sys.stdin.buffer)"
    monkeypatch.setattr("console.intake.apart._PROGRAM", (sys.executable, "-c", f"{ends}; sys.exit(3)"))
    assert await apart.read(INBOX, Delivery(body=mail()), NOW) == [Dead(reason="reader_ended: 3", number=INBOX.address)]


async def test_a_reader_that_does_not_start_condemns_no_mail(apart: Apart, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("console.intake.apart._PROGRAM", (sys.executable, "-c", "import nothing_of_this_name"))
        with pytest.raises(Unavailable):
            await apart.read(INBOX, Delivery(body=mail()), NOW)
    [found] = await apart.read(INBOX, Delivery(body=mail()), NOW)
    assert isinstance(found, Inbound)


async def test_a_process_that_stops_reads_no_more() -> None:
    apart = Apart()
    await apart.read(INBOX, Delivery(body=mail()), NOW)
    apart.close()
    assert not is_alive(pid_of(apart))
    with pytest.raises(Unavailable):
        await apart.read(INBOX, Delivery(body=mail()), NOW)


def test_the_reader_goes_when_whoever_asks_was_killed() -> None:
    done = subprocess.run([sys.executable, "-c", LEAVES_ITS_READER_ALONE], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert wait_until(lambda: not is_alive(int(done.stdout)))


def newest(server: Server) -> dict[str, Any]:
    found: dict[str, Any] = server.sign_in("admin").get("/api/v1/intake").json()["items"][0]
    return found


def test_at_the_door_it_is_taken_and_kept_aside_and_the_next_one_is_read(server: Server, book: Book) -> None:
    assert book.mail(slow()).status_code == 200
    line = newest(server)
    assert (line["state"], line["reason"]) == ("dead", "parse_budget_exceeded")
    assert book.mail(mail("segue o comprovante")).status_code == 200
    assert newest(server)["state"] == "stored"
