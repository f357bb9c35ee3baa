"""Questions by choice, that find out who is there."""

from console.store.migrations.frozen import run

revision = "v0008_questions"
down_revision = "v0007_pay"


def upgrade() -> None:
    run(__file__)
