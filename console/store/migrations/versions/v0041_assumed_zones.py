"""Strangers of another state than their portfolio's were given the portfolio's time zone: their own state's counts."""

from console.store.migrations.frozen import run

revision = "v0041_assumed_zones"
down_revision = "v0037_not_waiting"


def upgrade() -> None:
    run(__file__)
