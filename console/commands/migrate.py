"""`acordo migrate`: the newest schema."""

from __future__ import annotations

import argparse

from console.commands.installation import must_not_be_newer, schema, upgrade
from console.commands.lock import alone
from console.settings import load
from console.store import migrate

PATIENCE_SECONDS = 10.0  # for another one that migrates the same embedded database


def register(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    settings = load()
    with alone(settings, patience=PATIENCE_SECONDS):
        before, newest = schema(settings), migrate.newest()
        if before == newest:
            print(f"The database has the newest schema already: {newest}.")
            return 0
        must_not_be_newer(before)
        upgrade(settings)
    print(f"The database went from {before or 'empty'} to {newest}.")
    return 0
