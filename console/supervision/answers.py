"""How long customers waited for the answers of the last hour: read once for all walls, shown to each by its teams."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from statistics import median
from typing import Any

import msgspec
from sqlalchemy import bindparam, select

from console.cases.models import case
from console.store.statement import Query, row
from console.store.transaction import Reader
from console.timeline.models import item
from console.wire.moment import HOUR, SECOND, Ms

KEPT_MS = 15 * SECOND  # a wall asks every thirty
Waits = dict[str, dict[str, list[int]]]
"""By team and author: how long each answer was waited for, in ms."""
_ANSWERS = Query(
    select(case.c.team_id, item.c.author_id, item.c.at, item.c.data)
    .join_from(item, case, case.c.id == item.c.case_id)
    .where(
        item.c.kind == "message",
        item.c.direction == "out",
        item.c.at > bindparam("since"),
        item.c.author_id.is_not(None),
    ),
    row,
)


class _Data(msgspec.Struct):
    """Of a message's data: since when the debtor had waited, where it was an answer."""

    answered: Ms | None = None


_data = msgspec.json.Decoder(_Data).decode


class Answers:
    """Of one process. What was read stands for fifteen seconds, an answer under the team that its case had then."""

    def __init__(self) -> None:
        self._one = threading.Lock()
        self._at: Ms | None = None
        self._waits: Waits = {}

    def of(self, reader: Reader, teams: Iterable[str]) -> dict[str, Any]:
        """`{"response_s", "response_s_by_agent"}`: medians in whole seconds, of all of these teams and by agent."""
        with self._one:  # whoever comes meanwhile waits no longer than by asking too
            if self._at is None or not 0 <= reader.now - self._at < KEPT_MS:
                self._at, self._waits = reader.now, _read(reader)
            found = self._waits
        waits: dict[str, list[int]] = {}
        for team in teams:
            for author, one in found.get(team, {}).items():
                waits.setdefault(author, []).extend(one)
        everybody = [each for one in waits.values() for each in one]
        return {
            "response_s": round(median(everybody) / SECOND) if everybody else None,
            "response_s_by_agent": {author: round(median(one) / SECOND) for author, one in waits.items()},
        }


def _read(reader: Reader) -> Waits:
    waits: Waits = {}
    for team, author, at, data in _ANSWERS.all(reader, since=reader.now - HOUR):
        waited_from = _data(data).answered
        if waited_from is not None:
            waits.setdefault(team, {}).setdefault(author, []).append(at - waited_from)
    return waits
