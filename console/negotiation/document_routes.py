"""The HTTP face of documents: made as files of whoever asks, to be attached to a message."""

from __future__ import annotations

import asyncio

from console.access.endpoint import EVERYBODY, Answer, Call, Endpoint, Nothing
from console.negotiation import documents
from console.timeline import upload, view
from console.wire import shapes


async def post_document(call: Call[documents.NewDocument, Nothing]) -> Answer:
    from console.negotiation.papers import pdf  # fonts and pictures: nobody else waits for them at start

    services, wish, case_id = call.services, call.body, call.path["id"]
    drawn = await services.store.read(documents.draw, call.actor, case_id, wish.kind)
    content = await asyncio.to_thread(pdf, drawn.paper)
    given = upload.Given(drawn.name, "application/pdf", content)
    file = documents.made_of(upload.judge(given, call.actor, services.clock.now(), "kind"), drawn)
    await upload.store(services.files, [(file, content)])
    kept, new = await services.store.write(documents.keep, call.actor, case_id, wish, file)
    if not new:
        await asyncio.to_thread(services.files.remove, file.id)
    return Answer(view.attachment(kept), 201 if new else 200)


ENDPOINTS = [
    Endpoint(method="POST", path="/api/v1/cases/{id}/documents", handler=post_document, body=documents.NewDocument,
             answer=shapes.Attachment, status=201, roles=EVERYBODY, problems=("conflict",), rate="upload",
             summary="The agreement, clearance letter or statement as PDF, to be attached"),
]  # fmt: skip
