"""`acordo export`: the books of a portfolio as CSV, by the creditor's own keys."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path

from console.commands.finding import find_portfolio
from console.commands.installation import installation
from console.reports.exports import KINDS, ExportQuery, bounds, head_of, page_of, taken


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", metavar="KIND", choices=KINDS, help=", ".join(KINDS))
    parser.add_argument("--portfolio", required=True, metavar="NAME", help="whose")
    parser.add_argument("--since", metavar="TIME", help="from this moment on, like 2026-11-22T14:03:07Z")
    parser.add_argument("--until", metavar="TIME", help="before this moment")
    parser.add_argument("--file", metavar="FILE", help="where to; without it the terminal")
    parser.set_defaults(run=export)


def export(asked: argparse.Namespace) -> int:
    with installation() as services, ExitStack() as opened:
        store = services.store
        book = store.read_now(find_portfolio, asked.portfolio)
        query = ExportQuery(book.id, asked.since, asked.until)
        what = store.read_now(bounds, asked.kind, query)
        store.write_now(taken, None, what)
        out = opened.enter_context(Path(asked.file).open("wb")) if asked.file else sys.stdout.buffer
        out.write(head_of(asked.kind))
        after: tuple[object, ...] | None = ()
        while after is not None:
            made, after = store.read_now(page_of, what, after)
            out.write(made)
        out.flush()
    if asked.file:
        print(f"The {asked.kind} of {book.name} are in {asked.file}.")
    return 0
