"""How often: caps by day and week, days between contacts, one channel a week.

What counts is an attempt that a provider accepted, or one that is reserved. Every cap is read twice, over a rolling
period and over the calendar one of the debtor's zone, and the stricter reading wins. Bubbles of one sender on one
channel within two minutes, three at most, are one contact.
"""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from console.gate.packs import Cap
from console.gate.types import Contact, Message
from console.gate.weeks import CHANNELS
from console.gate.windows import local_day, local_midnight
from console.wire.moment import DAY, MINUTE, Ms

BURST_MS = 2 * MINUTE
BURST_SIZE = 3
PERIOD_MS = {"day": DAY, "week": 7 * DAY}


class Wait(Struct, frozen=True):
    """A cap that is used up: it frees at `until`."""

    cap: Cap
    until: Ms


def burst_until(message: Message, contacts: tuple[Contact, ...], now: Ms) -> Ms | None:
    """Until when (exclusive) it is the second or third bubble of what its sender just said; None when it is not."""
    if message.channel not in CHANNELS:
        return None
    bursts = _bursts([c for c in contacts if c.channel == message.channel and c.sender == message.sender and c.sender])
    begun = [burst[0].at for burst in bursts if burst[0].at <= now and len(burst) < BURST_SIZE]
    return max((at + BURST_MS for at in begun if now - at < BURST_MS), default=None)


def waits(
    message: Message, contacts: tuple[Contact, ...], caps: tuple[Cap, ...], zones: tuple[ZoneInfo, ...]
) -> list[Wait]:
    """When each cap that concerns the message frees, in the caps' order; caps with room to spare are left out.

    The moments are absolute, and may lie in the past: a cap stops a message at `now` when `until` is later.
    """
    counted = sorted((c for c in contacts if c.counts), key=lambda c: c.at)
    who = "automated" if message.automated else "human"
    found = []
    for cap in caps:
        if cap.applies in ("all", who) and (not cap.channels or message.channel in cap.channels):
            until = _frees(cap, message, counted, zones)
            if until is not None:
                found.append(Wait(cap, until))
    return found


def _frees(cap: Cap, message: Message, counted: list[Contact], zones: tuple[ZoneInfo, ...]) -> Ms | None:
    if cap.kind == "lock":
        others = [c.at for c in counted if c.channel != message.channel]
        return _period_end(others[-1], cap.per, zones) if others else None
    mine = [burst[0].at for burst in _bursts([c for c in counted if not cap.channels or c.channel in cap.channels])]
    if cap.kind == "gap":
        return _after_full_days(mine[-1], cap.full_days, zones) if mine else None
    return _period_end(mine[-cap.max], cap.per, zones) if len(mine) >= cap.max else None


def _bursts(contacts: list[Contact]) -> list[list[Contact]]:
    """Contacts by the bubbles that belong together, in the order in which they began."""
    bursts: list[list[Contact]] = []
    latest: dict[tuple[str, str], list[Contact]] = {}
    for contact in sorted(contacts, key=lambda c: c.at):
        key = (contact.sender, contact.channel)
        burst = latest.get(key)
        bubbles = bool(contact.sender) and contact.channel in CHANNELS  # two calls are two contacts
        if burst and bubbles and contact.at - burst[0].at < BURST_MS and len(burst) < BURST_SIZE:
            burst.append(contact)
        else:
            latest[key] = [contact]
            bursts.append(latest[key])
    return bursts


def _period_end(at: Ms, per: str, zones: tuple[ZoneInfo, ...]) -> Ms:
    """When a contact leaves both the rolling and the calendar period."""
    return max([at + PERIOD_MS[per], *(local_midnight(zone, _next_period(local_day(zone, at), per)) for zone in zones)])


def _next_period(day: date, per: str) -> date:
    return day + timedelta(days=1 if per == "day" else 7 - day.weekday())


def _after_full_days(at: Ms, full_days: int, zones: tuple[ZoneInfo, ...]) -> Ms:
    return max(local_midnight(zone, local_day(zone, at) + timedelta(days=full_days + 1)) for zone in zones)
