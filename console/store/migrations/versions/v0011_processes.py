"""Several processes: who holds a duty, and where somebody's sockets are."""

from console.store.migrations.frozen import run

revision = "v0011_processes"
down_revision = "v0010_lists"


def upgrade() -> None:
    run(__file__)
