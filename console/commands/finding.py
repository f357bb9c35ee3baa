"""What people call things on the command line: a name, an address or an id."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from console.commands.installation import Trouble
from console.people.queries import User, teams, users
from console.portfolios.queries import InboxRow, PortfolioRow, all_inboxes, all_portfolios
from console.store.transaction import Reader
from console.wire.shapes import Named

T = TypeVar("T")


def find_user(reader: Reader, called: str) -> User:
    """By e-mail address or id. Raises Trouble."""
    return _one("user", called, users(reader), lambda each: (each.id, each.email))


def find_team(reader: Reader, called: str) -> Named:
    """By name or id; a team that was disabled is not found. Raises Trouble."""
    return _one("team", called, teams(reader), lambda each: (each.id, each.name))


def find_portfolio(reader: Reader, called: str) -> PortfolioRow:
    """By name or id. Raises Trouble."""
    return _one("portfolio", called, all_portfolios(reader), lambda each: (each.id, each.name))


def find_inbox(reader: Reader, called: str) -> InboxRow:
    """By name, address or id. Raises Trouble, also when several share the name."""
    return _one("inbox", called, all_inboxes(reader), lambda each: (each.id, each.name, each.address))


def _one(kind: str, called: str, among: Iterable[T], names: Callable[[T], tuple[str, ...]]) -> T:
    found = [each for each in among if called.casefold() in {name.casefold() for name in names(each)}]
    if not found:
        raise Trouble(f"there is no {kind} {called!r}: acordo {kind} list shows them")
    if len(found) > 1:
        ids = ", ".join(names(each)[0] for each in found)
        raise Trouble(f"several are called {called!r}: name one by its id, {ids}")
    return found[0]
