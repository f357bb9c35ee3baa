"""Why a file could not be read, as a code and its values."""

from console.store.migrations.frozen import run

revision = "v0026_import_why"
down_revision = "v0025_break_glass"


def upgrade() -> None:
    run(__file__)
