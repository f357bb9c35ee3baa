"""`acordo user`: who may sign in, as what, and where."""

from __future__ import annotations

import argparse

from console.audit.record import record
from console.commands import secrets
from console.commands.finding import find_team, find_user
from console.commands.installation import installation
from console.commands.table import show
from console.people import accounts, passwords
from console.people.accounts import AUTHORITIES, ROLES, NewUser
from console.people.me import LANGUAGES
from console.people.queries import User, skills_of, teams_of, users
from console.store.transaction import Reader, Tx

THOUSANDTHS = 1_000


def register(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    add = verbs.add_parser("add", help="make an account; the password comes from a file or standard input")
    add.add_argument("--email", required=True)
    add.add_argument("--name", required=True)
    add.add_argument("--role", required=True, choices=ROLES)
    add.add_argument("--language", choices=LANGUAGES, default="pt-BR")
    add.add_argument("--no-password", action="store_true", help="nobody signs in with it: for tokens")
    add.set_defaults(run=add_one)
    edit = verbs.add_parser("change", help="change role, teams, skills and capacity")
    edit.add_argument("--role", choices=ROLES)
    edit.add_argument("--leave", action="append", default=[], metavar="TEAM")
    edit.set_defaults(run=change_one)
    for each in (add, edit):
        each.add_argument("--authority", choices=AUTHORITIES, help="how much they may grant")
        each.add_argument("--team", action="append", default=[], metavar="TEAM", help="join a team; may be repeated")
        each.add_argument(
            "--skill", action="append", default=[], type=_skill, metavar="NAME=LEVEL", help="1 to 5, 0 none"
        )
        each.add_argument("--capacity", type=float, help="the most load they hold, such as 8")
        each.add_argument("--max-held", type=int, help="the most cases they hold, such as 30")
    verbs.add_parser("list", help="all accounts").set_defaults(run=show_all)
    for name, line, work in (
        ("disable", "no door opens any more, at once", disable),
        ("enable", "open the doors again", enable),
        ("password", "set a new password; every session ends", set_password),
    ):
        verbs.add_parser(name, help=line).set_defaults(run=work)
    for name in ("change", "disable", "enable", "password"):
        verbs.choices[name].add_argument("user", metavar="EMAIL")
    for name in ("add", "password"):
        verbs.choices[name].add_argument("--password-file", metavar="PATH", help="where the password is read")


def add_one(asked: argparse.Namespace) -> int:
    secret = None if asked.no_password else secrets.password(asked.password_file)
    if secret is not None:
        passwords.check_new(secret, known=(asked.email, asked.name))
    with installation() as services:
        made = services.store.write_now(_add, asked, secret)
    print(f"Made the {asked.role} {asked.email.strip().lower()}, id {made}.")
    return 0


def change_one(asked: argparse.Namespace) -> int:
    with installation() as services:
        who = services.store.write_now(_change, asked)
    print(f"Changed {who.email}.")
    return 0


def show_all(asked: argparse.Namespace) -> int:
    with installation() as services:
        rows = services.store.read_now(_rows)
    show(("e-mail", "name", "role", "teams", "skills", "state", "id"), rows, "There is no user yet.")
    return 0


def disable(asked: argparse.Namespace) -> int:
    with installation() as services:
        who = services.store.write_now(_switch, asked.user, False)
    print(f"{who.email} may not sign in any more.")
    return 0


def enable(asked: argparse.Namespace) -> int:
    with installation() as services:
        who = services.store.write_now(_switch, asked.user, True)
    print(f"{who.email} may sign in again.")
    return 0


def set_password(asked: argparse.Namespace) -> int:
    secret = secrets.password(asked.password_file)
    with installation() as services:
        who = services.store.read_now(find_user, asked.user)
        passwords.check_new(secret, known=(who.email, who.name))
        services.store.write_now(_set_password, who.id, passwords.hash_now(secret))
    print(f"Set the password of {who.email}; their sessions ended.")
    return 0


def _add(tx: Tx, asked: argparse.Namespace, secret: str | None) -> str:
    new = NewUser(
        email=asked.email, name=asked.name, role=asked.role, language=asked.language, authority=asked.authority or "",
        password_hash=None if secret is None else passwords.hash_now(secret),
    )  # fmt: skip
    made = accounts.add_user(tx, new)
    record(tx, None, "user.added", f"user:{made}", detail={"role": asked.role})
    _apply(tx, find_user(tx, made), asked)
    return made


def _change(tx: Tx, asked: argparse.Namespace) -> User:
    who = find_user(tx, asked.user)
    if asked.role or asked.authority:
        accounts.set_role(tx, who.id, asked.role or who.role, asked.authority or who.authority)
    for team in asked.leave:
        accounts.leave_team(tx, who.id, find_team(tx, team).id)
    _apply(tx, who, asked)
    record(tx, None, "user.changed", f"user:{who.id}")
    return who


def _apply(tx: Tx, who: User, asked: argparse.Namespace) -> None:
    for team in asked.team:
        accounts.join_team(tx, who.id, find_team(tx, team).id)
    for skill, level in asked.skill:
        accounts.set_skill(tx, who.id, skill, level)
    if asked.capacity is not None or asked.max_held is not None:
        capacity = who.capacity if asked.capacity is None else round(asked.capacity * THOUSANDTHS)
        held = who.max_held if asked.max_held is None else asked.max_held
        accounts.set_capacity(tx, who.id, capacity, held, bool(who.takes_cases))


def _switch(tx: Tx, called: str, on: bool) -> User:
    who = find_user(tx, called)
    if on:
        accounts.enable_user(tx, who.id)
    else:
        accounts.disable_user(tx, who.id)
    record(tx, None, "user.enabled" if on else "user.disabled", f"user:{who.id}")
    return who


def _set_password(tx: Tx, user_id: str, phc: str) -> None:
    accounts.set_password(tx, user_id, phc)
    record(tx, None, "user.password_set", f"user:{user_id}")


def _rows(reader: Reader) -> list[tuple[object, ...]]:
    return [
        (
            each.email, each.name, each.role, ", ".join(team.name for team in teams_of(reader, each.id)) or "-",
            ", ".join(f"{skill.skill}={skill.level}" for skill in skills_of(reader, each.id)) or "-",
            "disabled" if each.disabled_at is not None else "active", each.id,
        )
        for each in users(reader)
    ]  # fmt: skip


def _skill(text: str) -> tuple[str, int]:
    name, _, level = text.rpartition("=")
    if not name or level not in tuple("012345"):
        raise argparse.ArgumentTypeError("a skill is written NAME=LEVEL, with a level of 1 to 5, or 0 for none")
    return name, int(level)
