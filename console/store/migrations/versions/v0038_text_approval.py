"""Approvals that are asked for one text."""

from console.store.migrations.frozen import run

revision = "v0038_text_approval"
down_revision = "v0041_assumed_zones"


def upgrade() -> None:
    run(__file__)
