"""JSON on the socket: what the server says, encoded once and framed once."""

from __future__ import annotations

import struct
from typing import Any

import msgspec

from console.log.read import Told
from console.wire.ids import new_id
from console.wire.moment import Ms, rfc3339

_encode = msgspec.json.Encoder().encode


class Frame:
    """One text frame, ready for any number of sockets."""

    __slots__ = ("json", "raw")

    def __init__(self, json: bytes) -> None:
        self.json = json
        self.raw = framed(json)


def framed(payload: bytes) -> bytes:
    """An unmasked, unfragmented text frame of RFC 6455, as servers send them (no extension in use)."""
    size = len(payload)
    if size < 126:
        head = bytes((0x81, size))
    elif size < 65_536:
        head = b"\x81\x7e" + struct.pack("!H", size)
    else:
        head = b"\x81\x7f" + struct.pack("!Q", size)
    return head + payload


def event(told: Told) -> Frame:
    """An event of the log, with the cursor that stands right after it."""
    each = told.event
    body: dict[str, Any] = {
        "type": "event",
        "cursor": told.mark.text(),
        "id": each.id,
        "at": rfc3339(each.at),
        "name": each.name,
    }
    if each.case is not None:
        body["case"] = each.case
    body["data"] = msgspec.Raw(each.data)
    return Frame(_encode(body))


def hidden(case_id: str, cursor: str, now: Ms) -> Frame:
    """The event by which a client forgets a case, for a sight that went with somebody's rights: the log has none."""
    body = {
        "type": "event",
        "cursor": cursor,
        "id": new_id(),
        "at": rfc3339(now),
        "name": "case.hidden",
        "case": case_id,
    }
    return Frame(_encode({**body, "data": {"id": case_id}}))


def ready(cursor: str, user: Any, heartbeat: int, now: Ms) -> Frame:
    """`now` lets a browser whose clock is wrong count waits by the server's."""
    said = {"type": "ready", "cursor": cursor, "user": user, "heartbeat": heartbeat, "now": rfc3339(now)}
    return Frame(_encode(said))


def subscribed(topics: list[str], cursor: str) -> Frame:
    return Frame(_encode({"type": "subscribed", "topics": topics, "cursor": cursor}))


def signal(name: str, facts: dict[str, Any]) -> Frame:
    """Best effort, not replayed."""
    return Frame(_encode({"type": "signal", "name": name, **facts}))


def error(code: str, detail: str) -> Frame:
    return Frame(_encode({"type": "error", "code": code, "detail": detail}))


RESET = Frame(b'{"type":"reset"}')
PONG = Frame(b'{"type":"pong"}')
