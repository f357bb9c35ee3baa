"""Lists that are short by nature (teams, templates, open requests) in pages: whole unless a limit is asked for."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable
from typing import TypeVar

from msgspec import Struct

from console.errors import Invalid

MOST = 200
T = TypeVar("T")


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


def _mark(key: tuple[str, ...]) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[str, ...]:
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        key = None
    if not isinstance(key, list) or not all(isinstance(part, str) for part in key):
        raise Invalid("This cursor is not one of ours.", field="cursor")
    return tuple(key)
