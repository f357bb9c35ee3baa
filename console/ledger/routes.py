"""The HTTP face of the ledger: what is owed."""

from __future__ import annotations

from console.access.endpoint import EVERYBODY, Call, Endpoint, Nothing
from console.ledger.balance import Balance, BalanceQuery, balance


async def get_balance(call: Call[Nothing, BalanceQuery]) -> Balance:
    return await call.services.store.read(balance, call.actor, call.path["id"], call.query)


ENDPOINTS = [
    Endpoint(
        method="GET", path="/api/v1/debtors/{id}/balance", handler=get_balance, query=BalanceQuery, answer=Balance,
        roles=EVERYBODY, scope="debtors:read", summary="What a debtor owes, charge by charge, at a date of theirs",
    ),
]  # fmt: skip
