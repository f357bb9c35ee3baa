"""Somebody in need is served by who knows how to: by words and by hand, from an agent to a specialist, over HTTP."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from console.app import WORKERS
from console.cases.models import case as case_table
from console.clock import SystemClock
from console.people.accounts import join_team, set_skill
from console.people.models import user
from console.people.teams import add_team
from console.portfolios.models import portfolio_team
from console.queue.assign import drain
from console.queue.call import QUIET_MS, call_specialist, due_calls
from console.store.statement import add, change
from console.store.transaction import Tx
from tests.flows.desk import Scene
from tests.server import running


@pytest.fixture
def scene() -> Iterator[Scene]:
    """Ana owns Maria's case; Bruno is the specialist. The queue is served where a test says so."""
    with running(workers={"jobs": WORKERS["jobs"]}, clock=SystemClock()) as server:
        made = Scene(server)
        server.write(set_skill, server.ids["bruno"], "hardship", 3)
        yield made


def case(scene: Scene) -> dict[str, Any]:
    found: dict[str, Any] = scene.sofia.get(f"/api/v1/cases/{scene.case}").json()
    return found


def owner(scene: Scene) -> str:
    return str((case(scene)["owner"] or {"id": ""})["id"])


def until(holds: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)


def place(scene: Scene, hold: str) -> None:
    body = {"hold": hold, "reason": "perdeu o emprego", "epoch": scene.epoch()}
    answer = scene.ana.post(f"/api/v1/cases/{scene.case}/holds", json=body)
    assert answer.status_code == 200, answer.text


def events(scene: Scene, name: str) -> list[dict[str, Any]]:
    items = scene.sofia.get(f"/api/v1/cases/{scene.case}/timeline").json()["items"]
    return [each["data"] for each in items if each["kind"] == "event" and each["name"] == name]


def alarms(scene: Scene) -> list[str]:
    found = scene.sofia.get("/api/v1/requests").json()["items"]
    return [each["reason"] for each in found if each["kind"] == "alarm" and each["case"] == scene.case]


def away(tx: Tx, user_id: str) -> None:
    change(tx, user, {"id": user_id}, availability="offline", connected=0)


@pytest.mark.parametrize("hold", ["hardship", "distress", "vulnerable", "deceased"])
def test_a_hold_placed_by_hand_calls_the_specialist(scene: Scene, hold: str) -> None:
    place(scene, hold)
    scene.server.write(drain)
    assert owner(scene) == scene.server.ids["bruno"]
    found = case(scene)
    assert {"skill": "hardship", "level": 1} in found["skills"] and hold in found["holds"]
    assert alarms(scene) == [hold]
    (queued,) = events(scene, "case.queued")
    assert (queued["reason"], queued["from"]["id"]) == (hold, scene.server.ids["ana"])
    assert events(scene, "case.assigned")[-1]["cause"] == "routed"
    refused = scene.ana.post(f"/api/v1/cases/{scene.case}/holds", json={"hold": "vulnerable", "reason": "x"})
    assert refused.json()["code"] == "not_owner", refused.text


@pytest.mark.parametrize(
    ("said", "hold", "priority"),
    [("perdi meu emprego", "hardship", "high"), ("não quero mais viver", "distress", "urgent")],
)
def test_words_of_need_call_the_specialist(scene: Scene, said: str, hold: str, priority: str) -> None:
    scene.book.writes(said)
    until(lambda: alarms(scene) == [hold])
    scene.server.write(drain)
    assert owner(scene) == scene.server.ids["bruno"]
    found = case(scene)
    assert {"skill": "hardship", "level": 1} in found["skills"]
    assert (found["holds"], found["priority"]) == ([hold], priority)
    assert [each["reason"] for each in events(scene, "case.queued")][-1] == hold


def test_who_has_the_skill_keeps_the_case(scene: Scene) -> None:
    scene.server.write(set_skill, scene.server.ids["ana"], "hardship", 1)
    place(scene, "hardship")
    assert owner(scene) == scene.server.ids["ana"] and not events(scene, "case.queued")


def full(tx: Tx, user_id: str) -> None:
    change(tx, user, {"id": user_id}, capacity=0)


@pytest.mark.parametrize("gone", [away, full])
def test_with_no_specialist_free_it_stays_with_its_agent_who_answers_with_care(
    scene: Scene, gone: Callable[[Tx, str], None]
) -> None:
    scene.server.write(gone, scene.server.ids["bruno"])
    scene.book.writes("perdi meu emprego")
    until(lambda: alarms(scene) == ["hardship"])
    found = case(scene)
    assert owner(scene) == scene.server.ids["ana"] and {"skill": "hardship", "level": 1} in found["skills"]
    answer = scene.reply(text="Sinto muito. Estou aqui para ouvir.", purpose="care")
    assert answer.status_code in (200, 201, 202), answer.text


def test_a_supervisor_who_took_it_over_keeps_it(scene: Scene) -> None:
    assert scene.sofia.post(f"/api/v1/cases/{scene.case}/takeover").status_code == 200
    scene.book.writes("quero morrer")
    until(lambda: alarms(scene) == ["distress"])
    assert owner(scene) == scene.server.ids["sofia"]


def comes(scene: Scene) -> None:
    """Bruno comes on shift, and the clock and the dispatcher have their turns."""

    scene.server.write(
        lambda tx: change(tx, user, {"id": scene.server.ids["bruno"]}, availability="online", connected=1)
    )
    for case_id in scene.server.write(due_calls):
        scene.server.write(call_specialist, case_id)
    scene.server.write(drain)


def stayed(scene: Scene) -> None:
    """Maria told of her need while no specialist was there, and Ana's last word is some minutes ago."""
    scene.server.write(away, scene.server.ids["bruno"])
    scene.book.writes("perdi meu emprego")
    until(lambda: alarms(scene) == ["hardship"])
    assert owner(scene) == scene.server.ids["ana"]
    later(scene, QUIET_MS)


def later(scene: Scene, ms: int) -> None:
    scene.server.services.clock.offset_ms += ms  # type: ignore[attr-defined]


def test_a_specialist_who_comes_on_shift_is_given_the_case_that_stayed(scene: Scene) -> None:
    stayed(scene)
    comes(scene)
    assert owner(scene) == scene.server.ids["bruno"]
    assert [each["reason"] for each in events(scene, "case.queued")][-1] == "hardship"
    assert events(scene, "case.assigned")[-1]["cause"] == "routed"


def test_no_case_is_taken_from_under_an_agent_who_is_answering(scene: Scene) -> None:
    stayed(scene)
    draft = {"text": "Sinto muito, Maria. Estou", "rev": 0}
    assert scene.ana.put(f"/api/v1/cases/{scene.case}/draft", json=draft).status_code == 200
    comes(scene)
    assert owner(scene) == scene.server.ids["ana"], "she is writing"
    later(scene, QUIET_MS - 1_000)
    scene.reply(text="Estou aqui para ouvir.", purpose="care")
    scene.ana.put(f"/api/v1/cases/{scene.case}/draft", json={"text": "", "rev": 1})
    comes(scene)
    assert owner(scene) == scene.server.ids["ana"], "she has just written"
    later(scene, QUIET_MS)
    comes(scene)
    assert owner(scene) == scene.server.ids["bruno"]


def test_whom_a_supervisor_chose_keeps_it(scene: Scene) -> None:
    stayed(scene)
    given = scene.sofia.post(f"/api/v1/cases/{scene.case}/assign", json={"user": scene.server.ids["ana"]})
    if given.status_code != 200:
        scene.sofia.post(f"/api/v1/cases/{scene.case}/takeover")
        given = scene.sofia.post(f"/api/v1/cases/{scene.case}/handback", json={"note": "fique com ela"})
    assert given.status_code == 200, given.text
    later(scene, QUIET_MS)
    comes(scene)
    assert owner(scene) == scene.server.ids["ana"]


def second_team(tx: Tx, scene: Scene, case_id: str) -> None:
    team = add_team(tx, "Acordos")
    for name in ("ana", "bruno", "sofia"):
        join_team(tx, scene.server.ids[name], team)
    add(tx, portfolio_team, portfolio_id=scene.book.id, team_id=team)
    change(tx, case_table, {"id": case_id}, team_id=team)


@pytest.mark.parametrize("teams", [1, 2])
def test_one_at_a_time_while_there_is_room_and_none_waits_in_the_queue(scene: Scene, teams: int) -> None:
    """Whether the two cases are of one team or of two, in both of which the specialist serves."""
    scene.server.write(away, scene.server.ids["bruno"])
    scene.book.writes("oi, é o José", sender="5511944443333")
    other = next(each["id"] for each in scene.ana.get("/api/v1/cases", params={"view": "queue"}).json()["items"])
    assert scene.ana.post(f"/api/v1/cases/{other}/claim").status_code == 200
    if teams == 2:
        scene.server.write(second_team, scene, other)
    for sender in ({}, {"sender": "5511944443333"}):
        scene.book.writes("perdi meu emprego", **sender)
    found = [scene.case, other]

    def owners() -> list[str]:
        return sorted(scene.sofia.get(f"/api/v1/cases/{each}").json()["owner"]["id"] for each in found)

    until(lambda: all(scene.sofia.get(f"/api/v1/cases/{each}").json()["holds"] for each in found))
    later(scene, QUIET_MS)
    ana, bruno = scene.server.ids["ana"], scene.server.ids["bruno"]
    scene.server.write(lambda tx: change(tx, user, {"id": bruno}, capacity=1_000))
    for _ in range(3):
        comes(scene)
        assert owners() == sorted([ana, bruno])
    scene.server.write(lambda tx: change(tx, user, {"id": bruno}, capacity=9_000))
    comes(scene)
    assert owners() == [bruno, bruno]
