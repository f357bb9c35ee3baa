"""Requirements that relax while a case waits.

Ring 0 asks for everything. At every step of a need's `relax_after_s` its level falls by an equal part, and the last
step drops it; with (30, 120, 300) a level of 3 is 2 after 30 s, 1 after 2 min, and nothing after 5 min. What may
never relax is asked for in every ring.
"""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct

from routing.types import Ms, Need, Policy

Wanted = tuple[tuple[str, int], ...]  # (skill, level), by name


class Ring(Struct, frozen=True):
    """Open from `after_s` seconds in the queue on, for whoever has all that is wanted."""

    after_s: int
    wanted: Wanted


def rings(needs: tuple[Need, ...], policy: Policy) -> tuple[Ring, ...]:
    """Every ring that is wider than the one before; the first is always there."""
    return _rings(needs, policy.relax_after_s, policy.never_relax)


def reached(rings: tuple[Ring, ...], queued_at: Ms, now: Ms) -> int:
    """The index of the widest ring that waiting has opened."""
    waited_s = (now - queued_at) // 1_000
    return max((index for index, ring in enumerate(rings) if ring.after_s <= waited_s), default=0)


def next_ring_at(rings: tuple[Ring, ...], queued_at: Ms, now: Ms) -> Ms | None:
    """When the next ring opens; None when the last one is open."""
    following = reached(rings, queued_at, now) + 1
    return queued_at + rings[following].after_s * 1_000 if following < len(rings) else None


def lacking(skills: dict[str, int], wanted: Wanted) -> str | None:
    """The first wanted skill that is missing or too low; None when all are there."""
    for name, level in wanted:
        if skills.get(name, 0) < level:
            return name
    return None


@lru_cache(maxsize=4_096)
def _rings(needs: tuple[Need, ...], relax_after_s: tuple[int, ...], never: tuple[str, ...]) -> tuple[Ring, ...]:
    steps = [(need, _steps(need, relax_after_s, never)) for need in sorted(needs, key=lambda need: need.name)]
    edges = sorted({0}.union(*(seconds for _, seconds in steps)))
    found: list[Ring] = []
    for after_s in edges:
        wanted = tuple((need.name, level) for need, seconds in steps if (level := _level(need, seconds, after_s)))
        if not found or wanted != found[-1].wanted:
            found.append(Ring(after_s, wanted))
    return tuple(found)


def _steps(need: Need, relax_after_s: tuple[int, ...], never: tuple[str, ...]) -> tuple[int, ...]:
    if need.relax_after_s is None or need.name.partition(":")[0] in never:
        return ()
    return need.relax_after_s or relax_after_s


def _level(need: Need, steps: tuple[int, ...], after_s: int) -> int:
    """The level still asked for: all of it before the first step, none from the last one on, equal parts between."""
    left = sum(1 for step in steps if step > after_s)
    return need.level if not steps else -(-need.level * left // len(steps))
