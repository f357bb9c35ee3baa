"""What was said lately is found by its time: the wall counts it."""

from console.store.migrations.frozen import run

revision = "v0035_said"
down_revision = "v0034_point_holders"


def upgrade() -> None:
    run(__file__)
