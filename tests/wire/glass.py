"""Rows of the snapshot test for break-glass: opened, shut, reviewed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from console.supervision import break_glass
from console.wire.ids import new_id
from tests.wire.stage import Stage


def _opened(stage: Stage) -> break_glass.Glass:
    """A supervisor of another team reads the case in an emergency."""
    elsewhere = replace(stage.world.actor("clara"), role="supervisor", teams=frozenset(), session="s")
    body = break_glass.BreakGlass(client_id=new_id(), reason="the debtor waits on the phone", case=stage.case)
    return stage.world.do(break_glass.break_the_glass, elsewhere, body)[0]


def _shut(stage: Stage) -> Callable[[], Any]:
    made = _opened(stage)
    return lambda: stage.world.do(break_glass.end, stage.world.actor("caio"), made.id)


def _reviewed(stage: Stage) -> Callable[[], Any]:
    made = _opened(stage)
    return lambda: stage.world.do(
        break_glass.review, stage.world.actor("caio"), made.id, break_glass.Review("justified")
    )


GLASS: dict[str, Callable[[Stage], Callable[[], Any]]] = {
    "supervision.break_glass.break_the_glass": lambda s: lambda: _opened(s),
    "supervision.break_glass.end": _shut,
    "supervision.break_glass.review": _reviewed,
}
