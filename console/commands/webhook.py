"""`acordo webhook`: addresses of integrators that are told what happens. The secret is shown once, alone."""

from __future__ import annotations

import argparse

from console.access.actor import SYSTEM
from console.commands.finding import find_portfolio
from console.commands.installation import installation
from console.commands.table import show
from console.portfolios.queries import all_portfolios
from console.store.base import load
from console.store.transaction import Reader
from console.webhooks import subscribe
from console.webhooks.queries import all_webhooks
from console.wire.moment import rfc3339


def register(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    add = verbs.add_parser("add", help="have an https address told, signed after the Standard Webhooks convention")
    add.add_argument("url", metavar="URL")
    add.add_argument("--event", action="append", required=True, help='a name, an area ("payment.*") or "*"; repeatable')
    add.add_argument("--portfolio", help="only what happens in this one")
    add.set_defaults(run=add_one)
    verbs.add_parser("list", help="all of them, and how they stand").set_defaults(run=show_all)
    for verb, change, what in (
        ("disable", subscribe.disable, "tell it nothing; what happens meanwhile is not kept for it"),
        ("enable", subscribe.enable, "tell it again"),
    ):
        one = verbs.add_parser(verb, help=what)
        one.add_argument("id", metavar="ID")
        one.set_defaults(run=change_one, change=change)


def add_one(asked: argparse.Namespace) -> int:
    with installation() as services:
        subscribe.check_url(services.connector, asked.url)
        book = services.store.read_now(find_portfolio, asked.portfolio).id if asked.portfolio else None
        _, secret = services.store.write_now(subscribe.subscribe, SYSTEM, services.vault, asked.url, asked.event, book)
    print(secret)
    return 0


def show_all(asked: argparse.Namespace) -> int:
    with installation() as services:
        rows = services.store.read_now(_rows)
    show(("id", "url", "events", "portfolio", "state", "failing since"), rows, "Nobody is told anything yet.")
    return 0


def change_one(asked: argparse.Namespace) -> int:
    with installation() as services:
        services.store.write_now(asked.change, SYSTEM, asked.id)
    print(f"{asked.id} is {asked.change.__name__}d.")
    return 0


def _rows(reader: Reader) -> list[tuple[object, ...]]:
    names = {each.id: each.name for each in all_portfolios(reader)}
    return [
        (each.id, each.url, ", ".join(load(each.events)), names.get(each.portfolio_id or "", "all"),
         f"{each.state}: {each.why}" if each.why else each.state, rfc3339(each.failing_since) or "-")
        for each in all_webhooks(reader)
    ]  # fmt: skip
