"""Whispers that nobody has seen yet: asked with every page of cases, and hardly ever any."""

from console.store.migrations.frozen import run

revision = "v0018_whispers"
down_revision = "v0017_answers"


def upgrade() -> None:
    run(__file__)
