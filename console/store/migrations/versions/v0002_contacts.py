"""Contacts made elsewhere, a dialer's slots, and what a decision was made of."""

from console.store.migrations.frozen import run

revision = "v0002_contacts"
down_revision = "v0001_first"


def upgrade() -> None:
    run(__file__)
