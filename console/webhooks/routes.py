"""The HTTP face of webhooks out. An admin sees all; a token those it made, within its portfolio."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from console.access.endpoint import Answer, Call, Endpoint, Nothing
from console.access.idempotent import body_hash, remember, repeated
from console.access.portfolios import must_see_portfolio
from console.errors import Invalid
from console.store.base import load
from console.store.transaction import Reader, Tx
from console.webhooks import queries, subscribe
from console.webhooks.queries import NotificationRow, WebhookRow
from console.wire.moment import rfc3339
from console.wire.paging import Paging, paged

KEEPERS = frozenset({"admin", "integration"})
SCOPE = "webhooks:write"
ROUTE = "webhooks"
PAGE = 50


class WebhookBody(Struct, frozen=True, forbid_unknown_fields=True):
    """`events`: names, an area with a star ("payment.*"), or "*". `portfolio` left out: all the caller sees."""

    client_id: str
    url: str
    events: list[str]
    portfolio: str | None = None


class WebhookChange(Struct, frozen=True, forbid_unknown_fields=True):
    url: str | None = None
    events: list[str] | None = None
    state: str | UnsetType = UNSET  # active, disabled


class WebhookShape(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`secret` (`whsec_…`) stands only in the answer that made it."""

    id: str
    url: str
    events: list[str]
    portfolio: str | None
    state: str
    created_at: str
    why: str = ""
    failing_since: str | None = None
    secret: str = ""


class Webhooks(Struct, frozen=True):
    items: list[WebhookShape]
    next: str | None


class NotificationShape(Struct, frozen=True, kw_only=True):
    """`status` and `error` are of the last attempt; `body` is what was sent, to the byte."""

    id: str
    event: str
    type: str
    state: str
    attempts: int
    at: str
    next_attempt_at: str | None
    settled_at: str | None
    status: int | None
    error: str
    body: Any


class Notifications(Struct, frozen=True):
    items: list[NotificationShape]
    next: str | None


class NotificationQuery(Struct, frozen=True, forbid_unknown_fields=True):
    state: str | None = None
    cursor: str | None = None
    limit: int = PAGE


async def get_webhooks(call: Call[Nothing, Paging]) -> Webhooks:
    found = await call.services.store.read(queries.all_webhooks)
    seen = (each for each in found if queries.sees(call.actor, each))
    shown, after = paged(seen, lambda each: (rfc3339(each.created_at), each.id), call.query)
    return Webhooks([_shape(each) for each in shown], after)


async def post_webhook(call: Call[WebhookBody, Nothing]) -> Answer:
    asked, actor, services = call.body, call.actor, call.services
    subscribe.check_url(services.connector, asked.url)
    book = asked.portfolio if asked.portfolio is not None else actor.portfolio

    def make(tx: Tx) -> Answer:
        digest = body_hash(asked)
        if (known := repeated(tx, actor, ROUTE, asked.client_id, digest)) is not None:
            return Answer(_shape(queries.get(tx, known, actor)))
        if book is not None:
            must_see_portfolio(tx, actor, book)
        made, secret = subscribe.subscribe(tx, actor, services.vault, asked.url, asked.events, book)
        remember(tx, actor, ROUTE, asked.client_id, digest, made)
        return Answer(_shape(queries.get(tx, made), secret), status=201)

    return await services.store.write(make)


async def patch_webhook(call: Call[WebhookChange, Nothing]) -> WebhookShape:
    asked, actor, made = call.body, call.actor, call.path["id"]
    if asked.url is not None:
        subscribe.check_url(call.services.connector, asked.url)
    if asked.state not in (UNSET, "active", "disabled"):
        raise Invalid("state is active or disabled.", field="state")

    def amend(tx: Tx) -> WebhookShape:
        queries.get(tx, made, actor)
        if asked.url is not None or asked.events is not None:
            subscribe.amend(tx, actor, made, asked.url, asked.events)
        if asked.state is not UNSET:
            (subscribe.enable if asked.state == "active" else subscribe.disable)(tx, actor, made)
        return _shape(queries.get(tx, made))

    return await call.services.store.write(amend)


async def post_secret(call: Call[Nothing, Nothing]) -> WebhookShape:
    def renew(tx: Tx) -> WebhookShape:
        secret = subscribe.renew_secret(tx, call.actor, call.services.vault, call.path["id"])
        return _shape(queries.get(tx, call.path["id"]), secret)

    return await call.services.store.write(renew)


async def get_notifications(call: Call[Nothing, NotificationQuery]) -> Notifications:
    asked = call.query

    def read(reader: Reader) -> Notifications:
        row = queries.get(reader, call.path["id"], call.actor)
        some, more = queries.listed(reader, row.id, asked.limit, asked.cursor, asked.state)
        return Notifications([_sent(each) for each in some], more)

    return await call.services.store.read(read)


async def post_retry(call: Call[Nothing, Nothing]) -> NotificationShape:
    def retry(tx: Tx) -> NotificationShape:
        subscribe.retry(tx, call.actor, call.path["id"], call.path["notification"])
        return _sent(queries.notification_of(tx, call.path["id"], call.path["notification"]))

    return await call.services.store.write(retry)


def _shape(row: WebhookRow, secret: str = "") -> WebhookShape:
    return WebhookShape(
        id=row.id, url=row.url, events=load(row.events), portfolio=row.portfolio_id, state=row.state, why=row.why,
        created_at=rfc3339(row.created_at), failing_since=rfc3339(row.failing_since), secret=secret,
    )  # fmt: skip


def _sent(row: NotificationRow) -> NotificationShape:
    return NotificationShape(
        id=row.id, event=row.event_id, type=row.name, state=row.state, attempts=row.attempts, at=rfc3339(row.at),
        next_attempt_at=rfc3339(row.due_at), settled_at=rfc3339(row.settled_at), status=row.status, error=row.error,
        body=load(row.body),
    )  # fmt: skip


def _endpoint(method: str, path: str, handler: Any, answer: Any, summary: str, **more: Any) -> Endpoint:
    return Endpoint(
        method=method, path=f"/api/v1/webhooks{path}", handler=handler, answer=answer, summary=summary, roles=KEEPERS,
        scope=SCOPE, **more,
    )  # fmt: skip


ENDPOINTS = [
    _endpoint("GET", "", get_webhooks, Webhooks, "Who is told of what", query=Paging),
    _endpoint("POST", "", post_webhook, WebhookShape, "Have an address told", body=WebhookBody, status=201),
    _endpoint("PATCH", "/{id}", patch_webhook, WebhookShape, "Change, disable or enable it", body=WebhookChange),
    _endpoint("POST", "/{id}/secret", post_secret, WebhookShape, "A new secret; the old one signs too for a day"),
    _endpoint("GET", "/{id}/notifications", get_notifications, Notifications, "What it was told, and how that went",
              query=NotificationQuery),
    _endpoint("POST", "/{id}/notifications/{notification}/retry", post_retry, NotificationShape, "Tell it again"),
]  # fmt: skip
