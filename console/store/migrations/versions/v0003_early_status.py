"""Statuses that come before their message, and one reader a mailbox."""

from console.store.migrations.frozen import run

revision = "v0003_early_status"
down_revision = "v0002_contacts"


def upgrade() -> None:
    run(__file__)
