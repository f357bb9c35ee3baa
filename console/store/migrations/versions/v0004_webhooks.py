"""Webhooks out."""

from console.store.migrations.frozen import run

revision = "v0004_webhooks"
down_revision = "v0003_money"


def upgrade() -> None:
    run(__file__)
