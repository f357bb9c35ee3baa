"""Tags of cases know the team, and channels are tags: lists find what is rare in a team without reading its cases."""

from console.store.migrations.frozen import run

revision = "v0022_tags_of_teams"
down_revision = "v0021_faults"


def upgrade() -> None:
    run(__file__)
