"""`acordo debtor`: people whom a number that stands for none made one, and how they are parted."""

from __future__ import annotations

import argparse

from console.cases.part import part
from console.commands.finding import find_portfolio
from console.commands.installation import Trouble, installation
from console.commands.table import show
from console.debtors.joined import joined
from console.errors import NotFound


def register(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    verbs.add_parser("joined", help="who may be several people: several keys, and a document such as 11111111"
                     ).set_defaults(run=show_joined)  # fmt: skip
    parting = verbs.add_parser("part", help="give the account of one key, and its debts, a person of their own")
    parting.add_argument("id", metavar="ID", help="as `debtor joined` shows it")
    parting.add_argument("--portfolio", required=True, metavar="NAME", help="in which that key stands")
    parting.add_argument("--key", required=True, metavar="KEY", help="the creditor's, of who is to be parted")
    parting.add_argument("--name", required=True, metavar="NAME", help="what they are called")
    parting.add_argument(
        "--charge", action="append", default=[], metavar="KEY",
        help="a charge that is theirs, where other keys stand in that portfolio too; repeat for more",
    )  # fmt: skip
    parting.set_defaults(run=part_one)


def show_joined(asked: argparse.Namespace) -> int:
    with installation() as services:
        found = services.store.read_now(joined, services.vault)
    lines = [(each.id, each.name, each.document, "; ".join(f"{book}: {key}" for book, key in each.keys))
             for each in found]  # fmt: skip
    show(("id", "name", "document", "keys"), lines, "Nobody was made one by a number that stands for none.")
    if lines:
        print("Part who is somebody else: acordo debtor part ID --portfolio NAME --key KEY --name NAME")
    return 0


def part_one(asked: argparse.Namespace) -> int:
    with installation() as services:
        book = services.store.read_now(find_portfolio, asked.portfolio)
        try:
            made = services.store.write_now(part, asked.id, book.id, asked.key, asked.name, asked.charge)
        except NotFound:
            raise Trouble(
                f"this person has no key {asked.key!r} in {book.name}: acordo debtor joined shows them"
            ) from None
    print(f"{asked.name} is a person of their own now: {made}. Neither has a document any more: bring their own.")
    print("Whose the addresses are cannot be told: they stay with the first, who is asked who they are before any debt")
    print("is spoken of there. The creditor's next file brings those of the second.")
    return 0
