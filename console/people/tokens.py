"""Tokens of integrations: shown once, kept as a hash, limited by scopes, portfolio and age."""

from __future__ import annotations

import secrets
from collections.abc import Collection

from sqlalchemy import bindparam

from console.errors import NotFound
from console.people.models import token
from console.people.queries import user_by_id
from console.people.sessions import hash_of
from console.store.base import dump
from console.store.statement import Statement, add
from console.store.transaction import Tx
from console.wire.ids import new_id
from console.wire.moment import Ms

_USED = Statement(token.update().where(token.c.id == bindparam("id")).values(used_at=bindparam("at")))
_REVOKE_ALL = Statement(token.update().where(token.c.revoked_at.is_(None)).values(revoked_at=bindparam("at")))
_REVOKE = Statement(
    token.update().where(token.c.id == bindparam("id"), token.c.revoked_at.is_(None)).values(revoked_at=bindparam("at"))
)


def create(
    tx: Tx,
    user_id: str,
    name: str,
    scopes: Collection[str],
    *,
    portfolio: str | None = None,
    expires_at: Ms | None = None,
) -> tuple[str, str]:
    """(id, secret) of a new token; the secret is never to be had again. `expires_at` is real time."""
    user_by_id(tx, user_id)
    token_id, secret = new_id(), f"acordo_{secrets.token_urlsafe(32)}"
    add(
        tx,
        token,
        id=token_id,
        hash=hash_of(secret),
        user_id=user_id,
        name=name,
        scopes=dump(sorted(scopes)),
        portfolio_id=portfolio,
        created_at=tx.real,
        expires_at=expires_at,
    )
    return token_id, secret


def revoke(tx: Tx, token_id: str) -> None:
    """It opens nothing any more. Raises NotFound."""
    if not _REVOKE.run(tx, id=token_id, at=tx.real):
        raise NotFound


def revoke_all(tx: Tx) -> None:
    """Every token there is: part of a restore."""
    _REVOKE_ALL.run(tx, at=tx.real)


def used(tx: Tx, token_id: str) -> None:
    """It was used. Called at most once a minute and token."""
    _USED.run(tx, id=token_id, at=tx.real)
