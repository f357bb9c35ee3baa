"""The first schema."""

from console.store.migrations.frozen import run

revision = "v0001_first"
down_revision = None


def upgrade() -> None:
    run(__file__)
