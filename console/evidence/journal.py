"""The side journal: every yes and no of a debtor and every erasure, in a file of its own beside the database.

A backup does not know what was said after it, so `acordo restore` carries the journal out (`replay.py`). One line each,
appended and fsynced; whom it concerns lies sealed. It is written from the tables and only ever catches up, so that
nothing is left out when a process dies between a commit and the line.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import bindparam, select

from console.debtors.models import address, consent_log, contact_point
from console.evidence.models import removal
from console.store.base import dump, load
from console.store.statement import Query
from console.store.transaction import Reader
from console.store.vault import Vault
from console.wire.moment import MINUTE, Ms

NAME = "journal.jsonl"
ERASED = "erased"
ACTS = ("granted", "opted_out", "opted_in", "opt_out_denied", "revoked", "wrong_person", "ceased", "cease_lifted",
        "offers_granted", "offers_revoked")  # fmt: skip
"""What is kept: each yes and each no, with its text, time and source, and what takes a no back."""
SLACK = MINUTE
"""Ids are made before their commit: so far behind the newest line one looks again."""


class Line(Struct, frozen=True):
    """`id` of the row it tells of, ordered by time; `at` when it was written down; `sealed` in hex: the facts."""

    id: str
    at: Ms
    act: str
    sealed: str

    def facts(self, vault: Vault) -> dict[str, Any]:
        """Whom it concerns. Raises VaultError without the key of its time."""
        found: dict[str, Any] = load(vault.open(bytes.fromhex(self.sealed), f"journal:{self.id}"))
        return found


_KEPT = (
    "debtor_id", "contact_point_id", "channel", "source", "text_version", "given_at", "by_id", "phone", "wa_id",
    "user_id", "email",
)  # fmt: skip
_CONSENTS = Query(
    select(
        consent_log.c.id, consent_log.c.at, consent_log.c.act, consent_log.c.debtor_id, consent_log.c.contact_point_id,
        consent_log.c.channel, consent_log.c.source, consent_log.c.text_version, consent_log.c.given_at,
        consent_log.c.by_id, address.c.phone, address.c.wa_id, address.c.user_id, address.c.email,
    )
    .outerjoin(contact_point, contact_point.c.id == consent_log.c.contact_point_id)
    .outerjoin(address, address.c.id == contact_point.c.address_id)
    .where(consent_log.c.id > bindparam("after"), consent_log.c.act.in_(ACTS))
    .order_by(consent_log.c.id),
    lambda id_, at, act, *facts: (id_, at, act, dict(zip(_KEPT, facts, strict=True))),
)  # fmt: skip
_ERASURES = Query(
    select(removal.c.id, removal.c.done_at, removal.c.debtor_id, removal.c.reason, removal.c.asked_by,
           removal.c.done_by)
    .where(removal.c.kind == "erasure", removal.c.state == "done", removal.c.done_at >= bindparam("since"))
    .order_by(removal.c.done_at, removal.c.id),
    lambda id_, at, *facts: (id_, at, ERASED, dict(zip(("debtor_id", "reason", "asked_by", "done_by"), facts,
                                                       strict=True))),
)  # fmt: skip


def said_since(reader: Reader, vault: Vault, last: Line | None, known: set[str]) -> list[Line]:
    """What the tables hold and the journal does not. `last`: its newest line; `known`: the ids of its lines."""
    after = "" if last is None else _floor(last.id)
    since = 0 if last is None else last.at - SLACK
    found = [*_CONSENTS.all(reader, after=after), *_ERASURES.all(reader, since=since)]
    return [
        Line(id_, at, act, vault.seal(dump(facts), f"journal:{id_}").hex())
        for id_, at, act, facts in found
        if id_ not in known
    ]


def append(path: Path, lines: list[Line]) -> None:
    """Write them at the end, on disk before this returns; or none of them. Raises OSError."""
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        size = os.fstat(file).st_size
        rest = memoryview(b"".join(msgspec.json.encode(each) + b"\n" for each in lines))
        try:
            while rest:
                rest = rest[os.write(file, rest) :]
            os.fsync(file)
        except OSError:
            os.ftruncate(file, size)
            raise
    finally:
        os.close(file)


def read(path: Path) -> Iterator[Line]:
    """Every line, as written. A last one that was cut off by a crash is none; it is told again."""
    with path.open("rb") as source:
        for raw in source:
            if raw.endswith(b"\n"):
                yield msgspec.json.decode(raw, type=Line)


def mend(path: Path) -> None:
    """Take a line away that was cut off, so that the next one begins on its own."""
    content = path.read_bytes()
    if content and not content.endswith(b"\n"):
        with path.open("r+b") as half:
            half.truncate(content.rfind(b"\n") + 1)


def _floor(id_: str) -> str:
    """The smallest id of a moment a while before this one: ids begin with their milliseconds."""
    return f"{max(0, int(id_[:12], 16) - SLACK):012x}"
