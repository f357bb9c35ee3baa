"""At which address of the debtor's own it was asked who is there."""

from console.store.migrations.frozen import run

revision = "v0039_checked_at"
down_revision = "v0042_open_cases"


def upgrade() -> None:
    run(__file__)
