"""The index of deliveries by their hash goes: nothing asks by it, and each message cost a page of its own there."""

from console.store.migrations.frozen import run

revision = "v0036_unasked_hash"
down_revision = "v0032_early_recall"


def upgrade() -> None:
    run(__file__)
