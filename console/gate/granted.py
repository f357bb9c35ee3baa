"""Approvals of single texts: what the gate holds for a supervisor leaves once, within the hour, as it was read.

An approval is bound to a digest of what the debtor would read, who reads it and for what; it lifts the codes that were
asked for and no other rule.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct, field
from sqlalchemy import bindparam, select

from console.gate.models import text_approval
from console.gate.types import Message
from console.store.base import load
from console.store.statement import Query, change
from console.store.transaction import Reader, Tx
from console.wire.moment import MINUTE, Ms

LASTS = 60 * MINUTE
"""How long an approval holds: what is right to say now may not be after the next payment, promise or word."""

_APPROVED = Query(
    select(text_approval)
    .where(
        text_approval.c.case_id == bindparam("case_id"),
        text_approval.c.state == "approved",
        text_approval.c.by_id == bindparam("by_id"),
        text_approval.c.epoch == bindparam("epoch"),
        text_approval.c.digest == bindparam("digest"),
        text_approval.c.expires_at > bindparam("at"),
    )
    .order_by(text_approval.c.decided_at.desc(), text_approval.c.id.desc()),
    lambda *columns: ApprovalRow(*columns),
)
_USED = Query(
    select(text_approval).where(
        text_approval.c.item_id == bindparam("item_id"),
        text_approval.c.digest == bindparam("digest"),
        text_approval.c.expires_at > bindparam("at"),
    ),
    lambda *columns: ApprovalRow(*columns),
)


class ApprovalRow(Struct):
    """One row of `text_approval`, in the order of its columns."""

    id: str
    case_id: str
    request_id: str
    whisper_id: str
    by_id: str
    epoch: int
    digest: str
    codes: str
    state: str
    at: Ms
    decided_by: str | None
    decided_at: Ms | None
    note: str
    expires_at: Ms | None
    item_id: str | None
    used_at: Ms | None


class Granted(Struct, frozen=True):
    """What was approved for one message: the codes it lifts, by whom, until when (exclusive)."""

    codes: frozenset[str]
    id: str = ""
    by: str = ""
    until: Ms = 0


class Beside(Struct, frozen=True):
    """What an approval is bound to beside what the gate reads: where it leaves from and arrives, and what its reader
    gets that does not stand in its words. `files`: name, type and SHA-256 of each, in their order; `template`: its id;
    `variables`: all of its, those of its buttons too; `quotes`: the message above it that it answers, or "".
    """

    case: str
    point: str
    inbox: str
    files: Sequence[tuple[str, str, str]] = ()
    template: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    quotes: str = ""


def digest_of(message: Message, beside: Beside, purpose: str | None = None) -> str:
    """SHA-256 of what an approval is bound to. `purpose`: the one claimed, where the message has by now the one it was
    judged by.
    """
    template = message.template
    used = [beside.template, template.name, template.language] if template else None
    bound: list[Any] = [
        "text 2", beside.case, beside.point, beside.inbox, message.channel, purpose or message.purpose,
        message.body.strip(), message.subject.strip(), used, sorted(beside.variables.items()), beside.files,
        beside.quotes,
    ]  # fmt: skip
    return hashlib.sha256(msgspec.json.encode(bound)).hexdigest()


def granted(reader: Reader, case_id: str, epoch: int, by_id: str, digest: str, at: Ms) -> Granted | None:
    """The approval under which this person may send this now, or at a later moment; the newest of several."""
    return _granted(_APPROVED.first(reader, case_id=case_id, epoch=epoch, by_id=by_id, digest=digest, at=at))


def granted_to(reader: Reader, item_id: str, digest: str, at: Ms) -> Granted | None:
    """The approval that a message was accepted under, if it is still that message and the approval still holds."""
    return _granted(_USED.first(reader, item_id=item_id, digest=digest, at=at))


def spend(tx: Tx, approval_id: str, item_id: str) -> None:
    """One message, once."""
    change(tx, text_approval, {"id": approval_id, "state": "approved"}, state="used", item_id=item_id, used_at=tx.now)


def _granted(row: ApprovalRow | None) -> Granted | None:
    if row is None:
        return None
    return Granted(frozenset(load(row.codes)), row.id, row.decided_by or "", row.expires_at or 0)
