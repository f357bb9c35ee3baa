"""The HTTP face of single messages of ours."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from msgspec import Struct

from console.access.endpoint import EVERYBODY, Answer, Call, Endpoint
from console.cases import messages
from console.store import lanes
from console.store.transaction import Tx
from console.timeline import view
from console.timeline.queries import ItemRow
from console.wire import shapes
from console.wire.ids import new_id


class Retry(Struct, frozen=True, forbid_unknown_fields=True):
    client_id: str
    epoch: int


class Settled(Struct, frozen=True, forbid_unknown_fields=True):
    sent: bool
    epoch: int | None = None


class Cancel(Struct, frozen=True, forbid_unknown_fields=True):
    epoch: int | None = None


async def post_retry(call: Call[Retry, None]) -> Answer:
    """Bytes are laid down first, as with every file; what is not used after all is swept."""
    store, files, body = call.services.store, call.services.files, call.body
    rows = await store.read(messages.files_to_copy, call.actor, call.path["id"])
    copies = {row.id: new_id() for row in rows if row.state == "ready"}
    for old, new in copies.items():
        await asyncio.to_thread(files.copy, old, new)
    return await _item(
        call, lambda tx: messages.retry(tx, call.actor, call.path["id"], body.client_id, body.epoch, copies)
    )


async def post_settle(call: Call[Settled, None]) -> Answer:
    body = call.body
    return await _item(
        call, lambda tx: (messages.settle(tx, call.actor, call.path["id"], body.sent, body.epoch), False)
    )


async def post_cancel(call: Call[Cancel, None]) -> Answer:
    return await _item(call, lambda tx: (messages.cancel(tx, call.actor, call.path["id"], call.body.epoch), False))


async def _item(call: Call[Any, Any], verb: Callable[[Tx], tuple[ItemRow, bool]]) -> Answer:
    def write(tx: Tx) -> tuple[shapes.Item, bool]:
        item, new = verb(tx)
        return view.one(tx, item), new

    shown, new = await call.services.store.write(write)
    return Answer(shown, 201 if new else 200)


def _post(act: str, handler: Any, body: Any, summary: str, **more: Any) -> Endpoint:
    return Endpoint(
        method="POST", path=f"/api/v1/messages/{{id}}/{act}", handler=handler, body=body, answer=shapes.Item,
        summary=summary, roles=EVERYBODY, scope="cases:write", **more,
    )  # fmt: skip


ENDPOINTS = [
    _post("retry", post_retry, Retry, "Write a message again that failed or was cancelled", status=201, rate="reply",
          lane=lanes.FIRST,
          problems=("not_owner", "stale_epoch", "gate_blocked", "gate_deferred", "gate_needs_approval")),
    _post("settle", post_settle, Settled, "Say whether an unconfirmed message arrived", problems=("not_owner",)),
    _post("cancel", post_cancel, Cancel, "Call off a scheduled or held message", problems=("not_owner", "stale_epoch")),
]  # fmt: skip
