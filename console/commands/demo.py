"""`acordo demo`: everything on this machine, with sample people and pretend carriers."""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path

from console.commands.installation import Trouble
from console.commands.listening import is_loopback, port_number


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="a loopback name or address (default: %(default)s)")
    parser.add_argument("--port", type=port_number, default=8000, help="0 takes a free one (default: %(default)s)")
    parser.add_argument("--data-dir", type=Path, default=None, metavar="DIR", help="where its data lies")
    parser.add_argument("--fresh", action="store_true", help="forget what was there and begin anew")
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    if not is_loopback(asked.host):
        raise Trouble("the demo listens on the loopback only, for example --host 127.0.0.1; a real one is acordo serve")
    return int(import_module("console.demo.run").main(asked) or 0)
