"""What an integrator is told of an event: what it is about and how it stands, never the words of a conversation.

Whoever may read more asks for it with a token of their own (`GET /api/v1/cases/{id}`, `…/timeline`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NAMES = (
    "case.created", "case.updated", "case.queued", "case.assigned", "case.released", "case.snoozed", "case.resolved",
    "case.reopened", "message.created", "message.updated", "takeover.started", "takeover.ended",
)  # fmt: skip
AREAS = ("plan", "promise", "payment", "dispute")
"""Every event of these areas can be heard too: they hold figures and ids, and are told as they are."""

_CASE = ("id", "status", "epoch", "team", "portfolio", "channels", "skills", "priority", "waiting_since", "bucket",
         "days_late", "balance", "overlays", "labels", "holds", "outcome", "merged_into",
         "updated_at")  # fmt: skip
_MESSAGE = ("id", "position", "kind", "at", "direction", "channel", "status", "error", "retry_of", "client_id")


def is_heard(name: str) -> bool:
    """Whether an event of this name ever leaves by webhook."""
    return name in NAMES or name.partition(".")[0] in AREAS


def wants(events: list[str], name: str) -> bool:
    """Whether a subscription to `events` (names, "area.*", "*") takes this one."""
    return is_heard(name) and any(each in ("*", name, f"{name.partition('.')[0]}.*") for each in events)


def thin(name: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """What of an event's data is told."""
    area = name.partition(".")[0]
    if area == "message":
        return _only(data, _MESSAGE)
    if area == "case":
        people = {field: {"id": data[field]["id"]} for field in ("owner", "debtor") if data.get(field)}
        return _only(data, _CASE) | people
    if area == "takeover":
        return _only(data, ("id",))
    return dict(data)


def _only(data: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: data[name] for name in names if data.get(name) is not None}
