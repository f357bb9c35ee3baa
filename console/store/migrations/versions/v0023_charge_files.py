"""The creditor's own invoices and boletos."""

from console.store.migrations.frozen import run

revision = "v0023_charge_files"
down_revision = "v0022_tags_of_teams"


def upgrade() -> None:
    run(__file__)
