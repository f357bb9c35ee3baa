"""What a user may not see does not exist for them: every route, every topic, every role (invariant 10).

The routes come from the sitemap: one that is added without a row here fails.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from websockets.sync.client import connect

from channels.types import Inbound
from console.cases.claim import claim
from console.cases.receive import receive
from console.people import accounts, teams
from console.portfolios.queries import find_inbox
from console.routes import API
from console.store.transaction import Reader, Tx
from console.supervision.whisper import WhisperBody, whisper
from console.timeline.queries import page
from console.wire.ids import new_id
from tests.server import Server, _hash, email, running
from tests.world import JOAO, MARIA, World, _book

CANARY = "palavra-canário"
SECRET = "sussurro-canário"
OUTSIDERS = ("davi", "elena", "admin")
_ONE = {"amount": 1, "currency": "BRL"}
BODIES: dict[str, Any] = {
    "POST /api/v1/cases/{id}/messages": {"client_id": new_id(), "epoch": 1, "channel": "whatsapp", "text": "x"},
    "POST /api/v1/cases/{id}/notes": {"client_id": new_id(), "text": "x"},
    "PUT /api/v1/cases/{id}/draft": {"text": "x", "rev": 1},
    "POST /api/v1/cases/{id}/gate": {"channel": "whatsapp", "text": "x"},
    "POST /api/v1/cases/{id}/seen": {"position": 1},
    "POST /api/v1/cases/{id}/claim": {},
    "POST /api/v1/cases/{id}/release": {},
    "POST /api/v1/cases/{id}/assign": {"user": "x"},
    "POST /api/v1/cases/{id}/transfer": {"to": {"user": "x"}, "note": ""},
    "POST /api/v1/cases/{id}/snooze": {"until": "2027-01-01T00:00:00Z"},
    "POST /api/v1/cases/{id}/resolve": {"outcome": "paid"},
    "POST /api/v1/cases/{id}/reopen": {},
    "POST /api/v1/cases/{id}/labels": {"labels": []},
    "POST /api/v1/cases/{id}/priority": {"priority": "high"},
    "POST /api/v1/cases/{id}/skills": {"skills": []},
    "POST /api/v1/cases/{id}/hand": {"reason": "x"},
    "POST /api/v1/cases/{id}/requests": {
        "client_id": new_id(),
        "epoch": 1,
        "kind": "approval",
        "channel": "whatsapp",
        "text": "x",
    },
    "POST /api/v1/cases/{id}/takeover": {},
    "POST /api/v1/cases/{id}/handback": {"note": ""},
    "POST /api/v1/cases/{id}/whispers": {"client_id": new_id(), "text": "x"},
    "POST /api/v1/cases/{id}/identify": {"debtor": "x"},
    "POST /api/v1/cases/{id}/identity/questions": {"kind": "product"},
    "POST /api/v1/cases/{id}/identity/answers": {"question": "x", "choice": 0},
    "POST /api/v1/cases/{id}/stops": {"stop": "deceased", "reason": "x"},
    "DELETE /api/v1/cases/{id}/stops/{stop}": {"reason": "x"},
    "POST /api/v1/cases/{id}/holds": {"hold": "hardship", "reason": "x"},
    "DELETE /api/v1/cases/{id}/holds/{hold}": {"reason": "x"},
    "POST /api/v1/cases/{id}/identity": {"checks": []},
    "POST /api/v1/cases/{id}/promises": {"client_id": new_id(), "amount": _ONE, "due": "2027-01-01"},
    "POST /api/v1/cases/{id}/payment-links": {"client_id": new_id(), "target": "debt"},
    "POST /api/v1/cases/{id}/disputes": {"client_id": new_id(), "charges": "all", "reason": "other"},
    "POST /api/v1/cases/{id}/disputes/{dispute}/resolve": {"outcome": "rejected", "note": "x"},
    "POST /api/v1/cases/{id}/plans": {"client_id": new_id(), "down_payment": _ONE, "instalments": 0},
    "POST /api/v1/cases/{id}/claims": {"client_id": new_id(), "item": "x"},
    "POST /api/v1/cases/{id}/documents": {"client_id": new_id()},
    "PUT /api/v1/cases/{id}/preferences": {"channel": None},
}
QUERIES = ("", f"?q={CANARY}", "?view=team", "?view=all", f"?q={CANARY}&in=messages", f"?q={SECRET}&in=notes")
CASE_ROUTES = [each for each in API if each.path.startswith("/api/v1/cases/{id}")]
CONTENT = ("", "/timeline", "/assignments", "/ledger")


class Scene:
    """Ana owns Maria's case, João's waits; Davi and Elena belong to another team."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.clients = {name: server.sign_in(name) for name in ("ana", "bruno", "sofia", "caio", *OUTSIDERS)}
        world = World(server.services.store, None, server.team, ids=server.ids)  # type: ignore[arg-type]
        server.write(_book, world)
        self.inbox = world.inboxes["whatsapp"]
        self.case = self.hear(MARIA, CANARY)
        self.waiting = self.hear(JOAO, "oi")
        self.ana = world.actor("ana")
        server.write(claim, self.ana, self.case)
        self.whisper = server.write(
            whisper, world.actor("sofia"), self.case, WhisperBody(client_id=new_id(), text=SECRET)
        )[0].id

    def hear(self, sender: Any, text: str) -> str:
        def verb(tx: Tx) -> str:
            inbox = find_inbox(tx, self.inbox)
            assert inbox is not None
            message = Inbound(provider_id=new_id(), sender=sender, at=tx.now, kind="text", text=text)
            return receive(tx, inbox, message, window_hours=24).case or ""

        return self.server.write(verb)

    def call(self, name: str, method: str, path: str, case_id: str) -> httpx2.Response:
        body = BODIES.get(f"{method} {path}")
        url = path.replace("{id}", case_id)
        return self.clients[name].request(method, url, **({} if body is None else {"json": body}))


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with running(workers={}, prepare=[_outsiders]) as server:
        yield Scene(server)


def _outsiders(tx: Tx) -> None:
    other = teams.add_team(tx, "Outra equipe")
    for name, role in (("davi", "agent"), ("elena", "supervisor")):
        new = accounts.NewUser(email=email(name), name=name.title(), role=role, password_hash=_hash())
        accounts.join_team(tx, accounts.add_user(tx, new), other)


@pytest.mark.parametrize("name", OUTSIDERS)
@pytest.mark.parametrize("route", CASE_ROUTES, ids=lambda each: f"{each.method} {each.path}")
def test_for_an_outsider_a_case_is_like_one_that_does_not_exist(scene: Scene, route: Any, name: str) -> None:
    real = scene.call(name, route.method, route.path, scene.case)
    none = scene.call(name, route.method, route.path, new_id())
    assert real.status_code == none.status_code == 404
    assert real.json() == none.json() and "epoch" not in real.text


@pytest.mark.parametrize("suffix", CONTENT)
def test_the_content_of_a_colleagues_case_is_hidden_and_its_existence_is_not(scene: Scene, suffix: str) -> None:
    assert scene.clients["bruno"].get(f"/api/v1/cases/{scene.case}{suffix}").status_code == 404
    lost = scene.call("bruno", "POST", "/api/v1/cases/{id}/claim", scene.case)
    assert lost.status_code == 409 and lost.json()["owner"] == {"id": scene.server.ids["ana"], "name": "Ana Prado"}
    for method, command in (("POST", "messages"), ("POST", "notes"), ("PUT", "draft")):
        refused = scene.call("bruno", method, f"/api/v1/cases/{{id}}/{command}", scene.case)
        assert (refused.status_code, refused.json()["code"]) == (409, "not_owner")


@pytest.mark.parametrize("name", ["bruno", *OUTSIDERS])
def test_no_list_search_or_picture_holds_a_byte_of_it(scene: Scene, name: str) -> None:
    client = scene.clients[name]
    paths = [each.path for each in API if each.method == "GET" and "{" not in each.path]
    for path in paths:
        for query in (
            "",
            f"?q={CANARY}",
            "?view=team",
            "?view=all",
            f"?q={CANARY}&in=messages",
            f"?q={SECRET}&in=notes",
        ):
            answer = client.get(path + query)
            assert CANARY not in answer.text and SECRET not in answer.text, f"{path}{query}"
            assert "+5511987654321" not in answer.text


def test_a_whisper_is_only_in_the_threads_of_those_it_concerns(scene: Scene) -> None:
    for name, expected in (("ana", True), ("sofia", True), ("caio", True)):
        text = scene.clients[name].get(f"/api/v1/cases/{scene.case}/timeline").text
        assert (SECRET in text) is expected and CANARY in text


@pytest.mark.parametrize(
    ("name", "topics"),
    [
        ("bruno", ["case:{case}", "case:{case}:team", "user:{ana}", "wall"]),
        ("davi", ["case:{case}", "case:{case}:team", "queue:{team}", "user:{ana}", "wall"]),
        ("elena", ["case:{case}", "case:{case}:team", "queue:{team}", "user:{ana}"]),
        ("admin", ["case:{case}", "case:{case}:team", "queue:{team}", "user:{ana}", "wall"]),
        ("ana", ["case:{waiting}", "case:{case}:team", "user:{bruno}", "wall"]),
    ],
)
def test_a_topic_one_may_not_hear_is_refused_and_the_socket_stays(scene: Scene, name: str, topics: list[str]) -> None:
    client = scene.clients[name]
    known = {"case": scene.case, "waiting": scene.waiting, "team": scene.server.team, **scene.server.ids}
    with connect(scene.server.ws_url, additional_headers=scene.server.socket_headers(client)) as socket:
        socket.send('{"type":"hello","cursor":null}')
        assert json.loads(socket.recv(5))["type"] == "ready"
        for topic in topics:
            socket.send(json.dumps({"type": "subscribe", "topics": [topic.format(**known)]}))
            frames = [json.loads(socket.recv(5))]
            if frames[0]["type"] == "subscribed":
                assert frames[0]["topics"] == []
                frames.append(json.loads(socket.recv(5)))
            assert frames[-1]["type"] == "error", topic
        socket.send('{"type":"ping"}')
        while json.loads(socket.recv(5))["type"] != "pong":
            continue


def test_every_case_route_has_a_row() -> None:
    unsafe = {f"{each.method} {each.path}" for each in CASE_ROUTES if each.method in ("POST", "PUT", "PATCH")}
    assert unsafe - set(BODIES) <= {f"POST /api/v1/cases/{{id}}/{act}" for act in ("watch", "barge")}


def test_the_case_and_its_whisper_do_exist(scene: Scene) -> None:
    """Without them the tests above would prove nothing."""

    def read(reader: Reader) -> list[str]:
        return [
            row.text for row in page(reader, scene.case, before=None, after=None, limit=9, whispers_of=None, side=True)
        ]

    assert {CANARY, SECRET} <= set(scene.server.read(read))
