"""The HTTP face of debtors: searched and seen. What is done to them shows in their cases: `cases/debtor_routes`."""

from __future__ import annotations

from console.access.endpoint import EVERYBODY, Call, Endpoint, Nothing
from console.debtors.search import DebtorPage, DebtorQuery, search
from console.debtors.seen import DebtorShape, debtor_for

_DEBTORS = "/api/v1/debtors"
FILLERS = frozenset({"supervisor", "admin", "integration"})
"""Who may fill the books: supervisors those of their teams, tokens with debtors:write theirs, admins all."""


async def get_list(call: Call[Nothing, DebtorQuery]) -> DebtorPage:
    services = call.services
    return await services.store.read(search, services.vault, call.actor, call.query)


async def get_one(call: Call[Nothing, Nothing]) -> DebtorShape:
    services = call.services
    return await services.store.read(debtor_for, services.vault, call.actor, call.path["id"])


ENDPOINTS = [
    Endpoint(
        method="GET", path=_DEBTORS, handler=get_list, query=DebtorQuery, answer=DebtorPage, roles=EVERYBODY,
        scope="debtors:read", rate="search", summary="Debtors by name, number, address, document or the creditor's key",
    ),
    Endpoint(
        method="GET", path=f"{_DEBTORS}/{{id}}", handler=get_one, answer=DebtorShape, roles=EVERYBODY,
        scope="debtors:read", summary="A debtor, masked for those who read no case of theirs",
    ),
]  # fmt: skip
