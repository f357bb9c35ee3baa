"""How much sense it makes to write to somebody today: 0 to 100, every point of it explained (domain rules 8.2).

Nothing personal plays a part, and whoever is in hardship never stands higher for what they owe.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date
from functools import cache

from msgspec import Struct

from console.ledger.accrual import bucket_of

VALUE, URGENCY, PROPENSITY, WAIT, PROMISE, TENURE = 30, 20, 20, 15, 10, 5
BY_BUCKET = {"CURRENT": 0.2, "B1_30": 0.4, "B31_60": 0.6, "B61_PLUS": 0.8}
ROLLS_WITHIN = 5  # days before the next bucket
NEXT_BUCKETS = (31, 61)  # days late at which one begins
SILENT_DAYS = 7  # after which nobody has waited longer


class Known(Struct, frozen=True, gc=False):
    """What is known of somebody who could be written to.

    open_minor  principal that is open, in minor units
    due         due date (YYYY-MM-DD) of the oldest open charge that is not disputed; "" when there is none
    settled     how many of their `charges` are paid
    silent_days since the day on which we last wrote to them; None: never
    promise     "due" today, "broken" lately, or ""
    """

    open_minor: int
    due: str
    settled: int
    charges: int
    answers: bool
    silent_days: int | None
    care: bool
    promise: str


class Term(Struct, frozen=True):
    name: str
    points: int


class Measures(Struct, frozen=True):
    """What the people of a portfolio are measured by on a day: a low and a high balance, and by bucket (how many ever
    answered, how many there are).
    """

    low: int
    high: int
    replies: dict[str, tuple[int, int]]


def measures(people: Iterable[Known], today: date) -> Measures:
    """Of everybody who owes in a portfolio."""
    people = list(people)
    owed = sorted(each.open_minor for each in people) or [1]
    asked: dict[str, tuple[int, int]] = {}
    for each in people:
        replied, many = asked.get(bucket := bucket_of(_days_late(each.due, today)), (0, 0))
        asked[bucket] = (replied + each.answers, many + 1)
    return Measures(max(owed[len(owed) // 10], 1), owed[min(len(owed) - 1, len(owed) * 95 // 100)], asked)


def _days_late(due: str, today: date) -> int:
    return max(0, (today - date.fromisoformat(due)).days) if due else 0


class Scale:
    """Scores of a day by its measures."""

    def __init__(self, by: Measures, today: date) -> None:
        self._low, self._high = by.low, by.high
        self._span = math.log(self._high / self._low) if self._high > self._low else 0.0
        self.days_late = cache(lambda due: _days_late(due, today))
        self._late_points = cache(self._of_lateness)
        self._replies = {bucket: (replied + 1) / (many + 2) for bucket, (replied, many) in by.replies.items()}

    def bucket(self, one: Known) -> str:
        return bucket_of(self.days_late(one.due))

    def score(self, one: Known) -> int:
        """The sum of the terms."""
        return sum(self._points(one))

    def terms(self, one: Known) -> list[Term]:
        """What gives points, in a fixed order."""
        names = ("value", "urgency", "propensity", "wait", "promise", "tenure")
        return [Term(name, points) for name, points in zip(names, self._points(one), strict=True) if points]

    def _points(self, one: Known) -> tuple[int, int, int, int, int, int]:
        value = 0 if one.care else self._value(one.open_minor)
        urgency, propensity = self._late_points(one.due)
        silent = SILENT_DAYS if one.silent_days is None else min(one.silent_days, SILENT_DAYS)
        promise = {"broken": PROMISE, "due": round(0.8 * PROMISE)}.get(one.promise, 0)
        tenure = round(TENURE * one.settled / one.charges) if one.settled else 0
        return value, urgency, propensity, round(WAIT * silent / SILENT_DAYS), promise, tenure

    def _value(self, owed: int) -> int:
        """Logarithmic from the low balance of the portfolio (nothing) to its high one (all)."""
        if not self._span or owed <= self._low:
            return 0
        return round(VALUE * math.log(min(owed, self._high) / self._low) / self._span)

    def _of_lateness(self, due: str) -> tuple[int, int]:
        """By the bucket: all of the urgency when the next one is near; how many like that ever answer."""
        late = self.days_late(due)
        bucket = bucket_of(late)
        rolls = any(edge - ROLLS_WITHIN <= late < edge for edge in NEXT_BUCKETS)
        return round(URGENCY * (1.0 if rolls else BY_BUCKET[bucket])), round(
            PROPENSITY * self._replies.get(bucket, 0.5)
        )
