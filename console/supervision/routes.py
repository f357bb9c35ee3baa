"""The HTTP face of supervision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct, field, structs

from console.access.endpoint import EVERYBODY, STAFF, Answer, Call, Endpoint
from console.cases.detail import detail
from console.cases.queries import CaseRow, RequestRow
from console.cases.requests import shape
from console.log.read import current
from console.store import lanes
from console.store.transaction import Reader, Tx
from console.supervision import approvals, barge, take_over, watch
from console.supervision.relieve import Moved, Relieve, Restore, relieve, restore
from console.supervision.wall import open_requests, wall
from console.supervision.whisper import WhisperBody, whisper
from console.timeline import view
from console.wire import shapes
from console.wire.moment import SECOND, Ms, parse_rfc3339
from console.wire.paging import Paging, paged


class TakeOver(Struct, frozen=True, forbid_unknown_fields=True):
    reason: str = ""
    epoch: int | None = None


class Why(Struct, frozen=True, forbid_unknown_fields=True):
    reason: str


class HandBack(Struct, frozen=True, forbid_unknown_fields=True):
    note: str
    to: str | None = None
    epoch: int | None = None


class Aged(shapes.Request, frozen=True, kw_only=True):
    """An open request in the queue of them. age_s: seconds since it was raised, when this was answered."""

    age_s: int


class Requests(Struct, frozen=True):
    items: list[Aged] = field(default_factory=list)
    next: str | None = None


class Wall(Struct, frozen=True):
    figures: dict[str, Any]
    agents: list[shapes.AgentLine]
    queues: list[dict[str, Any]]
    cases: list[shapes.Case]
    tails: dict[str, list[shapes.LastItem]]
    requests: list[shapes.Request]


async def post_watch(call: Call[None, None]) -> Answer:
    return await _act(call, await call.services.store.write(watch.watch, call.actor, call.path["id"]))


async def delete_watch(call: Call[None, None]) -> Answer:
    await call.services.store.write(watch.unwatch, call.actor, call.path["id"])
    return Answer(status=204)


async def post_barge(call: Call[None, None]) -> Answer:
    return await _act(call, await call.services.store.write(barge.barge, call.actor, call.path["id"]))


async def delete_barge(call: Call[None, None]) -> Answer:
    return await _act(call, await call.services.store.write(barge.leave, call.actor, call.path["id"]))


async def post_takeover(call: Call[TakeOver, None]) -> Answer:
    body = call.body
    row = await call.services.store.write(take_over.take_over, call.actor, call.path["id"], body.reason, body.epoch)
    return await _act(call, row)


async def post_handback(call: Call[HandBack, None]) -> Answer:
    body = call.body
    row = await call.services.store.write(
        take_over.hand_back, call.actor, call.path["id"], body.note, body.to, body.epoch
    )
    return await _act(call, row)


async def post_whisper(call: Call[WhisperBody, None]) -> Answer:
    def write(tx: Tx) -> tuple[shapes.Item, bool]:
        item, new = whisper(tx, call.actor, call.path["id"], call.body)
        return view.one(tx, item), new

    shown, new = await call.services.store.write(write)
    return Answer(shown, 201 if new else 200)


async def post_approve(call: Call[None, None]) -> shapes.Request:
    return await _decided(call, lambda tx: approvals.approve_text(tx, call.actor, call.path["id"]))


async def post_counter(call: Call[approvals.CounterText, None]) -> shapes.Request:
    return await _decided(call, lambda tx: approvals.counter_text(tx, call.actor, call.path["id"], call.body))


async def post_refuse(call: Call[Why, None]) -> shapes.Request:
    return await _decided(call, lambda tx: approvals.refuse_text(tx, call.actor, call.path["id"], call.body.reason))


async def _decided(call: Call[Any, Any], verb: Callable[[Tx], RequestRow]) -> shapes.Request:
    return await call.services.store.write(lambda tx: shape(tx, verb(tx)))


async def post_relieve(call: Call[Relieve, None]) -> Answer:
    return Answer(await call.services.store.write(relieve, call.actor, call.path["id"], call.body))


async def post_restore(call: Call[Restore, None]) -> Answer:
    return Answer(await call.services.store.write(restore, call.actor, call.path["id"], call.body))


async def get_requests(call: Call[None, Paging]) -> Answer:
    def read(reader: Reader) -> Answer:
        shown, after = paged(open_requests(reader, call.actor), lambda each: (each.at, each.id), call.query)
        return Answer(Requests([_aged(each, reader.now) for each in shown], after), cursor=current(reader))

    return await call.services.store.read(read)


def _aged(each: shapes.Request, now: Ms) -> Aged:
    return Aged(**structs.asdict(each), age_s=max(0, (now - parse_rfc3339(each.at)) // SECOND))


async def get_wall(call: Call[None, None]) -> Answer:
    def read(reader: Reader) -> Answer:
        return Answer(wall(reader, call.actor, call.services.answers), cursor=current(reader))

    return await call.services.store.read(read)


async def _act(call: Call[Any, Any], row: CaseRow) -> Answer:
    def read(reader: Reader) -> Answer:
        return Answer(detail(reader, call.actor, row.id), cursor=current(reader))

    return await call.services.store.read(read)


def _decision(act: str, handler: Any, summary: str, **more: Any) -> Endpoint:
    return Endpoint(
        method="POST", path=f"/api/v1/requests/{{id}}/{act}", handler=handler, answer=shapes.Request, roles=EVERYBODY,
        scope="cases:write", problems=("own_request", "conflict"), summary=summary, **more,
    )  # fmt: skip


def _case(method: str, path: str, handler: Any, summary: str, **more: Any) -> Endpoint:
    return Endpoint(
        method=method, path=f"/api/v1/cases/{{id}}/{path}", handler=handler, summary=summary, roles=EVERYBODY,
        **{"answer": shapes.Case, "problems": ("conflict", "not_owner", "stale_epoch"), **more},
    )  # fmt: skip


ENDPOINTS = [
    _case("POST", "watch", post_watch, "Watch a case; nobody notices"),
    _case("DELETE", "watch", delete_watch, "Stop watching", answer=None, status=204),
    _case("POST", "barge", post_barge, "Write beside the owner"),
    _case("DELETE", "barge", delete_barge, "Stop writing beside the owner"),
    _case("POST", "takeover", post_takeover, "Own the case; the agent's composer locks", body=TakeOver,
          lane=lanes.UNSHED),
    _case("POST", "handback", post_handback, "Give the case back with a note", body=HandBack, lane=lanes.UNSHED),
    _case("POST", "whispers", post_whisper, "Whisper to the owner, or ask for help", body=WhisperBody,
    answer=shapes.Item,
          status=201),
    Endpoint(method="POST", path="/api/v1/users/{id}/relieve", handler=post_relieve, body=Relieve, answer=Moved,
             roles=EVERYBODY, summary="Move all of a colleague's cases to somebody, or to the queues"),
    Endpoint(method="POST", path="/api/v1/users/{id}/restore", handler=post_restore, body=Restore, answer=Moved,
             roles=EVERYBODY, summary="Bring back what was moved and nobody has opened since"),
    Endpoint(method="GET", path="/api/v1/requests", handler=get_requests, answer=Requests, roles=STAFF,
             query=Paging, summary="Hands, approvals and alarms, the oldest first"),
    _decision("approve", post_approve, "Let a text leave that the gate holds for an approval"),
    _decision("counter", post_counter, "Suggest other words in its place", body=approvals.CounterText),
    _decision("refuse", post_refuse, "Do not let it leave", body=Why),
    Endpoint(method="GET", path="/api/v1/wall", handler=get_wall, answer=Wall, roles=STAFF,
             summary="The live picture of one's teams"),
]  # fmt: skip
