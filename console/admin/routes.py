"""The HTTP face of the set-up: what screens and integrations pick from."""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from sqlalchemy import select

from console.access.endpoint import EVERYBODY, STAFF, Call, Endpoint, Nothing
from console.access.portfolios import must_see_portfolio, visible_portfolios
from console.admin import people, quick
from console.admin.queries import quick_replies_of, templates_of
from console.cases.queries import get as get_case
from console.cases.templates import render
from console.portfolios.health import figures, health_of, is_restricted, trouble
from console.portfolios.models import portfolio
from console.portfolios.queries import InboxRow, TemplateRow, all_inboxes
from console.store.base import load
from console.store.statement import rows, value
from console.store.transaction import Reader
from console.wire.moment import rfc3339
from console.wire.paging import Paging, paged


class PortfolioShape(Struct, frozen=True):
    id: str
    name: str
    jurisdiction: str
    currency: str
    language: str
    timezone: str


class Portfolios(Struct, frozen=True):
    items: list[PortfolioShape]
    next: str | None


class InboxShape(Struct, frozen=True, kw_only=True):
    """`health`: unknown, ok, failing; `health_detail` is the provider's own answer to the last test.

    What the provider told by itself: `quality` (green, yellow, red, unknown), `restriction` in its words ("" when there
    is none) and when it ends, `messaging_limit` of people in 24 hours (null: unknown or unlimited), of which
    `limit_used` are used. `automated_held`: machines do not send from it now. `failed_24h` of the newest messages of
    24 hours, `sent_24h`, at most 10,000: refused, or bounced mails.
    """

    id: str
    name: str
    portfolio: str
    channel: str
    provider: str
    address: str
    state: str
    health: str
    health_detail: str
    checked_at: str | None
    quality: str
    restriction: str
    restricted_until: str | None
    automated_held: bool
    messaging_limit: int | None
    limit_used: int
    templates_paused: int
    templates_disabled: int
    sent_24h: int
    failed_24h: int


class Inboxes(Struct, frozen=True):
    items: list[InboxShape]
    next: str | None


class Variable(Struct, frozen=True):
    name: str
    example: str


class TemplateShape(Struct, frozen=True, kw_only=True):
    """A template as its provider holds it; `preview` is its text with the examples in it."""

    id: str
    inbox: str
    portfolio: str
    name: str
    language: str
    channel: str
    state: str
    category: str
    level: int
    variables: list[Variable]
    body: str
    footer: str
    preview: str
    buttons: list[Any]
    synced_at: str


class Templates(Struct, frozen=True):
    items: list[TemplateShape]
    next: str | None


class TemplateQuery(Paging, frozen=True, forbid_unknown_fields=True):
    portfolio: str | None = None
    channel: str | None = None
    language: str | None = None


class QuickReply(Struct, frozen=True):
    id: str
    shortcut: str
    title: str
    text: str
    language: str


class QuickReplies(Struct, frozen=True):
    items: list[QuickReply]
    next: str | None


class QuickQuery(Paging, frozen=True, forbid_unknown_fields=True):
    """With a case, variables are filled with what stands in it."""

    portfolio: str | None = None
    case: str | None = None
    language: str | None = None


async def get_portfolios(call: Call[Nothing, Paging]) -> Portfolios:
    columns = [portfolio.c[name] for name in PortfolioShape.__struct_fields__]
    clause = select(*columns).where(visible_portfolios(call.actor), portfolio.c.disabled_at.is_(None))
    found = await call.services.store.read(rows, clause, PortfolioShape)
    return Portfolios(*paged(found, lambda each: (each.name, each.id), call.query))


async def get_teams(call: Call[Nothing, Paging]) -> people.Teams:
    found = await call.services.store.read(people.teams_for, call.actor)
    return people.Teams(*paged(found, lambda each: (each.name, each.id), call.query))


async def get_users(call: Call[Nothing, Paging]) -> people.Users:
    found = await call.services.store.read(people.users_for, call.actor)
    return people.Users(*paged(found, lambda each: (each.name, each.id), call.query))


async def get_inboxes(call: Call[Nothing, Paging]) -> Inboxes:
    def read(reader: Reader) -> Inboxes:
        seen = _seen(reader, call)
        shown = [_inbox(reader, each) for each in all_inboxes(reader) if each.portfolio_id in seen]
        return Inboxes(*paged(shown, lambda each: (each.name, each.id), call.query))

    return await call.services.store.read(read)


async def get_templates(call: Call[Nothing, TemplateQuery]) -> Templates:
    def read(reader: Reader) -> Templates:
        asked = call.query
        if asked.portfolio is not None:
            must_see_portfolio(reader, call.actor, asked.portfolio)
        seen = _seen(reader, call)
        found = templates_of(reader, asked.portfolio, asked.channel, asked.language)
        shown = [_template(each) for each in found if each.portfolio_id in seen]
        return Templates(*paged(shown, lambda each: (each.name, each.language, each.inbox, each.id), asked))

    return await call.services.store.read(read)


async def get_quick_replies(call: Call[Nothing, QuickQuery]) -> QuickReplies:
    def read(reader: Reader) -> QuickReplies:
        asked, values = call.query, {}
        book = asked.portfolio
        if asked.case is not None:
            values = quick.values_for(reader, call.actor, asked.case)
            book = get_case(reader, asked.case).portfolio_id
        elif book is not None:
            must_see_portfolio(reader, call.actor, book)
        found = quick_replies_of(reader, book, asked.language)
        some, more = paged(found, lambda each: (each.shortcut, each.language, each.id), asked)
        return QuickReplies([
            QuickReply(each.id, each.shortcut, each.title, quick.fill(each.text, values), each.language)
            for each in some
        ], more)  # fmt: skip

    return await call.services.store.read(read)


def _seen(reader: Reader, call: Call[Any, Any]) -> set[str]:
    return set(rows(reader, select(portfolio.c.id).where(visible_portfolios(call.actor)), value))


def _inbox(reader: Reader, row: InboxRow) -> InboxShape:
    health = health_of(reader, row.id)
    day, is_restricted_now = figures(reader, row, health), is_restricted(health, reader.now)
    return InboxShape(
        id=row.id, name=row.name, portfolio=row.portfolio_id, channel=row.channel, provider=row.provider,
        address=row.address, state=row.state, health=row.health, health_detail=row.health_detail,
        checked_at=rfc3339(row.checked_at), quality=health.quality,
        restriction=health.restriction if is_restricted_now else "",
        restricted_until=rfc3339(health.restricted_until) if is_restricted_now else None,
        automated_held=bool(trouble(health, reader.now)), messaging_limit=day.limit, limit_used=day.used,
        templates_paused=day.templates_paused, templates_disabled=day.templates_disabled, sent_24h=day.sent,
        failed_24h=day.failed,
    )  # fmt: skip


def _template(row: TemplateRow) -> TemplateShape:
    examples: dict[str, str] = load(row.examples)
    return TemplateShape(
        id=row.id, inbox=row.inbox_id, portfolio=row.portfolio_id, name=row.name, language=row.language,
        channel=row.channel, state=row.state, category=row.category, level=row.level,
        variables=[Variable(name, examples.get(name, "")) for name in load(row.variables)], body=row.body,
        footer=row.footer, preview=render(row.body, examples), buttons=load(row.buttons),
        synced_at=rfc3339(row.synced_at),
    )  # fmt: skip


def _get(path: str, handler: Any, answer: Any, summary: str, query: Any = Nothing, scope: str = "") -> Endpoint:
    return Endpoint(
        method="GET", path=f"/api/v1/{path}", handler=handler, answer=answer, summary=summary, query=query, scope=scope,
        roles=EVERYBODY if scope else STAFF,
    )  # fmt: skip


ENDPOINTS = [
    _get("portfolios", get_portfolios, Portfolios, "Portfolios the caller has to do with", Paging,
         "portfolios:read"),
    _get("teams", get_teams, people.Teams, "Teams a case can go to", Paging),
    _get("users", get_users, people.Users, "People a case can go to", Paging),
    _get("inboxes", get_inboxes, Inboxes,
         "Our own numbers and addresses: what their last test said, how their provider rates, limits or restricts "
         "them, how many messages failed", Paging, scope="portfolios:read"),
    _get("templates", get_templates, Templates, "The providers' message templates", TemplateQuery, "templates:read"),
    _get("quick-replies", get_quick_replies, QuickReplies, "Texts at hand, filled for a case", QuickQuery),
]  # fmt: skip
