"""Whispers as items: no channel, no contact point, no outbox row. Nothing here or elsewhere can hand one to an adapter.

Written by `supervision`; seen and used by the owner they were written to, which their author is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from sqlalchemy import bindparam, func, select

from console.access.actor import Actor
from console.errors import Invalid
from console.store.statement import Query, placed, places
from console.store.transaction import Reader, Tx
from console.timeline.add import Numbered, revise
from console.timeline.models import item
from console.timeline.queries import ItemRow, find

_UNSEEN = Query(
    select(item).where(
        item.c.case_id == bindparam("case_id"),
        item.c.kind == "whisper",
        item.c.to_id == bindparam("user_id"),
        item.c.seen_at.is_(None),
        item.c.position <= bindparam("position"),
    ),
    ItemRow,
)


def mark_used(tx: Tx, case: Numbered, actor: Actor, whisper_id: str) -> None:
    """The suggestion went into a message. Raises Invalid unless it is a whisper of this case to the actor."""
    row = find(tx, whisper_id)
    if row is None or row.kind != "whisper" or row.case_id != case.id or row.to_id != actor.id:
        raise Invalid("That is not a whisper to you on this case.", field="whisper")
    if row.used_at is None:
        revise(tx, case, row, used_at=tx.now, seen_at=row.seen_at or tx.now)


def unseen(reader: Reader, user_id: str, case_ids: Sequence[str]) -> dict[str, int]:
    """How many whispers to this user stand unseen on each of these cases; a case without one is left out."""
    if not case_ids:
        return {}
    return dict(_unseen_of(len(case_ids)).all(reader, user_id=user_id, **placed(case_ids)))


def mark_seen(tx: Tx, case: Numbered, user_id: str, position: int) -> None:
    """Whatever was whispered to this user up to a position is seen."""
    for row in _UNSEEN.all(tx, case_id=case.id, user_id=user_id, position=position):
        revise(tx, case, row, seen_at=tx.now)


@cache
def _unseen_of(count: int) -> Query[tuple[str, int]]:
    waits = (item.c.kind == "whisper", item.c.to_id == bindparam("user_id"), item.c.seen_at.is_(None))
    clause = select(item.c.case_id, func.count()).where(*waits, item.c.case_id.in_(places(count)))
    return Query(clause.group_by(item.c.case_id), lambda case_id, unseen: (str(case_id), int(unseen)))
