"""What is open is counted from an index: a wall's figures read no case."""

from console.store.migrations.frozen import run

revision = "v0042_open_cases"
down_revision = "v0038_text_approval"


def upgrade() -> None:
    run(__file__)
