"""Which history of its server the log was last seen in, and the incarnation before this one."""

from console.store.migrations.frozen import run

revision = "v0031_server_line"
down_revision = "v0029_charge_codes"


def upgrade() -> None:
    run(__file__)
