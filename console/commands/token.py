"""`acordo token`: how integrations come in. The secret is shown once, on standard output alone, and kept as a hash."""

from __future__ import annotations

import argparse
import sys

from sqlalchemy import select

from console.audit.record import record
from console.commands.finding import find_portfolio, find_user
from console.commands.installation import Trouble, installation
from console.commands.table import show
from console.errors import NotFound
from console.people import tokens
from console.people.models import token, user
from console.store.base import load
from console.store.statement import Query, row
from console.store.transaction import Reader, Tx
from console.wire.moment import DAY, rfc3339

_ALL = Query(
    select(token.c.id, token.c.name, user.c.email, token.c.scopes, token.c.expires_at, token.c.used_at,
           token.c.revoked_at)
    .join(user, user.c.id == token.c.user_id)
    .order_by(token.c.created_at),
    row,
)  # fmt: skip


def register(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    create = verbs.add_parser("create", help="make a token and show it once")
    create.add_argument(
        "--user", required=True, metavar="EMAIL", help="whose rights it has, a user of role integration"
    )
    create.add_argument("--name", required=True, help="what it is for")
    create.add_argument("--scope", action="append", default=[], help="what it may do; may be repeated")
    create.add_argument("--portfolio", help="only this portfolio")
    create.add_argument("--days", type=int, help="how long it lives")
    create.set_defaults(run=create_one)
    verbs.add_parser("list", help="all tokens, without their secrets").set_defaults(run=show_all)
    revoke = verbs.add_parser("revoke", help="it opens nothing any more")
    revoke.add_argument("token", metavar="ID")
    revoke.set_defaults(run=revoke_one)


def create_one(asked: argparse.Namespace) -> int:
    unknown = set(asked.scope) - scopes()
    if unknown or not asked.scope:
        said = f"there is no scope {', '.join(sorted(unknown))}" if unknown else "a token needs at least one --scope"
        raise Trouble(f"{said}; scopes are {', '.join(sorted(scopes()))}")
    if asked.days is not None and asked.days < 1:
        raise Trouble("--days is at least 1")
    with installation() as services:
        made, secret = services.store.write_now(_create, asked)
    print(f"Made the token {made}. Its secret is shown once:", file=sys.stderr, flush=True)
    print(secret)
    return 0


def show_all(asked: argparse.Namespace) -> int:
    with installation() as services:
        rows = services.store.read_now(_rows)
    show(("id", "name", "user", "scopes", "expires", "used", "state"), rows, "There is no token yet.")
    return 0


def revoke_one(asked: argparse.Namespace) -> int:
    with installation() as services:
        try:
            services.store.write_now(_revoke, asked.token)
        except NotFound:
            raise Trouble(f"there is no living token {asked.token!r}: acordo token list shows them") from None
    print(f"Revoked the token {asked.token}.")
    return 0


def scopes() -> set[str]:
    """Every scope that some call asks for."""
    from console.routes import API

    return {each.scope for each in API if each.scope}


def _create(tx: Tx, asked: argparse.Namespace) -> tuple[str, str]:
    who = find_user(tx, asked.user)
    book = None if asked.portfolio is None else find_portfolio(tx, asked.portfolio).id
    ends = None if asked.days is None else tx.real + asked.days * DAY
    made = tokens.create(tx, who.id, asked.name, asked.scope, portfolio=book, expires_at=ends)
    record(tx, None, "token.created", f"token:{made[0]}", detail={"user": who.id, "scopes": sorted(asked.scope)})
    return made


def _revoke(tx: Tx, token_id: str) -> None:
    tokens.revoke(tx, token_id)
    record(tx, None, "token.revoked", f"token:{token_id}")


def _rows(reader: Reader) -> list[tuple[object, ...]]:
    return [
        (each, name, email, " ".join(load(may)), rfc3339(ends) or "never", rfc3339(used) or "never",
         "revoked" if revoked else "expired" if ends is not None and ends <= reader.real else "active")
        for each, name, email, may, ends, used, revoked in _ALL.all(reader)
    ]  # fmt: skip
