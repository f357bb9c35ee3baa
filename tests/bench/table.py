"""What a part of the bench found, as rows of the one table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

from msgspec import Struct


class Asked(Struct, frozen=True):
    """`reps` rounds of each; `long` takes the time that the goal names instead of a bounded one."""

    reps: int
    long: bool = False


class Row(Struct, frozen=True):
    """One figure. `ratio` is to the floor of the same round; `goal` in words, "" for a figure that is only told."""

    name: str
    value: float
    unit: str
    floor: float | None = None
    ratio: float | None = None
    goal: str = ""
    holds: bool | None = None


class Taken(Struct):
    """The rounds by who was measured, each a struct of figures, and what they come to."""

    rounds: dict[str, Sequence[Any]]
    rows: list[Row]

    @property
    def foreign(self) -> float:
        """Cores that others used in the worst round."""
        told = (each.foreign for several in self.rounds.values() for each in several if hasattr(each, "foreign"))
        return max(told, default=0.0)


Part = Callable[[Asked], Taken]


def middle(rounds: Sequence[Any], name: str) -> float:
    """The median of a figure over the rounds."""
    return float(median(getattr(each, name) for each in rounds))


def at_most(name: str, value: float, unit: str, goal: float, floor: float | None = None) -> Row:
    ratio = None if not floor else value / floor
    return Row(name, value, unit, floor, ratio, f"at most {goal:g} {unit}", value <= goal)


def told(name: str, value: float, unit: str) -> Row:
    """A figure without a goal of its own."""
    return Row(name, value, unit)


def of_pairs(one: Sequence[Any], other: Sequence[Any], ratio: Callable[[Any, Any], float]) -> float:
    """The median of the ratios of the same round: others disturb both alike."""
    return median(ratio(*pair) for pair in zip(one, other, strict=True))
