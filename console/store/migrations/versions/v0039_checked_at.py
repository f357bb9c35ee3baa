"""At which address of the debtor's own it was asked who is there."""

from console.store.migrations.frozen import run

revision = "v0039_checked_at"
down_revision = "v0038_text_approval"


def upgrade() -> None:
    run(__file__)
