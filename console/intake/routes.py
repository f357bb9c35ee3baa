"""The HTTP face of what came in: deliveries for operators, masked; their bytes for compliance, audited."""

from __future__ import annotations

from typing import Any

from msgspec import structs
from starlette.responses import Response

from console.access.endpoint import Call, Endpoint, Nothing
from console.audit.record import record
from console.errors import Conflict, Forbidden
from console.intake.masked import masked
from console.intake.queries import DeliveryRow, IntakePage, IntakeQuery, Line, get, line, page
from console.intake.replay import replay
from console.store.base import load
from console.store.transaction import Reader, Tx

OPERATORS = frozenset({"admin", "compliance"})


class DeliveryShape(Line, frozen=True, kw_only=True):
    """`body` is its structure with every word, number and address struck out; null when it is kept no more."""

    method: str
    headers: dict[str, str]
    body: Any


async def get_list(call: Call[Nothing, IntakeQuery]) -> IntakePage:
    return await call.services.store.read(page, call.query)


async def get_one(call: Call[Nothing, Nothing]) -> DeliveryShape:
    return await call.services.store.read(_shape, call.path["id"])


async def post_replay(call: Call[Nothing, Nothing]) -> DeliveryShape:
    await replay(call.services, call.actor, call.path["id"])
    return await call.services.store.read(_shape, call.path["id"])


async def get_raw(call: Call[Nothing, Nothing]) -> Response:
    """The bytes as they came, as a file: no browser shows them."""

    if call.actor.role == "admin" and f"delivery:{call.path['id']}" not in call.actor.opened:
        raise Forbidden("This is for compliance, or for an admin who opened the delivery in an emergency.")

    def look(tx: Tx) -> DeliveryRow:
        row = get(tx, call.path["id"])
        if row.body is None:
            raise Conflict("Its body is kept no more.", state=row.state)
        record(tx, call.actor.id, "intake.read", f"delivery:{row.id}")
        return row

    row = await call.services.store.write(look)
    headers = {"Content-Disposition": f'attachment; filename="{row.id}.bin"'}
    return Response(row.body, media_type="application/octet-stream", headers=headers)


def _shape(reader: Reader, delivery_id: str) -> DeliveryShape:
    row = get(reader, delivery_id)
    envelope: dict[str, Any] = load(row.envelope)
    brief = line(row.id, row.at, row.inbox_id, row.door, row.size, row.state, row.reason, row.produced)
    headers: dict[str, str] = envelope.get("headers", {})
    return DeliveryShape(
        **structs.asdict(brief),
        method=envelope.get("method", ""),
        headers={name: each if name == "content-type" else "•••" for name, each in headers.items()},
        body=None if row.body is None else masked(row.body, headers.get("content-type", "")),
    )


_INTAKE = "/api/v1/intake"
ENDPOINTS = [
    Endpoint(method="GET", path=_INTAKE, handler=get_list, query=IntakeQuery, answer=IntakePage, roles=OPERATORS,
             summary="Every delivery received, the newest first"),
    Endpoint(method="GET", path=f"{_INTAKE}/{{id}}", handler=get_one, answer=DeliveryShape, roles=OPERATORS,
             summary="One delivery, its body masked"),
    Endpoint(method="POST", path=f"{_INTAKE}/{{id}}/replay", handler=post_replay, answer=DeliveryShape, roles=OPERATORS,
             problems=("conflict",), summary="Carry the stored bytes out once more"),
    Endpoint(method="GET", path=f"{_INTAKE}/{{id}}/raw", handler=get_raw, roles=OPERATORS,
             problems=("conflict",), rate="reveal", summary="The bytes as they came; audited"),
]  # fmt: skip
