"""What a case weighs in its owner's hands, when it parks, and whether one more may start (RT-1, decision 11)."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from routing.types import Load, Ms, Policy, Seat


class CaseLoad(Struct, frozen=True, kw_only=True):
    """Of an open case, what its weight depends on.

    waiting_since: oldest inbound not yet answered. quiet_since: the later of the debtor's last message and our last
    one since; None when the debtor never wrote. hold_until: the end of the promise, plan or snooze that runs; None
    when none does.
    """

    channel: str = ""
    waiting_since: Ms | None = None
    quiet_since: Ms | None = None
    hold_until: Ms | None = None


def weight(case: CaseLoad, policy: Policy, now: Ms) -> Load:
    """Thousandths of an active case. A debtor who waits is active whatever runs: the answer unparks."""
    if case.waiting_since is not None:
        each = policy.weights.active
    elif parked(case, policy, now):
        each = policy.weights.parked
    else:
        each = policy.weights.waiting
    return each * policy.weights.channels.get(case.channel, 1_000) // 1_000


def parked(case: CaseLoad, policy: Policy, now: Ms) -> bool:
    """Nobody waits, and either something runs or the debtor has been silent for `park_after`, or never spoke."""
    if case.waiting_since is not None:
        return False
    if case.hold_until is not None and now < case.hold_until:
        return True
    return case.quiet_since is None or now >= case.quiet_since + policy.park_after_s * 1_000


def next_change(case: CaseLoad, policy: Policy, now: Ms) -> Ms | None:
    """The next moment at which the weight changes by itself; None when only an event changes it."""
    if case.waiting_since is not None or case.quiet_since is None:
        return None
    parks_at = case.quiet_since + policy.park_after_s * 1_000
    if case.hold_until is not None and now < case.hold_until:
        return case.hold_until if case.hold_until < parks_at else None
    return parks_at if now < parks_at else None


def total(cases: Iterable[CaseLoad], policy: Policy, now: Ms) -> Load:
    return sum(weight(case, policy, now) for case in cases)


def may_start(seat: Seat, weight: Load) -> bool:
    """Whether an automatic assignment of that weight may start: neither beyond capacity nor beyond max_held."""
    return seat.held < seat.max_held and seat.load + weight <= seat.capacity


def is_over(seat: Seat) -> bool:
    """Beyond capacity, as claims, hand-backs and answers may lead to: shown, and no automatic work."""
    return seat.load > seat.capacity or seat.held > seat.max_held


def shown(load: Load) -> float:
    """The load as the wire has it: one decimal, halves away from zero."""
    return (load + 50) // 100 / 10
