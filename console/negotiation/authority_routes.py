"""The HTTP face of what a portfolio lets each level grant."""

from __future__ import annotations

from console.access.endpoint import STAFF, Call, Endpoint, Nothing
from console.access.portfolios import must_see_portfolio
from console.negotiation.empower import Granting, GrantingWish, granting_of, set_granting
from console.store.transaction import Reader, Tx


async def get_authority(call: Call[Nothing, Nothing]) -> Granting:
    def read(reader: Reader) -> Granting:
        must_see_portfolio(reader, call.actor, call.path["id"])
        return granting_of(reader, call.path["id"])

    return await call.services.store.read(read)


async def put_authority(call: Call[GrantingWish, Nothing]) -> Granting:
    def write(tx: Tx) -> Granting:
        set_granting(tx, call.path["id"], call.body, call.actor.id)
        return granting_of(tx, call.path["id"])

    return await call.services.store.write(write)


_PATH = "/api/v1/portfolios/{id}/authority"
ENDPOINTS = [
    Endpoint(method="GET", path=_PATH, handler=get_authority, answer=Granting, roles=STAFF - {"agent"},
             summary="What each level may grant in a plan, by bucket, and the steps cash is paid in"),
    Endpoint(method="PUT", path=_PATH, handler=put_authority, body=GrantingWish, answer=Granting,
             roles=frozenset({"admin"}), summary="Change what is named of it, for plans made from then on"),
]  # fmt: skip
