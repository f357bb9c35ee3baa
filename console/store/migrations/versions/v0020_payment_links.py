"""Payment links."""

from console.store.migrations.frozen import run

revision = "v0020_payment_links"
down_revision = "v0019_prospects"


def upgrade() -> None:
    run(__file__)
