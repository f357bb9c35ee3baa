"""The HTTP face of documents: made, or the creditor's own, as files of whoever asks, to be attached to a message."""

from __future__ import annotations

import asyncio
from typing import Any

from msgspec import Struct

from console.access.endpoint import EVERYBODY, Answer, Call, Endpoint, Nothing
from console.debtors.routes import FILLERS
from console.errors import Conflict, Invalid
from console.ledger.pix import png
from console.negotiation import charge_files, documents
from console.negotiation.sheet import Drawn
from console.services import Services
from console.timeline import upload, view
from console.timeline.queries import AttachmentRow
from console.wire import shapes
from console.wire.ledger import ChargeFile


class FileForm(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What stands beside the file, as fields of the form or here. `kind`: invoice or boleto."""

    kind: str = ""
    client_id: str = ""


async def post_document(call: Call[documents.NewDocument, Nothing]) -> Answer:
    services, wish, case_id = call.services, call.body, call.path["id"]
    drawn = await services.store.read(documents.draw, call.actor, case_id, wish)
    file = await _printed(call, drawn) if isinstance(drawn, Drawn) else await _handed(call, drawn)
    kept, new = await services.store.write(documents.keep, call.actor, case_id, wish, file)
    if file is not None and not new:
        await asyncio.to_thread(services.files.remove, file.id)
    text = "" if isinstance(drawn, Drawn) else drawn.text
    return Answer(_given(kept, text), 201 if new else 200)


async def post_file(call: Call[None, FileForm]) -> Answer:
    services, charge_id = call.services, call.path["id"]
    limit = services.settings.upload_bytes
    form = {name: getattr(call.query, name) for name in FileForm.__struct_fields__}
    async with upload.form_files(call.request, form) as parts:
        if len(parts) > 1:
            raise Invalid("One file at a time.", field="file")
        part = await upload.read_file(parts[0], "file", limit)
    await services.store.read(charge_files.must_take, call.actor, charge_id, form["kind"])
    file = await asyncio.to_thread(upload.judge, part, call.actor, services.clock.now(), "file")
    charge_files.must_fit(file)
    await services.limits.take("upload_bytes", call.actor.id, file.size)
    await upload.store(services.files, [(file, part.content)])
    wish = charge_files.Wish(form["client_id"], charge_id, form["kind"], file.sha256)
    shown, new = await services.store.write(charge_files.keep, call.actor, wish, file)
    if not new:
        await asyncio.to_thread(services.files.remove, file.id)
    return Answer(shown, 201 if new else 200)


async def _printed(call: Call[Any, Any], drawn: Drawn) -> AttachmentRow:
    from console.negotiation.papers import pdf  # fonts and pictures: nobody else waits for them at start

    content = await asyncio.to_thread(pdf, drawn.paper)
    given = upload.Given(drawn.name, "application/pdf", content)
    file = documents.made_of(upload.judge(given, call.actor, call.services.clock.now(), "kind"), drawn)
    await upload.store(call.services.files, [(file, content)])
    return file


async def _handed(call: Call[documents.NewDocument, Nothing], drawn: documents.Handed) -> AttachmentRow | None:
    """The creditor's own file, else the Pix code as a picture where the channel takes one."""
    services, chosen = call.services, drawn.chosen
    if chosen.file is not None:
        file = charge_files.given(call.actor, chosen.file, chosen.row, services.clock.now())
        await _copied(services, chosen.file.id, file.id)
        return file
    code = charge_files.qr_of(chosen)
    if code is None or call.body.channel == "sms":
        return None
    content = await asyncio.to_thread(png, code.code.value)
    picture = upload.Given(f"pix-{code.of.number}.png", "image/png", content)
    file = charge_files.pictured(upload.judge(picture, call.actor, services.clock.now(), "kind"), code, chosen.row)
    await upload.store(services.files, [(file, content)])
    return file


def _given(kept: AttachmentRow | None, text: str) -> shapes.DocumentGiven:
    if kept is None:
        return shapes.DocumentGiven(id=None, name="", type="text/plain", size=0, url="", text=text)
    shown = view.attachment(kept)
    return shapes.DocumentGiven(**{name: getattr(shown, name) for name in shown.__struct_fields__}, text=text)


async def _copied(services: Services, from_: str, to: str) -> None:
    try:
        await asyncio.to_thread(services.files.copy, from_, to)
    except FileNotFoundError:
        raise Conflict("The document was erased meanwhile.", field="kind") from None


ENDPOINTS = [
    Endpoint(method="POST", path="/api/v1/cases/{id}/documents", handler=post_document, body=documents.NewDocument,
             answer=shapes.DocumentGiven, status=201, roles=EVERYBODY, problems=("conflict",), rate="upload",
             summary="The agreement, clearance letter or statement as PDF, or the creditor's own, for a message"),
    Endpoint(method="POST", path="/api/v1/charges/{id}/documents", handler=post_file, body=None, query=FileForm,
             answer=ChargeFile, status=201, roles=FILLERS, scope="debtors:write", bytes="form_bytes", rate="upload",
             problems=("conflict", "payload_too_large"),
             summary="Keep the creditor's own invoice or boleto of a charge: multipart (file, kind, client_id)"),
]  # fmt: skip
