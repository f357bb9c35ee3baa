"""The ledger of consent."""

from console.store.migrations.frozen import run

revision = "v0005_consents"
down_revision = "v0004_webhooks"


def upgrade() -> None:
    run(__file__)
