"""The creditor's own key of the debt that a charge belongs to, beside that of the charge."""

from console.store.migrations.frozen import run

revision = "v0040_debt_key"
down_revision = "v0039_checked_at"


def upgrade() -> None:
    run(__file__)
