"""A disk that fills, a log that is cut, a bit that flips: clear words, nothing half written, and on it goes."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx2
import pytest

from tests.faults.doors import heard, new_sid, post, repeated, rows, sms_request
from tests.faults.nursery import Nursery
from tests.faults.rig import Rig, rig, until
from tests.services.needs import Missing

MARIA = "+5511987654321"
SMALL = "24m"


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of its own, soon full. Raises Missing where nothing may be mounted."""
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SMALL}", "none", str(folder)], capture_output=True)
    if done.returncode != 0:
        raise Missing("disk", "no file system may be mounted here", "run as root, with the right to mount")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Leave next to nothing."""
    path = folder / "filler"
    with path.open("wb", buffering=0) as file:
        while True:
            try:
                file.write(bytes(16 * 1024))
            except OSError:
                return path


def test_a_disk_that_fills_is_said_and_survived(nursery: Nursery, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk, rig(nursery, disk) as here:
        sids = [new_sid() for _ in range(200)]
        requests = {sid: sms_request(here, sid, MARIA, "oi " + "x" * 1_000) for sid in sids}
        assert post(here, *requests[sids[0]]) == "ok"
        filler = fill(disk)
        outcomes = {sid: post(here, *requests[sid]) for sid in sids[1:]}
        assert "info" in outcomes.values(), "the disk did not fill"
        refused = next(sid for sid, outcome in outcomes.items() if outcome == "info")
        path, headers, body = requests[refused]
        answer = httpx2.post(f"{here.url}{path}", headers=headers, content=body)
        assert answer.status_code == 503 and int(answer.headers["retry-after"]) >= 1
        with here.client("ana") as ana:
            assert ana.get("/api/v1/cases?view=queue").status_code == 200, "reading goes on"
        assert {sid: heard(here, sid) for sid in outcomes} == {
            sid: int(outcome == "ok") for sid, outcome in outcomes.items()
        }
        filler.unlink()
        assert repeated(here, *requests[refused])[-1] == "ok" and heard(here, refused) == 1
        assert rows(here, "SELECT count(*) FROM delivery WHERE state = 'dead'") == [(0,)]
        assert rows(here, "PRAGMA integrity_check") == [("ok",)]


def test_a_log_that_ends_in_the_middle_of_a_write_loses_nothing_that_was_answered(here: Rig) -> None:
    sids = [new_sid() for _ in range(10)]
    for sid in sids:
        assert repeated(here, *sms_request(here, sid, MARIA, "oi"))[-1] == "ok"
    here.product.kill()
    log = Path(f"{here.settings.sqlite_path}-wal")
    assert log.stat().st_size > 0
    with log.open("ab") as file:
        file.write(os.urandom(6_000))
    here.product.start()
    assert [heard(here, sid) for sid in sids] == [1] * 10
    sid = new_sid()
    assert repeated(here, *sms_request(here, sid, MARIA, "oi"))[-1] == "ok" and heard(here, sid) == 1


def test_a_damaged_database_is_named_at_the_start(nursery: Nursery, tmp_path: Path) -> None:
    with rig(nursery, tmp_path) as here:
        repeated(here, *sms_request(here, new_sid(), MARIA, "oi"))
        here.product.stop()
        path = here.settings.sqlite_path
        assert path is not None
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'item'").fetchone()[0]
            size = connection.execute("PRAGMA page_size").fetchone()[0]
        with path.open("r+b") as file:
            file.seek((page - 1) * size + 3)  # how many cells the page has
            cells = file.read(1)
            file.seek(-1, os.SEEK_CUR)
            file.write(bytes([cells[0] ^ 0x40]))
        with pytest.raises(AssertionError, match="ended as it started"):
            here.product.start()
        said = here.product.said().splitlines()[-1]
        assert str(path.name) in said and "damaged" in said and "backup" in said
        until(lambda: here.product.process is not None and here.product.process.poll() == 1)
