"""What the gate knows of one address of a debtor: whether it is theirs still, and what they said of it."""

from __future__ import annotations

from typing import Any

from console.debtors.consents import offers_said
from console.debtors.queries import AddressRow, PointRow
from console.gate.types import Consent
from console.store.transaction import Reader


def point_state(point: PointRow | None, where: AddressRow | None) -> Any:
    if point is None or where is None:
        return "active"
    if point.state == "wrong_number" or where.invalid_reason == "wrong_number":
        return "wrong_number"
    return "invalid" if where.invalid_at is not None or point.state in ("invalid", "removed") else "active"


def opt_outs(where: AddressRow | None) -> frozenset[Any]:
    found: set[Any] = set()
    if where is None:
        return frozenset()
    if where.opted_out_at is not None:
        found.add("channel")
    if where.marketing_stopped_at is not None:
        found.add("marketing")
    return frozenset(found)


def consents(point: PointRow | None) -> tuple[Consent, ...]:
    if point is None or point.consent not in ("granted", "revoked"):
        return ()
    granted = point.consent == "granted"
    return (Consent(channel=point.channel, purpose="collection", granted=granted),)  # type: ignore[arg-type]


def offers(reader: Reader, point: PointRow | None) -> tuple[Consent, ...]:
    """What was said last of commercial offers there."""
    said = None if point is None else offers_said(reader, point.debtor_id, point.id)
    if said is None:
        return ()
    return (Consent(channel=said.channel, purpose="offer", granted=said.act == "offers_granted"),)  # type: ignore[arg-type]
