"""What is wrong in a file's row, as a code and its arguments."""

from console.store.migrations.frozen import run

revision = "v0021_faults"
down_revision = "v0020_payment_links"


def upgrade() -> None:
    run(__file__)
