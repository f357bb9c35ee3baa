"""A page of a case's timeline, as its reader may see it."""

from __future__ import annotations

import msgspec

from console.access.actor import Actor
from console.access.visible import must_read, side_readers
from console.cases.queries import get
from console.errors import Invalid
from console.store.transaction import Reader
from console.timeline import queries as timeline
from console.timeline import view
from console.wire import shapes

MOST = 200


class TimelineQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    before: int | None = None
    after: int | None = None
    limit: int = 50


class Thread(msgspec.Struct, frozen=True):
    """Items in position order. Ask `before` `previous` for older ones, `after` `next` for newer ones."""

    items: list[shapes.Item]
    previous: int | None
    next: int | None


def thread(reader: Reader, actor: Actor, case_id: str, query: TimelineQuery) -> Thread:
    """Raises NotFound, or Invalid for a limit out of range."""
    must_read(reader, actor, case_id)
    if not 1 <= query.limit <= MOST or (query.before is not None and query.after is not None):
        raise Invalid(f"limit is 1 to {MOST}, and either before or after is given.", field="limit")
    row = get(reader, case_id)
    side = side_readers(actor, row.team_id)
    found = timeline.page(
        reader, case_id, before=query.before, after=query.after, limit=query.limit + 1, whispers_of=actor.id, side=side
    )
    more = len(found) > query.limit
    if query.after is not None:
        shown = found[: query.limit]
        return Thread(
            view.many(reader, shown), shown[0].position if shown else None, shown[-1].position if more else None
        )
    shown = found[-query.limit :]
    return Thread(view.many(reader, shown), shown[0].position if more else None, None)
