"""`acordo portfolio test`, `team test`, `skill test`: whether what was set up can do its work, and what is missing."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from console.commands.finding import find_portfolio, find_team
from console.commands.installation import Trouble, installation
from console.gate.approve import standings
from console.people.queries import User, members_of, skills, skills_of, users
from console.portfolios.queries import PortfolioRow, all_portfolios, inboxes_of, teams_of
from console.store.transaction import Reader

_Found = tuple[list[str], str]  # what is missing; what there is
_SERVES = ("agent", "supervisor")


def register(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser], check: Callable[[Reader, str], _Found]
) -> None:
    """The verb `test` of an area, over one thing by its name or id."""
    test = verbs.add_parser("test", help="whether it can do its work, and what is missing")
    test.add_argument("name", metavar="NAME", help="its name or id")
    test.set_defaults(run=lambda asked: _test(asked.name, check))


def of_portfolio(reader: Reader, called: str) -> _Found:
    """Raises Trouble for one that there is not."""
    book = find_portfolio(reader, called)
    teams = [each for each in teams_of(reader, book.id) if _people(reader, each)]
    inboxes = [each for each in inboxes_of(reader, book.id) if each.state == "active"]
    missing = ["it is disabled"] if book.disabled_at is not None else []
    if not teams:
        missing.append("no team with people serves it (acordo team add NAME --portfolio, acordo user change --team)")
    if not inboxes:
        missing.append("it has no inbox that is on (acordo inbox add)")
    for each in inboxes:
        if each.health != "ok":
            missing.append(f"the inbox {each.name} has not passed its test (acordo inbox test)")
    return missing + _unapproved(reader, book), f"{_count(len(teams), 'team')}, {_count(len(inboxes), 'inbox', 'es')}"


def of_team(reader: Reader, called: str) -> _Found:
    """Raises Trouble for one that there is not, or no more."""
    team = find_team(reader, called)
    people = _people(reader, team.id)
    books = [each for each in all_portfolios(reader) if team.id in teams_of(reader, each.id)]
    missing = [] if people else ["nobody who answers is in it (acordo user change --team)"]
    if not any(each.disabled_at is None for each in books):
        missing.append("it serves no portfolio (acordo team add NAME --portfolio)")
    return missing, f"{_count(len(people), 'person', 's')}, {_count(len(books), 'portfolio')}"


def of_skill(reader: Reader, called: str) -> _Found:
    """Raises Trouble for one that is on no list."""
    if called not in {name for name, _ in skills(reader)}:
        raise Trouble(f"there is no skill {called!r}: acordo skill list shows them")
    having = [
        each for each in users(reader)
        if each.disabled_at is None and called in {held.skill for held in skills_of(reader, each.id)}
    ]  # fmt: skip
    missing = [] if having else ["nobody has it: cases that need it wait (acordo user change --skill NAME=LEVEL)"]
    return missing, _count(len(having), "person", "s")


def _test(called: str, check: Callable[[Reader, str], _Found]) -> int:
    with installation() as services:
        missing, stands = services.store.read_now(check, called)
    if missing:
        raise Trouble(f"{called} does not work: {'; '.join(missing)}")
    print(f"{called} works: {stands}.")
    return 0


def _unapproved(reader: Reader, book: PortfolioRow) -> list[str]:
    stands = next(each for each in standings(reader) if each.portfolio.id == book.id)
    if stands.approved:
        return []
    return [f"the rules of {stands.profile} are not approved for it, so that nothing leaves (acordo gate approve)"]


def _people(reader: Reader, team_id: str) -> list[User]:
    members = set(members_of(reader, team_id))
    return [each for each in users(reader) if each.id in members and each.disabled_at is None and each.role in _SERVES]


def _count(number: int, name: str, more: str = "s") -> str:
    return f"{number} {name}{'' if number == 1 else more}"
