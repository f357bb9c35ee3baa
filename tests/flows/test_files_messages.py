"""What a person does with a message of ours that is not on its way, and the signs an owner leaves at the carrier."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from msgspec import structs
from websockets.sync.client import connect

from console.app import send_due
from console.cases.claim import claim
from console.cases.settle import settle
from console.jobs.models import job
from console.jobs.queries import JobRow
from console.people.models import user
from console.store.base import load
from console.store.statement import add, change, rows
from console.store.transaction import Tx
from console.timeline import queries as timeline
from console.timeline.models import item
from console.wire.ids import new_id
from console.wire.moment import HOUR, rfc3339
from console.workers.kinds import run_jobs
from tests.flows.carriers import Carriers, carried
from tests.server import Server
from tests.timeline import samples
from tests.world import World


class Scene:
    """Maria wrote through the carrier; Ana owns her case."""

    def __init__(self, carriers: Carriers) -> None:
        self.carriers, self.server = carriers, carriers.book.server
        self.world = World(self.server.services.store, None, self.server.team, ids=self.server.ids)  # type: ignore[arg-type]
        self.server.write(_online, self.server)
        self.ana, self.bruno, self.sofia, self.caio = (
            self.server.sign_in(name) for name in ("ana", "bruno", "sofia", "caio")
        )
        self.inbound = carriers.writes("oi")
        self.case = until(lambda: self.sofia.get("/api/v1/cases?view=all").json()["items"])[0]["id"]
        self.server.write(claim, self.world.actor("ana"), self.case)

    @property
    def epoch(self) -> int:
        return int(self.sofia.get(f"/api/v1/cases/{self.case}").json()["epoch"])

    def send(self, **more: Any) -> dict[str, Any]:
        """An answer of Ana's to somebody who has just written: anything else the gate would judge otherwise."""
        self.carriers.book.writes("e então?")
        body = {"client_id": new_id(), "epoch": self.epoch, "channel": "whatsapp", "text": "Segue.", **more}
        answer = self.ana.post(f"/api/v1/cases/{self.case}/messages", json=body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def shown(self, item_id: str) -> dict[str, Any]:
        items = self.sofia.get(f"/api/v1/cases/{self.case}/timeline?limit=200").json()["items"]
        found: dict[str, Any] = next(each for each in items if each["id"] == item_id)
        return found

    def becomes(self, item_id: str, *statuses: str) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            found = self.shown(item_id)
            return found if found["status"] in statuses else None

        found: dict[str, Any] = until(look)
        return found

    def act(self, client: httpx2.Client, item_id: str, act: str, **body: Any) -> httpx2.Response:
        return client.post(f"/api/v1/messages/{item_id}/{act}", json=body)


def until(look: Callable[[], Any]) -> Any:
    for _ in range(400):
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not become so")


def _online(tx: Tx, server: Server) -> None:
    for name in ("ana", "bruno"):
        change(tx, user, {"id": server.ids[name]}, availability="online", connected=1, availability_at=tx.now)


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with carried(workers={"jobs": run_jobs, "dispatcher": send_due}) as carriers:
        yield Scene(carriers)


@pytest.fixture(autouse=True)
def _well(scene: Scene) -> None:
    scene.carriers.behave(provider="meta", accept=True)
    scene.server.services.limits._buckets.clear()


def failed(scene: Scene, **more: Any) -> dict[str, Any]:
    scene.carriers.behave(provider="meta", accept=False, error_code=131009)
    made = scene.becomes(scene.send(**more)["id"], "failed")
    scene.carriers.behave(provider="meta", accept=True)
    return made


def test_a_file_of_ours_reaches_the_carrier_and_is_uploaded_first(scene: Scene) -> None:
    upload = scene.ana.post("/api/v1/uploads", files={"file": ("boleto.pdf", samples.PDF, "application/pdf")})
    sent = scene.send(text="Segue", attachments=[upload.json()["items"][0]["id"]])
    scene.becomes(sent["id"], "sent", "delivered", "read")
    assert any("document" in json.dumps(each) for each in scene.carriers.outbox())


def test_a_message_that_failed_is_written_again_as_a_new_one_with_its_files(scene: Scene) -> None:
    upload = scene.ana.post("/api/v1/uploads", files={"file": ("boleto.pdf", samples.PDF, "application/pdf")})
    old = failed(scene, text="de novo", attachments=[upload.json()["items"][0]["id"]])
    client_id, epoch = new_id(), scene.epoch
    answer = scene.act(scene.ana, old["id"], "retry", client_id=client_id, epoch=epoch)
    assert answer.status_code == 201, answer.text
    new = answer.json()
    assert (new["retry_of"], new["text"], new["status"]) == (old["id"], "de novo", "queued")
    (file,) = new["attachments"]
    assert file["id"] != old["attachments"][0]["id"]
    assert scene.ana.get(file["url"]).content == samples.PDF
    again = scene.act(scene.ana, old["id"], "retry", client_id=client_id, epoch=epoch)
    assert (again.status_code, again.json()["id"]) == (200, new["id"])
    scene.becomes(new["id"], "sent", "delivered", "read")
    assert scene.shown(old["id"])["status"] == "failed"
    first, second = (scene.server.read(timeline.files_of, each["id"])[0] for each in (old, new))
    assert load(first.source)["uploaded"] == load(second.source)["uploaded"], "the same bytes went up twice"


def test_a_message_stands_in_only_for_one_of_ours_here_that_has_ended(scene: Scene) -> None:
    old = failed(scene, text="de novo")
    sent = scene.becomes(scene.send()["id"], "sent", "delivered", "read")
    theirs = next(
        each["id"]
        for each in scene.sofia.get(f"/api/v1/cases/{scene.case}/timeline").json()["items"]
        if each["kind"] == "message" and each["direction"] == "in"
    )
    other = scene.server.write(_elsewhere, old["id"])
    for odd in ("zzz", "", sent["id"], theirs, other):
        body = {"client_id": new_id(), "epoch": scene.epoch, "channel": "whatsapp", "text": "Segue.", "retry_of": odd}
        answer = scene.ana.post(f"/api/v1/cases/{scene.case}/messages", json=body)
        assert (answer.status_code, answer.json().get("field")) == (422, "retry_of"), odd
    assert scene.send(text="de novo", retry_of=old["id"])["retry_of"] == old["id"]


def _elsewhere(tx: Tx, like: str) -> str:
    """A message that failed on another case."""
    made = new_id()
    add(tx, item, **structs.asdict(timeline.get(tx, like)) | {"id": made, "case_id": new_id(), "client_id": None})
    return made


def test_only_what_has_ended_is_written_again(scene: Scene) -> None:
    sent = scene.becomes(scene.send()["id"], "sent", "delivered", "read")
    answer = scene.act(scene.ana, sent["id"], "retry", client_id=new_id(), epoch=scene.epoch)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


def test_writing_again_is_the_owners_and_under_their_epoch(scene: Scene) -> None:
    old = failed(scene, text="meu")
    bodies = {"client_id": new_id(), "epoch": scene.epoch}
    assert scene.act(scene.bruno, old["id"], "retry", **bodies).status_code == 404
    assert scene.act(scene.caio, old["id"], "retry", **bodies).status_code == 403
    assert scene.act(scene.sofia, old["id"], "retry", **bodies).json()["code"] == "not_owner"
    stale = scene.act(scene.ana, old["id"], "retry", client_id=new_id(), epoch=scene.epoch - 1)
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_epoch")


def test_a_scheduled_message_is_called_off_and_never_leaves(scene: Scene) -> None:
    later = rfc3339(scene.server.services.clock.now() + 2 * HOUR)
    planned = scene.send(text="mais tarde", send_at=later)
    assert planned["status"] == "scheduled"
    assert scene.act(scene.bruno, planned["id"], "cancel").status_code == 404
    answer = scene.act(scene.ana, planned["id"], "cancel")
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    assert answer.json()["cancelled"]["why"] == "by_hand"
    assert scene.act(scene.ana, planned["id"], "cancel").status_code == 409
    revived = scene.act(scene.ana, planned["id"], "retry", client_id=new_id(), epoch=scene.epoch)
    assert (revived.status_code, revived.json()["retry_of"]) == (201, planned["id"])


def test_what_has_left_cannot_be_called_off(scene: Scene) -> None:
    sent = scene.becomes(scene.send()["id"], "sent", "delivered", "read")
    assert scene.act(scene.ana, sent["id"], "cancel").status_code == 409


@pytest.mark.parametrize(("sent", "status"), [(True, "sent"), (False, "failed")])
def test_a_person_settles_what_nobody_knows(scene: Scene, sent: bool, status: str) -> None:
    made = scene.becomes(scene.send(text=f"incerto {sent}")["id"], "read")

    def forget(tx: Tx) -> None:
        change(tx, item, {"id": made["id"]}, status="sending")
        row = timeline.get(tx, made["id"])
        settle(tx, row, "unconfirmed", at=tx.now)

    scene.server.write(forget)
    assert scene.act(scene.bruno, made["id"], "settle", sent=sent).status_code == 404
    assert scene.act(scene.caio, made["id"], "settle", sent=sent).status_code == 403
    answer = scene.act(scene.ana, made["id"], "settle", sent=sent)
    assert (answer.status_code, answer.json()["status"]) == (200, status), answer.text
    assert scene.act(scene.ana, made["id"], "settle", sent=sent).status_code == 409


@pytest.mark.parametrize("act", ["retry", "settle", "cancel"])
def test_a_message_of_the_debtor_or_of_nobody_is_none_of_ours(scene: Scene, act: str) -> None:
    bodies: dict[str, dict[str, Any]] = {"retry": {"client_id": new_id(), "epoch": 1}, "settle": {"sent": True}}
    body = bodies.get(act, {})
    items = scene.sofia.get(f"/api/v1/cases/{scene.case}/timeline?limit=200").json()["items"]
    inbound = next(each["id"] for each in items if each.get("direction") == "in")
    event = next(each["id"] for each in items if each["kind"] == "event")
    for item_id in (inbound, event, new_id()):
        assert scene.act(scene.ana, item_id, act, **body).status_code == 404


def marked(scene: Scene, provider_id: str) -> bool:
    def read(reader: Any) -> bool:
        row = timeline.by_provider(reader, scene.carriers.book.whatsapp, provider_id)
        return row is not None and bool(load(row.data).get("marked_read"))

    return bool(scene.server.read(read))


def written(scene: Scene, text: str) -> tuple[str, int]:
    provider_id = scene.carriers.writes(text)

    def look() -> dict[str, Any] | None:
        items = scene.sofia.get(f"/api/v1/cases/{scene.case}/timeline?limit=200").json()["items"]
        return next((each for each in items if each.get("provider_id") == provider_id), None)

    return provider_id, until(look)["position"]


def test_only_the_owners_look_shows_the_debtor_that_they_were_read(scene: Scene) -> None:
    provider_id, position = written(scene, "alguém aí?")
    for watcher in (scene.sofia, scene.caio):
        assert watcher.post(f"/api/v1/cases/{scene.case}/seen", json={"position": position}).status_code == 204
    until(lambda: not [each for each in scene.server.read(rows, job.select(), JobRow) if each.kind == "whatsapp.read"])
    assert not marked(scene, provider_id)
    scene.ana.post(f"/api/v1/cases/{scene.case}/seen", json={"position": position})
    until(lambda: marked(scene, provider_id))


def test_an_answer_shows_it_too(scene: Scene) -> None:
    provider_id, _ = written(scene, "e agora?")
    body = {"client_id": new_id(), "epoch": scene.epoch, "channel": "whatsapp", "text": "Estou aqui."}
    assert scene.ana.post(f"/api/v1/cases/{scene.case}/messages", json=body).status_code == 201
    until(lambda: marked(scene, provider_id))


def test_the_owners_key_strokes_are_shown_and_nobody_elses(scene: Scene) -> None:
    provider_id, _ = written(scene, "posso pagar amanhã?")
    for client, shown in ((scene.sofia, False), (scene.ana, True)):
        with connect(scene.server.ws_url, additional_headers=scene.server.socket_headers(client)) as socket:
            socket.send(json.dumps({"type": "hello", "cursor": None, "topics": [f"case:{scene.case}"]}))
            for _ in range(3):
                socket.send(json.dumps({"type": "typing", "case": scene.case}))
            socket.send('{"type":"ping"}')
            while json.loads(socket.recv(timeout=20))["type"] != "pong":
                continue
        if shown:
            until(lambda: marked(scene, provider_id))
        assert marked(scene, provider_id) is shown
