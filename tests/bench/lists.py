"""Lists of cases over 200,000 of them: every view and filter, as an agent, a supervisor and compliance.

A figure's statements are all that a page needs: the rows, what the viewer may read of them, what is unread.
"""

from __future__ import annotations

from urllib.parse import urlencode

from console.cases.lists import list_cases
from console.cases.narrowed import CaseQuery
from tests.bench import pages
from tests.bench.table import Asked, Taken, at_most, middle

CASES = 200_000
GOAL_QUERY, GOAL_HTTP = 1.0, 25.0  # milliseconds, p99
VIEWS = ("mine", "queue", "team", "all", "snoozed", "resolved")
FILTERS: tuple[dict[str, str], ...] = (
    {}, {"sort": "activity"}, {"sort": "wait"}, {"channel": "sms"}, {"label": "vip"}, {"skill": "lang:es"},
    {"portfolio": "p00000001"}, {"team": "t00000000"}, {"status": "snoozed"}, {"owner": "a00000000"}, {"q": "maria"},
)  # fmt: skip


def take(asked: Asked) -> Taken:
    with pages.large(CASES, 0) as at:
        reads = {(who, f"{view} {urlencode(more)}"): _read(view, more)
                 for who in at.actors for view in VIEWS for more in FILTERS}  # fmt: skip
        found = [pages.measure(at, reads, 1) for _ in range(asked.reps)]
    name = f"case list over {CASES:,}"
    return Taken(
        {"SQLite": found},
        [
            at_most(f"{name}, any view and filter: statements, p99", middle(found, "query_p99"), "ms", GOAL_QUERY),
            at_most("… over HTTP, p99", middle(found, "http_p99"), "ms", GOAL_HTTP),
        ],
    )


def _read(view: str, more: dict[str, str]) -> tuple[pages.Read, str]:
    query = CaseQuery(view=view, **more)  # type: ignore[arg-type]
    path = "/api/v1/cases?" + urlencode({"view": view, **more})
    return lambda reader, actor: list_cases(reader, actor, query), path
