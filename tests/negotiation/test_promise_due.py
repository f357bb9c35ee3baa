"""A promise comes back to its agent on the morning of its day, by the debtor's own clock, once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from console.cases.work import resolve, snooze
from console.negotiation import promises
from console.negotiation.due import due, pass_due
from console.negotiation.rows import PromiseRow
from console.store.base import load
from console.wire.ids import new_id
from console.wire.moment import DAY, MINUTE, parse_rfc3339
from tests.negotiation.scene import Scene, brl

MORNING = parse_rfc3339("2026-11-23T11:00:00Z")  # a Monday, eight in São Paulo: the law's hours begin


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    yield Scene(tmp_path)


def promised(scene: Scene, day: str = "2026-11-21") -> PromiseRow:
    """For a Saturday: it is due on the Monday."""
    new = promises.NewPromise(client_id=new_id(), amount=brl(20_000), due=day, method="pix")
    return scene.world.do(promises.make_promise, scene.ana, scene.case, new)[0]


def look(scene: Scene, at: int) -> list[tuple[str, str]]:
    """Go to a moment and do what has come to its own; the notices told, (kind, whose topic)."""
    scene.world.clock.advance(at - scene.world.clock.now())
    told = []
    for kind, row_id in scene.world.see(due):
        scene.world.do(pass_due, kind, row_id)
        told += [(fact.data["kind"], fact.topics[0]) for fact in scene.world.heard if fact.name == "notice.created"]
    return told


def test_a_case_put_aside_is_back_with_its_agent_when_the_hours_begin(scene: Scene) -> None:
    made = promised(scene)
    scene.answers()
    scene.world.do(snooze, scene.ana, scene.case, scene.world.clock.now() + 20 * DAY)
    assert look(scene, MORNING - MINUTE) == [] and scene.row.status == "snoozed"
    assert look(scene, MORNING) == [("promise_due", f"user:{scene.ana.id}")]
    assert (scene.row.status, scene.row.owner_id, scene.row.snooze_until) == ("assigned", scene.ana.id, None)
    assert "promise" in [each["name"] for each in load(scene.row.rank_terms)]
    assert scene.again(made).state == "open"
    assert look(scene, MORNING + MINUTE) == []  # once
    assert look(scene, MORNING + 3 * DAY) == [("promise_broken", f"user:{scene.ana.id}")]
    assert scene.again(made).state == "broken"


def test_a_settled_case_goes_on_with_its_agent(scene: Scene) -> None:
    promised(scene)
    scene.world.do(resolve, scene.ana, scene.case, "promise")
    assert look(scene, MORNING) == [("promise_due", f"user:{scene.ana.id}")]
    assert (scene.row.status, scene.row.owner_id) == ("assigned", scene.ana.id)


def test_what_was_paid_or_is_promised_for_today_calls_nobody(scene: Scene) -> None:
    promised(scene, "2026-11-19")  # today, and the hours have begun
    assert look(scene, scene.world.clock.now() + MINUTE) == []
    promised(scene)
    scene.pays(20_000)
    assert look(scene, MORNING) == []
