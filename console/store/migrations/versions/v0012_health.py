"""What providers say of our numbers and accounts."""

from console.store.migrations.frozen import run

revision = "v0012_health"
down_revision = "v0011_processes"


def upgrade() -> None:
    run(__file__)
