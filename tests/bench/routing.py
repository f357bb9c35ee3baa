"""Routing in memory: 1,000 agents, 100,000 waiting cases, 120 distinct needs of one to three of 30 skills.

Cases are decided one at a time as they come while agents finish others, the floor kept between decisions as the engine
keeps it. The same is done with a tenth of the agents: what a decision costs must grow with the logarithm.
"""

from __future__ import annotations

import random
import time
from statistics import median

from msgspec import Struct
from msgspec.structs import replace

from routing.choose import decide
from routing.floor import Floor
from routing.types import Need, Policy, Seat, Ticket
from tests.bench import noise
from tests.bench.table import Asked, Row, Taken, at_most, middle

AGENTS, CASES, SKILLS, NEEDS = 1_000, 100_000, 30, 120
BUSY = 3_000  # cases in hands at any time, for a thousand agents
GOAL_RATE, GOAL_P99_MS, GOAL_GROWTH = 20_000, 0.2, 2.0
PRODUCT, TENTH = "product", "a tenth"
WEIGHT = 1_000  # of a case
NOW = 1_780_000_000_000


class Round(Struct):
    """Of CPU time: `rate` in decisions a second, `p50` and `p99` in microseconds. `nobody`: cases without an agent."""

    rate: float
    p50: float
    p99: float
    nobody: int
    foreign: float


def take(asked: Asked) -> Taken:
    found: dict[str, list[Round]] = {PRODUCT: [], TENTH: []}
    for _ in range(asked.reps):
        found[PRODUCT].append(_round(AGENTS, CASES))
        found[TENTH].append(_round(AGENTS // 10, CASES // 10))
    rate, p99 = middle(found[PRODUCT], "rate"), middle(found[PRODUCT], "p99") / 1e3
    growth = median(one.p50 / tenth.p50 for one, tenth in zip(found[PRODUCT], found[TENTH], strict=True))
    return Taken(
        dict(found),
        [
            Row(f"routing, {AGENTS:,} agents × {CASES:,} cases", rate, "decisions/s", None, None,
                f"at least {GOAL_RATE:,}", rate >= GOAL_RATE),
            at_most("… p99 of a decision", p99, "ms", GOAL_P99_MS),
            Row("… cost with ten times the agents", growth, "×", None, None,
                f"≤ {GOAL_GROWTH:g}: the logarithm, not ten", growth <= GOAL_GROWTH),
        ],
    )  # fmt: skip


def _round(agents: int, cases: int) -> Round:
    chance = random.Random(7)
    names = [f"s{index}" for index in range(SKILLS)]
    floor = Floor([_seat(index, chance, names) for index in range(agents)])
    needs = [
        tuple(Need(name=name, level=1) for name in chance.sample(names, chance.randint(1, 3))) for _ in range(NEEDS)
    ]
    tickets = [_ticket(index, needs[min(int(chance.expovariate(0.05)), NEEDS - 1)]) for index in range(cases)]
    busy: list[str] = []
    spent: list[int] = []
    policy, nobody = Policy(), 0
    for ticket in tickets[: cases // 20]:  # pools are built, agents get to work
        _give(floor, ticket, policy, busy)
        _finish(floor, busy, chance, BUSY * agents // AGENTS)
    meter = noise.Meter([])
    for ticket in tickets[cases // 20 :]:
        started = time.thread_time_ns()
        given = _give(floor, ticket, policy, busy)
        spent.append(time.thread_time_ns() - started)
        nobody += not given
        _finish(floor, busy, chance, BUSY * agents // AGENTS if given else 0)
    used = meter.stop()
    spent.sort()
    return Round(
        len(spent) / (sum(spent) / 1e9), spent[len(spent) // 2] / 1e3, spent[int(len(spent) * 0.99)] / 1e3, nobody,
        used.foreign,
    )  # fmt: skip


def _give(floor: Floor, ticket: Ticket, policy: Policy, busy: list[str]) -> bool:
    """A decision: who of everybody, why, and the floor as it is then. Whether somebody got the case."""
    decision = decide(floor, ticket, policy, NOW)
    if decision.user is None:
        return False
    floor.assign(decision.user, ticket.weight, NOW)
    busy.append(decision.user)
    return True


def _finish(floor: Floor, busy: list[str], chance: random.Random, most: int) -> None:
    """Somebody finishes a case while more than `most` are in hands."""
    if len(busy) > most:
        at = chance.randrange(len(busy))
        busy[at], busy[-1] = busy[-1], busy[at]
        seat = floor.seats[busy.pop()]
        floor.put(replace(seat, load=seat.load - WEIGHT, held=seat.held - 1))


def _seat(index: int, chance: random.Random, names: list[str]) -> Seat:
    skills = {name: chance.randint(1, 5) for name in chance.sample(names, chance.randint(1, 8))}
    return Seat(
        id=f"a{index:04}", teams=frozenset({"t"}), skills=skills, capacity=chance.randint(3, 8) * 1_000, assignable=True
    )


def _ticket(index: int, needs: tuple[Need, ...]) -> Ticket:
    return Ticket(id=f"c{index:06}", team="t", needs=needs, weight=WEIGHT, rank_at=NOW - index, queued_at=NOW - 1_000)
