"""Runs the SQL file that stands beside a revision: REVISION.sqlite.sql or REVISION.postgresql.sql."""

from __future__ import annotations

from pathlib import Path

from alembic import op

MARK = "\n-- next\n"


def run(revision_file: str) -> None:
    """Execute the statements frozen for this database, in order."""
    dialect = op.get_bind().dialect.name
    script = Path(revision_file).with_suffix(f".{dialect}.sql").read_text("utf-8")
    for statement in script.split(MARK):
        if statement.strip():
            op.get_bind().exec_driver_sql(statement)
