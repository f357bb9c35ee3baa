"""What clients ask for by name, and the audiences behind it (`access/audience.py` makes those names).

case:ID  case:ID:team  queue:TEAM  user:ID     stand for themselves
wall                                           every wall:TEAM the asker may see
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from console.access.audience import wall_topic

WALL = "wall"
_NAME = re.compile(r"case:([\w-]{1,64})(:team)?|(queue|user):[\w-]{1,64}|wall", re.ASCII)
_CASE = re.compile(r"case:([\w-]{1,64})", re.ASCII)


def is_name(name: str) -> bool:
    """Whether a client may ask for a topic of this form at all."""
    return _NAME.fullmatch(name) is not None


def case_of(topic: str) -> str | None:
    """The case whose full audience this topic is; None for any other topic."""
    match = _CASE.fullmatch(topic)
    return match[1] if match else None


def expand(names: Iterable[str], teams: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The audiences behind each name. `teams` are those whose wall the asker may see."""
    walls = tuple(wall_topic(team) for team in sorted(teams))
    return {name: walls if name == WALL else (name,) for name in names}
