"""A note half written is kept beside the half-written answer."""

from console.store.migrations.frozen import run

revision = "v0009_note_drafts"
down_revision = "v0008_questions"


def upgrade() -> None:
    run(__file__)
