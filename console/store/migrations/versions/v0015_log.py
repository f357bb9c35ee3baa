"""SQLite orders its log by place alone: an index that every event paid for and nothing read goes."""

from console.store.migrations.frozen import run

revision = "v0015_log"
down_revision = "v0014_narrowed"


def upgrade() -> None:
    run(__file__)
