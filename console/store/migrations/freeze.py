"""Writes the SQL of the whole schema as it is now: `python -m console.store.migrations.freeze REVISION`, for the
first one.

Later revisions are written by hand, or by `alembic revision --autogenerate` and then frozen the same way.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sqlalchemy.schema import CreateIndex, CreateTable

from console.store.metadata import metadata
from console.store.migrations.frozen import MARK
from console.store.statement import dialect
from console.timeline import index


def statements(name: str) -> list[str]:
    """Every CREATE of the schema for "sqlite" or "postgresql", in order of dependence."""
    found = []
    for table in metadata.sorted_tables:
        found.append(str(CreateTable(table).compile(dialect=dialect(name))).strip())
        indexes = sorted(table.indexes, key=lambda each: str(each.name))
        found += [str(CreateIndex(each).compile(dialect=dialect(name))).strip() for each in indexes]
    return [*found, *(index.SQLITE if name == "sqlite" else index.POSTGRESQL)]


def freeze(revision: str) -> None:
    folder = Path(__file__).parent / "versions"
    for name in ("sqlite", "postgresql"):
        (folder / f"{revision}.{name}.sql").write_text(MARK.join(statements(name)) + "\n", "utf-8")


if __name__ == "__main__":
    freeze(sys.argv[1])
