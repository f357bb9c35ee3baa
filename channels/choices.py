"""What a message lets its reader tap."""

from __future__ import annotations

from typing import NamedTuple


class Choice(NamedTuple):
    """`id` comes back when it is tapped and is read by nobody; `note` stands under the title where there is room."""

    id: str
    title: str
    note: str = ""
