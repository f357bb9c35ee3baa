"""Lists that are narrowed read few rows: labels and skills by their cases, debtors by the words of their names."""

from console.store.migrations.frozen import run

revision = "v0014_narrowed"
down_revision = "v0013_imports"


def upgrade() -> None:
    run(__file__)
