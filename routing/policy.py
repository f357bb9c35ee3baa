"""Every number that routing goes by, as data an organisation may change. Seconds unless a name says otherwise."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

Priority = Literal["urgent", "high", "normal", "low"]
Steps = tuple[tuple[int, int], ...]  # (seconds before the moment, seconds of advantage), farthest first

RELAX_AFTER_S = (30, 120, 300)
HOUR_S = 3_600
SLA_S = {"whatsapp": 300, "sms": 900, "email": 4 * HOUR_S, "webchat": 300}  # decision 13, in business hours


class Weights(Struct, frozen=True, kw_only=True):
    """What a live case weighs, in thousandths; times the channel's factor, in thousandths too (absent: 1_000)."""

    active: int = 1_000  # the debtor waits for us
    waiting: int = 300  # we wait for the debtor
    parked: int = 0
    channels: dict[str, int] = {}


class Advantages(Struct, frozen=True, kw_only=True):
    """Seconds of advantage in the queue, each term capped by its own largest value.

    A case three times over its target takes the sum of them all (`order.rank_at`), so that no newer case passes it
    except an urgent one: urgent must stay larger than that sum.
    """

    value_s: int = 300  # at or over the portfolio's high balance, on a logarithmic scale from its low one
    promise_s: Steps = ((24 * HOUR_S, 180), (0, 300))
    window_s: Steps = ((60 * 60, 600), (15 * 60, 1_200))
    lawful_s: Steps = ((60 * 60, 300), (15 * 60, 600))
    sla_s: Steps = ((120, 300), (0, 600))
    high_s: int = HOUR_S
    low_s: int = -HOUR_S
    urgent_s: int = 30 * 24 * HOUR_S
    overdue_after_targets: int = 3


class Policy(Struct, frozen=True, kw_only=True):
    """The routing policy of an installation, or the one of a what-if. Raises ValueError when it contradicts itself."""

    weights: Weights = Weights()
    park_after_s: int = 4 * HOUR_S
    capacity: int = 6_000  # of a user without one of their own, in thousandths
    max_held: int = 30
    relax_after_s: tuple[int, ...] = RELAX_AFTER_S
    never_relax: tuple[str, ...] = ("legal", "dispute", "hardship", "lang", "country")  # the name before a colon
    skip_empty_rings: bool = True  # do not wait for a skill that nobody on shift has
    advantages: Advantages = Advantages()
    sla_s: dict[str, int] = field(default_factory=lambda: dict(SLA_S))
    preference_s: int = 14 * 24 * HOUR_S  # how long the last agent is preferred
    unopened_s: int = 120
    answer_at_least_s: int = 300  # an owner has this long, even when the case came past its SLA
    grace_s: int = 60  # the last socket gone
    away_grace_s: int = 300
    lapse_s: int = 900  # who let a case lapse does not get it again before

    def __post_init__(self) -> None:
        rising(self.relax_after_s, "relax_after_s")
        falling(self.advantages)
        for name in ("park_after_s", "capacity", "max_held", "preference_s", "unopened_s", "grace_s", "lapse_s"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must not be negative")
        if min(self.weights.active, self.weights.waiting, self.weights.parked) < 0:
            raise ValueError("a weight must not be negative")
        if self.advantages.urgent_s <= most_s(self.advantages):
            raise ValueError("urgent_s must be larger than all other advantages together")


def most_s(advantages: Advantages) -> int:
    """The most seconds that a case can gain without being urgent."""
    steps = (advantages.promise_s, advantages.window_s, advantages.lawful_s, advantages.sla_s)
    return advantages.value_s + advantages.high_s + sum(largest_s(each) for each in steps)


def largest_s(steps: Steps) -> int:
    return max((advantage for _, advantage in steps), default=0)


def rising(seconds: tuple[int, ...], name: str) -> None:
    if any(later <= earlier for earlier, later in zip((0, *seconds), seconds, strict=False)):
        raise ValueError(f"{name} must rise from above 0, such as (30, 120, 300)")


def falling(advantages: Advantages) -> None:
    for name in ("promise_s", "window_s", "lawful_s", "sla_s"):
        before = [seconds for seconds, _ in getattr(advantages, name)]
        if before != sorted(set(before), reverse=True):
            raise ValueError(f"{name} must list the farthest moment first, each once")
