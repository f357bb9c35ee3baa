"""What `/metrics` tells an operator: everything that the product does and where it stands, by no person."""

from __future__ import annotations

import re
import time

import httpx2

from console.wire.ids import new_id
from tests.flows.book import SECRET
from tests.flows.carriers import Carriers, carried
from tests.flows.desk import Scene
from tests.server import running


def told(client: httpx2.Client) -> dict[str, float]:
    """Sample -> value, as Prometheus reads it."""
    page = client.get("/metrics", headers={"Authorization": "Bearer watcher"})
    assert page.status_code == 200, page.text
    lines = (line for line in page.text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def test_a_forged_delivery_leaves_a_counter_that_can_be_read() -> None:
    with running(workers={}, metrics_token="watcher") as server:
        scene, client = Scene(server), server.client()
        scene.book.writes("oi", sender="5511988887777")
        assert scene.book.meta({"object": "x"}, secret=SECRET + "!").status_code == 403
        assert server.client().post("/webhooks/meta/none", content=b"{}").status_code == 404
        found = told(client)
        assert found['acordo_webhooks_taken_total{provider="meta",state="stored"}'] == 1
        assert found['acordo_webhooks_refused_total{provider="meta",why="signature"}'] == 1
        assert found['acordo_webhooks_refused_total{provider="meta",why="inbox"}'] == 1


def test_queue_outbox_writer_and_sockets_are_told() -> None:
    with running(workers={}, metrics_token="watcher") as server:
        scene, client = Scene(server), server.client()
        scene.book.writes("oi", sender="5511988887777")
        assert scene.reply().status_code == 201
        found = told(client)
        assert found[f'acordo_queue_cases{{team="{server.team}"}}'] == 1
        assert found[f'acordo_queue_oldest_seconds{{team="{server.team}"}}'] >= 0
        assert found['acordo_outbox_messages{state="ready"}'] == 1
        assert found["acordo_outbox_oldest_due_seconds"] >= 0
        assert found["acordo_writer_batch_count"] > 0
        assert found[f'acordo_inbox_up{{channel="whatsapp",inbox="{scene.book.whatsapp}"}}'] == 1
        assert found["acordo_sockets"] == 0 and "acordo_socket_resets_total" in found
        scene.ana.post(f"/api/v1/cases/{scene.case}/release")
        assert told(client)[f'acordo_queue_cases{{team="{server.team}"}}'] == 2


def test_a_providers_answers_and_their_time_are_told() -> None:
    with carried(metrics_token="watcher") as carriers:
        sofia, client = carriers.book.server.sign_in("sofia"), carriers.book.server.client()
        _answers(carriers, sofia, "Bom dia!")
        _until(client, 'acordo_messages_handed_over_total{code="",outcome="accepted",provider="meta"}')
        carriers.behave(provider="meta", accept=False, error_code="131026")
        _answers(carriers, sofia, "De novo.")
        _until(client, 'acordo_messages_handed_over_total{code="131026",outcome="refused",provider="meta"}')
        assert told(client)['acordo_provider_seconds_count{provider="meta"}'] == 2


def test_no_number_name_or_address_stands_in_the_metrics() -> None:
    with running(workers={}, metrics_token="watcher") as server:
        Scene(server)
        page = server.client().get("/metrics", headers={"Authorization": "Bearer watcher"}).text
        assert not re.search(r"\+?55119|Maria|@|Loja", page)


def _until(client: httpx2.Client, sample: str) -> None:
    for _ in range(200):
        if told(client).get(sample) == 1:
            return
        time.sleep(0.05)
    raise AssertionError(f"{sample} did not become 1")


def _answers(carriers: Carriers, sofia: httpx2.Client, text: str) -> None:
    carriers.writes("oi")
    listed: list[dict[str, str]] = []
    for _ in range(200):
        listed = sofia.get("/api/v1/cases", params={"view": "all"}).json()["items"]
        if listed:
            break
        time.sleep(0.05)
    (row,) = listed
    at = f"/api/v1/cases/{row['id']}"
    sofia.post(f"{at}/takeover", json={})
    epoch = sofia.get(at).json()["epoch"]
    body = {"client_id": new_id(), "epoch": epoch, "channel": "whatsapp", "text": text}
    answer = sofia.post(f"{at}/messages", json=body)
    assert answer.status_code == 201, answer.text
