"""`acordo team`: who works together, and for which portfolios. A queue is its team's."""

from __future__ import annotations

import argparse

from console.audit.record import record
from console.commands import ready
from console.commands.finding import find_portfolio, find_team
from console.commands.installation import installation
from console.commands.table import show
from console.people import teams
from console.people.queries import members_of
from console.people.queries import teams as all_teams
from console.portfolios.queries import all_portfolios, teams_of
from console.portfolios.set_up import serve_portfolio
from console.store.transaction import Reader, Tx


def register(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    add = verbs.add_parser("add", help="make a team, or let one serve further portfolios")
    add.add_argument("name", metavar="NAME")
    add.add_argument("--portfolio", action="append", default=[], help="a portfolio it serves; may be repeated")
    add.set_defaults(run=add_one)
    verbs.add_parser("list", help="all teams").set_defaults(run=show_all)
    ready.register(verbs, ready.of_team)
    disable = verbs.add_parser("disable", help="no more cases for it, no more sight for its members")
    disable.add_argument("name", metavar="NAME")
    disable.set_defaults(run=disable_one)


def add_one(asked: argparse.Namespace) -> int:
    with installation() as services:
        made = services.store.write_now(_add, asked.name, asked.portfolio)
    print(f"The team {asked.name} stands, id {made}.")
    return 0


def show_all(asked: argparse.Namespace) -> int:
    with installation() as services:
        rows = services.store.read_now(_rows)
    show(("name", "members", "portfolios", "id"), rows, "There is no team yet.")
    return 0


def disable_one(asked: argparse.Namespace) -> int:
    with installation() as services:
        services.store.write_now(_disable, asked.name)
    print(f"Disabled the team {asked.name}.")
    return 0


def _add(tx: Tx, name: str, portfolios: list[str]) -> str:
    known = next((each.id for each in all_teams(tx) if each.name == name.strip()), None)
    made = known if known and portfolios else teams.add_team(tx, name)
    if made != known:
        record(tx, None, "team.added", f"team:{made}")
    for called in portfolios:
        book = find_portfolio(tx, called)
        if made not in teams_of(tx, book.id):
            serve_portfolio(tx, book.id, made)
    return made


def _disable(tx: Tx, called: str) -> None:
    found = find_team(tx, called)
    teams.disable_team(tx, found.id)
    record(tx, None, "team.disabled", f"team:{found.id}")


def _rows(reader: Reader) -> list[tuple[object, ...]]:
    books = all_portfolios(reader)
    return [
        (each.name, len(members_of(reader, each.id)),
         ", ".join(book.name for book in books if each.id in teams_of(reader, book.id)) or "-", each.id)
        for each in all_teams(reader)
    ]  # fmt: skip
