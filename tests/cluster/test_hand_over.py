"""How soon the others have what a process held: after kill -9 when its duty runs out, after SIGTERM at once."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from console.jobs.models import job
from console.outbox.models import outbox
from console.store.statement import Query, row
from console.store.transaction import Reader
from console.workers.readmarks import READ
from tests.cluster.member import Member
from tests.cluster.rig import HOLDERS, Cluster
from tests.demo_server import Desk, stranger
from tests.services.needs import wait_until

pytestmark = [pytest.mark.pg, pytest.mark.redis, pytest.mark.timeout(400)]

PATIENCE = 60.0  # of a machine that others use too; what guarantees the five seconds is in tests/workers/test_duties.py
JOBS = 12  # more than one worker takes at once, so that each holds some
_JOBS = Query(select(job.c.id, job.c.state, job.c.leased_by).where(job.c.kind == READ), row)
_OUT = Query(select(outbox.c.item_id, outbox.c.state, outbox.c.leased_by), row)


def test_routing_is_taken_over_when_its_owner_is_killed(cluster: Cluster) -> None:
    with cluster.desk("ana", server=0) as ana:
        former = cluster.worker_of("routing")
        (heir,) = (each for each in cluster.workers if each is not former)
        taken = 'acordo_duties_taken_total{duty="routing"}'
        before = cluster.metric_of(heir, taken)
        former.kill()
        killed = time.monotonic()
        text = f"bom dia {uuid4().hex[:6]}"
        cluster.writes("whatsapp", stranger("whatsapp"), text)
        case = ana.assigned(text, PATIENCE)
        given = time.monotonic() - killed
        assert case["owner"]["id"] == ana.user["id"] and case["epoch"] == 1
        assert cluster.duties()["routing"].startswith(f"{heir.pid}-")
        assert "duty.taken" in heir.said()
        assert cluster.metric_of(heir, taken) == before + 1 and cluster.metric(0, taken) == 0
        assert cluster.metric(0, 'acordo_duty_held{duty="routing"}') == 1
        print(f"a case that came after the kill was given {given:.1f} s after it")


def test_a_worker_that_is_told_to_stop_hands_back_its_jobs_and_its_messages(cluster: Cluster) -> None:
    """The provider stands still, so that its jobs and its calls are in flight when it is told."""
    with cluster.desk("ana", server=0) as ana:
        cases = [_writes(cluster, ana) for _ in range(JOBS)]
        first, said = cases[0], [f"{words} {uuid4().hex[:6]}" for words in ("Um instante.", "Achei.")]
        assert wait_until(lambda: not cluster.read(_jobs))
        with _still(cluster.sandbox):
            for case in cases:
                assert ana.post(f"/cases/{case['id']}/seen", position=1_000).status_code == 204
            begun = ana.reply(first, said[0], "whatsapp").json()["id"]
            assert wait_until(lambda: _holder(cluster, begun) != "")
            waits = ana.reply(first, said[1], "whatsapp").json()["id"]
            former = cluster.worker_of(f"number {cluster.house.inboxes['whatsapp']}")
            assert _holder(cluster, begun).startswith(f"{former.pid}-")
            assert wait_until(lambda: _leased(cluster, former) > 0, PATIENCE)
            told = time.monotonic()
            assert former.stop() == 0
            ended = time.monotonic() - told
            assert _leased(cluster, former) == 0
            assert not any(each.startswith(f"{former.pid}-") for each in cluster.duties().values())
            assert _holder(cluster, begun) == "" and ana.status_of(first["id"], begun, "unconfirmed")
        ana.status_of(first["id"], waits, "delivered", "read", seconds=PATIENCE)
        ana.status_of(first["id"], begun, "delivered", "read", "sent", seconds=PATIENCE)  # its carrier had it after all
        assert wait_until(lambda: not cluster.read(_jobs), PATIENCE)
        texts = [each["text"] for each in cluster.outbox() if each["text"] in said]
        assert sorted(texts) == sorted(said), "each was taken once"
        print(f"told to stop, it ended after {ended:.1f} s; the other had done everything "
              f"{time.monotonic() - told:.1f} s after that it was told")  # fmt: skip


def test_a_worker_that_is_told_to_stop_keeps_its_number_until_its_calls_are_done(cluster: Cluster) -> None:
    """Who has the number sends from it: beside calls still under way its pace would be twice what its carrier takes.
    Everything else it leaves at once.
    """
    with cluster.desk("ana", server=0) as ana:
        case = _writes(cluster, ana)
        number = f"number {cluster.house.inboxes['whatsapp']}"
        with _still(cluster.sandbox):
            begun = ana.reply(case, f"Um instante. {uuid4().hex[:6]}", "whatsapp").json()["id"]
            assert wait_until(lambda: _holder(cluster, begun) != "")
            former, seen = cluster.worker_of(number), []
            former.signal(signal.SIGTERM)
            while former.runs:
                seen.append(cluster.read(_held_by, f"{former.pid}-", begun))
            assert former.wait() == 0
        assert all(number in held for held, sends in seen if sends)
        assert ({number}, True) in seen, "while it finishes, nothing else is its own"
        assert cluster.worker_of("routing") is not former


def _held_by(reader: Reader, whose: str, item_id: str) -> tuple[set[str], bool]:
    """The duties of a process, then whether it sends a message: what it lays down between the two it sends no more."""
    held = {name for name, holder in HOLDERS.all(reader, now=reader.server_time()) if holder.startswith(whose)}
    return held, any(
        by.startswith(whose) for each, state, by in _OUT.all(reader) if (each, state) == (item_id, "sending")
    )


def _jobs(reader: Reader) -> list[tuple[Any, ...]]:
    return _JOBS.all(reader)


def _out(reader: Reader) -> list[tuple[Any, ...]]:
    return _OUT.all(reader)


@contextmanager
def _still(member: Member) -> Iterator[None]:
    member.freeze()
    try:
        yield
    finally:
        member.thaw()


def _writes(cluster: Cluster, desk: Desk) -> dict[str, Any]:
    """Somebody writes, and the desk has the case."""
    text = f"oi {uuid4().hex[:6]}"
    cluster.writes("whatsapp", stranger("whatsapp"), text)
    return desk.assigned(text, PATIENCE)


def _leased(cluster: Cluster, member: Member) -> int:
    """How many jobs it holds."""
    rows = cluster.read(_jobs)
    return sum(state == "leased" and by.startswith(f"{member.pid}-") for _, state, by in rows)


def _holder(cluster: Cluster, item_id: str) -> str:
    """Who is sending it now."""
    return next((by for each, state, by in cluster.read(_out) if (each, state) == (item_id, "sending")), "")
