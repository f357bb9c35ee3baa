"""Search over 1,000,000 messages, newest first: as an agent with 30 cases, a supervisor, and compliance.

Words of 12 % of the messages, of 0.1 %, of forty in all, of none; a beginning of two letters; two words together.
"""

from __future__ import annotations

from urllib.parse import urlencode

from console.store.vault import Vault
from console.timeline.search import SearchQuery, search
from tests.bench import pages
from tests.bench.large import COMMON, MEDIUM, RARE
from tests.bench.table import Asked, Taken, at_most, middle, told

CASES, MESSAGES = 200_000, 1_000_000
GOAL_QUERY, GOAL_HTTP = 25.0, 60.0  # milliseconds, p99
WORDS = (COMMON, MEDIUM, RARE, "inexistente", "bo", f"{COMMON} {MEDIUM}", "calicao")


def take(asked: Asked) -> Taken:
    name = f"search over {MESSAGES:,} messages, any word"
    with pages.large(CASES, MESSAGES) as at:
        found = [pages.measure(at, _reads(at), 3) for _ in range(asked.reps)]
    rows = [
        at_most(f"{name}: statements, p99", middle(found, "query_p99"), "ms", GOAL_QUERY),
        told("… in CPU of the reader, p99", middle(found, "cpu_p99"), "ms"),
        at_most("… over HTTP, p99", middle(found, "http_p99"), "ms", GOAL_HTTP),
    ]
    return Taken({"SQLite": found}, rows)


def take_postgresql(asked: Asked) -> Taken:
    with pages.large_postgresql(CASES, MESSAGES) as at:
        found = [pages.measure(at, _reads(at), 0) for _ in range(asked.reps)]
    name = f"search over {MESSAGES:,} messages, PostgreSQL: statements, p99"
    return Taken({"PostgreSQL": found}, [at_most(name, middle(found, "query_p99"), "ms", GOAL_QUERY)])


def _reads(at: pages.Large) -> dict[tuple[str, str], tuple[pages.Read, str]]:
    vault = Vault("a key for the figures")
    return {(who, words): _read(words, vault) for who in at.actors for words in WORDS}


def _read(words: str, vault: Vault) -> tuple[pages.Read, str]:
    query = SearchQuery(q=words)
    return lambda reader, actor: search(reader, actor, query, vault), "/api/v1/search?" + urlencode({"q": words})
