"""Lists of cases are read from an index, whoever looks and in whichever order."""

from console.store.migrations.frozen import run

revision = "v0008_lists"
down_revision = "v0007_pay"


def upgrade() -> None:
    run(__file__)
