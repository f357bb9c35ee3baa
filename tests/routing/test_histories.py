"""Invariant 9 over random histories: one owner, never beyond capacity, only to whom it may go, nobody in vain.

The same acts are driven twice: by Hypothesis, which shrinks what it finds, and by a seeded generator, which is quick
enough for thousands of histories.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from routing.choose import choose
from routing.policy import Policy, Priority
from routing.returns import Status
from routing.types import Need
from tests.routing.cast import HOUR, MINUTE, SECOND, need, untimed
from tests.routing.desk import Desk, Matter, Person
from tests.routing.referee import check_grants, check_nobody_waits_in_vain, check_owners, check_proposals

T = TypeVar("T")
Pick = Callable[[Sequence[T]], T]

TEAMS = ("varejo", "empresas")
NEEDS: tuple[tuple[Need, ...], ...] = (
    (),
    (need("lang:es"),),
    (need("bucket:1_30", 3),),
    (need("bucket:1_30", 5), need("lang:pt-BR")),
    (need("dispute", 2), need("high_value", 1)),
    (need("legal"),),
)
PRIORITIES: tuple[Priority, ...] = ("normal", "normal", "high", "urgent", "low")
STATUSES: tuple[Status, ...] = ("online", "online", "away", "offline")
PAUSES = (SECOND, 20 * SECOND, 45 * SECOND, 2 * MINUTE, 5 * MINUTE, HOUR, 4 * HOUR)
SKILLS: tuple[dict[str, int], ...] = (
    {},
    {"lang:es": 4},
    {"lang:pt-BR": 5, "bucket:1_30": 3},
    {"lang:es": 1, "dispute": 3, "high_value": 2},
)
DISPATCHERS = ("first", "second")


def people() -> list[Person]:
    return [
        Person("ana", frozenset({"varejo"}), {"lang:pt-BR": 5, "bucket:1_30": 3}, capacity=6_000, max_held=2),
        Person("bruno", frozenset({"varejo", "empresas"}), {"lang:es": 4, "dispute": 4}, capacity=1_000),
        Person("clara", frozenset({"empresas"}), {"lang:es": 5, "bucket:1_30": 5, "lang:pt-BR": 2}, max_held=2),
        Person("sofia", frozenset(TEAMS), {"legal": 5, "dispute": 5, "lang:es": 5}, takes_cases=False),
    ]


class Acts:
    """What can happen at the desk; every choice is made by `pick`, so that any driver can make it."""

    def __init__(self) -> None:
        self.desk = Desk(people(), Policy())

    def open_cases(self, owned: bool | None = None) -> list[Matter]:
        found = [matter for matter in self.desk.matters.values() if not matter.resolved]
        return found if owned is None else [matter for matter in found if (matter.owner is not None) == owned]

    def arrive(self, pick: Pick[object]) -> None:
        number = len(self.desk.matters)
        self.desk.arrive(
            f"c{number}", _one(pick, TEAMS), _one(pick, NEEDS), _one(pick, PRIORITIES), _one(pick, (True, True, False))
        )

    def debtor_writes(self, pick: Pick[object]) -> None:
        if self.desk.matters:
            self.desk.debtor_writes(_one(pick, list(self.desk.matters.values())))

    def answer(self, pick: Pick[object]) -> None:
        if owned := self.open_cases(owned=True):
            self.desk.answer(_one(pick, owned))

    def open_a_case(self, pick: Pick[object]) -> None:
        if owned := self.open_cases(owned=True):
            _one(pick, owned).opened = True

    def snooze(self, pick: Pick[object]) -> None:
        if owned := self.open_cases(owned=True):
            self.desk.snooze(_one(pick, owned), _one(pick, PAUSES))

    def resolve(self, pick: Pick[object]) -> None:
        if found := self.open_cases():
            self.desk.resolve(_one(pick, found))

    def claim(self, pick: Pick[object]) -> None:
        if queued := self.open_cases(owned=False):
            self.desk.claim(_one(pick, queued), _one(pick, list(self.desk.people.values())))

    def release(self, pick: Pick[object]) -> None:
        if owned := self.open_cases(owned=True):
            self.desk.release(_one(pick, owned))

    def change_status(self, pick: Pick[object]) -> None:
        self.desk.set_status(self.anybody(pick), _one(pick, STATUSES))

    def lose_connection(self, pick: Pick[object]) -> None:
        person = self.anybody(pick)
        person.lost_at = self.desk.now if person.lost_at is None else person.lost_at

    def come_back(self, pick: Pick[object]) -> None:
        self.anybody(pick).lost_at = None

    def end_shift(self, pick: Pick[object]) -> None:
        for person in self.desk.people.values():
            self.desk.set_status(person, "offline")

    def begin_shift(self, pick: Pick[object]) -> None:
        for person in self.desk.people.values():
            person.lost_at = None
            self.desk.set_status(person, "online")

    def change_capacity(self, pick: Pick[object]) -> None:
        self.anybody(pick).capacity = _one(pick, (0, 300, 1_000, 2_300, 6_000, 6_000))

    def change_most_held(self, pick: Pick[object]) -> None:
        self.anybody(pick).max_held = _one(pick, (0, 1, 2, 30))

    def change_skills(self, pick: Pick[object]) -> None:
        person = self.anybody(pick)
        person.skills, person.takes_cases = dict(_one(pick, SKILLS)), _one(pick, (True, True, False))

    def change_team(self, pick: Pick[object]) -> None:
        self.anybody(pick).teams = frozenset({_one(pick, TEAMS)})

    def pass_time(self, pick: Pick[object]) -> None:
        self.desk.pass_time(_one(pick, PAUSES))

    def look(self, pick: Pick[object]) -> None:
        check_proposals(self.desk, self.desk.look(_one(pick, DISPATCHERS)))

    def act(self, pick: Pick[object]) -> None:
        check_grants(self.desk, self.desk.act(_one(pick, DISPATCHERS)))

    def race(self, pick: Pick[object]) -> None:
        """Both look at the same queue, then carry out what they saw, in any order."""
        for dispatcher in DISPATCHERS:
            check_proposals(self.desk, self.desk.look(dispatcher))
        while any(self.desk.proposals.values()):
            self.act(pick)

    def change_under_way(self, pick: Pick[object]) -> None:
        """A proposal that was right when it was made, carried out after something about its user changed."""
        proposed = [each for each in self.desk.look("first") if each.decision.user is not None]
        if not proposed:
            return
        proposal = _one(pick, proposed)
        person = self.desk.people[proposal.decision.user or ""]
        change = _one(pick, ("team", "skills", "held", "load", "status", "lost"))
        if change == "team":
            person.teams = frozenset({"empresas", "varejo"} - {proposal.ticket.team})
        elif change == "skills":
            person.skills = {}
        elif change == "held":
            person.max_held = len(person.hands)
        elif change == "load":
            person.capacity = 300
        elif change == "status":
            self.desk.set_status(person, "away")
        else:
            person.lost_at = self.desk.now
        self.desk.proposals["first"] = [proposal]
        check_grants(self.desk, self.desk.act("first"))

    def drain(self, pick: Pick[object]) -> None:
        check_grants(self.desk, *self.desk.drain())
        check_nobody_waits_in_vain(self.desk)

    def decide_twice(self, pick: Pick[object]) -> None:
        tickets, seats = self.desk.queue(), self.desk.seats()
        first = choose(tickets, seats, self.desk.policy, self.desk.now)
        assert first == choose(tickets[::-1], seats[::-1], self.desk.policy, self.desk.now)

    def anybody(self, pick: Pick[object]) -> Person:
        return _one(pick, list(self.desk.people.values()))


ALL = tuple(name for name in vars(Acts) if not name.startswith("_") and name not in ("open_cases", "anybody"))
OFTEN = (
    *("arrive",) * 8,
    *("look", "act", "race", "change_under_way", "drain", "begin_shift") * 4,
    *(
        "debtor_writes",
        "answer",
        "resolve",
        "pass_time",
        "change_skills",
        "change_team",
        "change_capacity",
        "change_status",
    )
    * 2,
)


def _one(pick: Pick[object], choices: Sequence[T]) -> T:
    found: object = pick(choices)
    return found  # type: ignore[return-value]


class Histories(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.acts = Acts()

    @rule(act=st.sampled_from(ALL + OFTEN), data=st.data())
    def something_happens(self, act: str, data: st.DataObject) -> None:
        getattr(self.acts, act)(lambda choices: data.draw(st.sampled_from(list(choices))))

    @precondition(lambda self: self.acts.open_cases(owned=False))
    @rule()
    def the_queue_is_drained(self) -> None:
        self.acts.drain(random.Random(0).choice)

    @invariant()
    def a_case_has_one_owner(self) -> None:
        check_owners(self.acts.desk)


Histories.TestCase.settings = settings(untimed, max_examples=100, stateful_step_count=40)
TestHistories = Histories.TestCase


@pytest.mark.parametrize("block", range(4))
def test_a_thousand_random_days_keep_the_rules(block: int) -> None:
    for seed in range(block * 250, (block + 1) * 250):
        chance = random.Random(seed)
        acts = Acts()
        for _ in range(60):
            getattr(acts, chance.choice(ALL + OFTEN))(chance.choice)
            check_owners(acts.desk)
        acts.drain(chance.choice)
