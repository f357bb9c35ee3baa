"""Cases in which nobody waits for an answer stand behind all in which somebody does: their rank moves as far as
`routing.order.BEHIND_MS`, and begins at their last word.
"""

from console.store.migrations.frozen import run

revision = "v0037_not_waiting"
down_revision = "v0033_verified_at"


def upgrade() -> None:
    run(__file__)
