"""Whispers and requests for help: a lane of the thread without any address, between an agent and the supervisors."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from console.access.actor import Actor
from console.access.idempotent import body_hash, remember, repeated
from console.access.visible import must_know
from console.cases.changed import save_position
from console.cases.ownership import must_be_at
from console.cases.queries import CaseRow, live
from console.cases.requests import raise_request
from console.errors import Conflict, Forbidden, Invalid, NotOwner
from console.store.base import dump
from console.store.transaction import Tx
from console.timeline import queries as timeline
from console.timeline.add import add_item, tell
from console.timeline.queries import ItemRow

TEXT_CHARS = 4_096


class WhisperBody(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The body of POST /cases/{id}/whispers. `kind: "request"` is the agent's own: help or an approval asked for."""

    client_id: str
    text: str
    suggestion: bool = False
    epoch: int | None = None
    kind: str = "whisper"  # whisper, request


def whisper(tx: Tx, actor: Actor, case_id: str, body: WhisperBody) -> tuple[ItemRow, bool]:
    """Write to the owner of this moment; only a supervisor does. The agent's way back is a request.

    Raises NotFound, Forbidden, StaleEpoch, Conflict when nobody owns the case, Invalid.
    """
    must_know(tx, actor, case_id)
    actor.must_be("supervisor", "agent")
    digest = body_hash(body)
    before = repeated(tx, actor, f"whispers:{case_id}", body.client_id, digest)
    if before is not None:
        return timeline.get(tx, before), False
    row = live(tx, case_id)
    must_be_at(row, body.epoch)
    if not body.text.strip() or len(body.text) > TEXT_CHARS:
        raise Invalid(f"A whisper has 1 to {TEXT_CHARS} characters.", field="text", limit=TEXT_CHARS)
    item = _request(tx, row, actor, body) if actor.role == "agent" else _whisper(tx, row, actor, body)
    tell(tx, row, item)
    save_position(tx, row)  # a whisper touches neither last_item nor updated_at nor any order (decision 8)
    remember(tx, actor, f"whispers:{case_id}", body.client_id, digest, item.id)
    return item, True


def _whisper(tx: Tx, row: CaseRow, actor: Actor, body: WhisperBody) -> ItemRow:
    if body.kind != "whisper":
        raise Invalid("Supervisors whisper; requests are the agents'.", field="kind")
    if actor.role != "supervisor" or row.team_id not in actor.teams:
        raise Forbidden
    if row.owner_id is None:
        raise Conflict("Nobody owns this case, so there is nobody to whisper to.")
    if row.owner_id == actor.id:
        raise Conflict("You own this case: write a note instead.")
    return _put(tx, row, actor, body, to=row.owner_id, data={"suggestion": body.suggestion})


def _request(tx: Tx, row: CaseRow, actor: Actor, body: WhisperBody) -> ItemRow:
    if body.kind != "request":
        raise Forbidden("Only supervisors whisper; ask for help with kind request.")
    if row.owner_id != actor.id and row.taken_over_from != actor.id:
        raise NotOwner(epoch=row.epoch)
    made = raise_request(tx, row, "hand", body.text.strip()[:500], by=actor.id)
    return _put(tx, row, actor, body, to=row.taken_over_by, data={"request": {"kind": made.kind, "id": made.id}})


def _put(tx: Tx, row: CaseRow, actor: Actor, body: WhisperBody, *, to: str | None, data: dict[str, Any]) -> ItemRow:
    return add_item(
        tx, row, "whisper", author=actor.id, text=body.text, client_id=body.client_id, to_id=to, data=dump(data)
    )
