"""Lists of cases are read from an index, whoever looks and in whichever order."""

from console.store.migrations.frozen import run

revision = "v0010_lists"
down_revision = "v0009_note_drafts"


def upgrade() -> None:
    run(__file__)
