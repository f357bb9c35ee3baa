"""The place in the queue (RT-3, decision 12).

`rank_at` is a moment: since when the debtor waits, minus the seconds of advantage each term gives. The smallest is
served first, then the smallest id. Waiting ages a case by itself, since `now` plays no part in it but through the
terms; those change by events and at edges that are known beforehand (`next_edge`), so that the column can be indexed.
A case in which nobody waits for an answer stands behind all in which somebody does.
"""

from __future__ import annotations

import math

from msgspec import Struct

from routing.policy import Advantages, Policy, Priority, Steps, most_s
from routing.types import Ms, Term

BEHIND_MS = 1_000 * 365 * 24 * 3_600_000  # a thousand years: no advantage of those who do not wait reaches across


class Standing(Struct, frozen=True, kw_only=True):
    """Of a case, what its place depends on. Moments are None where there is none.

    balance, low and high are minor units of one currency, low and high those of the portfolio (its 10th and 95th
    percentile). promise_due is the end of the promise's day, window_closes_at that of the service window,
    lawful_until that of the hours in which the debtor may be answered. care: a hardship or distress flag, which no
    amount may outrank. quiet_since: the last word in a case that is not served next: answered, put aside or resolved.
    """

    queued_at: Ms
    waiting_since: Ms | None = None
    quiet_since: Ms | None = None
    priority: Priority = "normal"
    balance: int = 0
    low: int = 0
    high: int = 0
    care: bool = False
    promise_due: Ms | None = None
    window_closes_at: Ms | None = None
    lawful_until: Ms | None = None
    sla_due_at: Ms | None = None


def rank_at(case: Standing, policy: Policy, now: Ms) -> tuple[Ms, tuple[Term, ...]]:
    """The moment to sort by, and the terms that are not zero, in a fixed order."""
    found = _terms(case, policy.advantages, now)
    terms = tuple([Term(name=name, advantage_s=advantage_s) for name, advantage_s in found if advantage_s])
    return _since(case) - 1_000 * sum([advantage_s for _, advantage_s in found]), terms


def next_edge(case: Standing, policy: Policy, now: Ms) -> Ms | None:
    """The next moment after now at which a term changes by itself; None when only an event changes one."""
    give = policy.advantages
    edges = (
        _edge(case.promise_due, give.promise_s, now),
        _edge(case.window_closes_at, give.window_s, now),
        _edge(case.lawful_until, give.lawful_s, now),
        _edge(case.sla_due_at, give.sla_s, now),
        _edge(_overdue_at(case, give), (), now),
    )
    return min([edge for edge in edges if edge is not None], default=None)


def _edge(moment: Ms | None, steps: Steps, now: Ms) -> Ms | None:
    """The first of a moment's steps, and of the moment itself, that is still to come. Steps are farthest first."""
    if moment is None or moment <= now:
        return None
    for before_s, _ in steps:
        edge = moment - before_s * 1_000
        if edge > now:
            return edge
    return moment


def _since(case: Standing) -> Ms:
    if case.quiet_since is not None:
        return case.quiet_since + BEHIND_MS
    return case.queued_at if case.waiting_since is None else case.waiting_since


def _terms(case: Standing, give: Advantages, now: Ms) -> tuple[tuple[str, int], ...]:
    urgent = ("priority", give.urgent_s if case.priority == "urgent" else 0)
    overdue_at = _overdue_at(case, give)
    if overdue_at is not None and now >= overdue_at:
        # The most there is, in place of the other terms: among such cases age alone decides.
        return urgent, ("overdue", most_s(give))
    return (
        urgent if case.priority == "urgent" else ("priority", _priority_s(case.priority, give)),
        ("value", _value_s(case, give)),
        ("promise", _step_s(case.promise_due, give.promise_s, now, lasting=True)),
        ("window", _step_s(case.window_closes_at, give.window_s, now)),
        ("lawful", _step_s(case.lawful_until, give.lawful_s, now)),
        ("sla", _step_s(case.sla_due_at, give.sla_s, now, lasting=True)),
    )


def _priority_s(priority: Priority, give: Advantages) -> int:
    return {"high": give.high_s, "low": give.low_s}.get(priority, 0)


def _value_s(case: Standing, give: Advantages) -> int:
    """Logarithmic from the portfolio's low balance (nothing) to its high one (all of value_s)."""
    low, high = max(case.low, 1), case.high
    if case.care or high <= low or case.balance <= low:
        return 0
    share = math.log(min(case.balance, high) / low) / math.log(high / low)
    return round(give.value_s * share)


def _step_s(moment: Ms | None, steps: Steps, now: Ms, lasting: bool = False) -> int:
    """The advantage of the last step that now has passed; nothing after the moment itself unless it lasts."""
    if moment is None or (now >= moment and not lasting):
        return 0
    given = 0
    for before_s, advantage_s in steps:
        if now < moment - before_s * 1_000:
            break
        given = advantage_s
    return given


def _overdue_at(case: Standing, give: Advantages) -> Ms | None:
    if case.waiting_since is None or case.sla_due_at is None:
        return None
    return case.waiting_since + give.overdue_after_targets * max(case.sla_due_at - case.waiting_since, 0)
