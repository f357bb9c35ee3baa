"""Lists in pages: those that are short by nature (teams, templates, open requests) whole unless a limit is asked for,
those that grow from the database, the youngest first.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol, TypeVar

from msgspec import DecodeError, Struct
from msgspec.json import decode
from sqlalchemy import Select, Table, and_, or_

from console.errors import Invalid

MOST = 200
T = TypeVar("T")

_MADE = re.compile(r"([0-9]{1,15})\.(.+)")  # when it was made, in ms, and its id
_PLACE = re.compile(r"[0-9]{1,18}")
_MARK = re.compile(r"([a-z]+):(-?[0-9]{1,18}):([0-9a-f]{32})")


class Row(Protocol):
    """Of a list that grows: it has an id, and a column that says when it was made."""

    @property
    def id(self) -> str: ...


R = TypeVar("R", bound=Row)


class Paging(Struct, frozen=True, forbid_unknown_fields=True):
    """The query of such a list. Without a limit everything comes at once."""

    limit: int | None = None
    cursor: str | None = None


WHOLE = Paging()


def paged(
    items: Iterable[T], key: Callable[[T], tuple[str, ...]], asked: Paging, *, newest_first: bool = False
) -> tuple[list[T], str | None]:
    """The page asked for, in the order of `key` or in its reverse, and the cursor of the next. A cursor is a key and no
    offset: what comes or goes between two pages moves nothing else. Raises Invalid, naming the field.
    """
    if asked.limit is not None and not 1 <= asked.limit <= MOST:
        raise Invalid(f"limit is 1 to {MOST}.", field="limit")
    after = _read(asked.cursor) if asked.cursor else ()
    if newest_first:
        left = sorted((each for each in items if not after or key(each) < after), key=key, reverse=True)
    else:
        left = sorted((each for each in items if key(each) > after), key=key)
    shown = left[: asked.limit]
    return shown, _mark(key(shown[-1])) if len(shown) < len(left) else None


def youngest_first(
    clause: Select[Any], table: Table, limit: int, cursor: str | None, at: str = "created_at"
) -> Select[Any]:
    """The rows of `clause` after the cursor, and one more than `limit` for `a_page` to see whether there are more.
    `at`: the column that says when a row was made. Raises Invalid, naming the field.
    """
    made, id_ = table.c[at], table.c.id
    if not 1 <= limit <= MOST:
        raise Invalid(f"limit is 1 to {MOST}.", field="limit")
    if cursor is not None:
        read = _MADE.fullmatch(cursor)
        if read is None:
            raise unknown()
        moment, last = int(read[1]), read[2]
        clause = clause.where(or_(made < moment, and_(made == moment, id_ < last)))
    return clause.order_by(made.desc(), id_.desc()).limit(limit + 1)


def a_page(found: Sequence[R], limit: int, at: str = "created_at") -> tuple[list[R], str | None]:
    """What is shown of it, and the cursor of the next page."""
    shown = list(found[:limit])
    last = shown[-1] if len(found) > limit else None
    return shown, None if last is None else f"{getattr(last, at)}.{last.id}"


def place_of(cursor: str | None) -> int | None:
    """A cursor that is a bare number. Raises Invalid, naming the field."""
    if cursor is not None and not _PLACE.fullmatch(cursor):
        raise unknown()
    return None if cursor is None else int(cursor)


def mark_of(order: str, at: int, id_: str) -> str:
    """The cursor behind a row that stands at `at` in an order of this name, a word of small letters."""
    return base64.urlsafe_b64encode(f"{order}:{at}:{id_}".encode()).decode().rstrip("=")


def read_mark(order: str, cursor: str) -> tuple[int, str]:
    """`at` and the id of a cursor by `mark_of`. Raises Invalid, naming the field; so for one of another order."""
    try:
        found = _MARK.fullmatch(unpacked(cursor).decode())
    except ValueError:
        found = None
    if found is None:
        raise unknown()
    if found[1] != order:
        raise Invalid("This cursor is of a list in another order: begin anew without it.", field="cursor")
    return int(found[2]), found[3]


def unpacked(cursor: str) -> bytes:
    """What is packed in a cursor. Raises ValueError."""
    return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))


def unknown() -> Invalid:
    return Invalid("This cursor is not one of ours.", field="cursor")


def _mark(key: tuple[str, ...]) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[str, ...]:
    try:
        return decode(unpacked(cursor), type=tuple[str, ...])
    except (ValueError, DecodeError):
        raise unknown() from None
