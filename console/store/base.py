"""Tables and column kinds. One `metadata` for both databases; each area's tables stand in its `models.py`."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, Text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


SET_UP = {"set_up": True}
"""`info` of a table that changes only when somebody sets the installation up: see `Reader.once`."""
MEMO = {"memo": True}
"""`info` of a table whose rows a verb may find again in its memo, under the table's name: gone when one is changed."""
JSON = {"json": True}
"""`info` of a column that holds a document: the same name is a plain text in another table."""


def ident(name: str = "id", **kw: Any) -> Column[str]:
    """The primary key: an opaque id (`wire.ids.new_id`)."""
    return Column(name, Text, primary_key=True, **kw)


def text(name: str, *, null: bool = False, default: str | None = None, **kw: Any) -> Column[str]:
    """A text; `default` is the server's, so that old rows and partial inserts get it too."""
    return Column(name, Text, nullable=null, server_default=default, **kw)


def moment(name: str, *, null: bool = True, **kw: Any) -> Column[int]:
    """Milliseconds since the epoch, UTC."""
    return Column(name, BigInteger, nullable=null, **kw)


def number(name: str, *, null: bool = False, default: int | None = 0, **kw: Any) -> Column[int]:
    """An integer (counts, minor units, basis points, thousandths: the name says which)."""
    kind = BigInteger if name.endswith(("_minor", "seq")) else Integer
    return Column(name, kind, nullable=null, server_default=None if default is None else str(default), **kw)


def blob(name: str, *, null: bool = True) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=null)


def json(name: str, *, default: str = "{}") -> Column[str]:
    """A JSON document as text, written by `dump` and read by `load`."""
    return Column(name, Text, nullable=False, server_default=default, info=JSON)


def dump(value: object) -> str:
    """A value as the text of a `json` column."""
    return msgspec.json.encode(value).decode()


def load(document: str | None) -> Any:
    """The value of a `json` column; None for an absent one."""
    return None if document is None else msgspec.json.decode(document)
