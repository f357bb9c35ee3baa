"""`acordo template`: what the providers have approved."""

from __future__ import annotations

import argparse
import asyncio

from channels.errors import ServiceFailed
from console.admin.queries import templates_of
from console.admin.templates import Synced, sync
from console.commands.finding import find_inbox, find_portfolio
from console.commands.installation import Trouble, installation
from console.commands.table import show
from console.portfolios.queries import InboxRow, all_inboxes
from console.services import Services
from console.store.base import load
from console.store.transaction import Reader
from console.workers.templates import HOLDERS


def register(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    fetch = verbs.add_parser("sync", help="fetch the templates of all inboxes, or of some")
    fetch.add_argument("--inbox", action="append", default=[], help="its name, address or id; may be repeated")
    fetch.set_defaults(run=sync_some)
    listing = verbs.add_parser("list", help="the templates, as the last sync found them")
    listing.add_argument("--portfolio")
    listing.set_defaults(run=show_all)


def sync_some(asked: argparse.Namespace) -> int:
    with installation() as services:
        if asked.inbox:
            inboxes = [services.store.read_now(find_inbox, called) for called in asked.inbox]
        else:
            inboxes = [each for each in services.store.read_now(all_inboxes) if _holds(each)]
        if not inboxes:
            raise Trouble("no inbox holds templates yet: acordo inbox add --help")
        told = asyncio.run(_sync(services, inboxes))
    failed = [f"{row.name}: {outcome}" for row, outcome in told if isinstance(outcome, ServiceFailed)]
    for row, outcome in told:
        if isinstance(outcome, Synced):
            print(f"{row.name}: {outcome.held} templates, {outcome.new} of them new, {outcome.gone} gone.")
    if failed:
        raise Trouble("; ".join(failed))
    return 0


def show_all(asked: argparse.Namespace) -> int:
    with installation() as services:
        rows = services.store.read_now(_rows, asked.portfolio)
    show(("name", "language", "channel", "category", "state", "level", "variables"), rows,
         "There is no template: acordo template sync fetches them.")  # fmt: skip
    return 0


def _holds(row: InboxRow) -> bool:
    return row.provider in HOLDERS and row.state == "active"


async def _sync(services: Services, inboxes: list[InboxRow]) -> list[tuple[InboxRow, Synced | ServiceFailed]]:
    told: list[tuple[InboxRow, Synced | ServiceFailed]] = []
    for row in inboxes:
        try:
            told.append((row, await sync(services, row.id)))
        except ServiceFailed as error:
            told.append((row, error))
    return told


def _rows(reader: Reader, called: str | None) -> list[tuple[object, ...]]:
    book = None if called is None else find_portfolio(reader, called).id
    return [
        (
            each.name,
            each.language,
            each.channel,
            each.category,
            each.state,
            each.level,
            ", ".join(load(each.variables)) or "-",
        )
        for each in templates_of(reader, book)
    ]
