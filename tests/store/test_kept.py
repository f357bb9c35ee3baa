"""What the writer keeps of the installation's set-up never outlives a change of it, whoever made the change."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from console.errors import Conflict
from console.portfolios.models import policy
from console.portfolios.queries import policy_value
from console.store.statement import put
from console.store.store import Store
from console.store.transaction import Tx


def set_policy(tx: Tx, text: str, *, refuse: bool = False) -> str | None:
    put(tx, policy, ("name",), name="routing", value=text)
    found = policy_value(tx, "routing")
    if refuse:
        raise Conflict("not this one")
    return found


class Asked:
    """A cursor that counts what it is asked."""

    def __init__(self, cursor: Any) -> None:
        self.cursor = cursor
        self.count = 0

    def execute(self, sql: str, values: Any) -> Any:
        self.count += 1
        return self.cursor.execute(sql, values)


def seen(tx: Tx) -> str | None:
    return policy_value(tx, "routing")


async def test_a_change_is_seen_by_its_own_verb_and_by_the_next(store: Store) -> None:
    assert await store.write(set_policy, "1") == "1"
    assert await store.write(seen) == "1"
    assert await store.write(set_policy, "2") == "2"
    assert await store.write(seen) == "2"


async def test_a_change_of_another_process_is_seen_at_once(store: Store) -> None:
    assert await store.write(seen) is None
    store.write_now(set_policy, "1")
    assert await store.write(seen) == "1"


async def test_what_a_refused_verb_changed_is_not_kept(store: Store) -> None:
    await store.write(set_policy, "1")
    refused, found = await asyncio.gather(
        store.write(set_policy, "2", refuse=True), store.write(seen), return_exceptions=True
    )
    assert isinstance(refused, Conflict) and found == "1"


async def test_a_row_is_read_once_while_nothing_changes(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    if store.dialect != "sqlite":
        pytest.skip("on PostgreSQL a transaction keeps for itself alone")
    await store.write(set_policy, "1")
    await store.write(seen)

    def count(tx: Tx, text: str) -> int:
        asked = Asked(tx.cursor)
        monkeypatch.setattr(tx, "cursor", asked)
        assert seen(tx) == text
        return asked.count

    assert await store.write(count, "1") == 0
    store.write_now(set_policy, "2")
    assert await store.write(count, "2") == 1, "another connection wrote"
