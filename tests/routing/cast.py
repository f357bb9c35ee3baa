"""The people of the routing tests, at noon of one day."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings
from msgspec.structs import replace

from routing.types import Need, Policy, Seat, Ticket

NOON = 1_795_348_800_000
SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
POLICY = Policy()

# How long an example takes says nothing on a busy machine.
untimed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

_SKILLS = {
    "ana": {"lang:pt-BR": 5, "bucket:1_30": 3},
    "bruno": {"lang:pt-BR": 4, "lang:es": 4, "dispute": 4},
    "clara": {"lang:es": 5, "hardship": 3, "bucket:1_30": 1},
}


def agent(name: str, **changes: Any) -> Seat:
    seat = Seat(id=name, name=name.title(), teams=frozenset({"varejo"}), skills=_SKILLS.get(name, {}))
    return replace(seat, **changes)


def everybody() -> list[Seat]:
    return [agent("ana"), agent("bruno"), agent("clara")]


def case(name: str = "c1", *needs: Need, **changes: Any) -> Ticket:
    ticket = Ticket(id=name, team="varejo", needs=needs, rank_at=NOON, waiting_since=NOON, queued_at=NOON)
    return replace(ticket, **changes)


def need(name: str, level: int = 1, relax_after_s: tuple[int, ...] | None = ()) -> Need:
    return Need(name=name, level=level, relax_after_s=relax_after_s)
