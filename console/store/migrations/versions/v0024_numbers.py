"""What is due is found number by number."""

from console.store.migrations.frozen import run

revision = "v0024_numbers"
down_revision = "v0023_charge_files"


def upgrade() -> None:
    run(__file__)
