"""A desk in memory: cases, agents, two dispatchers. Who gets what, and when it comes back, is routing's to say.

It stands where the store will: a case is granted in one step that finds it free at the epoch that was proposed, and
asks `objection` again. The referee (`referee.py`) judges what happens here without asking routing.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from routing.choose import choose, objection
from routing.load import CaseLoad, total, weight
from routing.order import Standing, rank_at
from routing.policy import Policy, Priority
from routing.returns import Held, Owner, Status, back, is_there, lapse
from routing.types import Decision, Lapse, Ms, Need, Seat, Ticket
from tests.routing.cast import MINUTE, NOON


@dataclass
class Person:
    id: str
    teams: frozenset[str]
    skills: dict[str, int]
    takes_cases: bool = True
    capacity: int = 2_300
    max_held: int = 4
    status: Status = "online"
    status_since: Ms = NOON
    lost_at: Ms | None = None
    last_assigned_at: Ms = 0
    hands: set[str] = field(default_factory=set)

    @property
    def assignable(self) -> bool:
        return self.status == "online" and self.lost_at is None


@dataclass
class Matter:
    id: str
    team: str
    needs: tuple[Need, ...]
    priority: Priority
    queued_at: Ms
    waiting_since: Ms | None
    quiet_since: Ms | None
    hold_until: Ms | None = None
    owner: str | None = None
    last_owner: str | None = None
    epoch: int = 0
    owned_since: Ms = 0
    opened: bool = False
    by_itself: bool = True
    resolved: bool = False
    preferred_until: Ms | None = None
    lapses: tuple[Lapse, ...] = ()

    def load(self) -> CaseLoad:
        return CaseLoad(waiting_since=self.waiting_since, quiet_since=self.quiet_since, hold_until=self.hold_until)

    def sla_due_at(self) -> Ms | None:
        return None if self.waiting_since is None else self.waiting_since + 5 * MINUTE


@dataclass
class Proposal:
    ticket: Ticket
    decision: Decision


@dataclass
class Grant:
    """An assignment that routing made by itself."""

    matter: str
    epoch: int
    user: str
    proposed_epoch: int
    asked: dict[str, int]  # the levels asked for in the ring in which the owner was found


class Desk:
    def __init__(self, people: list[Person], policy: Policy) -> None:
        self.policy = policy
        self.now: Ms = NOON
        self.people = {person.id: person for person in people}
        self.matters: dict[str, Matter] = {}
        self.proposals: dict[str, list[Proposal]] = {"first": [], "second": []}
        self.grants: list[Grant] = []

    # --- what routing is told

    def seats(self) -> list[Seat]:
        return [self.seat(person) for person in self.people.values()]

    def seat(self, person: Person) -> Seat:
        held = [self.matters[case].load() for case in sorted(person.hands)]
        return Seat(
            id=person.id,
            teams=person.teams,
            skills=dict(person.skills),
            capacity=person.capacity,
            max_held=person.max_held,
            load=total(held, self.policy, self.now),
            held=len(held),
            assignable=person.assignable,
            takes_cases=person.takes_cases,
            last_assigned_at=person.last_assigned_at,
        )

    def queue(self) -> list[Ticket]:
        return [self.ticket(matter) for matter in self.matters.values() if matter.owner is None and not matter.resolved]

    def ticket(self, matter: Matter) -> Ticket:
        standing = Standing(
            queued_at=matter.queued_at,
            waiting_since=matter.waiting_since,
            priority=matter.priority,
            sla_due_at=matter.sla_due_at(),
        )
        place, terms = rank_at(standing, self.policy, self.now)
        return Ticket(
            id=matter.id,
            team=matter.team,
            epoch=matter.epoch,
            needs=matter.needs,
            weight=weight(matter.load(), self.policy, self.now),
            rank_at=place,
            terms=terms,
            waiting_since=matter.waiting_since,
            queued_at=matter.queued_at,
            preferred=matter.last_owner,
            preferred_until=matter.preferred_until,
            lapses=matter.lapses,
        )

    def owner_of(self, matter: Matter) -> Owner:
        person = self.people[matter.owner or ""]
        return Owner(status=person.status, status_since=person.status_since, lost_at=person.lost_at)

    # --- what dispatchers do

    def look(self, dispatcher: str) -> list[Proposal]:
        """Decide on the facts of now, to be carried out later."""
        tickets = {ticket.id: ticket for ticket in self.queue()}
        decisions = choose(tickets.values(), self.seats(), self.policy, self.now)
        found = [Proposal(tickets[decision.ticket], decision) for decision in decisions]
        self.proposals[dispatcher] = found
        return found

    def act(self, dispatcher: str) -> Grant | None:
        """Carry out the oldest proposal, however stale it has become."""
        pending = self.proposals[dispatcher]
        return self._claim_if_free(pending.pop(0)) if pending else None

    def drain(self) -> list[Grant | None]:
        return [self.act("first") for _ in self.look("first")[:]]

    def _claim_if_free(self, proposal: Proposal) -> Grant | None:
        decision, matter = proposal.decision, self.matters[proposal.decision.ticket]
        if decision.user is None or matter.resolved or matter.owner is not None or matter.epoch != decision.epoch:
            return None
        person = self.people[decision.user]
        if objection(self.ticket(matter), self.seat(person), decision.why.ring, self.policy, self.now) is not None:
            return None
        self._own(matter, person, by_itself=True)
        asked = {each.skill: each.wanted for each in decision.why.matched}
        grant = Grant(matter.id, matter.epoch, person.id, decision.epoch, asked)
        self.grants.append(grant)
        return grant

    # --- what people do

    def arrive(self, case: str, team: str, needs: tuple[Need, ...], priority: Priority, writes: bool) -> None:
        since = self.now if writes else None
        self.matters[case] = Matter(case, team, needs, priority, self.now, since, since)

    def debtor_writes(self, matter: Matter) -> None:
        matter.hold_until = None
        matter.quiet_since = self.now
        if matter.waiting_since is None:
            matter.waiting_since = self.now
        if matter.resolved:
            matter.resolved = False
            matter.queued_at = self.now
            matter.preferred_until = self.now + 10 * MINUTE
        elif matter.owner is not None and not is_there(self.owner_of(matter), self.policy, self.now):
            self._queue(matter, ())

    def answer(self, matter: Matter) -> None:
        matter.opened = True
        matter.waiting_since = None
        matter.quiet_since = self.now if matter.quiet_since is not None else None

    def snooze(self, matter: Matter, for_ms: int) -> None:
        matter.waiting_since = None
        matter.hold_until = self.now + for_ms

    def resolve(self, matter: Matter) -> None:
        self._let_go(matter)
        matter.resolved, matter.waiting_since, matter.hold_until = True, None, None

    def claim(self, matter: Matter, person: Person) -> None:
        self._own(matter, person, by_itself=False)

    def release(self, matter: Matter) -> None:
        self._queue(matter, ())

    def set_status(self, person: Person, status: Status) -> None:
        person.status, person.status_since = status, self.now

    def pass_time(self, for_ms: int) -> None:
        """Time passes, and what must go back to the queue does."""
        self.now += for_ms
        for matter in self.matters.values():
            if matter.owner is None:
                continue
            held = Held(
                owned_since=matter.owned_since,
                waiting_since=matter.waiting_since,
                sla_due_at=matter.sla_due_at(),
                opened=matter.opened,
                by_itself=matter.by_itself,
            )
            reason = back(held, self.owner_of(matter), self.policy, self.now)
            if reason is not None:
                kept = lapse(matter.owner, reason, self.policy, self.now)
                self._queue(matter, (kept,) if kept else ())

    # --- the only three ways in which an owner changes

    def _own(self, matter: Matter, person: Person, by_itself: bool) -> None:
        matter.owner = matter.last_owner = person.id
        matter.epoch += 1
        matter.owned_since, matter.opened, matter.by_itself = self.now, not by_itself, by_itself
        person.hands.add(matter.id)
        if by_itself:
            person.last_assigned_at = self.now

    def _let_go(self, matter: Matter) -> None:
        if matter.owner is not None:
            self.people[matter.owner].hands.discard(matter.id)
            matter.owner = None
            matter.epoch += 1

    def _queue(self, matter: Matter, lapses: tuple[Lapse, ...]) -> None:
        self._let_go(matter)
        matter.queued_at, matter.preferred_until = self.now, self.now + 10 * MINUTE
        matter.lapses += lapses
