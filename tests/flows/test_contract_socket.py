"""The socket as an integrator tries it first: topics, signals, replay from a cursor, refusals that keep it open."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from websockets.sync.client import ClientConnection, connect

from console.wire.ids import new_id
from tests.flows.desk import Scene
from tests.server import running

PATIENCE = 10.0


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with running(workers={}) as server:
        yield Scene(server)


def heard(socket: ClientConnection, kind: str, name: str = "") -> dict[str, Any]:
    """The next frame of a type (and name); others in between are skipped."""
    while True:
        frame: dict[str, Any] = json.loads(socket.recv(PATIENCE))
        if frame["type"] == kind and (not name or frame["name"] == name):
            return frame


def say(socket: ClientConnection, **frame: Any) -> None:
    socket.send(json.dumps(frame))


def line(scene: Scene, who: httpx2.Client) -> Any:
    return connect(scene.server.ws_url, additional_headers=scene.server.socket_headers(who))


def test_the_case_of_a_get_goes_on_where_its_cursor_stood(scene: Scene) -> None:
    at = f"/api/v1/cases/{scene.case}"
    cursor = scene.sofia.get(at).headers["Acordo-Cursor"]
    note = scene.ana.post(f"{at}/notes", json={"client_id": new_id(), "text": "depois do retrato"}).json()
    with line(scene, scene.sofia) as socket:
        say(socket, type="hello", cursor=cursor, topics=[f"case:{scene.case}"])
        event = heard(socket, "event", "note.created")
        assert set(event) == {"type", "cursor", "id", "at", "name", "case", "data"}
        assert (event["case"], event["data"]["id"]) == (scene.case, note["id"])
        ready = heard(socket, "ready")
        assert (ready["heartbeat"], ready["user"]["name"]) == (20, "Sofia Lima")


def test_a_topic_out_of_sight_and_a_bad_frame_are_errors_and_the_socket_stays(scene: Scene) -> None:
    with line(scene, scene.bruno) as socket:
        say(socket, type="hello", cursor=None)
        heard(socket, "ready")
        for topic in (f"case:{scene.case}", "wall", "case:none"):
            say(socket, type="subscribe", topics=[topic])
            assert heard(socket, "error")["code"] == "not_found", topic
        for frame in ("{", "[]", '{"type":"nonsense"}', b"\x00\xff"):
            socket.send(frame)
            assert heard(socket, "error")["code"] == "invalid", frame
        say(socket, type="ping")
        heard(socket, "pong")


def test_every_subscribe_is_answered_and_distinct_names_count(scene: Scene) -> None:
    own = f"case:{scene.case}"
    with line(scene, scene.ana) as socket:
        say(socket, type="hello", cursor=None, topics=[own] * 101)
        assert json.loads(socket.recv(PATIENCE))["type"] == "ready"
        for topics, granted, refused in (([], [], 0), ([own] * 250, [own], 0), (["case:none", "wall"], [], 2),
                                         ([own, "case:none"], [own], 1)):  # fmt: skip
            say(socket, type="subscribe", topics=topics)
            frames = [json.loads(socket.recv(PATIENCE)) for _ in range(refused + 1)]
            assert [each["type"] for each in frames] == ["error"] * refused + ["subscribed"], topics
            assert (frames[-1]["topics"], bool(frames[-1]["cursor"])) == (granted, True)
        say(socket, type="subscribe", topics=[f"case:{n}" for n in range(100)])
        assert json.loads(socket.recv(PATIENCE))["code"] == "invalid", "a hundred beside the one it holds"


def test_what_is_said_in_a_case_out_of_sight_is_refused_alike(scene: Scene) -> None:
    with line(scene, scene.bruno) as socket:
        say(socket, type="hello", cursor=None)
        heard(socket, "ready")
        for case in (scene.case, "none", ""):
            for frame in ({"type": "seen", "position": 1}, {"type": "typing"}, {"type": "draft", "text": "oi"}):
                say(socket, **frame, case=case)
                say(socket, type="ping")
                answer = json.loads(socket.recv(PATIENCE))
                assert (answer["type"], answer.get("code")) == ("error", "not_found"), (frame, case)
                heard(socket, "pong")
    with line(scene, scene.sofia) as socket:
        say(socket, type="hello", cursor=None)
        heard(socket, "ready")
        for frame in ({"type": "typing"}, {"type": "draft", "text": "oi"}):
            say(socket, **frame, case=scene.case)
            say(socket, type="ping")
            assert json.loads(socket.recv(PATIENCE))["type"] == "pong", "who reads it may say so, heard or not"


def test_the_owners_draft_reaches_who_watches_and_a_transfer_hides_the_case(scene: Scene) -> None:
    at = f"/api/v1/cases/{scene.case}"
    with line(scene, scene.ana) as ana, line(scene, scene.sofia) as sofia:
        for socket in (ana, sofia):
            say(socket, type="hello", cursor=None)
            heard(socket, "ready")
        say(sofia, type="subscribe", topics=[f"case:{scene.case}"])
        assert heard(sofia, "subscribed")["topics"] == [f"case:{scene.case}"]
        say(ana, type="draft", case=scene.case, text="Posso esp")
        assert heard(sofia, "signal", "draft")["text"] == "Posso esp"
        moved = scene.sofia.post(f"{at}/assign", json={"user": scene.server.ids["bruno"]})
        assert moved.status_code == 200, moved.text
        assert heard(ana, "event", "case.hidden")["case"] == scene.case
        scene.sofia.post(f"{at}/notes", json={"client_id": new_id(), "text": "só para quem vê"})
        say(ana, type="ping")
        frames: list[dict[str, Any]] = []
        while not frames or frames[-1]["type"] != "pong":
            frames.append(json.loads(ana.recv(PATIENCE)))
        assert not [each for each in frames if each.get("name") == "note.created"]
