"""A snooze is taken back before its time by whoever may work on the case, and by nobody else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from console.wire.moment import HOUR, rfc3339
from tests.flows.desk import Scene
from tests.server import running


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with running() as server:
        yield Scene(server)


def test_a_snoozed_case_is_taken_up_before_its_time(scene: Scene) -> None:
    case = f"/api/v1/cases/{scene.case}"
    until = rfc3339(scene.server.services.clock.now() + HOUR)
    assert scene.ana.post(f"{case}/snooze", json={"until": until}).json()["status"] == "snoozed"
    assert scene.bruno.post(f"{case}/reopen", json={}).json()["code"] in ("not_owner", "not_found")
    assert scene.ana.get(case).json()["status"] == "snoozed"
    woken = scene.ana.post(f"{case}/reopen", json={})
    assert woken.status_code == 200, woken.text
    assert (woken.json()["status"], woken.json()["snooze_until"]) == ("assigned", None)
    assert woken.json()["owner"]["name"] == "Ana Prado"
    assert scene.ana.post(f"{case}/reopen", json={}).status_code == 409
