"""What each level may grant is the portfolio's to set, by an admin, over HTTP: seen at once where a plan is made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.flows.desk import Scene
from tests.server import running


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with running(workers={}) as server:
        yield Scene(server)


@pytest.fixture
def path(scene: Scene) -> Iterator[str]:
    yield f"/api/v1/portfolios/{scene.book.id}/authority"
    scene.admin.put(f"/api/v1/portfolios/{scene.book.id}/authority", json={
        "limits": {"agent": {"ALL": None, "B61_PLUS": None}}, "cash_increment": 1})  # fmt: skip


def own(scene: Scene) -> Any:
    """What Ana may grant in her case."""
    return scene.ana.get(f"/api/v1/cases/{scene.case}/ledger").json()["limits"]


def test_what_is_named_changes_and_the_rest_stays(scene: Scene, path: str) -> None:
    before = scene.admin.get(path).json()
    assert before["limits"]["agent"]["B61_PLUS"]["principal_bp"] == 1_000 and before["cash_increment"] == 1
    wish = {"limits": {"agent": {"ALL": {"instalments": 10}, "B61_PLUS": {"principal_bp": 1_500}}},
            "cash_increment": 5}  # fmt: skip
    told = scene.admin.put(path, json=wish)
    assert told.status_code == 200 and told.json() == scene.sofia.get(path).json(), told.text
    now = told.json()
    assert now["limits"]["agent"]["B61_PLUS"] == before["limits"]["agent"]["B61_PLUS"] | {
        "instalments": 10, "principal_bp": 1_500}  # fmt: skip
    assert now["limits"]["agent"]["B1_30"] == before["limits"]["agent"]["B1_30"] | {"instalments": 10}
    assert now["limits"]["senior"] == before["limits"]["senior"] and now["cash_increment"] == 5
    assert own(scene)["instalments"] == 10
    audited = scene.caio.get("/api/v1/audit", params={"action": "portfolio.authority_changed"}).json()["items"]
    assert [each["detail"] for each in audited[:3]] == [
        {"cash_increment": 5},
        {"level": "agent", "bucket": "B61_PLUS", "limits": {"principal_bp": 1_500}},
        {"level": "agent", "bucket": None, "limits": {"instalments": 10}},
    ]
    back = scene.admin.put(path, json={"limits": {"agent": {"ALL": None, "B61_PLUS": None}}, "cash_increment": 1})
    assert back.json() == before


@pytest.mark.parametrize(
    ("wish", "named"),
    [
        ({}, "limits"),
        ({"limits": {"boss": {"ALL": {"days": 3}}}}, "limits.boss"),
        ({"limits": {"agent": {"B2": {"days": 3}}}}, "limits.agent.B2"),
        ({"limits": {"agent": {"ALL": {"principal_bp": 10_001}}}}, "limits.agent.ALL.principal_bp"),
        ({"limits": {"agent": {"ALL": {"instalments": 0}}}}, "limits.agent.ALL.instalments"),
        ({"cash_increment": 0}, "cash_increment"),
        ({"limits": {"agent": {"ALL": {"instalments": 3}, "B1_30": {"days": 41}}}}, "limits.agent.B1_30.days"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_of_it_is_kept(
    scene: Scene, path: str, wish: dict[str, Any], named: str
) -> None:
    before = scene.admin.get(path).json()
    answer = scene.admin.put(path, json=wish)
    assert (answer.status_code, answer.json()["field"]) == (422, named), answer.text
    assert scene.admin.get(path).json() == before


def test_unknown_words_and_portfolios_are_refused(scene: Scene, path: str) -> None:
    assert scene.admin.put(path, json={"limits": {"agent": {"ALL": {"principal": 5}}}}).status_code in (400, 422)
    nowhere = "/api/v1/portfolios/nothing/authority"
    assert scene.admin.get(nowhere).status_code == 404
    assert scene.admin.put(nowhere, json={"cash_increment": 5}).status_code == 404


def test_only_an_admin_changes_it_and_whoever_answers_for_a_team_reads_it(scene: Scene, path: str) -> None:
    for who in (scene.ana, scene.sofia, scene.caio):
        assert who.put(path, json={"cash_increment": 5}).status_code == 403
    assert scene.ana.get(path).status_code == 403
    assert [scene.sofia.get(path).status_code, scene.caio.get(path).status_code] == [200, 200]
