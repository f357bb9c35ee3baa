"""`acordo skill`: what cases may need and agents may have, in levels of 1 to 5 (`acordo user change --skill`)."""

from __future__ import annotations

import argparse

from console.admin.skills import drop_skill
from console.audit.record import record
from console.commands import ready
from console.commands.installation import installation
from console.commands.secrets import pair
from console.commands.table import show
from console.people.queries import skills
from console.people.teams import add_skill
from console.store.transaction import Tx


def register(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    add = verbs.add_parser("add", help="make a skill known, or rename it")
    add.add_argument(
        "--title", action="append", default=[], type=pair, metavar="LANGUAGE=TEXT", help="as people read it"
    )
    add.set_defaults(run=add_one)
    verbs.add_parser("list", help="all skills").set_defaults(run=show_all)
    ready.register(verbs, ready.of_skill)
    verbs.add_parser("disable", help="no case can ask for it, and nobody has it any more").set_defaults(run=disable_one)
    for name in ("add", "disable"):
        verbs.choices[name].add_argument("name", metavar="NAME", help="stable and short, such as lang-es")


def add_one(asked: argparse.Namespace) -> int:
    with installation() as services:
        services.store.write_now(_add, asked.name, dict(asked.title))
    print(f"The skill {asked.name} is known.")
    return 0


def show_all(asked: argparse.Namespace) -> int:
    with installation() as services:
        found = services.store.read_now(skills)
    rows = [(name, ", ".join(f"{tongue}: {text}" for tongue, text in titles.items()) or "-") for name, titles in found]
    show(("name", "titles"), rows, "There is no skill yet.")
    return 0


def disable_one(asked: argparse.Namespace) -> int:
    with installation() as services:
        services.store.write_now(drop_skill, asked.name)
    print(f"The skill {asked.name} is known no more.")
    return 0


def _add(tx: Tx, name: str, title: dict[str, str]) -> None:
    add_skill(tx, name, title)
    record(tx, None, "skill.added", f"skill:{name}")
