"""Recalls that came before their debt."""

from console.store.migrations.frozen import run

revision = "v0032_early_recall"
down_revision = "v0035_said"


def upgrade() -> None:
    run(__file__)
