"""How a debtor prefers to pay."""

from console.store.migrations.frozen import run

revision = "v0016_means"
down_revision = "v0015_log"


def upgrade() -> None:
    run(__file__)
