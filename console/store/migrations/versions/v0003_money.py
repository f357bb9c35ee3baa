"""Payments, promises, plans, disputes, and the ledger's lines."""

from console.store.migrations.frozen import run

revision = "v0003_money"
down_revision = "v0003_early_status"


def upgrade() -> None:
    run(__file__)
