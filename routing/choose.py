"""Which agent gets which case now (RT-2, RT-4, invariant 9).

Cases are taken in the order of the queue; each goes to the best free seat of the narrowest ring that has one, unless
the debtor's last agent is free. Rings are tried from within outward, as far as waiting has opened them, and further
when nobody within is on shift. A seat's load counts at once for the next case.

What comes out is a proposal on the facts that went in: whoever carries it out claims the case if it is still free at
that epoch and asks `objection` again, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterable

from routing.candidates import Candidates, barred
from routing.floor import Floor
from routing.load import may_start
from routing.reasons import given, nobody
from routing.rings import lacking, rings
from routing.types import Decision, Ms, Passed, Policy, Seat, Ticket


def choose(tickets: Iterable[Ticket], seats: Iterable[Seat], policy: Policy, now: Ms) -> list[Decision]:
    """One decision a ticket, in the order of the queue. The order in which tickets and seats come plays no part."""
    return drain(Floor(seats), tickets, policy, now)


def choose_one(ticket: Ticket, seats: Iterable[Seat], policy: Policy, now: Ms) -> Decision:
    """The decision for one case that has no other before it."""
    return decide(Floor(seats), ticket, policy, now)


def drain(floor: Floor, tickets: Iterable[Ticket], policy: Policy, now: Ms) -> list[Decision]:
    """As `choose`, on a floor that is kept: its loads rise by what is assigned."""
    decisions = []
    for ticket in sorted(tickets, key=lambda ticket: (ticket.rank_at, ticket.id)):
        decision = decide(floor, ticket, policy, now)
        if decision.user is not None:
            floor.assign(decision.user, ticket.weight, now)
        decisions.append(decision)
    return decisions


def decide(floor: Floor, ticket: Ticket, policy: Policy, now: Ms) -> Decision:
    """The decision for one case on this floor, whose loads stay as they are."""
    case = Candidates(floor, ticket, policy, now)
    found = case.find()
    if found is None and policy.skip_empty_rings and case.widen():
        found = case.find()
    return nobody(case) if found is None else given(case, *found)


def objection(ticket: Ticket, seat: Seat, ring: int, policy: Policy, now: Ms) -> Passed | None:
    """Why this seat, as it is now, must not get the case by itself; None when it may. `ring` is the decision's."""
    if not seat.assignable or not seat.takes_cases:
        return "offline"
    if ticket.team not in seat.teams:
        return "not_in_team"
    if lacking(seat.skills, rings(ticket.needs, policy)[ring].wanted) is not None:
        return "missing_skill"
    if seat.id in barred(ticket, now):
        return "lapsed"
    if may_start(seat, ticket.weight):
        return None
    return "max_held" if seat.held >= seat.max_held else "full"


def nobody_on_shift(ticket: Ticket, seats: Iterable[Seat]) -> bool:
    """Nobody of the case's team who takes cases is assignable: the rescue queue and an alarm."""
    return not any(seat.assignable and seat.takes_cases and ticket.team in seat.teams for seat in seats)
