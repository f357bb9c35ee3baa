"""`acordo outbox`: what waits since a restore, for a person to let go or to call off."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Collection

from console.cases.restored import drop, held, release
from console.commands.installation import Trouble, installation
from console.store.transaction import Tx
from console.wire.moment import rfc3339

Verb = Callable[[Tx, Collection[str] | None, str | None], int]


def register(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    shown = acts.add_parser("list", help="what is held since a restore")
    shown.set_defaults(run=show)
    for name, line, verb in (
        ("release", "let messages go: each passes the gate once more", release),
        ("drop", "call messages off", drop),
    ):
        act = acts.add_parser(name, help=line)
        which = act.add_mutually_exclusive_group(required=True)
        which.add_argument("--all", action="store_true", help="everything that is held")
        which.add_argument("--item", action="append", metavar="ID", help="one message; may be repeated")
        act.set_defaults(run=_doing(verb))


def show(asked: argparse.Namespace) -> int:
    with installation() as services:
        waiting = services.store.read_now(held)
    for each in waiting:
        print(f"{each.item_id}  {each.channel:<8}  {rfc3339(each.created_at)}  case {each.case_id}")
    print(f"{len(waiting)} held." if waiting else "Nothing is held.")
    return 0


def _doing(verb: Verb) -> Callable[[argparse.Namespace], int]:
    def run(asked: argparse.Namespace) -> int:
        with installation() as services:
            done = services.store.write_now(verb, None if asked.all else asked.item, None)
        if not done and not asked.all:
            raise Trouble("none of these is held: acordo outbox list shows what is")
        print(f"{done} messages.")
        return 0

    return run
