"""The HTTP face of the gate's settings: profiles, approvals, stops. Decisions are asked for at a case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Select, select

from console.access.actor import Actor
from console.access.endpoint import STAFF, Answer, Call, Endpoint, Nothing
from console.access.portfolios import must_see_portfolio, visible_portfolios
from console.errors import Invalid
from console.gate.approve import approve, release_switch, standings, throw_switch
from console.gate.conduct import Conduct, conduct_of, set_conduct
from console.gate.models import stop
from console.gate.profiles import profiles
from console.gate.terms import BookTerms, set_terms, terms_of
from console.gate.weeks import CHANNELS
from console.ledger.allocation import Allocation, allocation_of, set_allocation
from console.ledger.charges import Terms
from console.portfolios.models import inbox, portfolio, template
from console.portfolios.queries import all_inboxes, all_portfolios
from console.store.statement import Query, row, rows, value
from console.store.transaction import Reader, Tx
from console.wire.moment import rfc3339
from console.wire.paging import WHOLE, Paging, paged
from console.wire.shapes import Named

KEEPERS = frozenset({"compliance", "admin"})
SCOPES = "all, portfolio:ID, inbox:ID, channel:NAME or template:ID"
_STOPS = Query(select(stop.c.scope, stop.c.reason, stop.c.by_id, stop.c.at).order_by(stop.c.at, stop.c.scope), row)


_TABLES = {"portfolio": portfolio, "inbox": inbox, "template": template}
_NAMED: dict[str, Select[Any]] = {
    "portfolio": select(portfolio.c.id, portfolio.c.name),
    "inbox": select(inbox.c.id, inbox.c.address).join(portfolio, portfolio.c.id == inbox.c.portfolio_id),
    "template": select(template.c.id, template.c.name, template.c.language)
    .join(inbox, inbox.c.id == template.c.inbox_id)
    .join(portfolio, portfolio.c.id == inbox.c.portfolio_id),
}


class ProfileShape(Struct, frozen=True):
    code: str
    version: str
    status: str


class Standing(Struct, frozen=True):
    """Whether counsel has approved the version in force; until then nothing leaves for this portfolio."""

    portfolio: Named
    profile: str
    version: str
    approved: bool
    by: str
    document: str


class Profiles(Struct, frozen=True):
    items: list[ProfileShape]
    portfolios: list[Standing]
    next: str | None


class Approval(Struct, frozen=True, forbid_unknown_fields=True):
    portfolio: str
    name: str
    document: str
    profile: str | None = None  # left out: the portfolio's own


class Stop(Struct, frozen=True):
    """scope: all, portfolio:ID, inbox:ID, channel:NAME, template:ID. `name`: what people call the portfolio, inbox or
    template, "" for one that the caller does not see.
    """

    scope: str
    name: str
    reason: str
    by: str | None
    at: str


class Stops(Struct, frozen=True):
    items: list[Stop]
    next: str | None


class Reason(Struct, frozen=True, forbid_unknown_fields=True):
    reason: str


async def get_profiles(call: Call[Nothing, Paging]) -> Profiles:
    def read(reader: Reader) -> Profiles:
        some, more = paged(profiles().values(), lambda each: (each.code,), call.query)
        seen = set(rows(reader, select(portfolio.c.id).where(visible_portfolios(call.actor)), value))
        standing = [each for each in standings(reader) if each.portfolio.id in seen]
        return Profiles(
            [ProfileShape(each.code, each.version, each.status) for each in some],
            [
                Standing(Named(each.portfolio.id, each.portfolio.name), each.profile, each.version, each.approved,
                         each.by, each.document)
                for each in standing
            ],
            more,
        )  # fmt: skip

    return await call.services.store.read(read)


async def post_approval(call: Call[Approval, Nothing]) -> Answer:
    def write(tx: Tx) -> None:
        body = call.body
        own = next((each.profile for each in standings(tx) if each.portfolio.id == body.portfolio), None)
        if own is None:
            raise Invalid("There is no such portfolio.", field="portfolio")
        approve(tx, body.portfolio, body.profile or own, body.name, body.document, call.actor.id)

    await call.services.store.write(write)
    return Answer(await get_profiles(Call(call.actor, call.services, {}, Nothing(), Paging(), call.request)), 201)


async def get_stops(call: Call[Nothing, Paging]) -> Stops:
    return await call.services.store.read(_stops, call.actor, call.query)


async def put_stop(call: Call[Reason, Nothing]) -> Stops:
    scope, reason = call.path["scope"], call.body.reason.strip()
    if not reason or len(reason) > 500:
        raise Invalid("Say why, in at most 500 characters.", field="reason")

    def write(tx: Tx) -> Stops:
        if not is_scope(tx, scope):
            raise Invalid(f"A scope is {SCOPES}; what it names exists.", field="scope")
        throw_switch(tx, scope, reason, call.actor.id)
        return _stops(tx, call.actor)

    return await call.services.store.write(write)


async def delete_stop(call: Call[Nothing, Nothing]) -> Stops:
    def write(tx: Tx) -> Stops:
        release_switch(tx, call.path["scope"], call.actor.id)
        return _stops(tx, call.actor)

    return await call.services.store.write(write)


async def get_conduct(call: Call[Nothing, Nothing]) -> dict[str, object]:
    def read(reader: Reader) -> dict[str, object]:
        must_see_portfolio(reader, call.actor, call.path["id"])
        return conduct_of(reader, call.path["id"])

    return await call.services.store.read(read)


async def put_conduct(call: Call[Conduct, Nothing]) -> dict[str, object]:
    def write(tx: Tx) -> dict[str, object]:
        set_conduct(tx, call.path["id"], call.body, call.actor.id)
        return conduct_of(tx, call.path["id"])

    return await call.services.store.write(write)


async def get_terms(call: Call[Nothing, Nothing]) -> BookTerms:
    def read(reader: Reader) -> BookTerms:
        must_see_portfolio(reader, call.actor, call.path["id"])
        return terms_of(reader, call.path["id"])

    return await call.services.store.read(read)


async def get_allocation(call: Call[Nothing, Nothing]) -> Allocation:
    def read(reader: Reader) -> Allocation:
        must_see_portfolio(reader, call.actor, call.path["id"])
        return allocation_of(reader, call.path["id"])

    return await call.services.store.read(read)


async def put_allocation(call: Call[Allocation, Nothing]) -> Allocation:
    def write(tx: Tx) -> Allocation:
        set_allocation(tx, call.path["id"], call.body, call.actor.id)
        return allocation_of(tx, call.path["id"])

    return await call.services.store.write(write)


async def put_terms(call: Call[Terms, Nothing]) -> BookTerms:
    def write(tx: Tx) -> BookTerms:
        set_terms(tx, call.path["id"], call.body, call.actor.id)
        return terms_of(tx, call.path["id"])

    return await call.services.store.write(write)


def is_scope(reader: Reader, scope: str) -> bool:
    """Whether a stop can name this."""
    kind, _, name = scope.partition(":")
    if kind == "portfolio":
        return any(each.id == name for each in all_portfolios(reader))
    if kind == "inbox":
        return any(each.id == name for each in all_inboxes(reader))
    if kind == "template":
        return bool(rows(reader, select(template.c.id).where(template.c.id == name), value))
    return scope == "all" or (kind == "channel" and name in CHANNELS)


def _stops(reader: Reader, actor: Actor, asked: Paging = WHOLE) -> Stops:
    some, more = paged(_STOPS.all(reader), lambda each: (f"{each[3]:015}", each[0]), asked)
    names = _names(reader, actor, [each[0] for each in some])
    return Stops([Stop(scope, names.get(scope, ""), reason, by, rfc3339(at)) for scope, reason, by, at in some], more)


def _names(reader: Reader, actor: Actor, scopes: Sequence[str]) -> dict[str, str]:
    """By scope, what is called by an id and belongs to a portfolio that they see."""
    ids = {kind: [name for each in scopes for of, _, name in [each.partition(":")] if of == kind] for kind in _NAMED}
    found: dict[str, str] = {}
    for kind, clause in _NAMED.items():
        if ids[kind]:
            table = _TABLES[kind]
            asked = clause.where(table.c.id.in_(ids[kind]), visible_portfolios(actor))
            found |= {f"{kind}:{each[0]}": " · ".join(each[1:]) for each in rows(reader, asked, row)}
    return found


_GATE = "/api/v1/gate"
ENDPOINTS = [
    Endpoint(method="GET", path=f"{_GATE}/profiles", handler=get_profiles, query=Paging, answer=Profiles, roles=STAFF,
             summary="Every profile, and how portfolios stand to theirs"),
    Endpoint(method="POST", path=f"{_GATE}/approvals", handler=post_approval, body=Approval, answer=Profiles,
             status=201, roles=KEEPERS, problems=("conflict",), summary="Counsel approved a profile for a portfolio"),
    Endpoint(method="GET", path="/api/v1/portfolios/{id}/conduct", handler=get_conduct, answer=dict[str, object],
             roles=STAFF, summary="How a portfolio is collected: billing, links, own hours"),
    Endpoint(method="PUT", path="/api/v1/portfolios/{id}/conduct", handler=put_conduct, body=Conduct,
             answer=dict[str, object], roles=KEEPERS, summary="Change how a portfolio is collected"),
    Endpoint(method="GET", path="/api/v1/portfolios/{id}/terms", handler=get_terms, answer=BookTerms, roles=STAFF,
             summary="The fine and interest of debts that name none"),
    Endpoint(method="PUT", path="/api/v1/portfolios/{id}/terms", handler=put_terms, body=Terms, answer=BookTerms,
             roles=KEEPERS, summary="Change the fine and interest of debts to come that name none"),
    Endpoint(method="GET", path="/api/v1/portfolios/{id}/allocation", handler=get_allocation, answer=Allocation,
             roles=STAFF, summary="In which order a payment settles fees, fine, interest and principal"),
    Endpoint(method="PUT", path="/api/v1/portfolios/{id}/allocation", handler=put_allocation, body=Allocation,
             answer=Allocation, roles=KEEPERS, summary="Change it for payments to come"),
    Endpoint(method="GET", path=f"{_GATE}/stops", handler=get_stops, query=Paging, answer=Stops, roles=STAFF,
             summary="Kill switches that are on"),
    Endpoint(method="PUT", path=f"{_GATE}/stops/{{scope}}", handler=put_stop, body=Reason, answer=Stops, roles=KEEPERS,
             summary="Let nothing out in a scope, at once"),
    Endpoint(method="DELETE", path=f"{_GATE}/stops/{{scope}}", handler=delete_stop, answer=Stops, roles=KEEPERS,
             summary="Lift a stop"),
]  # fmt: skip
