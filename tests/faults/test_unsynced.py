"""A disk that does not keep what it was given (fault 21), and a database that somebody else holds (fault 22)."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from console.store.sqlite import BUSY_MS
from console.store.unsynced import STATUS
from tests.faults.doors import heard, new_sid, post, repeated, rows, sms_request
from tests.faults.history import Outcome
from tests.faults.nursery import Nursery
from tests.faults.rig import Rig, rig, until
from tests.faults.unsynced import BREAK, can_break

MARIA = "+5511987654321"
CHANCE = random.Random(21)


def test_a_batch_that_could_not_be_synced_ends_the_process_and_nobody_of_it_is_answered(
    nursery: Nursery, tmp_path: Path
) -> None:
    """Fault 21: the log's fsync fails under eight doors at once."""
    can_break()
    with rig(nursery, tmp_path, TEST_UNSYNCED="*") as here:
        before = [new_sid() for _ in range(CHANCE.randint(10, 30))]
        assert {post(here, *sms_request(here, sid, MARIA, "oi")) for sid in before} == {"ok"}
        _break(here)
        after = [new_sid() for _ in range(8)]
        with ThreadPoolExecutor(8) as threads:
            outcomes = list(threads.map(lambda sid: post(here, *sms_request(here, sid, MARIA, "oi")), after))
        _ended(here)
        assert "ok" not in outcomes, outcomes
        here.product.start()
        assert [heard(here, sid) for sid in before] == [1] * len(before)
        assert all(heard(here, sid) <= 1 for sid in after)
        for sid in after:
            assert repeated(here, *sms_request(here, sid, MARIA, "oi"))[-1] == "ok" and heard(here, sid) == 1
        assert rows(here, "PRAGMA integrity_check") == [("ok",)]


@pytest.mark.timeout(300)
def test_a_file_that_could_not_be_synced_ends_the_process_before_its_log_is_given_up(
    nursery: Nursery, tmp_path: Path
) -> None:
    """Fault 21: the log is synced, and the file it is written into every 16 MiB is not."""
    can_break()
    with rig(nursery, tmp_path, TEST_UNSYNCED="/acordo.db") as here:
        assert post(here, *sms_request(here, new_sid(), MARIA, "oi")) == "ok"
        _break(here)
        answered: dict[str, Outcome] = {}
        sent = 0
        while here.product.process is not None and here.product.process.poll() is None:
            sent += 1
            assert sent < 3_000, "the log was never written into the file"
            sid = new_sid()
            answered[sid] = post(here, *sms_request(here, sid, f"+55119{sent:08d}", "oi " + "x" * 1_500))
        _ended(here)
        here.product.start()
        kept = [sid for sid, outcome in answered.items() if outcome == "ok"]
        assert len(kept) > 50 and {heard(here, sid) for sid in kept} == {1}
        assert rows(here, "PRAGMA integrity_check") == [("ok",)]


def test_what_cannot_be_synced_is_not_begun_with(nursery: Nursery, tmp_path: Path) -> None:
    """Fault 21, at the start: what the last process wrote is on the disk before anybody is told that it is there."""
    can_break()
    with rig(nursery, tmp_path) as here:
        assert post(here, *sms_request(here, new_sid(), MARIA, "oi")) == "ok"
        here.product.kill()
        assert Path(f"{here.settings.sqlite_path}-wal").stat().st_size > 0
        with pytest.raises(AssertionError, match="ended as it started"):
            here.product.start(TEST_UNSYNCED="at once")
        assert "cannot be written for good" in here.product.said().splitlines()[-1]
        here.product.start()


def test_a_lock_that_somebody_else_holds_is_waited_for_and_then_said(nursery: Nursery, tmp_path: Path) -> None:
    """Fault 22: five seconds, then 503 and when to come back; reading goes on, and writing once it is let go of."""
    with rig(nursery, tmp_path) as here:
        assert post(here, *sms_request(here, new_sid(), MARIA, "oi")) == "ok"
        sid = new_sid()
        place, headers, body = sms_request(here, sid, MARIA, "oi")
        with _held(here):
            began = time.monotonic()
            answer = httpx2.post(f"{here.url}{place}", headers=headers, content=body, timeout=30)
            waited = time.monotonic() - began
            assert answer.status_code == 503 and int(answer.headers["retry-after"]) >= 1
            assert waited >= BUSY_MS / 1_000 - 0.5, f"it gave up after {waited:.1f} s"
            with here.client("ana") as ana:
                assert ana.get("/api/v1/cases?view=queue").status_code == 200, "reading goes on"
            assert heard(here, sid) == 0
        assert repeated(here, place, headers, body)[-1] == "ok" and heard(here, sid) == 1
        assert here.product.process is not None and here.product.process.poll() is None
        with here.client("ana") as ana:
            assert ana.get("/readyz").status_code == 200, "no loop died of it"


HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
connection.execute("ROLLBACK")
"""


@contextmanager
def _held(here: Rig) -> Iterator[None]:
    """Another process writes, and does not come to an end."""
    words = [sys.executable, "-c", HOLD, str(here.settings.sqlite_path)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None and holder.stdin is not None and holder.stdout.readline() == b"held\n"
        yield
        holder.stdin.close()
        assert holder.wait(20) == 0


def _break(here: Rig) -> None:
    os.kill(here.product.pid, BREAK)
    until(lambda: "syncs fail from here on" in here.product.said(), 20)


def _ended(here: Rig) -> None:
    """By itself, with the status that says why, and the word of it last in the log."""
    assert here.product.process is not None
    assert here.product.process.wait(20) == STATUS, here.product.said()[-2_000:]
    assert "store.not_synced" in here.product.said()
    here.product.process = None
