"""What was erased, what was removed, and what the tone guard caught."""

from console.store.migrations.frozen import run

revision = "v0006_proof"
down_revision = "v0005_consents"


def upgrade() -> None:
    run(__file__)
