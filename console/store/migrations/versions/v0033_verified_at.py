"""When it was last proven at an address that it is the right person who writes there."""

from console.store.migrations.frozen import run

revision = "v0033_verified_at"
down_revision = "v0036_unasked_hash"


def upgrade() -> None:
    run(__file__)
