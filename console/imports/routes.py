"""Files of creditors over HTTP: sent, watched, and their wrong rows fetched."""

from __future__ import annotations

import asyncio
from typing import Any

from msgspec import Struct
from starlette.responses import Response

from console.access.endpoint import Answer, Call, Endpoint, Nothing
from console.debtors.routes import FILLERS
from console.errors import Invalid, NotFound, TooLarge
from console.imports import carry, runs
from console.imports.read import read
from console.imports.values import locale_of
from console.imports.words import KINDS
from console.store.transaction import Reader, Tx
from console.timeline.upload import form_files, read_file
from console.wire.ids import new_id

Any_ = Call[Any, Any]
READERS = FILLERS | {"compliance"}
_YES, _NO = ("1", "true", "yes"), ("", "0", "false", "no")


class ImportQuery(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What stands beside the file: as fields of the form, or here when the body is the file itself."""

    kind: str = ""
    portfolio: str = ""
    dry_run: str = ""
    client_id: str = ""
    name: str = ""


async def post_import(call: Call[None, ImportQuery]) -> Answer:
    services = call.services
    asked, content = await _received(call)
    await services.store.read(carry.must_serve, call.actor, asked.kind, asked.portfolio)
    if not content:
        raise Invalid("The file is empty.", field="file")
    await services.limits.take("upload_bytes", call.actor.id, len(content))
    run_id = new_id()
    await asyncio.to_thread(services.files.write, run_id, content)  # before any row says that it is there

    def write(tx: Tx) -> tuple[runs.Import, bool]:
        row, is_new = carry.begin(tx, call.actor, asked, run_id)
        return runs.shown(tx, row), is_new

    shown, is_new = await services.store.write(write)
    if not is_new:
        await asyncio.to_thread(services.files.remove, run_id)
    return Answer(shown, 201 if is_new else 200)


async def get_imports(call: Call[Nothing, runs.RunsQuery]) -> runs.ImportPage:
    return await call.services.store.read(runs.page, call.actor, call.query)


async def get_import(call: Call[Nothing, Nothing]) -> runs.Import:
    def shape(reader: Reader) -> runs.Import:
        return runs.shown(reader, runs.visible(reader, call.actor, call.path["id"]))

    return await call.services.store.read(shape)


async def get_faults(call: Call[Nothing, runs.FaultsQuery]) -> runs.WrongCells:
    return await call.services.store.read(runs.faults, call.actor, call.path["id"], call.query)


async def get_errors(call: Call[Nothing, Nothing]) -> Response:
    services, run_id = call.services, call.path["id"]
    row, book, by_line = await services.store.read(carry.report_of, call.actor, run_id)
    kind = next(each for each in KINDS if each == row.kind)

    def make() -> bytes:
        return carry.report(read(services.files.read(run_id), kind, locale_of(book.jurisdiction)), by_line)

    try:
        made = await asyncio.to_thread(make)
    except FileNotFoundError:
        raise NotFound from None
    await services.store.write(carry.taken, call.actor, run_id)
    headers = {
        "Content-Disposition": f'attachment; filename="errors-{row.kind}-{run_id}.csv"',
        "Cache-Control": "no-store",
    }
    return Response(made, media_type="text/csv; charset=utf-8", headers=headers)


async def _received(call: Call[None, ImportQuery]) -> tuple[carry.Asked, bytes]:
    limit = call.services.settings.upload_bytes
    given = {name: getattr(call.query, name) for name in ImportQuery.__struct_fields__}
    declared = call.request.headers.get("content-type", "").lower()
    if declared.startswith(("multipart/form-data", "application/x-www-form-urlencoded")):
        async with form_files(call.request, given) as parts:
            if len(parts) > 1:
                raise Invalid("One file at a time.", field="file")
            part = await read_file(parts[0], "file", limit)
            name, content = part.name, part.content
    else:
        name, content = given["name"], await call.request.body()
    if len(content) > limit:
        raise TooLarge("The file is too big.", limit=limit, field="file")
    if given["dry_run"].lower() not in (*_YES, *_NO):
        raise Invalid("dry_run is true or false.", field="dry_run")
    asked = carry.Asked(
        kind=given["kind"], portfolio=given["portfolio"], dry_run=given["dry_run"].lower() in _YES, name=name,
        sha256=carry.digest_of(content), client_id=given["client_id"],
    )  # fmt: skip
    return asked, content


_IMPORTS = "/api/v1/imports"
ENDPOINTS = [
    Endpoint(method="POST", path=_IMPORTS, handler=post_import, body=None, query=ImportQuery, answer=runs.Import,
             status=201, roles=FILLERS, scope="debtors:write", bytes="form_bytes", rate="upload",
             problems=("conflict", "payload_too_large"),
             summary="Bring a file in: multipart (file, kind, portfolio, dry_run, client_id), or the file as the body"),
    Endpoint(method="GET", path=_IMPORTS, handler=get_imports, query=runs.RunsQuery, answer=runs.ImportPage,
             roles=READERS, scope="debtors:read", summary="Files that were brought in, the youngest first"),
    Endpoint(method="GET", path=f"{_IMPORTS}/{{id}}", handler=get_import, answer=runs.Import, roles=READERS,
             scope="debtors:read", summary="How far a file is"),
    Endpoint(method="GET", path=f"{_IMPORTS}/{{id}}/faults", handler=get_faults, query=runs.FaultsQuery,
             answer=runs.WrongCells, roles=READERS, scope="debtors:read",
             summary="What is wrong in a file, cell by cell"),
    Endpoint(method="GET", path=f"{_IMPORTS}/{{id}}/errors", handler=get_errors, roles=FILLERS, scope="debtors:write",
             summary="The rejected rows as CSV, each with why, to be corrected and imported; audited"),
]  # fmt: skip
