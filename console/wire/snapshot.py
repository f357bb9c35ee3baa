"""What a viewer holds, and how an event changes it: the reference for every client (`frontend/src/store/apply.ts` is
its twin).

Snapshot + later events = new snapshot. One test proves it for every verb.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

Plain = dict[str, Any]
MONEY = ("plan.", "promise.", "dispute.", "payment.", "claim.")
"""What these events carry is the whole of the thing, as `GET /cases/{id}/ledger` gives it."""


class Snapshot(Struct):
    """What the desk or the wall of one user shows, as plain JSON values by id.

    cases: those the viewer may read, in list shape · rows: masked rows of their teams · threads: items by case and id ·
    requests: open ones · agents: lines by user id · unread: by case, for this viewer · money: plans, promises,
    disputes, payments and claims, by case and id.
    """

    viewer: str
    cases: dict[str, Plain] = field(default_factory=dict)
    rows: dict[str, Plain] = field(default_factory=dict)
    threads: dict[str, dict[str, Plain]] = field(default_factory=dict)
    requests: dict[str, Plain] = field(default_factory=dict)
    agents: dict[str, Plain] = field(default_factory=dict)
    unread: dict[str, int] = field(default_factory=dict)
    money: dict[str, dict[str, Plain]] = field(default_factory=dict)


def apply(snapshot: Snapshot, name: str, data: Plain) -> None:
    """Change a snapshot by one event that its viewer received."""
    if name == "case.hidden":
        _forget(snapshot, data["id"])
    elif name == "case.seen":
        snapshot.unread[data["id"]] = data["unread"]
    elif name.startswith("case."):
        _case(snapshot, data)
    elif name.startswith("request."):
        _request(snapshot, data)
    elif name.startswith(MONEY):
        snapshot.money.setdefault(data["case"], {})[data["id"]] = data
    elif name == "presence.changed":
        snapshot.agents[data["user"]["id"]] = data
    elif name.endswith((".created", ".updated")) and "position" in data:
        _item(snapshot, name, data)


def _forget(snapshot: Snapshot, case_id: str) -> None:
    for part in (snapshot.cases, snapshot.threads, snapshot.unread, snapshot.money):
        part.pop(case_id, None)


def _case(snapshot: Snapshot, data: Plain) -> None:
    """Merge: an event carries the list shape, and more only when more changed."""
    into = snapshot.rows if data.get("masked") else snapshot.cases
    into[data["id"]] = {**into.get(data["id"], {}), **data}
    if not data.get("masked"):
        snapshot.threads.setdefault(data["id"], {})
        snapshot.unread.setdefault(data["id"], 0)


def _item(snapshot: Snapshot, name: str, data: Plain) -> None:
    """A later rev wins; whoever holds a newer one ignores an older."""
    thread = snapshot.threads.setdefault(data["case"], {})
    before = thread.get(data["id"])
    if before is not None and before["rev"] >= data["rev"]:
        return
    thread[data["id"]] = data
    if name == "message.created" and data.get("direction") == "in":
        snapshot.unread[data["case"]] = snapshot.unread.get(data["case"], 0) + 1


def _request(snapshot: Snapshot, data: Plain) -> None:
    if data["state"] == "open":
        snapshot.requests[data["id"]] = data
    else:
        snapshot.requests.pop(data["id"], None)
