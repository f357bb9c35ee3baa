"""A command repeated by its `client_id` does nothing twice: same body, same thing; another body, a conflict."""

from __future__ import annotations

import hashlib
import re
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, select

from console.access.actor import Actor
from console.access.models import client_key
from console.errors import Conflict, Invalid
from console.store.statement import Query, add_once
from console.store.transaction import Tx

_FORM = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}", re.IGNORECASE | re.ASCII)
_FIND = Query(
    select(client_key.c.body_hash, client_key.c.result).where(
        client_key.c.actor_id == bindparam("actor_id"),
        client_key.c.route == bindparam("route"),
        client_key.c.client_id == bindparam("client_id"),
    ),
    lambda *columns: columns,
)


def body_hash(body: object, *, without: tuple[str, ...] = ("epoch", "client_id")) -> str:
    """A digest of what was asked for. `epoch` is no part of it: a repeat may name a newer one (decision 6)."""
    plain = msgspec.to_builtins(body)
    kept = {name: each for name, each in plain.items() if name not in without} if isinstance(plain, dict) else plain
    return hashlib.sha256(msgspec.json.encode(kept, order="sorted")).hexdigest()


def repeated(tx: Tx, actor: Actor, route: str, client_id: str, digest: str) -> str | None:
    """The result of the first time, or None when this is the first. Raises Conflict for another body, Invalid for a
    client_id that is no UUID.
    """
    spellings = dict.fromkeys((_canonical(client_id), client_id))  # keys were once kept as they were given
    found = next(
        filter(None, (_FIND.first(tx, actor_id=actor.id, route=route, client_id=each) for each in spellings)), None
    )
    if found is None:
        return None
    if found[0] != digest:
        raise Conflict("This client_id was used for something else.", field="client_id")
    return str(found[1])


def remember(tx: Tx, actor: Actor, route: str, client_id: str, digest: str, result: str) -> None:
    """Bind the client_id to what was made, in the same transaction. Raises Invalid, Conflict."""
    key = {"actor_id": actor.id, "route": route, "client_id": _canonical(client_id)}
    values = {**key, "body_hash": digest, "result": result}
    if not add_once(tx, client_key, ("actor_id", "route", "client_id"), **values, at=tx.now):
        raise Conflict("The same client_id is being used at this moment.", field="client_id")


def _canonical(client_id: str) -> str:
    """The one spelling of a UUID (RFC 9562, 4): whoever repeats it in other letters repeats it. Ids of ours, which
    have no hyphens, are taken too. Raises Invalid.
    """
    if not _FORM.fullmatch(client_id):
        raise Invalid("client_id must be a UUID made by the client, like 018f3c1e-8f9a-7b2c-9d4e-5f60718293a4.",
                      field="client_id")  # fmt: skip
    return str(UUID(client_id))
