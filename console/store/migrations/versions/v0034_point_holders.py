"""Whose a contact point is: the debtor's, or somebody's beside them."""

from console.store.migrations.frozen import run

revision = "v0034_point_holders"
down_revision = "v0031_server_line"


def upgrade() -> None:
    run(__file__)
