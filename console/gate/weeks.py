"""Weeks of contact hours: built from rows of a profile, joined, and cut with each other."""

from __future__ import annotations

import re

from console.gate.packs import HoursRow, Week
from console.gate.types import DAYS, Day
from console.wire.moment import MINUTE

CHANNELS = ("whatsapp", "sms", "email", "webchat")
WAYS = ("call", "letter", "visit", "other")  # contacts that are made elsewhere


def week_of(rows: list[tuple[tuple[Day, ...], int, int]]) -> Week:
    """A week from (days, opens, closes) in minutes; spans that touch or overlap become one."""
    days: list[list[tuple[int, int]]] = [[] for _ in DAYS]
    for names, opens, closes in rows:
        for name in names:
            days[DAYS.index(name)].append((opens * MINUTE, closes * MINUTE))
    return tuple(_merged(spans) for spans in days)


def intersection(a: Week, b: Week) -> Week:
    """What is open in both."""
    return tuple(_both(x, y) for x, y in zip(a, b, strict=True))


def week_on(rows: tuple[HoursRow, ...], channel: str) -> Week:
    """The hours of a channel among these rows."""
    mine = [row for row in rows if not row.channels or channel in row.channels]
    return week_of([(row.days, minutes(row.opens), minutes(row.closes)) for row in mine])


def minutes(text: str) -> int:
    """HH:MM as minutes since midnight, 00:00 to 24:00. Raises ValueError for anything else."""
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d|24:00", text):
        raise ValueError(f"not a time of day: {text!r}")
    return int(text[:2]) * 60 + int(text[3:])


def _merged(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    out: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return tuple(out)


def _both(a: tuple[tuple[int, int], ...], b: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    cuts = ((max(x[0], y[0]), min(x[1], y[1])) for x in a for y in b)
    return tuple(sorted((start, end) for start, end in cuts if start < end))
