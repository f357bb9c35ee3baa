"""The record that goes with a decision (RT-7): why this agent, or why nobody, and who else was considered."""

from __future__ import annotations

from routing.candidates import Candidates
from routing.floor import AWAY, HELD_FULL, Place, behind
from routing.load import may_start
from routing.rings import Wanted
from routing.types import Considered, Decision, Matched, Ms, Passed, Seat, Waiting, Why

OTHERS = 10


def given(case: Candidates, ring: int, user: str) -> Decision:
    """The case goes to this user, found in this ring."""
    ticket, seat, pool = case.ticket, case.floor.seats[user], case.pool(ring)
    why = Why(
        ring=ring,
        rings=len(case.ladder),
        skipped=ring > case.in_time,
        matched=_matched(case, seat, case.ladder[ring].wanted),
        load_before=seat.load,
        load_after=seat.load + ticket.weight,
        capacity=seat.capacity,
        rank_at=ticket.rank_at,
        terms=ticket.terms,
        preferred=case.preferred,
        entitled=len(pool.places),
        others=_others(case, ring, pool.place_of(user)),
    )
    return Decision(ticket=ticket.id, epoch=ticket.epoch, user=user, why=why)


def nobody(case: Candidates) -> Decision:
    """The case goes on waiting."""
    ticket, ring = case.ticket, case.widest
    reason = _reason(case)
    why = Why(
        ring=ring,
        rings=len(case.ladder),
        skipped=ring > case.in_time,
        rank_at=ticket.rank_at,
        terms=ticket.terms,
        preferred=case.preferred,
        entitled=len(case.pool(ring).places),
        others=_others(case, ring, None),
        reason=reason,
        retry_at=None if reason == "nobody_on_shift" else _retry_at(case),
    )
    return Decision(ticket=ticket.id, epoch=ticket.epoch, user=None, why=why)


def _reason(case: Candidates) -> Waiting:
    pool, seats = case.pool(case.widest), case.floor.seats
    if not case.floor.pool(case.ticket.team, ()).on_shift():
        return "nobody_on_shift"
    if not pool.places:
        return "no_skill"
    if not pool.on_shift():
        return "skilled_away"
    lapsed = [seats[user] for user in case.barred if user in pool and seats[user].assignable]
    return "lapsed" if any(may_start(seat, case.ticket.weight) for seat in lapsed) else "all_full"


def _retry_at(case: Candidates) -> Ms | None:
    moments = [lapse.until for lapse in case.ticket.lapses if case.now < lapse.until]
    following = case.widest + 1
    if following < len(case.ladder):
        moments.append(case.ticket.queued_at + case.ladder[following].after_s * 1_000)
    return min(moments, default=None)


def _matched(case: Candidates, seat: Seat, wanted: Wanted) -> tuple[Matched, ...]:
    levels = dict(wanted)
    return tuple(
        Matched(skill=need.name, asked=need.level, wanted=levels.get(need.name, 0), has=seat.skills.get(need.name, 0))
        for need in case.ticket.needs
    )


def _others(case: Candidates, ring: int, winner: Place | None) -> tuple[Considered, ...]:
    """The next best of the ring and a few who lack a skill, each with why not; at most OTHERS."""
    pool, floor = case.pool(ring), case.floor
    room = OTHERS - len(pool.missing)
    near = [place for place in pool.places[: room + 1] if place != winner][:room]
    found = [_passed(case, place, winner) for place in near]
    found.extend(_considered(floor.seats[seat_id], "missing_skill", skill) for seat_id, skill in pool.missing)
    return tuple(found)


def _passed(case: Candidates, place: Place, winner: Place | None) -> Considered:
    seat = case.floor.seat_at(place)
    if place >= AWAY:
        return _considered(seat, "offline")
    if seat.id in case.barred:
        return _considered(seat, "lapsed")
    if place >= HELD_FULL:
        return _considered(seat, "max_held")
    if winner is None or not may_start(seat, case.ticket.weight):
        return _considered(seat, "full")
    by_preference = case.preferred is not None and case.preferred.outcome == "used"
    return _considered(seat, "not_preferred" if by_preference else behind(place, winner))


def _considered(seat: Seat, why: Passed, detail: str = "") -> Considered:
    return Considered(id=seat.id, name=seat.name, load=seat.load, why=why, detail=detail)
