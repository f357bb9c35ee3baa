"""What-if: the same engine over a recorded or invented day, under another policy or staffing (RT-8).

A history says when cases arrive, how long each takes once somebody has it, and when agents come and go. Under another
policy a case reaches its agent at another moment, so answers and ends are durations, not moments.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from functools import partial
from itertools import count

from msgspec import Struct
from msgspec.structs import replace

from routing.choose import drain
from routing.floor import Floor
from routing.load import CaseLoad, total, weight
from routing.order import Standing, rank_at
from routing.rings import rings
from routing.types import Decision, Ms, Need, Policy, Priority, Seat, Ticket


class Arrival(Struct, frozen=True, kw_only=True):
    """A debtor writes. answer_s: from the assignment to the reply; rest_s: from the reply to the end of the case."""

    at: Ms
    case: str
    team: str
    needs: tuple[Need, ...] = ()
    priority: Priority = "normal"
    channel: str = "whatsapp"
    answer_s: int = 120
    rest_s: int = 1_200


class Shift(Struct, frozen=True, kw_only=True):
    """From here on the user is assignable, or no longer."""

    at: Ms
    user: str
    assignable: bool


class Served(Struct, frozen=True, kw_only=True):
    """One assignment. within_sla: the reply came within the channel's target, counted from the arrival."""

    case: str
    user: str
    assigned_at: Ms
    waited_s: int
    within_sla: bool
    decision: Decision


class Outcome(Struct, frozen=True, kw_only=True):
    """waiting: cases that nobody got by the end, in id order. most_load: the highest load of each user, thousandths."""

    served: tuple[Served, ...]
    waiting: tuple[str, ...]
    most_load: dict[str, int]

    def within_sla(self) -> int:
        return sum(1 for each in self.served if each.within_sla)

    def waited_s(self, percent: int) -> int:
        """The wait until assignment that this share of the served cases did not exceed; 0 when none was served."""
        waits = sorted(each.waited_s for each in self.served)
        return waits[max(-(-len(waits) * percent // 100), 1) - 1] if waits else 0


Event = Arrival | Shift


def replay(events: Iterable[Event], seats: Iterable[Seat], policy: Policy) -> Outcome:
    """The whole history, drained after every moment at which something happens. Seats start with empty hands."""
    return _Replay(seats, policy).run(events)


class _Replay:
    def __init__(self, seats: Iterable[Seat], policy: Policy) -> None:
        self.policy = policy
        self.floor = Floor(replace(seat, load=0, held=0) for seat in seats)
        self.plan: list[tuple[Ms, int, Callable[[Ms], None]]] = []
        self.planned = count()
        self.queue: dict[str, Arrival] = {}
        self.hands: dict[str, dict[str, CaseLoad]] = {seat_id: {} for seat_id in sorted(self.floor.seats)}
        self.served: list[Served] = []
        self.most_load = dict.fromkeys(self.hands, 0)

    def run(self, events: Iterable[Event]) -> Outcome:
        for event in sorted(events, key=_moment):
            act = partial(self._arrive, event) if isinstance(event, Arrival) else partial(self._shift, event)
            self._at(event.at, act)
        while self.plan:
            now = self.plan[0][0]
            while self.plan and self.plan[0][0] == now:
                heapq.heappop(self.plan)[2](now)
            self._drain(now)
        return Outcome(served=tuple(self.served), waiting=tuple(sorted(self.queue)), most_load=self.most_load)

    def _at(self, moment: Ms, act: Callable[[Ms], None]) -> None:
        heapq.heappush(self.plan, (moment, next(self.planned), act))

    def _arrive(self, arrival: Arrival, now: Ms) -> None:
        self.queue[arrival.case] = arrival
        for ring in rings(arrival.needs, self.policy)[1:]:
            self._at(now + ring.after_s * 1_000, _nothing)

    def _shift(self, shift: Shift, now: Ms) -> None:
        self.floor.put(replace(self.floor.seats[shift.user], assignable=shift.assignable))

    def _drain(self, now: Ms) -> None:
        tickets = [self._ticket(arrival, now) for arrival in self.queue.values()]
        for decision in drain(self.floor, tickets, self.policy, now):
            if decision.user is not None:
                self._assign(self.queue.pop(decision.ticket), decision, decision.user, now)

    def _ticket(self, arrival: Arrival, now: Ms) -> Ticket:
        due_at = arrival.at + self._target_ms(arrival)
        facts = Standing(queued_at=arrival.at, waiting_since=arrival.at, priority=arrival.priority, sla_due_at=due_at)
        place, terms = rank_at(facts, self.policy, now)
        return Ticket(
            id=arrival.case,
            team=arrival.team,
            needs=arrival.needs,
            weight=weight(_load(arrival, waiting_since=arrival.at), self.policy, now),
            rank_at=place,
            terms=terms,
            waiting_since=arrival.at,
            queued_at=arrival.at,
        )

    def _assign(self, arrival: Arrival, decision: Decision, user: str, now: Ms) -> None:
        answer_at = now + arrival.answer_s * 1_000
        self.served.append(
            Served(
                case=arrival.case,
                user=user,
                assigned_at=now,
                waited_s=(now - arrival.at) // 1_000,
                within_sla=answer_at <= arrival.at + self._target_ms(arrival),
                decision=decision,
            )
        )
        self._hold(user, arrival, _load(arrival, waiting_since=arrival.at), now)
        self._at(answer_at, partial(self._answer, arrival, user))
        self._at(answer_at + arrival.rest_s * 1_000, partial(self._end, arrival, user))

    def _answer(self, arrival: Arrival, user: str, now: Ms) -> None:
        self._hold(user, arrival, _load(arrival, quiet_since=now), now)
        self._at(now + self.policy.park_after_s * 1_000, partial(self._weigh, user))

    def _end(self, arrival: Arrival, user: str, now: Ms) -> None:
        del self.hands[user][arrival.case]
        self._weigh(user, now)

    def _hold(self, user: str, arrival: Arrival, case: CaseLoad, now: Ms) -> None:
        self.hands[user][arrival.case] = case
        self._weigh(user, now)

    def _weigh(self, user: str, now: Ms) -> None:
        load = total(self.hands[user].values(), self.policy, now)
        self.most_load[user] = max(self.most_load[user], load)
        self.floor.put(replace(self.floor.seats[user], load=load, held=len(self.hands[user])))

    def _target_ms(self, arrival: Arrival) -> int:
        return self.policy.sla_s.get(arrival.channel, 0) * 1_000


def _load(arrival: Arrival, waiting_since: Ms | None = None, quiet_since: Ms | None = None) -> CaseLoad:
    return CaseLoad(channel=arrival.channel, waiting_since=waiting_since, quiet_since=quiet_since)


def _moment(event: Event) -> tuple[Ms, bool, str]:
    """At one moment shifts come before arrivals."""
    return (event.at, True, event.case) if isinstance(event, Arrival) else (event.at, False, event.user)


def _nothing(now: Ms) -> None:
    """A ring opens: the drain that follows does the work."""
