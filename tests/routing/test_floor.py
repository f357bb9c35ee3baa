"""A floor that is kept must answer as one made anew, and `choose` as the plainest reading of its rules."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from routing.choose import choose, decide
from routing.floor import Floor
from routing.load import may_start
from routing.policy import Policy
from routing.rings import lacking, reached, rings
from routing.types import Lapse, Need, Seat, Ticket
from tests.routing.cast import NOON, SECOND, untimed

TEAMS = ("varejo", "empresas")
SKILLS = ("lang:es", "dispute", "bucket:1_30", "high_value")

needs = st.builds(
    Need,
    name=st.sampled_from(SKILLS),
    level=st.integers(1, 5),
    relax_after_s=st.sampled_from([(), None, (60,), (5, 9)]),
)
policies = st.builds(Policy, skip_empty_rings=st.booleans())


@st.composite
def seats(draw: st.DrawFn, seat_id: str) -> Seat:
    return Seat(
        id=seat_id,
        teams=draw(st.frozensets(st.sampled_from(TEAMS), min_size=1)),
        skills=draw(st.dictionaries(st.sampled_from(SKILLS), st.integers(1, 5))),
        capacity=draw(st.sampled_from([0, 1_000, 2_300, 6_000])),
        max_held=draw(st.sampled_from([2, 30])),
        load=draw(st.sampled_from([0, 300, 1_000, 1_300, 5_000])),
        held=draw(st.integers(0, 3)),
        assignable=draw(st.sampled_from([True, True, True, False])),
        takes_cases=draw(st.sampled_from([True, True, True, False])),
        last_assigned_at=draw(st.sampled_from([0, NOON - 5 * SECOND, NOON])),
    )


@st.composite
def crowds(draw: st.DrawFn) -> list[Seat]:
    return [draw(seats(f"u{number}")) for number in range(draw(st.integers(0, 6)))]


@st.composite
def tickets(draw: st.DrawFn, ticket_id: str) -> Ticket:
    return Ticket(
        id=ticket_id,
        team=draw(st.sampled_from(TEAMS)),
        needs=tuple(draw(st.lists(needs, max_size=3, unique_by=lambda need: need.name))),
        weight=draw(st.sampled_from([0, 300, 1_000])),
        rank_at=draw(st.integers(0, 3)),
        queued_at=NOON - draw(st.sampled_from([0, 7, 60, 200, 400])) * SECOND,
        preferred=draw(st.sampled_from([None, None, "u0", "u1", "gone"])),
        preferred_until=draw(st.sampled_from([None, NOON - 1, NOON + 1])),
        lapses=tuple(
            Lapse(user=user, until=NOON + draw(st.sampled_from([0, 1])))
            for user in draw(st.sampled_from([(), (), ("u0",), ("u0", "u1")]))
        ),
    )


@st.composite
def queues(draw: st.DrawFn) -> list[Ticket]:
    return [draw(tickets(f"c{number}")) for number in range(draw(st.integers(0, 6)))]


def plainly(ticket: Ticket, crowd: list[Seat], policy: Policy) -> str | None:
    """The rules read aloud, without pools, places or stamps."""
    ladder = rings(ticket.needs, policy)
    lapsed = {lapse.user for lapse in ticket.lapses if NOON < lapse.until}

    def entitled(ring: int) -> list[Seat]:
        team = [seat for seat in crowd if seat.takes_cases and ticket.team in seat.teams]
        return [seat for seat in team if lacking(seat.skills, ladder[ring].wanted) is None]

    def free(ring: int) -> list[Seat]:
        there = [seat for seat in entitled(ring) if seat.assignable and seat.id not in lapsed]
        return [seat for seat in there if may_start(seat, ticket.weight)]

    def on_shift(ring: int) -> bool:
        return any(seat.assignable and seat.id not in lapsed for seat in entitled(ring))

    open_to = reached(ladder, ticket.queued_at, NOON)
    if policy.skip_empty_rings and not on_shift(open_to):
        open_to = next((ring for ring in range(open_to, len(ladder)) if on_shift(ring)), open_to)
    liked = ticket.preferred if ticket.preferred_until is None or NOON < ticket.preferred_until else None
    if liked in [seat.id for seat in free(open_to)]:
        return liked
    for ring in range(open_to + 1):
        skills = [name for name, _ in ladder[ring].wanted]
        if found := free(ring):
            return min(
                found,
                key=lambda seat: (
                    seat.load * 1_000_000 // seat.capacity if seat.capacity else 10**12,
                    -sum(seat.skills[name] for name in skills),
                    seat.last_assigned_at,
                    seat.id,
                ),
            ).id
    return None


@untimed
@given(queues(), crowds(), policies)
def test_the_choice_is_the_plain_reading_of_the_rules(queue: list[Ticket], crowd: list[Seat], policy: Policy) -> None:
    by_id = {seat.id: seat for seat in crowd}
    for decision in choose(queue, crowd, policy, NOON):
        ticket = next(ticket for ticket in queue if ticket.id == decision.ticket)
        assert decision.user == plainly(ticket, list(by_id.values()), policy)
        if decision.user is not None:
            seat = by_id[decision.user]
            by_id[seat.id] = replace(
                seat,
                load=seat.load + ticket.weight,
                held=seat.held + 1,
                last_assigned_at=max(NOON, seat.last_assigned_at),
            )


@untimed
@given(queues(), crowds(), policies, st.randoms(use_true_random=False))
def test_the_order_of_the_input_plays_no_part(
    queue: list[Ticket], crowd: list[Seat], policy: Policy, chance: random.Random
) -> None:
    first = choose(queue, crowd, policy, NOON)
    chance.shuffle(queue)
    chance.shuffle(crowd)
    assert choose(queue, crowd, policy, NOON) == first
    assert choose(iter(queue), iter(crowd), policy, NOON) == first


@untimed
@given(queues(), crowds(), st.data())
def test_a_kept_floor_answers_as_a_new_one(queue: list[Ticket], crowd: list[Seat], data: st.DataObject) -> None:
    policy = Policy()
    kept = Floor(crowd)
    present = {seat.id: seat for seat in crowd}
    for ticket in queue:
        assert decide(kept, ticket, policy, NOON) == decide(Floor(present.values()), ticket, policy, NOON)
        name = data.draw(st.sampled_from([f"u{number}" for number in range(7)]))
        if name in present and data.draw(st.booleans()):
            kept.remove(name)
            del present[name]
        else:
            present[name] = data.draw(seats(name))
            kept.put(present[name])
        if name in present and data.draw(st.booleans()):
            kept.assign(name, ticket.weight, NOON)
            present[name] = kept.seats[name]


def test_removing_somebody_unknown_changes_nothing() -> None:
    floor = Floor([])
    floor.remove("nobody")
    assert floor.seats == {}
