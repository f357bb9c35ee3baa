"""The points where a process may be made to die: nothing when off, once when armed."""

from __future__ import annotations

from console import fault


def test_nothing_is_armed_by_default() -> None:
    assert fault.fault.__name__ == "_nothing"


def test_an_armed_point_strikes_once_at_its_turn() -> None:
    struck: list[int] = []
    passed = fault.armed("there:2", lambda: struck.append(1))
    for name in ("here", "there", "here"):
        passed(name)
    assert struck == []
    for _ in range(3):
        passed("there")
    assert struck == [1]
