"""Mail is read in a process that can be ended: the same answers as here, and none that waits for ever."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from channels.types import Dead, Delivery, Inbound
from console.child import DEADLINE, MOST_WAITING, SECONDS
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
print(apart.child.process.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
STANDS = """
import sys, time
from console.child_main import put, serve
if sys.argv[1:]:
    time.sleep(600)
serve(lambda wish: time.sleep(600) or b"")
"""
GREEDY = "from console.child_main import serve; serve(lambda wish: bytes(200 * 1024 * 1024), memory=100 * 1024 * 1024)"


def names(parts: int) -> bytes:
    """A mail whose parts each have a name of a MiB of encoded words."""
    name = b'"' + b"=?u?q?a?=" * ((MIB - 300) // 9)
    part = b"--b\r\nContent-Type: text/plain; name=" + name + b"\r\n\r\noi\r\n"
    head = b"From: maria@example.com\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    return head + part * parts + b"--b--\r\n"


SLOW = b"From: a@example.com\r\n\r\n" + b"On 10:00 a@b\n> x\n" * 1_500_000
"""A mail within every limit that takes a fifth of a second to read: less than it may, more than a test allows it."""


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def pid_of(apart: Apart) -> int:
    assert apart.child.process is not None
    return apart.child.process.pid


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
    apart.child.seconds = 0.05
    assert await apart.read(INBOX, Delivery(body=SLOW), NOW) == [
        Dead(reason="parse_budget_exceeded", number=INBOX.address)
    ]
    assert not is_alive(before)
    apart.child.seconds = SECONDS
    assert list(await apart.read(INBOX, Delivery(body=mail("depois")), NOW)) == list(parse(mail("depois")))
    assert pid_of(apart) != before


async def test_many_cheap_mails_cost_no_mail_its_time(apart: Apart) -> None:
    apart.child.seconds = 0.2
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
    ends = "from console.child_main import put, take; import sys; put(sys.stdout.buffer, b''); take(sys.stdin.buffer)"
    monkeypatch.setattr(apart.child, "program", (sys.executable, "-c", f"{ends}; sys.exit(3)"))
    assert await apart.read(INBOX, Delivery(body=mail()), NOW) == [Dead(reason="reader_ended: 3", number=INBOX.address)]


async def test_a_reader_that_does_not_start_condemns_no_mail(apart: Apart, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(apart.child, "program", (sys.executable, "-c", "import nothing_of_this_name"))
        with pytest.raises(Unavailable):
            await apart.read(INBOX, Delivery(body=mail()), NOW)
    [found] = await apart.read(INBOX, Delivery(body=mail()), NOW)
    assert isinstance(found, Inbound)


async def test_a_reader_that_stands_still_is_ended_by_the_clock_on_the_wall(
    apart: Apart, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It costs no processor time, so that nothing else would ever end it; the mail says why, the next one is read."""
    with monkeypatch.context() as patch:
        patch.setattr(apart.child, "program", (sys.executable, "-c", STANDS))
        await _ended(apart, "parse_deadline_exceeded", after=2.0)
        patch.setattr(apart.child, "program", (sys.executable, "-c", STANDS, "from the first"))
        with pytest.raises(Unavailable):
            await apart.read(INBOX, Delivery(body=mail()), NOW)
    apart.child.deadline = DEADLINE
    await apart.read(INBOX, Delivery(body=mail()), NOW)
    os.kill(pid_of(apart), signal.SIGSTOP)
    await _ended(apart, "parse_deadline_exceeded", after=0.5)
    apart.child.deadline = DEADLINE
    assert list(await apart.read(INBOX, Delivery(body=mail("depois")), NOW)) == list(parse(mail("depois")))


async def test_a_mail_that_takes_more_memory_than_it_may_is_dead_with_the_reason(
    apart: Apart, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(apart.child, "program", (sys.executable, "-c", GREEDY))
        await _ended(apart, "parse_memory_exceeded")
    largest = (
        b"From: a@b.example\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + "\U0001f600\n".encode() * 6_000_000
    )
    [found] = await apart.read(INBOX, Delivery(body=largest), NOW)
    assert isinstance(found, Inbound), "the largest mail has room"


async def test_more_than_may_wait_is_refused_and_kept_by_whoever_brings_it(apart: Apart) -> None:
    await apart.read(INBOX, Delivery(body=mail()), NOW)
    os.kill(pid_of(apart), signal.SIGSTOP)
    body = b"From: a@b.example\r\n\r\n" + b"x" * (MOST_WAITING // 4)
    waiting = [asyncio.ensure_future(apart.read(INBOX, Delivery(body=body), NOW)) for _ in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable) as refused:
        await apart.read(INBOX, Delivery(body=body), NOW)
    assert refused.value.facts == {"retry_after": 5}
    os.kill(pid_of(apart), signal.SIGCONT)
    assert [len(await each) for each in waiting] == [1, 1, 1]


async def _ended(apart: Apart, reason: str, after: float = DEADLINE) -> None:
    apart.child.deadline = after
    assert await apart.read(INBOX, Delivery(body=mail()), NOW) == [Dead(reason=reason, number=INBOX.address)]


async def test_a_mail_whose_headers_have_no_end_is_told_so_within_its_time(apart: Apart) -> None:
    """Encoded words where nobody looks for them cost what they weigh: 24 MiB of them took ten seconds."""
    [one] = await apart.read(INBOX, Delivery(body=names(1)), NOW)
    assert isinstance(one, Inbound)
    [many] = await apart.read(INBOX, Delivery(body=names(24)), NOW)
    assert isinstance(many, Dead) and many.reason == "too_much: headers larger than 1 MiB in all"


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
    server.services.mail.child.seconds = 0.05
    assert book.mail(SLOW).status_code == 200
    server.services.mail.child.seconds = SECONDS
    line = newest(server)
    assert (line["state"], line["reason"]) == ("dead", "parse_budget_exceeded")
    assert book.mail(mail("segue o comprovante")).status_code == 200
    assert newest(server)["state"] == "stored"
