"""When an assigned case goes back to the queue by itself (RT-5, decisions 10 and 13).

Only a case whose debtor waits goes back: one that was answered stays with its owner, and is queued when the debtor
writes while the owner is not there. Whoever lets a case lapse does not get it again for a while; whoever lost their
connection keeps the preference.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from routing.types import Lapse, Ms, Policy

Reason = Literal["unopened", "unanswered", "owner_offline", "owner_lost", "owner_away"]
Status = Literal["online", "away", "offline"]


class Owner(Struct, frozen=True, kw_only=True):
    """status: the user's own choice, since when. lost_at: when the last connection went; None while there is one."""

    status: Status = "online"
    status_since: Ms = 0
    lost_at: Ms | None = None


class Held(Struct, frozen=True, kw_only=True):
    """Of an owned case. waiting_since: the oldest unanswered message. opened: by this owner, since it is theirs."""

    owned_since: Ms
    waiting_since: Ms | None = None
    sla_due_at: Ms | None = None
    opened: bool = False
    by_itself: bool = True  # assigned by routing, not claimed, transferred or handed back


def back(case: Held, owner: Owner, policy: Policy, now: Ms) -> Reason | None:
    """Why the case goes back now; None when it stays."""
    due = [(at, reason) for at, reason in _moments(case, owner, policy) if at <= now]
    return min(due)[1] if due else None


def back_at(case: Held, owner: Owner, policy: Policy) -> Ms | None:
    """When the case will go back unless something happens; None for never."""
    return min((at for at, _ in _moments(case, owner, policy)), default=None)


def lapse(user: str, reason: Reason, policy: Policy, now: Ms) -> Lapse | None:
    """What the case keeps against the owner it comes back from; None when they are still preferred."""
    if reason not in ("unopened", "unanswered"):
        return None
    return Lapse(user=user, until=now + policy.lapse_s * 1_000)


def is_there(owner: Owner, policy: Policy, now: Ms) -> bool:
    """Whether an answer of the debtor reaches this owner; if not, the case is queued at once."""
    gone_at = _gone_at(owner, policy)
    return gone_at is None or now < gone_at[0]


def _moments(case: Held, owner: Owner, policy: Policy) -> list[tuple[Ms, Reason]]:
    if case.waiting_since is None:
        return []
    found: list[tuple[Ms, Reason]] = []
    gone_at = _gone_at(owner, policy)
    if gone_at is not None:
        at, reason = gone_at
        # Whoever took it, or was handed it, while not there has the time to turn to it that everybody has.
        found.append((at if at > case.owned_since else case.owned_since + policy.unopened_s * 1_000, reason))
    if case.by_itself and not case.opened:
        found.append((max(case.owned_since, case.waiting_since) + policy.unopened_s * 1_000, "unopened"))
    if case.sla_due_at is not None:
        found.append((max(case.sla_due_at, case.owned_since + policy.answer_at_least_s * 1_000), "unanswered"))
    return found


def _gone_at(owner: Owner, policy: Policy) -> tuple[Ms, Reason] | None:
    """From when on the owner counts as not there, the earliest of the reasons."""
    found: list[tuple[Ms, Reason]] = []
    if owner.status == "offline":
        found.append((owner.status_since, "owner_offline"))
    if owner.status == "away":
        found.append((owner.status_since + policy.away_grace_s * 1_000, "owner_away"))
    if owner.lost_at is not None:
        found.append((owner.lost_at + policy.grace_s * 1_000, "owner_lost"))
    return min(found, default=None)
