"""On which channels somebody without a conversation may be written to, and when: the gate's own answer."""

from __future__ import annotations

from collections.abc import Collection
from zoneinfo import ZoneInfo

from msgspec import Struct

from console.cases.open import blank
from console.cases.pairs import channels_of, pick_own
from console.cases.queries import CaseRow
from console.cases.subject import subject
from console.debtors import queries as debtors
from console.errors import Conflict, Invalid
from console.gate.guard import judge
from console.gate.types import Decision, Message, TemplateFacts
from console.ledger.owed import zone_of
from console.portfolios.queries import get_portfolio
from console.store.transaction import Reader
from console.wire.moment import Ms, aware, rfc3339

NEUTRAL = TemplateFacts(name="", language="", category="utility", state="approved", level=0)
"""Outside its service window WhatsApp carries an approved template; which one is chosen later, and judged then."""


class Chance(Struct, frozen=True):
    """The gate's answer for one channel; `rule` and `source` are why not."""

    channel: str
    outcome: str
    code: str
    rule: str
    source: str
    allowed_at: str | None
    today: bool  # it may leave on this day of the debtor's own


def chances(reader: Reader, row: CaseRow, sender: str, only: str | None = None) -> list[Chance]:
    """The channels that reach the debtor, those that may be used first."""
    zone = zone_of(reader, row.debtor_id)
    asked = [each for each in channels_of(reader, row, own=True) if only in (None, each)]
    found = [_chance(reader, row, channel, sender, zone) for channel in asked]
    return sorted(found, key=lambda each: (each.outcome != "allow", not each.today, each.allowed_at or "~"))


def unopened(reader: Reader, debtor_id: str, portfolio_id: str) -> CaseRow:
    """The case as it would be opened: what the gate reads of somebody to whom nobody talks yet."""
    return blank(reader, get_portfolio(reader, portfolio_id), debtors.get(reader, debtor_id))


def best(found: Collection[Chance]) -> str:
    """now, today, later or blocked: the best of somebody's channels."""
    outcomes = {each.outcome for each in found}
    if "allow" in outcomes:
        return "now"
    if any(each.today for each in found):
        return "today"
    return "later" if "defer" in outcomes else "blocked"


def _chance(reader: Reader, row: CaseRow, channel: str, sender: str, zone: ZoneInfo) -> Chance:
    try:
        pair = pick_own(reader, row, channel)
    except (Invalid, Conflict):
        return Chance(channel, "block", "SENDER_DISABLED", "no_address", "", None, False)
    message = Message(
        channel=channel, purpose="proactive", template=NEUTRAL if channel == "whatsapp" else None, sender=sender,  # type: ignore[arg-type]
    )  # fmt: skip
    decision = judge(reader, subject(reader, row, pair, sender=sender), message)
    return Chance(
        channel, decision.outcome, decision.code, decision.rule, decision.source, rfc3339(decision.allowed_at),
        _is_today(decision, reader.now, zone),
    )  # fmt: skip


def _is_today(decision: Decision, now: Ms, zone: ZoneInfo) -> bool:
    if decision.outcome == "allow":
        return True
    at = decision.allowed_at
    return at is not None and aware(at).astimezone(zone).date() == aware(now).astimezone(zone).date()
