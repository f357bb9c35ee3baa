"""A why as plain data for the wire: codes and numbers, no sentences; screens put them into the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from routing.load import shown
from routing.types import Considered, Ms, Why


def explain(why: Why, moment: Callable[[Ms], Any] = int) -> dict[str, Any]:
    """JSON-able: {"ring", "rings", "skipped", "skills": [{"skill","asked","wanted","has"}], "load": {"before","after",
    "capacity"}|null, "rank_at", "terms": [{"name","advantage_s"}], "preferred": {"user","outcome"}|null, "entitled",
    "others": [{"id","name","load","why","detail"?}], "reason"|null, "retry_at"|null}.

    Loads have one decimal; `moment` writes the two times (default: milliseconds).
    """
    return {
        "ring": why.ring,
        "rings": why.rings,
        "skipped": why.skipped,
        "skills": [
            {"skill": each.skill, "asked": each.asked, "wanted": each.wanted, "has": each.has} for each in why.matched
        ],
        "load": None if why.reason is not None else _load(why),
        "rank_at": moment(why.rank_at),
        "terms": [{"name": term.name, "advantage_s": term.advantage_s} for term in why.terms],
        "preferred": why.preferred and {"user": why.preferred.user, "outcome": why.preferred.outcome},
        "entitled": why.entitled,
        "others": [_other(each) for each in why.others],
        "reason": why.reason,
        "retry_at": None if why.retry_at is None else moment(why.retry_at),
    }


def _load(why: Why) -> dict[str, float]:
    return {"before": shown(why.load_before), "after": shown(why.load_after), "capacity": shown(why.capacity)}


def _other(other: Considered) -> dict[str, Any]:
    plain = {"id": other.id, "name": other.name, "load": shown(other.load), "why": other.why}
    return {**plain, "detail": other.detail} if other.detail else plain
