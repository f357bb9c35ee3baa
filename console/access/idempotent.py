"""A command repeated by its `client_id` does nothing twice: same body, same thing; another body, a conflict."""

from __future__ import annotations

import hashlib
import re
from itertools import combinations
from uuid import UUID

import msgspec
from msgspec import structs
from sqlalchemy import bindparam, select

from console.access.actor import Actor
from console.access.models import client_key
from console.errors import Conflict, Invalid
from console.store.statement import Query, add_once
from console.store.transaction import Tx

_FORM = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}", re.IGNORECASE | re.ASCII)
MARK = "sent:"
ALL_OF, FEW = 12, 2  # fields of which every choice is tried, and how many at once of more
_FIND = Query(
    select(client_key.c.body_hash, client_key.c.result).where(
        client_key.c.actor_id == bindparam("actor_id"),
        client_key.c.route == bindparam("route"),
        client_key.c.client_id == bindparam("client_id"),
    ),
    lambda *columns: columns,
)


class Digest(str):
    """Of a body; with the body itself, for digests that were kept by another rule."""

    body: object
    without: tuple[str, ...]


def body_hash(body: object, *, without: tuple[str, ...] = ("epoch", "client_id")) -> Digest:
    """A digest of what was asked for: of what differs from its default alone, so that a field which a later version
    adds changes nothing of a body that does not name it. `epoch` is no part: a repeat may name a newer one (decision
    6).
    """
    made = Digest(MARK + _hash(_sent(body, frozenset()), without))
    made.body, made.without = body, without
    return made


def _hash(plain: object, without: tuple[str, ...]) -> str:
    kept = {name: each for name, each in plain.items() if name not in without} if isinstance(plain, dict) else plain
    return hashlib.sha256(msgspec.json.encode(kept, order="sorted")).hexdigest()


def _sent(value: object, kept: frozenset[str] | None) -> object:
    """As plain data, without what has its default but for fields of the names in `kept`."""
    if isinstance(value, msgspec.Struct):
        return {
            each.encode_name: _sent(found, kept)
            for each in structs.fields(value)
            if (found := getattr(value, each.name)) is not msgspec.UNSET
            and (not _is_default(each, found) or (kept is not None and each.name in kept))
        }
    if isinstance(value, (list, tuple)):
        return [_sent(each, kept) for each in value]
    if isinstance(value, dict):
        return {name: _sent(each, kept) for name, each in value.items()}
    return msgspec.to_builtins(value)


def _is_default(of: structs.FieldInfo, value: object) -> bool:
    if of.default is not msgspec.NODEFAULT:
        return bool(value == of.default)
    return of.default_factory is not msgspec.NODEFAULT and bool(value == of.default_factory())


def _defaults(value: object) -> set[str]:
    """The names of fields that have their default, wherever they stand."""
    if isinstance(value, msgspec.Struct):
        own = {each.name for each in structs.fields(value) if _is_default(each, getattr(value, each.name))}
        return own.union(*(_defaults(getattr(value, name)) for name in value.__struct_fields__))
    within = list(value.values()) if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()
    return set().union(*(_defaults(each) for each in within))


def _is_former(kept: str, digest: Digest) -> bool:
    """Whether a digest of before, which held every field that its version had, is of the same body: some of those that
    have their default now were no part of it.
    """
    if kept.startswith(MARK):
        return False
    names = sorted(_defaults(digest.body))
    most = len(names) if len(names) <= ALL_OF else FEW
    return any(
        _hash(_sent(digest.body, frozenset(names).difference(gone)), digest.without) == kept
        for count in range(most + 1)
        for gone in combinations(names, count)
    )


def repeated(tx: Tx, actor: Actor, route: str, client_id: str, digest: Digest) -> str | None:
    """The result of the first time, or None when this is the first. Raises Conflict for another body, Invalid for a
    client_id that is no UUID.
    """
    spellings = dict.fromkeys((_canonical(client_id), client_id))  # keys were once kept as they were given
    found = next(
        filter(None, (_FIND.first(tx, actor_id=actor.id, route=route, client_id=each) for each in spellings)), None
    )
    if found is None:
        return None
    if found[0] != digest and not _is_former(found[0], digest):
        raise Conflict("This client_id was used for something else.", field="client_id")
    return str(found[1])


def remember(tx: Tx, actor: Actor, route: str, client_id: str, digest: Digest, result: str) -> None:
    """Bind the client_id to what was made, in the same transaction. Raises Invalid, Conflict."""
    key = {"actor_id": actor.id, "route": route, "client_id": _canonical(client_id)}
    values = {**key, "body_hash": str(digest), "result": result}
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
