"""The creditor's boleto lines, Pix codes and links of charges."""

from console.store.migrations.frozen import run

revision = "v0029_charge_codes"
down_revision = "v0026_import_why"


def upgrade() -> None:
    run(__file__)
