"""What is done to a debtor and shows in their cases: identified, merged, checked, consenting, owing."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from console.access.endpoint import EVERYBODY, Answer, Call, Endpoint, Nothing
from console.access.portfolios import sees_portfolio
from console.access.visible import may_read
from console.cases import consent, debts, enrolled, identify, identity, merge, view
from console.cases.detail import detail
from console.cases.queries import CaseRow
from console.debtors.enrol import NewDebtor
from console.debtors.holders import GivenHolder
from console.debtors.queries import get
from console.debtors.routes import FILLERS
from console.debtors.seen import DebtorShape, reads, shape
from console.errors import Invalid
from console.ledger.charges import NewDebt
from console.log.read import current
from console.store import lanes
from console.store.transaction import Reader, Tx
from console.wire import shapes


class Identify(Struct, frozen=True, forbid_unknown_fields=True):
    debtor: str
    epoch: int | None = None


class Into(Struct, frozen=True, forbid_unknown_fields=True):
    into: str


async def post_identify(call: Call[Identify, Nothing]) -> Answer:
    body = call.body
    row = await call.services.store.write(identify.identify, call.actor, call.path["id"], body.debtor, body.epoch)
    return await shown_case(call, row)


async def delete_identify(call: Call[Nothing, Nothing]) -> Answer:
    return await shown_case(call, await call.services.store.write(identify.undo_identify, call.actor, call.path["id"]))


async def post_identity(call: Call[identity.Checks, Nothing]) -> Answer:
    row = await call.services.store.write(identity.check_identity, call.actor, call.path["id"], call.body)
    return await shown_case(call, row)


async def post_merge(call: Call[Into, Nothing]) -> DebtorShape:
    made = await call.services.store.write(merge.merge_debtors, call.actor, call.path["id"], call.body.into)
    return await shown_debtor(call, made)


async def delete_merge(call: Call[Nothing, Nothing]) -> DebtorShape:
    return await shown_debtor(call, await call.services.store.write(merge.undo_merge, call.actor, call.path["id"]))


async def post_consent(call: Call[consent.Consent, Nothing]) -> DebtorShape:
    made = await call.services.store.write(consent.set_consent, call.actor, call.path["id"], call.body)
    return await shown_debtor(call, made)


async def post_wrong(call: Call[Nothing, Nothing]) -> DebtorShape:
    return await shown_debtor(call, await call.services.store.write(consent.mark_wrong, call.actor, call.path["id"]))


async def post_holder(call: Call[GivenHolder, Nothing]) -> DebtorShape:
    made = await call.services.store.write(consent.set_holder, call.actor, call.path["id"], call.body)
    return await shown_debtor(call, made)


async def post_debtor(call: Call[NewDebtor, Nothing]) -> Answer:
    vault = call.services.vault

    def write(tx: Tx) -> tuple[DebtorShape, bool]:
        if not sees_portfolio(tx, call.actor, call.body.portfolio):
            raise Invalid("There is no such portfolio.", field="portfolio")
        made, new = enrolled.enrol_debtor(tx, vault, call.actor, call.body)
        return shape(tx, vault, call.actor, get(tx, made), masked=False), new

    shown, new = await call.services.store.write(write)
    return Answer(shown, 201 if new else 200)


async def post_debt(call: Call[NewDebt, Nothing]) -> Answer:
    told, new = await call.services.store.write(debts.add_debt, call.actor, call.body)
    return Answer(told, 201 if new else 200)


async def shown_case(call: Call[Any, Any], row: CaseRow) -> Answer:
    """The case to go on with: in full to who reads it, else what the team may know."""

    def read(reader: Reader) -> Answer:
        if may_read(reader, call.actor, row.id):
            return Answer(detail(reader, call.actor, row.id), cursor=current(reader))
        return Answer(view.masked(view.of(reader, row.id)), cursor=current(reader))

    return await call.services.store.read(read)


async def shown_debtor(call: Call[Any, Any], debtor_id: str) -> DebtorShape:
    """The debtor as the caller may see them."""

    def read(reader: Reader) -> DebtorShape:
        masked = not reads(reader, call.actor, debtor_id)
        return shape(reader, call.services.vault, call.actor, get(reader, debtor_id), masked=masked)

    return await call.services.store.read(read)


_CASE, _DEBTOR, _POINT = "/api/v1/cases/{id}", "/api/v1/debtors/{id}", "/api/v1/contact-points/{id}"


def _endpoint(method: str, path: str, handler: Any, summary: str, body: Any = Nothing, answer: Any = shapes.Case,
              **more: Any) -> Endpoint:  # fmt: skip
    return Endpoint(
        method=method, path=path, handler=handler, summary=summary, body=body, answer=answer,
        **{"roles": EVERYBODY, "problems": ("conflict",), **more},
    )  # fmt: skip


ENDPOINTS = [
    _endpoint("POST", "/api/v1/debtors", post_debtor, "Take a debtor into a portfolio, or update them by external_id",
              NewDebtor, DebtorShape, status=201, roles=FILLERS, scope="debtors:write"),
    _endpoint("POST", f"{_CASE}/identify", post_identify, "Tie a stranger's case to a known debtor", Identify),
    _endpoint("DELETE", f"{_CASE}/identify", delete_identify, "Undo that in one act"),
    _endpoint("POST", f"{_CASE}/identity", post_identity, "Write down identity checks", identity.Checks),
    _endpoint("POST", f"{_DEBTOR}/merge", post_merge, "Two debtors are one person", Into, DebtorShape),
    _endpoint("DELETE", f"{_DEBTOR}/merge", delete_merge, "Undo that in one act", answer=DebtorShape),
    _endpoint("POST", f"{_POINT}/consent", post_consent, "Write down a consent, or its end", consent.Consent,
              DebtorShape, scope="debtors:write", lane=lanes.UNSHED),
    _endpoint("POST", f"{_POINT}/wrong", post_wrong, "The address is not this debtor's", answer=DebtorShape,
              scope="debtors:write"),
    _endpoint("POST", f"{_POINT}/holder", post_holder, "Say whose an address is, the debtor's or another's",
              GivenHolder, DebtorShape, scope="debtors:write"),
    _endpoint("POST", "/api/v1/debts", post_debt, "Put a debt's charges into the books", NewDebt, debts.Booked,
              status=201, roles=FILLERS, scope="debtors:write"),
]  # fmt: skip
