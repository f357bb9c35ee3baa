"""Proof over HTTP: the bundle of a case, who saw and did what, erasure, and what was removed."""

from __future__ import annotations

import asyncio
from typing import Any

from msgspec import Struct
from starlette.responses import Response

from console.access.debtors import must_see_debtor
from console.access.endpoint import EVERYBODY, STAFF, Answer, Call, Endpoint, Nothing
from console.audit.list import AuditQuery, Lines, audit_page
from console.debtors.consents import consents_of, standing
from console.evidence.bundle import take_evidence
from console.evidence.erase import about_to_erase, ask_erasure, carry_out, removals, shape
from console.imports.persons import must_have_ended, strike
from console.store.transaction import Reader
from console.wire.moment import rfc3339
from console.wire.paging import Paging, paged

SHOWN = 100
COMPLIANCE = frozenset({"compliance"})
KEEPERS = frozenset({"compliance", "admin"})


class Reason(Struct, frozen=True, forbid_unknown_fields=True):
    """Which request of the person this answers."""

    reason: str


class Items(Struct, frozen=True):
    items: list[dict[str, Any]]
    next: str | None


async def get_evidence(call: Call[Nothing, Nothing]) -> Response:
    services, case_id = call.services, call.path["id"]
    made = await services.store.write(take_evidence, call.actor, case_id, services.vault)
    headers = {
        "Content-Disposition": f'attachment; filename="evidence-{case_id}.zip"',
        "Cache-Control": "no-store",
        "Acordo-Evidence-Head": made.head,
    }
    return Response(made.content, media_type="application/zip", headers=headers)


async def get_audit(call: Call[Nothing, AuditQuery]) -> Lines:
    return await call.services.store.read(audit_page, call.actor, call.query)


async def get_consents(call: Call[Nothing, Paging]) -> Items:
    def read(reader: Reader) -> Items:
        must_see_debtor(reader, call.actor, call.path["id"])
        ledger = consents_of(reader, call.path["id"])
        stands = standing(ledger)
        lines, more = paged(ledger, lambda each: (f"{each.at:015}", each.id), call.query)
        return Items(
            [
                {"id": each.id, "at": rfc3339(each.at), "given_at": rfc3339(each.given_at), "act": each.act,
                 "purpose": each.purpose, "channel": each.channel, "contact_point": each.contact_point_id,
                 "source": each.source, "text_version": each.text_version, "by": each.by_id,
                 "stands": stands.get(each.id, [])}
                for each in lines
            ],
            more,
        )  # fmt: skip

    return await call.services.store.read(read)


async def post_erasure(call: Call[Reason, Nothing]) -> Answer:
    made = await call.services.store.write(ask_erasure, call.actor, call.path["id"], call.body.reason)
    return Answer({"id": made, "state": "asked"}, 201)


async def post_carry_out(call: Call[Nothing, Nothing]) -> dict[str, Any]:
    """The files first: what a broken-off call took out of them is not told, and never comes back."""
    services, removal_id = call.services, call.path["id"]
    traces, kept = await services.store.read(about_to_erase, call.actor, removal_id)
    await asyncio.to_thread(must_have_ended, services.files, services.vault, kept, traces)
    struck = await asyncio.to_thread(strike, services.files, services.vault, kept, traces)
    done, gone = await services.store.write(carry_out, call.actor, removal_id, services.vault, struck)
    for attachment_id in gone:
        await asyncio.to_thread(services.files.remove, attachment_id)
    return shape(done)


async def get_removals(call: Call[Nothing, Paging]) -> Items:
    asked = Paging(SHOWN if call.query.limit is None else call.query.limit, call.query.cursor)
    found = await call.services.store.read(removals, 10_000)
    some, more = paged(found, lambda each: (f"{each.at:015}", each.id), asked, newest_first=True)
    return Items([shape(each) for each in some], more)


ENDPOINTS = [
    Endpoint(method="GET", path="/api/v1/cases/{id}/evidence", handler=get_evidence, roles=STAFF,
             summary="The evidence of a case: a zip, chained and signed; audited"),
    Endpoint(method="GET", path="/api/v1/audit", handler=get_audit, query=AuditQuery, answer=Lines, roles=KEEPERS,
             summary="Who saw and did what, the newest first"),
    Endpoint(method="GET", path="/api/v1/debtors/{id}/consents", handler=get_consents, query=Paging, answer=Items,
             roles=EVERYBODY, scope="debtors:read", summary="Every yes and no of a debtor"),
    Endpoint(method="POST", path="/api/v1/debtors/{id}/erasure", handler=post_erasure, body=Reason,
             answer=dict[str, str], status=201, roles=STAFF, problems=("conflict",),
             summary="Ask for a person's data to be erased"),
    Endpoint(method="POST", path="/api/v1/removals/{id}/carry-out", handler=post_carry_out, answer=dict[str, Any],
             roles=KEEPERS, problems=("conflict", "own_request"), summary="Erase what somebody else asked for"),
    Endpoint(method="GET", path="/api/v1/removals", handler=get_removals, query=Paging, answer=Items, roles=KEEPERS,
             summary="What erasure and retention removed, and what the law keeps"),
]  # fmt: skip
