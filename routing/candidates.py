"""One waiting case against one floor: its rings, how far they are open, and who of each may take it."""

from __future__ import annotations

from routing.floor import AWAY, HELD_FULL, Floor, Pool
from routing.load import may_start
from routing.rings import lacking, reached, rings
from routing.types import Ms, Policy, Preferred, PreferredOutcome, Seat, Ticket

_NOBODY: frozenset[str] = frozenset()


class Candidates:
    """ladder: the case's rings. in_time: the widest that waiting opened; widest: in_time, until `widen` finds better.

    barred: who let this case lapse a short while ago. preferred: what became of the last agent, once looked for.
    """

    def __init__(self, floor: Floor, ticket: Ticket, policy: Policy, now: Ms) -> None:
        self.floor = floor
        self.ticket = ticket
        self.now = now
        self.ladder = rings(ticket.needs, policy)
        self.barred = barred(ticket, now)
        self.in_time = self.widest = reached(self.ladder, ticket.queued_at, now)
        self.preferred: Preferred | None = None

    def pool(self, ring: int) -> Pool:
        return self.floor.pool(self.ticket.team, self.ladder[ring].wanted)

    def find(self) -> tuple[int, str] | None:
        """The ring and the user: the last agent if free, else the best free seat of the narrowest ring that has one."""
        if self.ticket.preferred is not None:
            seat = self.floor.seats.get(self.ticket.preferred)
            outcome = self._outcome(seat)
            self.preferred = Preferred(user=self.ticket.preferred, outcome=outcome)
            if seat is not None and outcome == "used":
                return self._narrowest(seat) or 0, seat.id
        for ring in range(self.widest + 1):
            user = self._best(ring)
            if user is not None:
                return ring, user
        return None

    def widen(self) -> bool:
        """Open the next ring with somebody on shift before its time, when nobody of the open ones is."""
        for ring in range(self.widest, len(self.ladder)):
            if self._on_shift(ring):
                widened, self.widest = ring > self.widest, ring
                return widened
        return False

    def _best(self, ring: int) -> str | None:
        pool = self.pool(ring)
        if pool.too_much is not None and self.ticket.weight >= pool.too_much:
            return None
        for place in pool.places:
            if place >= HELD_FULL:
                break
            seat = self.floor.seat_at(place)
            if seat.id not in self.barred and may_start(seat, self.ticket.weight):
                return seat.id
        if not self.barred:
            pool.too_much = self.ticket.weight
        return None

    def _on_shift(self, ring: int) -> bool:
        pool = self.pool(ring)
        if not self.barred:
            return pool.on_shift()
        return any(place < AWAY and self.floor.seat_at(place).id not in self.barred for place in pool.places)

    def _narrowest(self, seat: Seat) -> int | None:
        """The narrowest open ring this seat is entitled to."""
        rings = enumerate(self.ladder[: self.widest + 1])
        return next((index for index, ring in rings if lacking(seat.skills, ring.wanted) is None), None)

    def _outcome(self, seat: Seat | None) -> PreferredOutcome:
        until = self.ticket.preferred_until
        if until is not None and self.now >= until:
            return "expired"
        if seat is None or not seat.takes_cases:
            return "unknown"
        if self.ticket.team not in seat.teams or self._narrowest(seat) is None:
            return "not_entitled"
        if not seat.assignable:
            return "offline"
        if seat.id in self.barred:
            return "lapsed"
        if seat.held >= seat.max_held:
            return "max_held"
        return "used" if may_start(seat, self.ticket.weight) else "full"


def barred(ticket: Ticket, now: Ms) -> frozenset[str]:
    """Who had this case, let it lapse, and does not get it again yet."""
    return frozenset(lapse.user for lapse in ticket.lapses if now < lapse.until) if ticket.lapses else _NOBODY
