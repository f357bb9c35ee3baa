"""To contact, over HTTP: the list, the next one, a selection and what becomes of it."""

from __future__ import annotations

from console.access.endpoint import READERS, WRITERS, Answer, Call, Endpoint, Nothing
from console.cases.detail import detail
from console.errors import Invalid
from console.log.read import current
from console.outreach import begin, selection
from console.outreach.listed import Prospects, Wanted, to_contact
from console.outreach.selection import AT_ONCE, Fate, Outlook, Selection, foresee, must_be_sound, outlook
from console.store.transaction import Reader
from console.wire import shapes

SENDERS = frozenset({"supervisor", "integration"})


async def get_to_contact(call: Call[Nothing, Wanted]) -> Prospects:
    return await call.services.store.read(to_contact, call.actor, call.query)


async def post_next(call: Call[begin.Next, Nothing]) -> Answer:
    found = await call.services.store.read(to_contact, call.actor, call.body.wanted())
    shortlist = [(each.debtor.id, each.portfolio.id) for each in found.items]
    case_id, new = await call.services.store.write(begin.begin_next, call.actor, call.body, shortlist)

    def read(reader: Reader) -> Answer:
        return Answer(detail(reader, call.actor, case_id), 201 if new else 200, cursor=current(reader))

    return await call.services.store.read(read)


async def post_preview(call: Call[Selection, Nothing]) -> Outlook:
    store, wish = call.services.store, call.body
    await store.read(must_be_sound, call.actor, wish)
    fates: list[Fate] = []
    for chunk in _chunks(wish.debtors):
        fates += await store.read(foresee, call.actor, wish, chunk)
    return outlook(fates)


async def post_send(call: Call[Selection, Nothing]) -> Answer:
    if not call.body.client_id:
        raise Invalid("Give a client_id, a UUID made by the client.", field="client_id")
    store, wish = call.services.store, call.body
    await store.read(must_be_sound, call.actor, wish)
    fates: list[Fate] = []
    for chunk in _chunks(wish.debtors):
        fates += await store.write(selection.send, call.actor, wish, chunk)
    return Answer(outlook(fates), 201)


def _chunks(ids: list[str]) -> list[list[str]]:
    return [ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE)]


_PATH = "/api/v1/to-contact"
ENDPOINTS = [
    Endpoint(method="GET", path=_PATH, handler=get_to_contact, query=Wanted, answer=Prospects,
             roles=READERS | {"integration"}, scope="debtors:read",
             summary="Who owes and has no conversation, by score, and how they may be reached today"),
    Endpoint(method="POST", path=f"{_PATH}/next", handler=post_next, body=begin.Next, answer=shapes.Case, status=201,
             roles=WRITERS, problems=("conflict",), summary="Open the case of the next one to write to"),
    Endpoint(method="POST", path=f"{_PATH}/preview", handler=post_preview, body=Selection, answer=Outlook,
             roles=SENDERS, scope="cases:write",
             summary="What one template to a selection would do: now, later, blocked and why"),
    Endpoint(method="POST", path=f"{_PATH}/send", handler=post_send, body=Selection, answer=Outlook, status=201,
             roles=SENDERS, scope="cases:write", problems=("conflict",),
             summary="Send it: each through the gate, at the pace of its number"),
]  # fmt: skip
