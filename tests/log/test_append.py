"""Whoever wrote before it waited asks the log whether it was overtaken: that must cost no more in a longer log."""

from __future__ import annotations

import pytest

from console.log.append import NEWER
from console.store.store import Store
from console.store.transaction import Reader, Tx

EVENTS = 20_000


def fill(tx: Tx) -> None:
    tx.run(
        "INSERT INTO event (xid, id, at, name, case_id, topics, data)"
        " SELECT 1, 'e' || n, n, 'message.created', 'c' || n %% 500, '[]', '{}' FROM generate_series(1, %(n)s) AS n",
        {"n": EVENTS},
    )


def buffers(reader: Reader) -> int:
    """How many pages the question reads."""
    explain = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {NEWER}"
    ((plan,),) = reader.run(explain, {"cases": ["c1"]}).fetchall()
    top = plan[0]["Plan"]
    return int(top["Shared Hit Blocks"]) + int(top["Shared Read Blocks"])


@pytest.mark.parametrize("database_url", [pytest.param("postgresql", marks=pytest.mark.pg)], indirect=True)
async def test_the_log_is_asked_from_its_newest_end_before_anything_is_known_of_it(store: Store) -> None:
    await store.write(fill)
    assert await store.write(lambda tx: buffers(tx)) < 10
