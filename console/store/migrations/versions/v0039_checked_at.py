"""At which address of the debtor's own it was asked who is there."""

from console.store.migrations.frozen import run

revision = "v0039_checked_at"
down_revision = "v0037_not_waiting"


def upgrade() -> None:
    run(__file__)
