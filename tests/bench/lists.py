"""Lists of cases over 200,000 of them: every view and filter, as an agent, a supervisor and compliance.

A figure's statements are all that a page needs: the rows, what the viewer may read of them, what is unread.
"""

from __future__ import annotations

from urllib.parse import urlencode

from console.cases.lists import list_cases
from console.cases.narrowed import CaseQuery
from tests.bench import pages
from tests.bench.table import Asked, Taken, at_most, middle, told

CASES, MESSAGES = 200_000, 1_000_000  # the installation that search is measured on, too
GOAL_QUERY, GOAL_POSTGRESQL, GOAL_HTTP = 1.0, 5.0, 25.0  # milliseconds, p99
VIEWS = ("mine", "queue", "team", "all", "snoozed", "resolved")
FILTERS: tuple[dict[str, str], ...] = (
    {}, {"sort": "activity"}, {"sort": "wait"}, {"channel": "sms"}, {"label": "vip"}, {"skill": "lang:es"},
    {"portfolio": "p00000001"}, {"team": "t00000000"}, {"status": "snoozed"}, {"owner": "a00000000"}, {"q": "maria"},
)  # fmt: skip


def take(asked: Asked) -> Taken:
    name = f"case list over {CASES:,}, any view and filter"
    with pages.large(CASES, MESSAGES) as at:
        found = [pages.measure(at, _reads(at), 1) for _ in range(asked.reps)]
    rows = [
        at_most(f"{name}: statements, p99", middle(found, "query_p99"), "ms", GOAL_QUERY),
        told("… in CPU of the reader, p99", middle(found, "cpu_p99"), "ms"),
        at_most("… over HTTP, p99", middle(found, "http_p99"), "ms", GOAL_HTTP),
    ]
    return Taken({"SQLite": found}, rows)


def take_postgresql(asked: Asked) -> Taken:
    with pages.large_postgresql(CASES, MESSAGES) as at:
        found = [pages.measure(at, _reads(at), 0) for _ in range(asked.reps)]
    name = f"case list over {CASES:,}, PostgreSQL: statements, p99"
    return Taken({"PostgreSQL": found}, [at_most(name, middle(found, "query_p99"), "ms", GOAL_POSTGRESQL)])


def _reads(at: pages.Large) -> dict[tuple[str, str], tuple[pages.Read, str]]:
    return {(who, f"{view} {urlencode(more)}"): _read(view, more)
            for who in at.actors for view in VIEWS for more in FILTERS}  # fmt: skip


def _read(view: str, more: dict[str, str]) -> tuple[pages.Read, str]:
    query = CaseQuery(view=view, **more)  # type: ignore[arg-type]
    path = "/api/v1/cases?" + urlencode({"view": view, **more})
    return lambda reader, actor: list_cases(reader, actor, query), path
