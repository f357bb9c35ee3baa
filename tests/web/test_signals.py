"""What the walls show between events: loads, once a second at most, to those who may see them."""

from __future__ import annotations

from uuid import uuid4

import pytest

from console.workers.presence import tell_loads
from tests.realtime.scene import give, open_case
from tests.server import running
from tests.web.sockets import opened


def test_a_case_that_changes_hands_changes_the_loads_on_the_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.workers.presence.LOAD_SECONDS", 0.05)
    with running(demo=True, workers={"loads": tell_loads}) as server:
        case = uuid4().hex
        server.write(open_case, case, server.team)
        with opened(server, server.sign_in("sofia")) as sofia, opened(server, server.sign_in("bruno")) as bruno:
            sofia.hello(topics=["wall"])
            bruno.hello()
            server.write(give, case, server.team, server.ids["ana"])
            first = sofia.until("load")[-1]
            assert (first["type"], first["user"]["id"], first["load"], first["held"]) == (
                "signal", server.ids["ana"], 1.0, 1,
            )  # fmt: skip
            server.write(give, case, server.team, server.ids["bruno"], server.ids["ana"])
            loads: dict[str, float] = {}
            while len(loads) < 2:
                frame = sofia.until("load")[-1]
                loads[frame["user"]["id"]] = frame["load"]
            assert loads == {server.ids["ana"]: 0.0, server.ids["bruno"]: 1.0}
            assert {each["user"]["id"] for each in bruno.pending() if each.get("name") == "load"} <= {
                server.ids["bruno"]
            }


def test_two_people_typing_are_two_signs() -> None:
    from console.realtime.signals import _subject

    assert _subject({"user": {"id": "a"}}) != _subject({"user": {"id": "b"}})
    assert _subject({}) is None
