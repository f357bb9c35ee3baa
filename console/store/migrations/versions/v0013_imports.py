"""Files that were brought in, and charges that their creditor took back."""

from console.store.migrations.frozen import run

revision = "v0013_imports"
down_revision = "v0012_health"


def upgrade() -> None:
    run(__file__)
