"""The points where a process may be made to die: nothing when off, once when armed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from console import fault


@pytest.fixture(autouse=True)
def disarmed() -> Iterator[None]:
    yield
    fault.arm("")


def test_nothing_happens_at_a_point_that_is_not_armed() -> None:
    struck: list[int] = []
    fault.arm("", lambda: struck.append(1))
    fault.fault("")
    fault.fault("store.committed")
    assert struck == []


def test_an_armed_point_strikes_once_at_its_turn() -> None:
    struck: list[int] = []
    fault.arm("there:2", lambda: struck.append(1))
    for name in ("here", "there", "here"):
        fault.fault(name)
    assert struck == []
    for _ in range(3):
        fault.fault("there")
    assert struck == [1]
