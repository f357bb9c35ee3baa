"""What the gate knows of one address of a debtor: whether it is theirs still, and what they said of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select

from console.debtors.consents import offers_said
from console.debtors.holders import OWN
from console.debtors.models import address, contact_point
from console.debtors.queries import AddressRow, PointRow
from console.debtors.states import confirmed_until
from console.gate.types import Consent, Recipient
from console.store.statement import Query, value
from console.store.transaction import Reader
from console.wire.moment import DAY, HOUR, Ms

PROVEN_MS = 90 * DAY
SESSION_MS = HOUR
"""How long two checks passed open the full detail (domain rules 3.7)."""
_BY_SOMEBODY_ELSE = Query(
    select(contact_point.c.id)
    .where(
        contact_point.c.debtor_id == bindparam("debtor_id"),
        contact_point.c.holder != OWN,
        contact_point.c.verified_at >= bindparam("since"),
    )
    .limit(1),
    value,
)

_OWN_SILENCE = Query(
    select(address.c.opted_out_at)
    .join(contact_point, contact_point.c.address_id == address.c.id)
    .where(
        contact_point.c.debtor_id == bindparam("debtor_id"),
        contact_point.c.holder == OWN,
        contact_point.c.state == "active",
        address.c.invalid_at.is_(None),
    ),
    value,
)
"""Since when they want no message, address by address that reaches them; null where they may be written to."""


def is_confirmed(point: PointRow, now: Ms) -> bool:
    """Whether within that time somebody wrote from there, consented to be written to there, or gave the address. After
    it a number may be somebody else's.
    """
    consented = point.consent_at if point.consent == "granted" else None
    return now < confirmed_until(point.created_at, point.last_inbound_at, consented)


def level_of(point: PointRow | None, now: Ms) -> int:
    """The level of disclosure that an address has reached and still has."""
    return point.disclosure if point is not None and is_confirmed(point, now) else 0


def is_proven_lately(point: PointRow | None, now: Ms) -> bool:
    """Whether the debtor, who writes there, passed the checks within 90 days, and nothing put it in doubt since."""
    if point is None or recipient_of(point) != "debtor":
        return False
    return bool(point.verified) and now < (point.verified_at or 0) + PROVEN_MS


def session_level(reader: Reader, point: PointRow | None, level: int, until: Ms | None) -> int:
    """What of a case's session, of that level and to last until then, holds at this address: all of it at the debtor's
    own, unless the checks were passed since it began at one that turned out to be somebody else's; and nothing at
    anybody's beside them, whom what is known of the debtor proves nothing of.
    """
    if level == 0 or recipient_of(point) != "debtor" or (until is not None and until <= reader.now):
        return 0
    if point is None:
        return level
    if point.verified and reader.now < (point.verified_at or 0) + SESSION_MS:
        return level
    since = (reader.now if until is None else until) - SESSION_MS
    return 0 if _BY_SOMEBODY_ELSE.first(reader, debtor_id=point.debtor_id, since=since) else level


def recipient_of(point: PointRow | None) -> Recipient:
    """Who reads what is sent there. A role that nothing proves is none."""
    if point is None or point.holder == OWN:
        return "debtor"
    proven = point.holder != "other" and bool(point.holder_proof)
    return point.holder if proven else "third_party"  # type: ignore[return-value]


def point_state(point: PointRow | None, where: AddressRow | None, now: Ms) -> Any:
    if point is None or where is None:
        return "active"
    if point.state == "wrong_number" or where.invalid_reason == "wrong_number":
        return "wrong_number"
    if where.invalid_at is not None or point.state in ("invalid", "removed"):
        return "invalid"
    return "active" if is_confirmed(point, now) else "reverify"


def opt_outs(reader: Reader, point: PointRow | None, where: AddressRow | None) -> frozenset[Any]:
    """`channel` where they asked for silence there; `all` too when they did at each of several addresses they have."""
    found: set[Any] = set()
    if where is None:
        return frozenset()
    if where.opted_out_at is not None:
        found.add("channel")
        if point is not None and point.holder == OWN:
            said = _OWN_SILENCE.all(reader, debtor_id=point.debtor_id)
            found |= {"all"} if len(said) > 1 and all(said) else set()
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
