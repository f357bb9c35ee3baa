"""Scores of whom to contact are kept; triggers note about whom something changed.

Nothing is scored here: a portfolio that has no measures of today is read from the books, and a worker fills it.
"""

from console.store.migrations.frozen import run

revision = "v0019_prospects"
down_revision = "v0018_whispers"


def upgrade() -> None:
    run(__file__)
