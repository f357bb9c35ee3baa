"""Exports over HTTP: a file that is made while it is sent."""

from __future__ import annotations

from collections.abc import AsyncIterator

from starlette.responses import Response, StreamingResponse

from console.access.endpoint import Call, Endpoint, Nothing
from console.reports.exports import ExportQuery, head_of, page_of, taken, wanted

TAKERS = frozenset({"supervisor", "compliance", "integration"})
"""Supervisors of their teams' portfolios, tokens of theirs, compliance of all. Who sets things up sees no debts."""


async def get_export(call: Call[Nothing, ExportQuery]) -> Response:
    store, kind = call.services.store, call.path["kind"]
    asked = await store.read(wanted, call.actor, kind, call.query)
    await store.write(taken, call.actor.id, asked)

    async def lines() -> AsyncIterator[bytes]:
        yield head_of(kind)
        after: tuple[object, ...] | None = ()
        while after is not None:
            made, after = await store.read(page_of, asked, after)
            yield made

    headers = {"Content-Disposition": f'attachment; filename="{kind}.csv"', "Cache-Control": "no-store"}
    return StreamingResponse(lines(), media_type="text/csv; charset=utf-8", headers=headers)


ENDPOINTS = [
    Endpoint(method="GET", path="/api/v1/exports/{kind}", handler=get_export, query=ExportQuery, roles=TAKERS,
             scope="debtors:read", rate="export",
             summary="Debts, payments, agreements, promises or contacts as CSV, by your own keys; audited"),
]  # fmt: skip
