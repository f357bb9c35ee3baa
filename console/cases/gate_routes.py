"""What protects people and what counts against caps, over HTTP: stops, holds, contacts elsewhere, a slot."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from console.access.endpoint import EVERYBODY, Answer, Call, Endpoint, Nothing
from console.cases import consent, elsewhere, protect
from console.cases.debtor_routes import shown_case, shown_debtor
from console.debtors.seen import DebtorShape
from console.wire import shapes


class OptOut(Struct, frozen=True, forbid_unknown_fields=True):
    """`wants_out`: whether the words that may have meant an opt-out did."""

    wants_out: bool


async def post_contact(call: Call[elsewhere.NewContact, Nothing]) -> Answer:
    made, new = await call.services.store.write(elsewhere.record_contact, call.actor, call.body)
    return Answer(made, 201 if new else 200)


async def post_reserve(call: Call[elsewhere.Reserve, Nothing]) -> Answer:
    made, new = await call.services.store.write(elsewhere.reserve, call.actor, call.body)
    return Answer(made, 201 if new else 200)


async def post_stop(call: Call[protect.StopBody, Nothing]) -> Answer:
    return await shown_case(
        call, await call.services.store.write(protect.place_stop, call.actor, call.path["id"], call.body)
    )


async def delete_stop(call: Call[protect.LiftBody, Nothing]) -> Answer:
    path = call.path
    row = await call.services.store.write(protect.lift_stop, call.actor, path["id"], path["stop"], call.body)
    return await shown_case(call, row)


async def post_hold(call: Call[protect.HoldBody, Nothing]) -> Answer:
    return await shown_case(
        call, await call.services.store.write(protect.place_hold, call.actor, call.path["id"], call.body)
    )


async def delete_hold(call: Call[protect.LiftBody, Nothing]) -> Answer:
    path = call.path
    row = await call.services.store.write(protect.lift_hold, call.actor, path["id"], path["hold"], call.body)
    return await shown_case(call, row)


async def post_opt_out(call: Call[OptOut, Nothing]) -> DebtorShape:
    made = await call.services.store.write(consent.answer_opt_out, call.actor, call.path["id"], call.body.wants_out)
    return await shown_debtor(call, made)


def _endpoint(method: str, path: str, handler: Any, summary: str, body: Any, **more: Any) -> Endpoint:
    return Endpoint(
        method=method, path=path, handler=handler, summary=summary, body=body,
        **{"roles": EVERYBODY, "problems": ("conflict",), "answer": shapes.Case, **more},
    )  # fmt: skip


_CASE = "/api/v1/cases/{id}"
_REFUSALS = ("conflict", "gate_blocked", "gate_deferred", "gate_needs_approval")
ENDPOINTS = [
    _endpoint("POST", "/api/v1/contacts", post_contact, "Write down a call, letter or visit made elsewhere",
              elsewhere.NewContact, answer=elsewhere.Recorded, status=201, scope="contacts:write"),
    _endpoint("POST", "/api/v1/gate/reserve", post_reserve, "A dialer's slot for 15 minutes, if the gate allows it",
              elsewhere.Reserve, answer=elsewhere.Reserved, status=201, scope="contacts:write", problems=_REFUSALS),
    _endpoint("POST", f"{_CASE}/stops", post_stop, "Nothing leaves to this person any more", protect.StopBody),
    _endpoint("DELETE", f"{_CASE}/stops/{{stop}}", delete_stop, "Compliance lifts a stop", protect.LiftBody),
    _endpoint("POST", f"{_CASE}/holds", post_hold, "Collection of this person stands still", protect.HoldBody),
    _endpoint("DELETE", f"{_CASE}/holds/{{hold}}", delete_hold, "A supervisor lifts a hold", protect.LiftBody),
    _endpoint("POST", "/api/v1/contact-points/{id}/opt-out", post_opt_out,
              "Say whether words that may mean an opt-out did", OptOut, answer=DebtorShape),
]  # fmt: skip
