"""What operators do to it: Redis away, the database restarted, workers frozen, a server stopped."""

from __future__ import annotations

import json
import signal
from contextlib import ExitStack, closing
from typing import Any
from uuid import uuid4

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.cluster.rig import Cluster
from tests.demo_server import Desk, stranger
from tests.services.needs import wait_until

pytestmark = [pytest.mark.pg, pytest.mark.redis, pytest.mark.timeout(400)]


PATIENCE = 60.0  # of a machine that others use too; how long it takes is measured elsewhere


def comes(cluster: Cluster, desk: Desk) -> dict[str, Any]:
    """Somebody writes, and the desk has the case."""
    text = f"boa tarde {uuid4().hex[:6]}"
    cluster.writes("whatsapp", stranger("whatsapp"), text)
    return desk.assigned(text, PATIENCE)


def test_without_redis_everything_goes_on_and_it_comes_back_by_itself(cluster: Cluster) -> None:
    assert cluster.redis is not None
    with cluster.desk("ana", server=0) as ana:
        comes(cluster, ana)
        cluster.redis.stop()
        case = comes(cluster, ana)
        sent = ana.reply(case, "Olá!", "whatsapp")
        ana.status_of(case["id"], sent.json()["id"], "delivered", "read")
        assert cluster.ready(0) == {"status": "ready", "without": ["redis"]}
        cluster.redis.start()
        cluster.settle()
        comes(cluster, ana)


def test_while_the_database_is_away_requests_fail_cleanly_and_sockets_stay(cluster: Cluster) -> None:
    assert cluster.postgres is not None
    with cluster.desk("ana", server=0) as ana, cluster.desk("sofia", server=1, online=False) as sofia:
        case = comes(cluster, ana)
        cluster.postgres.stop()
        for answer in (ana.http.get(f"/api/v1/cases/{case['id']}"), ana.reply(case, "Olá!", "whatsapp")):
            assert answer.status_code == 503, answer.text
            assert answer.json()["code"] == "unavailable" and int(answer.headers["retry-after"]) > 0
        assert cluster.ready(0)["status"] == "unready"
        with cluster.client(0) as watcher:
            assert watcher.get("/healthz").status_code == 200
        cluster.postgres.start()
        cluster.settle()
        ana.socket.ping().wait(10)
        assert ana.reply(case, "Voltei.", "whatsapp").status_code == 201
        comes(cluster, ana)
        sofia.socket.ping().wait(10)


def test_that_nobody_routes_is_told_at_every_server(cluster: Cluster) -> None:
    cluster.worker_of("routing")
    for each in cluster.workers:
        each.freeze()
    try:
        held = 'acordo_duty_held{duty="routing"}'
        assert wait_until(lambda: cluster.metric(0, held) == cluster.metric(1, held) == 0)
    finally:
        for each in cluster.workers:
            each.thaw()
    assert wait_until(lambda: cluster.metric(0, held) == 1)


def test_a_worker_that_stood_still_finds_another_one_at_work_and_leaves_it_there(cluster: Cluster) -> None:
    with cluster.desk("ana", server=0) as ana:
        former = cluster.worker_of("routing")
        former.freeze()
        try:
            case = comes(cluster, ana)
            holder = cluster.duties()["routing"]
            assert not holder.startswith(f"{former.pid}-")
        finally:
            former.thaw()
        sent = ana.reply(case, "Olá!", "whatsapp")
        ana.status_of(case["id"], sent.json()["id"], "delivered", "read")
        assert comes(cluster, ana)["epoch"] == 1
        assert cluster.duties()["routing"] == holder


def test_a_worker_that_is_told_to_stop_leaves_its_duties_at_once(cluster: Cluster) -> None:
    with cluster.desk("ana", server=0) as ana:
        former = cluster.worker_of("routing")
        assert former.stop() == 0
        assert not any(each.startswith(f"{former.pid}-") for each in cluster.duties().values())
        comes(cluster, ana)


def test_a_server_that_is_told_to_stop_sends_its_sockets_away_and_nothing_is_missed(cluster: Cluster) -> None:
    with cluster.desk("ana", server=2) as ana, cluster.desk("sofia", server=1, online=False):
        case = comes(cluster, ana)
        cursor = ana.http.get(f"/api/v1/cases/{case['id']}").headers["acordo-cursor"]
        server = cluster.servers[2]
        server.signal(signal.SIGTERM)
        assert wait_until(lambda: cluster.ready(2).get("because") == ["draining"])
        with pytest.raises(InvalidStatus) as refused:
            cluster.socket(ana.http, 2)
        assert refused.value.response.status_code == 503
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                ana.socket.recv(10)
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 1012
        server.wait()
        text = f"e agora {uuid4().hex[:6]}"
        cluster.writes("whatsapp", stranger("whatsapp"), text)
        with cluster.desk("ana", online=False, cursor=cursor) as again:
            again.assigned(text)


def test_several_web_processes_that_are_told_to_stop_send_every_socket_away(cluster: Cluster) -> None:
    """`serve --workers 2`: the one that was started tells the others, and ends well."""
    member, port = cluster.several(2)
    member.start()
    try:
        with closing(cluster.sign_in("ana", 0)) as http, ExitStack() as stack:
            lines = [stack.enter_context(cluster.socket(http, port=port)) for _ in range(6)]
            for line in lines:
                line.send(json.dumps({"type": "hello", "cursor": None}))
                assert json.loads(line.recv(20))["type"] == "ready"
            member.signal(signal.SIGTERM)
            for line in lines:
                with pytest.raises(ConnectionClosed) as closed:
                    while True:
                        line.recv(20)
                assert closed.value.rcvd is not None and closed.value.rcvd.code == 1012
        assert member.wait() == 0
    finally:
        member.kill()
