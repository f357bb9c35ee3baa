"""Disputes are looked at when their answer is near or overdue; a case shows the first of them."""

from console.store.migrations.frozen import run

revision = "v0017_answers"
down_revision = "v0016_means"


def upgrade() -> None:
    run(__file__)
