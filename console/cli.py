"""`acordo`: the one entry point. A group of commands is a file of `console/commands`, imported only when asked for."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

GROUPS = {
    "demo": "the whole product with sample people and pretend carriers, on this machine only",
    "serve": "the product with real configuration",
    "worker": "background work only, for set-ups of several machines",
    "migrate": "bring the database to the newest schema",
    "doctor": "check the installation and say what to mend",
    "backup": "a consistent, encrypted copy of everything, while the servers go on",
    "restore": "a backup put in place; nothing leaves until a person lets it go",
    "outbox": "what waits to be sent since a restore",
    "user": "accounts of people",
    "token": "API tokens of integrations",
    "portfolio": "creditors' books of debts",
    "debtor": "people whom a number that stands for none made one, and parting them",
    "import": "a creditor's files: debts, payments, recalls, contacts, documents",
    "export": "the books as CSV, by the creditor's keys",
    "team": "teams of agents",
    "skill": "the skills that cases may need",
    "inbox": "our own numbers and addresses at the providers",
    "template": "message templates that the providers hold",
    "webhook": "addresses of integrators that are told what happens",
    "evidence": "the proof of a case as a file, and whether such a file is whole",
    "gate": "the compliance gate: profiles, approvals, stops, and why it says what it says",
}
"""Group -> one line. `console.commands.GROUP` has `register(parser)`, which sets `run` on what it parses."""

REFUSED, MISUSED, INTERRUPTED = 1, 2, 130


class Parser(argparse.ArgumentParser):
    """Says one line when something is wrong, and never repeats a value that may be a secret."""

    def __init__(self, **how: Any) -> None:
        super().__init__(**{"allow_abbrev": False, **how})

    def error(self, message: str) -> NoReturn:
        if message.startswith("unrecognized arguments:"):
            names = [word.split("=", 1)[0] for word in message.split()[2:] if word.startswith("-")]
            message = f"unknown option {', '.join(names)}" if names else "too many arguments"
        self.exit(MISUSED, f"{self.prog}: {' '.join(message.split())}; see {self.prog} --help\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit status: 0, 1 refused, 2 misused."""
    words = list(sys.argv[1:] if argv is None else argv)
    parser = _parser(words[0] if words else "")
    try:
        asked = parser.parse_args(words)
        return _run(asked)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has gone; there is nobody to tell
        return REFUSED


def _parser(group: str) -> Parser:
    parser = Parser(prog="acordo", description="Acordo, a console for debt collection.")
    groups = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=Parser)
    for name, line in GROUPS.items():
        each = groups.add_parser(name, help=line, description=f"{line[0].upper()}{line[1:]}.")
        if name == group:
            import_module(f"console.commands.{name}").register(each)
    return parser


def _run(asked: argparse.Namespace) -> int:
    from console.commands.installation import TROUBLES, line_of

    try:
        return int(asked.run(asked) or 0)
    except TROUBLES as error:
        print(f"acordo: {line_of(error)}", file=sys.stderr)
        return REFUSED


if __name__ == "__main__":
    sys.exit(main())
