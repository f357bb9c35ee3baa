"""The agents of one moment, indexed by what they may serve.

A pool holds everybody of a team who may serve one distinct requirement, best first, and stays sorted while loads
change; so a decision looks at the head of a list in place of every agent. Pools are built when first asked for. The
order: who can take anything at all, then the lowest load by capacity, then the best skill fit, then whoever has waited
longest for a case, then the id.

All of that stands packed in one integer, a place, most significant first: comparing integers is several times as fast
as comparing tuples, and every assignment moves a seat in all of its pools.

    closed 2 bits · load by capacity in millionths 40 · lack of fit 16 · last assigned 48 · rank of the id 24
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from routing.rings import Wanted, lacking
from routing.types import Load, Ms, Passed, Seat

Place = int

_RANK, _LAST, _FIT, _LOAD = 24, 48, 16, 40
_AT_FIT = _RANK + _LAST
_AT_LOAD = _AT_FIT + _FIT
_AT_CLOSED = _AT_LOAD + _LOAD
_BEHIND: tuple[tuple[Passed, int], ...] = (("higher_load", _AT_LOAD), ("lower_fit", _AT_FIT), ("assigned_later", _RANK))
_NEAR_MISSES = 3

HELD_FULL: Place = 1 << _AT_CLOSED  # from here on nobody may take anything: they hold as many as they may
AWAY: Place = 2 << _AT_CLOSED  # from here on they are not assignable


class Pool:
    """The seats entitled to one requirement. `places` is sorted; `missing` are a few of the team who lack a skill."""

    def __init__(self, places: dict[str, Place], fits: dict[str, int], missing: list[tuple[str, str]]) -> None:
        self.places = sorted(places.values())
        self.missing = missing  # (seat id, skill)
        self.too_much: Load | None = None  # no seat can take this weight, until one of them is put anew
        self._place_of = places
        self._fits = fits

    def __contains__(self, seat_id: str) -> bool:
        return seat_id in self._place_of

    def place_of(self, seat_id: str) -> Place:
        """KeyError for a seat that is not entitled."""
        return self._place_of[seat_id]

    def move(self, seat_id: str, unfit: Place) -> None:
        """The seat's load or presence changed; `unfit` is its place without the fit."""
        del self.places[bisect_left(self.places, self._place_of[seat_id])]
        place = self._place_of[seat_id] = unfit - self._fits[seat_id]
        insort(self.places, place)

    def on_shift(self) -> bool:
        return bool(self.places) and self.places[0] < AWAY


class Floor:
    """Seats by id, with their pools. Kept between decisions, or made for one; never shared by threads."""

    def __init__(self, seats: Iterable[Seat]) -> None:
        self.seats = {seat.id: seat for seat in seats}
        self._pools: dict[tuple[str, Wanted], Pool] = {}
        self._pools_of: dict[str, list[Pool]] = {}
        self._rank()

    def put(self, seat: Seat) -> None:
        """This seat is so now: new, changed, or back."""
        old = self.seats.get(seat.id)
        self.seats[seat.id] = seat
        if old is None or _rights(old) != _rights(seat):
            self._rank()
            return
        for pool in self._move(seat):
            pool.too_much = None

    def remove(self, seat_id: str) -> None:
        self.seats.pop(seat_id, None)
        self._rank()

    def assign(self, seat_id: str, weight: Load, now: Ms) -> None:
        """The seat has one more case in its hands."""
        old = self.seats[seat_id]
        seat = replace(old, load=old.load + weight, held=old.held + 1, last_assigned_at=max(now, old.last_assigned_at))
        self.seats[seat_id] = seat
        self._move(seat)

    def seat_at(self, place: Place) -> Seat:
        return self.seats[self._ids[place & ((1 << _RANK) - 1)]]

    def pool(self, team: str, wanted: Wanted) -> Pool:
        """Who of the team may serve what is wanted."""
        found = self._pools.get((team, wanted))
        if found is None:
            found = self._pools[team, wanted] = self._build(team, wanted)
        return found

    def _build(self, team: str, wanted: Wanted) -> Pool:
        places, fits, missing = {}, {}, []
        for seat in self._team(team):
            skill = lacking(seat.skills, wanted)
            if skill is None:
                fits[seat.id] = sum(seat.skills[name] for name, _ in wanted) << _AT_FIT
                places[seat.id] = _unfit(seat, self._ranks[seat.id]) - fits[seat.id]
            else:
                missing.append((not seat.assignable, seat.id, skill))
        pool = Pool(places, fits, [(seat_id, skill) for _, seat_id, skill in sorted(missing)[:_NEAR_MISSES]])
        for seat_id in places:
            self._pools_of.setdefault(seat_id, []).append(pool)
        return pool

    def _team(self, team: str) -> Iterator[Seat]:
        return (seat for seat in self.seats.values() if seat.takes_cases and team in seat.teams)

    def _move(self, seat: Seat) -> list[Pool]:
        pools = self._pools_of.get(seat.id, [])
        unfit = _unfit(seat, self._ranks[seat.id])
        for pool in pools:
            pool.move(seat.id, unfit)
        return pools

    def _rank(self) -> None:
        """Ids in order, and no pool: after who may serve what, or who there is, has changed."""
        self._ids = sorted(self.seats)
        self._ranks = {seat_id: rank for rank, seat_id in enumerate(self._ids)}
        self._pools.clear()
        self._pools_of.clear()


def behind(place: Place, winner: Place) -> Passed:
    """What put one place behind another."""
    for reason, bit in _BEHIND:
        if place >> bit != winner >> bit:
            return reason
    return "later_id"


def _unfit(seat: Seat, rank: int) -> Place:
    """The seat's place as if it had no fit at all."""
    closed = 2 if not seat.assignable else 1 if seat.held >= seat.max_held else 0
    used = min(seat.load * 1_000_000 // seat.capacity if seat.capacity > 0 else 1 << _LOAD, (1 << _LOAD) - 1)
    last = min(max(seat.last_assigned_at, 0), (1 << _LAST) - 1)
    return (((closed << _LOAD | used) << _FIT | (1 << _FIT) - 1) << _LAST | last) << _RANK | rank


def _rights(seat: Seat) -> tuple[frozenset[str], dict[str, int], bool]:
    return seat.teams, seat.skills, seat.takes_cases
