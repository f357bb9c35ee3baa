"""A sender that stands still in the middle of its work, for longer than what it was given holds, and then goes on."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from itertools import count

import psutil
import pytest

from tests import services
from tests.faults.doors import a_case, item_of, rows, status, taken, write
from tests.faults.nursery import Nursery
from tests.faults.rig import Process, Rig, rig, until

PHONES = (f"+55119{number:08d}" for number in count(74_000_000))
FIVE_MINUTES_MS = 300_000


@pytest.fixture
def embedded(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    folder = tmp_path_factory.mktemp("embedded")
    (folder / "step").write_text("0")
    with rig(nursery, folder, TEST_CLOCK=str(folder / "step")) as made:
        yield made


@pytest.fixture
def several(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> Iterator[Rig]:
    """A server; of its two workers none runs yet."""
    folder = tmp_path_factory.mktemp("several")
    (folder / "step").write_text("0")
    url = services.create_database(postgres_url)
    with rig(nursery, folder, work=2, database=url, start=False, TEST_CLOCK=str(folder / "step")) as made:
        made.product.start()
        yield made
    services.drop_database(postgres_url, url)


def test_a_sender_that_stood_still_for_five_minutes_does_not_send_what_it_had_begun(embedded: Rig) -> None:
    """Fault 18, alone: `sending` is committed and the call is not made yet; its permit has run out since. That it was
    surely not sent is written down, and it is tried again or given up: what it had begun reaches nobody.
    """
    case = a_case(embedded, next(PHONES))
    embedded.product.kill()
    embedded.product.start(TEST_STOP="dispatch.sending")
    assert write(embedded, case, "alone")[0] == "ok"
    _stood(embedded.product)
    assert status(embedded, "alone") == "sending"
    _pass_five_minutes(embedded)
    _go_on(embedded.product)
    until(lambda: _tried(embedded, "alone")[:1] == [("refused", "deadline")])
    until(lambda: status(embedded, "alone") in ("failed", "delivered", "read"))
    time.sleep(1)
    accepted = [how for how, _ in _tried(embedded, "alone")].count("accepted")
    assert taken(embedded, "alone") == accepted == int(status(embedded, "alone") != "failed")


@pytest.mark.pg
@pytest.mark.parametrize(
    ("point", "meanwhile", "at_last", "times"),
    [
        ("dispatch.due", ("delivered", "read"), ("delivered", "read"), 1),
        ("dispatch.sending", ("unconfirmed",), ("failed",), 0),
        ("dispatch.answered", ("delivered", "read"), ("delivered", "read"), 1),
    ],
)
def test_of_two_senders_one_sends_however_long_the_other_stood_still(
    several: Rig, point: str, meanwhile: tuple[str, ...], at_last: tuple[str, ...], times: int
) -> None:
    """Faults 18 and 19: one stands still before it takes the message, before its call, or after it; five minutes later
    its number and its lease are the other's, and then it goes on.
    """
    first, second = several.workers
    case = a_case(several, next(PHONES))
    first.start(TEST_STOP=point)
    assert write(several, case, point)[0] == "ok"
    _stood(first)
    second.start()
    _pass_five_minutes(several)
    until(lambda: status(several, point) in meanwhile)
    until(lambda: rows(several, "SELECT state FROM outbox WHERE item_id = :id", id=item_of(several, point))
          == [("settled",)])  # fmt: skip
    following = f"{point} following"
    assert write(several, a_case(several, next(PHONES)), following)[0] == "ok"
    until(lambda: status(several, following) in ("delivered", "read"))
    _go_on(first)
    until(lambda: status(several, point) in at_last)
    time.sleep(2)
    assert status(several, point) in at_last and taken(several, point) == times and taken(several, following) == 1
    if point == "dispatch.sending":
        assert _tried(several, point) == [("refused", "deadline")]
    assert first.process is not None and first.process.poll() is None, "it goes on working"


def _tried(here: Rig, name: str) -> list[tuple[str, str]]:
    """(outcome, code) of each call that was made, or not made, for a message."""
    sql = "SELECT outcome, code FROM attempt WHERE item_id = :id ORDER BY at, ordinal"
    return [(str(outcome), str(code)) for outcome, code in rows(here, sql, id=item_of(here, name))]


def _stood(process: Process) -> None:
    until(lambda: psutil.Process(process.pid).status() == psutil.STATUS_STOPPED)


def _go_on(process: Process) -> None:
    os.kill(process.pid, signal.SIGCONT)


def _pass_five_minutes(here: Rig) -> None:
    """By everybody's clock but the database's own: nobody waits for them."""
    part = here.folder / "step.new"
    part.write_text(str(FIVE_MINUTES_MS))
    part.rename(here.folder / "step")
