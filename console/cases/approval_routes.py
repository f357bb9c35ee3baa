"""The HTTP face of asking for an approval; deciding is `supervision/routes.py`."""

from __future__ import annotations

from console.access.endpoint import EVERYBODY, Answer, Call, Endpoint
from console.cases.approvals import AskApproval, ask
from console.cases.near_misses import is_near_miss, keep_near_miss
from console.cases.requests import shape
from console.errors import Refusal
from console.store.transaction import Tx
from console.wire import shapes


async def post_request(call: Call[AskApproval, None]) -> Answer:
    def write(tx: Tx) -> tuple[shapes.Request, bool]:
        made, new = ask(tx, call.actor, call.path["id"], call.body)
        return shape(tx, made), new

    try:
        shown, new = await call.services.store.write(write)
    except Refusal as refusal:
        if is_near_miss(refusal):
            text, channel = call.body.text or "", call.body.channel
            await call.services.store.write(keep_near_miss, call.actor.id, call.path["id"], channel, text, refusal)
        raise
    return Answer(shown, 201 if new else 200)


ENDPOINTS = [
    Endpoint(method="POST", path="/api/v1/cases/{id}/requests", handler=post_request, body=AskApproval,
             answer=shapes.Request, status=201, summary="Ask the supervisors for a text that the gate holds for them",
             roles=EVERYBODY, scope="cases:write", rate="reply",
             problems=("not_owner", "stale_epoch", "conflict", "gate_blocked", "gate_deferred")),
]  # fmt: skip
