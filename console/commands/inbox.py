"""`acordo inbox`: our own numbers and addresses at the providers."""

from __future__ import annotations

import argparse
import asyncio

from channels.registry import CHANNELS
from channels.service import Tested, test_inbox
from console.commands import secrets
from console.commands.finding import find_inbox, find_portfolio
from console.commands.hours import hours
from console.commands.installation import Trouble, installation
from console.commands.table import show
from console.errors import Invalid
from console.intake.doors import door_of
from console.intake.notices import lift_trouble
from console.portfolios.queries import InboxRow, adapter_inbox, all_inboxes, all_portfolios
from console.portfolios.set_up import NewInbox, add_inbox, change_secrets, set_health, set_inbox_state
from console.services import Services
from console.store.transaction import Reader, Tx
from console.store.vault import Vault
from console.wire.moment import rfc3339

DEFAULTS = {
    "meta": {"origin": "https://graph.facebook.com", "api_version": "v23.0"},
    "twilio": {"origin": "https://api.twilio.com"},
    "smtp": {"smtp_security": "starttls"},
}
"""What an inbox of a provider is configured with unless `--config` says otherwise."""


def register(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    add = verbs.add_parser("add", help="make an inbox, its secrets from files or standard input")
    add.add_argument("--portfolio", required=True)
    add.add_argument(
        "--channel", required=True, choices=sorted({name for each in CHANNELS.values() for name in each.carries})
    )
    add.add_argument("--provider", required=True, choices=sorted(CHANNELS))
    add.add_argument("--address", required=True, help="a number with its country, or an e-mail address")
    add.add_argument("--name", default="", help="as people call it (default: the address)")
    add.add_argument("--config", action="append", default=[], type=secrets.pair, metavar="NAME=VALUE",
                     help="what the provider calls it, such as phone_number_id=…; see docs/operating.md")  # fmt: skip
    add.add_argument("--hours", action="append", default=[], type=hours, metavar="DAYS=FROM-TO",
                     help="business hours, such as MON-FRI=09:00-18:00; none means always")  # fmt: skip
    secrets.add_arguments(add)
    add.set_defaults(run=add_one)
    verbs.add_parser("list", help="all inboxes, and what their last test said").set_defaults(run=show_all)
    test = verbs.add_parser("test", help="ask the provider whether credentials and number are good")
    test.set_defaults(run=test_some)
    change = verbs.add_parser("secrets", help="replace secrets; no restart is needed")
    secrets.add_arguments(change)
    change.set_defaults(run=replace_secrets)
    verbs.add_parser("disable", help="nothing leaves by it, nothing is taken").set_defaults(run=disable)
    verbs.add_parser("enable", help="switch it on again").set_defaults(run=enable)
    verbs.add_parser("lift", help="a red rating or restriction is over, unsaid by a notice").set_defaults(run=lift)
    test.add_argument("inboxes", metavar="INBOX", nargs="+", help="its name, address or id")
    for name in ("secrets", "disable", "enable", "lift"):
        verbs.choices[name].add_argument("inbox", metavar="INBOX", help="its name, address or id")


def add_one(asked: argparse.Namespace) -> int:
    given = secrets.read(asked)
    with installation() as services:
        made = services.store.write_now(_add, services.vault, asked, given)
        url = webhook_url(services.settings.public_url, services.store.read_now(find_inbox, made))
    print(f"Made the inbox {asked.name or asked.address}, id {made}. Its provider calls {url}")
    return 0


def show_all(asked: argparse.Namespace) -> int:
    with installation() as services:
        rows = services.store.read_now(_rows)
    show(("name", "channel", "provider", "address", "portfolio", "state", "health", "tested", "id"), rows,
         "There is no inbox yet.")  # fmt: skip
    return 0


def test_some(asked: argparse.Namespace) -> int:
    failed = []
    with installation() as services:
        rows = [services.store.read_now(find_inbox, called) for called in asked.inboxes]
        for row, tested in zip(rows, asyncio.run(_test(services, rows)), strict=True):
            services.store.write_now(set_health, row.id, tested.ok, tested.says)
            if tested.ok:
                print(f"{row.name} works: {tested.says}")
            else:
                failed.append(f"{row.name} does not work: {tested.says}")
    if failed:
        raise Trouble("; ".join(failed))
    return 0


def replace_secrets(asked: argparse.Namespace) -> int:
    given = secrets.read(asked)
    if not given:
        raise Trouble("name the new secrets: --secret-file NAME=PATH or --secrets-file PATH")
    with installation() as services:
        row = services.store.read_now(find_inbox, asked.inbox)
        services.store.write_now(change_secrets, services.vault, row.id, given)
    print(f"Replaced {', '.join(sorted(given))} of {row.name}.")
    return 0


def disable(asked: argparse.Namespace) -> int:
    return _switch(asked.inbox, "disabled")


def enable(asked: argparse.Namespace) -> int:
    return _switch(asked.inbox, "active")


def lift(asked: argparse.Namespace) -> int:
    with installation() as services:
        row = services.store.read_now(find_inbox, asked.inbox)
        services.store.write_now(lift_trouble, row)
    print(f"Machines may send from {row.name} again, until its provider says otherwise.")
    return 0


def webhook_url(public_url: str, row: InboxRow) -> str:
    """What its provider must be told to call."""
    return f"{public_url}/webhooks/{door_of(row.provider)}/{row.id}"


def _switch(called: str, state: str) -> int:
    with installation() as services:
        row = services.store.read_now(find_inbox, called)
        services.store.write_now(set_inbox_state, row.id, state)
    print(f"The inbox {row.name} is {state}.")
    return 0


def _add(tx: Tx, vault: Vault, asked: argparse.Namespace, given: dict[str, str]) -> str:
    new = NewInbox(
        portfolio=find_portfolio(tx, asked.portfolio).id, channel=asked.channel, provider=asked.provider,
        address=asked.address, name=asked.name, config=DEFAULTS.get(asked.provider, {}) | dict(asked.config),
        secrets=given, hours={day: span for days in asked.hours for day, span in days.items()},
    )  # fmt: skip
    try:
        return add_inbox(tx, vault, new)
    except Invalid as error:
        raise Trouble(f"{error.detail} Give them by --config NAME=VALUE and --secret-file NAME=PATH.") from None


async def _test(services: Services, inboxes: list[InboxRow]) -> list[Tested]:
    url = services.settings.public_url
    return [await test_inbox(services.connector, adapter_inbox(row, services.vault, url)) for row in inboxes]


def _rows(reader: Reader) -> list[tuple[object, ...]]:
    books = {each.id: each.name for each in all_portfolios(reader)}
    return [
        (each.name, each.channel, each.provider, each.address, books[each.portfolio_id], each.state,
         f"{each.health}: {each.health_detail}" if each.health == "failing" else each.health,
         rfc3339(each.checked_at) or "never", each.id)
        for each in all_inboxes(reader)
    ]  # fmt: skip
