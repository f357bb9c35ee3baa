"""Who tells a portfolio's payments."""

from console.store.migrations.frozen import run

revision = "v0007_pay"
down_revision = "v0006_proof"


def upgrade() -> None:
    run(__file__)
