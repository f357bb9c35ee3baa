"""Putting an item on a case's timeline. The only place that gives positions."""

from __future__ import annotations

from typing import Any, Protocol

from msgspec.structs import asdict

from console.access.audience import case_topics, team_side_topic, user_topic
from console.store.base import dump
from console.store.statement import add, change
from console.store.transaction import Tx
from console.timeline import view
from console.timeline.index import index
from console.timeline.models import item
from console.timeline.queries import AttachmentRow, ItemRow
from console.wire.ids import new_id
from console.wire.moment import Ms


class Numbered(Protocol):
    """The live row of a case, as far as its timeline needs it."""

    id: str
    position: int
    team_id: str
    portfolio_id: str


def add_item(
    tx: Tx, case: Numbered, kind: str, *, at: Ms | None = None, author: str | None = None, **columns: Any
) -> ItemRow:
    """Insert the next item. The caller tells it (`tell`) when its attachments stand, and saves the case's row."""
    case.position += 1
    row = ItemRow(new_id(), case.id, case.position, kind, tx.now if at is None else at, author, **columns)
    add(tx, item, **asdict(row))
    if row.text and kind != "event":
        index(tx, row, case.team_id, case.portfolio_id)
    return row


def tell(tx: Tx, case: Numbered, row: ItemRow, files: list[AttachmentRow] | None = None) -> None:
    """Emit `KIND.created` to those who may see the item."""
    tx.emit(f"{row.kind}.created", topics=topics_of(case, row), data=view.one(tx, row, files), case=case.id)


def add_event(
    tx: Tx, case: Numbered, name: str, data: dict[str, Any] | None = None, *, author: str | None = None
) -> ItemRow:
    """A line of the thread that says what happened, and its event."""
    row = add_item(tx, case, "event", author=author, data=dump({"name": name, "data": data or {}}))
    tell(tx, case, row)
    return row


def revise(tx: Tx, case: Numbered, row: ItemRow, **changes: Any) -> ItemRow:
    """Change an item in place: its rev rises and `KIND.updated` is emitted."""
    changes["rev"] = row.rev + 1
    for name, each in changes.items():
        setattr(row, name, each)
    change(tx, item, {"id": row.id}, **changes)
    tx.emit(f"{row.kind}.updated", topics=topics_of(case, row), data=view.one(tx, row), case=case.id)
    return row


def topics_of(case: Numbered, row: ItemRow) -> list[str]:
    """A whisper is heard by its author, its reader and the supervisors' side; everything else by all who read the
    case.
    """
    if row.kind != "whisper":
        return case_topics(case.id, case.team_id)
    people = [each for each in (row.to_id, row.author_id) if each]
    return [team_side_topic(case.id), *(user_topic(each) for each in people)]
