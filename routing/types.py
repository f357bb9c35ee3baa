"""The words of routing: plain, frozen values.

Times (`Ms`) are integer milliseconds since the epoch, UTC. Loads (`Load`) are integer thousandths of one active case,
so that sums are exact: 1_000 is a case whose debtor waits, 300 one that waits for its debtor.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from routing.policy import RELAX_AFTER_S as RELAX_AFTER_S
from routing.policy import Policy as Policy
from routing.policy import Priority as Priority

Ms = int
Load = int

Passed = Literal[  # why somebody who was considered did not get the case
    "full",  # load + weight > capacity
    "max_held",  # holds as many cases as anybody may
    "offline",  # not online, or not connected
    "not_in_team",
    "missing_skill",  # `detail` names it
    "lapsed",  # had this case and let it lapse a short while ago
    "higher_load",
    "lower_fit",
    "assigned_later",  # got a case more recently
    "later_id",  # a tie in everything else
    "not_preferred",  # the debtor's last agent was free
]
Waiting = Literal[  # why nobody got the case
    "nobody_on_shift",  # nobody of the team who takes cases is assignable: rescue
    "no_skill",  # some are, and nobody of the team may serve it at this ring
    "skilled_away",  # those who may serve it are offline, others of the team are not
    "all_full",  # those who may serve it are at their capacity
    "lapsed",  # those with room let this very case lapse
]
PreferredOutcome = Literal["used", "expired", "unknown", "not_entitled", "offline", "full", "max_held", "lapsed"]


class Need(Struct, frozen=True, kw_only=True):
    """One skill a case requires, at a level of 1 to 5.

    relax_after_s: seconds in the queue after which the requirement weakens; () is the policy's own, None is never.
    The level falls in equal steps and the last step drops the need. Skills named in `Policy.never_relax` never relax,
    whatever stands here.
    """

    name: str
    level: int = 1
    relax_after_s: tuple[int, ...] | None = ()


class Seat(Struct, frozen=True, kw_only=True):
    """Somebody who may serve cases, at one moment.

    assignable: online and connected (decision 10). takes_cases: false for supervisors, unless they ask for it.
    """

    id: str
    name: str = ""
    teams: frozenset[str] = frozenset()
    skills: dict[str, int] = {}  # name -> level 1..5; languages are skills: "lang:es"
    capacity: Load = 6_000
    max_held: int = 30
    load: Load = 0
    held: int = 0
    assignable: bool = True
    takes_cases: bool = True
    last_assigned_at: Ms = 0


class Lapse(Struct, frozen=True, kw_only=True):
    """This user had the case and left it unopened or unanswered: not again by itself before `until`."""

    user: str
    until: Ms


class Ticket(Struct, frozen=True, kw_only=True):
    """A case that waits for an owner. `epoch` is the one it waits under: the claim must still find it."""

    id: str
    team: str
    epoch: int = 0
    needs: tuple[Need, ...] = ()
    weight: Load = 1_000
    rank_at: Ms = 0
    terms: tuple[Term, ...] = ()  # of rank_at, for the record only
    waiting_since: Ms | None = None
    queued_at: Ms = 0  # rings relax from here
    preferred: str | None = None
    preferred_until: Ms | None = None
    lapses: tuple[Lapse, ...] = ()


class Term(Struct, frozen=True, kw_only=True, gc=False):
    """One reason to be served earlier: seconds of advantage over a case that waits as long."""

    name: str
    advantage_s: int


class Matched(Struct, frozen=True, kw_only=True, gc=False):
    """A required skill and what the chosen one has. wanted is 0 when the ring had dropped the need."""

    skill: str
    asked: int
    wanted: int
    has: int


class Considered(Struct, frozen=True, kw_only=True, gc=False):
    """Somebody else of the team, and why not they."""

    id: str
    name: str
    load: Load
    why: Passed
    detail: str = ""


class Preferred(Struct, frozen=True, kw_only=True, gc=False):
    user: str
    outcome: PreferredOutcome


class Why(Struct, frozen=True, kw_only=True, gc=False):
    """The "why this agent" record, or why nobody.

    ring is 0 when nothing was relaxed; skipped means that it was opened before its time, since nobody of the rings
    within was on shift. retry_at is when waiting alone may change the answer; None when only an event can.
    """

    ring: int = 0
    rings: int = 1
    skipped: bool = False
    matched: tuple[Matched, ...] = ()
    load_before: Load = 0
    load_after: Load = 0
    capacity: Load = 0
    rank_at: Ms = 0
    terms: tuple[Term, ...] = ()
    preferred: Preferred | None = None
    entitled: int = 0  # how many of the team may serve it at this ring
    others: tuple[Considered, ...] = ()  # at most ten
    reason: Waiting | None = None
    retry_at: Ms | None = None


class Decision(Struct, frozen=True, kw_only=True, gc=False):
    """user None: it goes on waiting, `why.reason` says why."""

    ticket: str
    epoch: int
    user: str | None
    why: Why
