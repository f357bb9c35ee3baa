"""The HTTP face of debtors: searched, seen, taken into the books."""

from __future__ import annotations

from console.access.endpoint import EVERYBODY, Answer, Call, Endpoint, Nothing
from console.access.portfolios import sees_portfolio
from console.debtors.enrol import NewDebtor, enrol
from console.debtors.queries import get
from console.debtors.search import DebtorPage, DebtorQuery, search
from console.debtors.seen import DebtorShape, debtor_for, shape
from console.errors import Invalid
from console.store.transaction import Tx

_DEBTORS = "/api/v1/debtors"
FILLERS = frozenset({"supervisor", "admin", "integration"})
"""Who may fill the books: supervisors those of their teams, tokens with debtors:write theirs, admins all."""


async def get_list(call: Call[Nothing, DebtorQuery]) -> DebtorPage:
    services = call.services
    return await services.store.read(search, services.vault, call.actor, call.query)


async def get_one(call: Call[Nothing, Nothing]) -> DebtorShape:
    services = call.services
    return await services.store.read(debtor_for, services.vault, call.actor, call.path["id"])


async def post_one(call: Call[NewDebtor, Nothing]) -> Answer:
    vault = call.services.vault

    def write(tx: Tx) -> tuple[DebtorShape, bool]:
        if not sees_portfolio(tx, call.actor, call.body.portfolio):
            raise Invalid("There is no such portfolio.", field="portfolio")
        made, new = enrol(tx, vault, call.actor, call.body)
        return shape(tx, vault, call.actor, get(tx, made), masked=False), new

    shown, new = await call.services.store.write(write)
    return Answer(shown, 201 if new else 200)


ENDPOINTS = [
    Endpoint(
        method="GET", path=_DEBTORS, handler=get_list, query=DebtorQuery, answer=DebtorPage, roles=EVERYBODY,
        scope="debtors:read", rate="search", summary="Debtors by name, number, address, document or the creditor's key",
    ),
    Endpoint(
        method="POST", path=_DEBTORS, handler=post_one, body=NewDebtor, answer=DebtorShape, status=201, roles=FILLERS,
        scope="debtors:write", problems=("conflict",),
        summary="Take a debtor into a portfolio, or update them by external_id",
    ),
    Endpoint(
        method="GET", path=f"{_DEBTORS}/{{id}}", handler=get_one, answer=DebtorShape, roles=EVERYBODY,
        scope="debtors:read", summary="A debtor, masked for those who read no case of theirs",
    ),
]  # fmt: skip
