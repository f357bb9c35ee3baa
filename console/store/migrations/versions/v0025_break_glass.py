"""Sight that was opened in an emergency."""

from console.store.migrations.frozen import run

revision = "v0025_break_glass"
down_revision = "v0024_numbers"


def upgrade() -> None:
    run(__file__)
