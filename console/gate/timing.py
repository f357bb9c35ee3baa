"""The rules that time settles: days late, a receipt shown, hours, holidays, frequency. They defer, and say when."""

from __future__ import annotations

from datetime import timedelta

from console.gate.caps import Wait, waits
from console.gate.judged import Judged, Verdict
from console.gate.packs import Effective, Hours, HoursCode
from console.gate.types import Window
from console.gate.weeks import week_of
from console.gate.windows import closed_by, lawful_until, local_day, local_midnight, next_open
from console.wire.moment import Ms


def days_late(j: Judged) -> Verdict | None:
    """Where the profile asks for a minimum of days late. Without a known debt there is nothing to wait for."""
    if j.answers or j.purpose == "payment_confirmation" or not j.law.min_days_late:
        return None
    if j.facts.days_past_due is None:
        return Verdict("TOO_EARLY")
    if j.facts.days_past_due >= j.law.min_days_late:
        return None
    return Verdict("TOO_EARLY", "defer", until=_late_enough(j))


def payment_claim(j: Judged) -> Verdict | None:
    """While a receipt that the debtor showed is looked into, nobody reminds them of the debt: answers, care, receipts
    and what the house must say by itself go on.
    """
    until = j.facts.claimed_until
    if until is None or j.now >= until or j.purpose != "proactive" or j.message.kind:
        return None
    return Verdict("PAYMENT_CLAIM", "defer", until=until)


def hours(j: Judged) -> Verdict | None:
    if not j.hours_bind:
        return None
    closed = closed_by(clocks(j), j.now, j.facts.extra_holidays)
    if closed is None:
        return None
    clock, is_holiday = closed
    if is_holiday:
        return Verdict("HOLIDAY", "defer", source=clock.holiday_source, until=j.now)
    return Verdict(clock.code, "defer", source=clock.source, until=j.now)


def frequency(j: Judged) -> Verdict | None:
    """Caps used up; those that only wait come before those that somebody may approve."""
    pending = [wait for wait in _cap_waits(j) if wait.until > j.now]
    if not pending:
        return None
    wait = min(pending, key=lambda w: w.cap.exceed == "approval")
    if wait.cap.exceed == "approval":
        return Verdict(wait.cap.code, "needs_approval", approver="supervisor", source=wait.cap.source)
    return Verdict(wait.cap.code, "defer", source=wait.cap.source, until=wait.until)


def allowed_at(j: Judged) -> Ms | None:
    """The earliest moment, now or later, at which all of time's rules allow it together; None when there is none.

    What is spared now may bind by then: a burst ends, an answer grows old, somebody who just wrote is gone. Every step
    is the earliest that could be, judged anew where it lands, until it stays.
    """
    at = _next_chance(j)
    while at is not None and at > j.now:
        j = j.at(at)
        at = _next_chance(j)
    return at


def _next_chance(j: Judged) -> Ms | None:
    floor = max([j.now, *(wait.until for wait in _cap_waits(j))])
    if days_late(j) is not None:
        if j.facts.days_past_due is None:
            return None
        floor = max(floor, _late_enough(j))
    if payment_claim(j) is not None:
        floor = max(floor, j.facts.claimed_until or j.now)
    return next_open(clocks(j), floor, j.facts.extra_holidays) if j.hours_bind else floor


def valid_until(j: Judged) -> Ms | None:
    """When an allowed message may stop being allowed by itself: the hours end, the answer is too old, the window shuts,
    what was spared (`Judged.spared_until`) is spared no more.
    """
    facts = j.facts
    edges: list[Ms | None] = list(j.spared_until)
    if j.hours_bind:
        edges.append(lawful_until(clocks(j), j.now, facts.extra_holidays))
    edges.append(j.answers_until)
    if j.message.channel == "whatsapp" and j.message.template is None:
        edges.append(facts.window_closes_at)
    return min((edge for edge in edges if edge is not None), default=None)


def clocks(j: Judged) -> tuple[Hours, ...]:
    """The clocks of the law, of the portfolio's stricter policy, and of the debtor's own wishes."""
    return clocks_of(j.law, j.message.channel, j.facts.policy_windows, j.facts.debtor_windows)


def clocks_of(
    law: Effective, channel: str, policy: tuple[Window, ...], debtor: tuple[Window, ...]
) -> tuple[Hours, ...]:
    """The same for a channel, whatever the message."""
    own = law.hours[channel]
    if not (policy or debtor):
        return own
    return (*own, *_wished(law, channel, policy), *_wished(law, channel, debtor, by_debtor=True))


def _wished(law: Effective, channel: str, windows: tuple[Window, ...], *, by_debtor: bool = False) -> tuple[Hours, ...]:
    mine = [w for w in windows if not w.channels or channel in w.channels]
    if not mine:
        return ()
    week = week_of([(w.days, w.opens, w.closes) for w in mine])
    source = law.rule("DEBTOR_INCONVENIENT_TIME").source if by_debtor else "The portfolio's own contact hours"
    code: HoursCode = "DEBTOR_INCONVENIENT_TIME" if by_debtor else "OUT_OF_HOURS"
    return tuple(Hours(zone=zone, week=week, code=code, source=source, holiday_source=source) for zone in law.zones)


def _late_enough(j: Judged) -> Ms:
    """The first moment of the day on which the debt is late enough, in the latest of the debtor's zones."""
    missing = timedelta(days=j.law.min_days_late - (j.facts.days_past_due or 0))
    return max(local_midnight(zone, local_day(zone, j.now) + missing) for zone in j.law.zones)


def _cap_waits(j: Judged) -> list[Wait]:
    """The caps that concern the message. An answer is spared all but the lock, where the debtor wrote elsewhere."""
    if "caps" in j.exempt or j.confirms_opt_out or j.burst or not j.facts.contacts:
        return []
    if j.answers and j.wrote_here:
        return []
    found = waits(j.message, j.facts.contacts, j.law.caps, j.law.zones)
    return [w for w in found if (w.cap.kind == "lock" or not j.answers) and not _approved(j, w)]


def _approved(j: Judged, wait: Wait) -> bool:
    return wait.cap.exceed == "approval" and wait.cap.code in j.facts.approved
