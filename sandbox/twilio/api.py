"""Twilio's REST API as an integration uses it: Messages, their media, and Content templates."""

from __future__ import annotations

import base64
import hmac
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.clock import DAY_MS, parse_moment
from sandbox.config import SandboxInbox
from sandbox.records import Media, Message
from sandbox.templates import EXAMPLES, TEMPLATES, Template
from sandbox.twilio import wire
from sandbox.twilio.messages import create
from sandbox.twilio.wire import API, TwilioFault
from sandbox.world import Sandbox

PAGE = 50
PAGE_LIMIT = 1000
LISTED = 10_000
MADE = "2026-01-05T12:00:00Z"


class Twilio:
    """Basic auth by account SID and token, or by API key; errors in Twilio's JSON."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def routes(self) -> list[Route]:
        base = f"/{API}/Accounts/{{account}}"
        return [
            Route(f"{base}/Messages.json", self._guarded(self.create), methods=["POST"]),
            Route(f"{base}/Messages.json", self._guarded(self.many), methods=["GET"]),
            Route(f"{base}/Messages/{{sid}}/Media.json", self._guarded(self.media_list), methods=["GET"]),
            Route(f"{base}/Messages/{{sid}}/Media/{{media}}", self._guarded(self.media), methods=["GET"]),
            Route(f"{base}/Messages/{{sid}}.json", self._guarded(self.one), methods=["GET"]),
            Route(f"{base}.json", self._guarded(self.account), methods=["GET"]),
            Route("/cdn/{media}", self.cdn, methods=["GET"]),
            Route("/v1/Content", self._guarded(self.contents), methods=["GET"]),
            Route("/v1/ContentAndApprovals", self._guarded(self.contents), methods=["GET"]),
        ]

    def _guarded(self, door: Any) -> Any:
        async def endpoint(request: Request) -> Response:
            try:
                self._authenticated(request)
                return await door(request)  # type: ignore[no-any-return]
            except TwilioFault as fault:
                return JSONResponse(fault.answer(), fault.status)

        return endpoint

    # messages ---------------------------------------------------------------------------------------------------------

    async def create(self, request: Request) -> Response:
        return await create(self.sandbox, request.path_params["account"], request)

    async def one(self, request: Request) -> Response:
        message = self._message(request)
        return JSONResponse(wire.resource(self._inbox(message), message, None))

    async def many(self, request: Request) -> Response:
        asked = dict(parse_qsl(request.url.query, keep_blank_values=True))
        found = [m for m in self._with(request.path_params["account"], asked) if self._fits(m, asked)]
        size = max(1, min(int(asked.get("PageSize", PAGE)), PAGE_LIMIT))
        page = int(asked.get("Page", "0"))
        shown = found[page * size : (page + 1) * size]
        uri = f"/{API}/Accounts/{request.path_params['account']}/Messages.json?PageSize={size}&Page="
        more = len(found) > (page + 1) * size
        return JSONResponse(
            {
                "messages": [wire.resource(self._inbox(m), m, None) for m in shown],
                "first_page_uri": f"{uri}0",
                "next_page_uri": f"{uri}{page + 1}" if more else None,
                "previous_page_uri": f"{uri}{page - 1}" if page else None,
                "page": page,
                "page_size": size,
                "start": page * size,
                "end": page * size + max(0, len(shown) - 1),
                "uri": f"{uri}{page}",
            }
        )

    def _with(self, account: str, asked: dict[str, str]) -> list[Message]:
        boxes = [inbox for inbox in self.sandbox.inboxes("twilio") if inbox.account_sid == account]
        ours = {wire.address(inbox, inbox.address) for inbox in boxes}
        theirs = [asked[side] for side in ("To", "From") if asked.get(side) and asked[side] not in ours]
        address = theirs[0].removeprefix("whatsapp:") if theirs else ""
        return self.sandbox.store.of_inboxes([inbox.id for inbox in boxes], address, LISTED)

    def _fits(self, message: Message, asked: dict[str, str]) -> bool:
        shown = wire.resource(self._inbox(message), message, None)
        if asked.get("To", shown["to"]) != shown["to"] or asked.get("From", shown["from"]) != shown["from"]:
            return False
        for name, day in asked.items():
            if name.startswith("DateSent") and day and not _on(message.at, name.removeprefix("DateSent"), day):
                return False
        return True

    # media ------------------------------------------------------------------------------------------------------------

    async def media(self, request: Request) -> Response:
        media = self._media(request)
        if request.path_params["media"].endswith(".json"):
            return JSONResponse(self._media_resource(request, media.id, media.type))
        return RedirectResponse(f"{self.sandbox.config.origin}/twilio/cdn/{media.id}", 307)

    async def media_list(self, request: Request) -> Response:
        found = [self.sandbox.store.media(name) for name in self._message(request).detail.get("media", [])]
        return JSONResponse(
            {"media_list": [self._media_resource(request, m.id, m.type) for m in found if m], "page": 0, "start": 0}
        )

    async def cdn(self, request: Request) -> Response:
        """Where media redirects to: another host in reality, which refuses foreign credentials."""
        if "authorization" in request.headers:
            return Response("Only one auth mechanism allowed", 400)
        media = self.sandbox.store.media(request.path_params["media"])
        if media is None:
            return Response("Not Found", 404)
        return Response(media.content, media_type=media.type)

    def _media(self, request: Request) -> Media:
        name = request.path_params["media"].removesuffix(".json")
        media = self.sandbox.store.media(name)
        if media is None or name not in self._message(request).detail.get("media", []):
            raise TwilioFault(20404, f"The requested resource {request.url.path} was not found")
        return media

    def _media_resource(self, request: Request, sid: str, kind: str) -> dict[str, Any]:
        account, parent = request.path_params["account"], request.path_params["sid"]
        uri = f"/{API}/Accounts/{account}/Messages/{parent}/Media/{sid}.json"
        return {"sid": sid, "account_sid": account, "parent_sid": parent, "content_type": kind, "uri": uri}

    # templates --------------------------------------------------------------------------------------------------------

    async def contents(self, request: Request) -> Response:
        approvals = request.url.path.endswith("ContentAndApprovals")
        size = max(1, min(int(request.query_params.get("PageSize", PAGE)), 500))
        page = int(request.query_params.get("Page", "0"))
        shown = TEMPLATES[page * size : (page + 1) * size]
        base = f"{self.sandbox.config.origin}/twilio{request.url.path.split('/twilio', 1)[-1]}?PageSize={size}&Page="
        more = len(TEMPLATES) > (page + 1) * size
        meta = {
            "page": page,
            "page_size": size,
            "first_page_url": f"{base}0",
            "previous_page_url": f"{base}{page - 1}" if page else None,
            "url": f"{base}{page}",
            "next_page_url": f"{base}{page + 1}" if more else None,
            "key": "contents",
        }
        account = self._authenticated(request).account_sid
        return JSONResponse({"meta": meta, "contents": [_content(t, account, approvals) for t in shown]})

    async def account(self, request: Request) -> Response:
        account = request.path_params["account"]
        return JSONResponse({"sid": account, "friendly_name": "Acordo", "status": "active", "type": "Full"})

    # who is asking ----------------------------------------------------------------------------------------------------

    def _authenticated(self, request: Request) -> SandboxInbox:
        given = _basic(request.headers.get("authorization", ""))
        account = request.path_params.get("account")
        for inbox in self.sandbox.inboxes("twilio"):
            pairs = [(inbox.account_sid, inbox.secret), (inbox.api_key_sid, inbox.api_key_secret)]
            if any(all(pair) and _same(given, f"{pair[0]}:{pair[1]}") for pair in pairs):
                if account in {None, inbox.account_sid}:
                    return inbox
                raise TwilioFault(20404, f"The requested resource {request.url.path} was not found")
        raise TwilioFault(20003)

    def _message(self, request: Request) -> Message:
        message = self.sandbox.store.message(request.path_params["sid"])
        inbox = self.sandbox.inbox(message.inbox) if message else None
        if message is None or inbox is None or inbox.account_sid != request.path_params["account"]:
            raise TwilioFault(20404, f"The requested resource {request.url.path} was not found")
        return message

    def _inbox(self, message: Message) -> SandboxInbox:
        inbox = self.sandbox.inbox(message.inbox)
        assert inbox is not None
        return inbox


def _basic(header: str) -> str:
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value, validate=True).decode()
    except ValueError:
        return ""


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(), wanted.encode())


def _on(at: int, comparison: str, day: str) -> bool:
    """`DateSent=`, `DateSent>=` and `DateSent<=` with a day or a time in GMT; the sign's "=" parts name from value."""
    if len(day) > 10:
        moment = parse_moment(day)
        return at >= moment if comparison == ">" else at <= moment if comparison == "<" else at == moment
    begin = round(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() * 1000)
    if comparison == ">":
        return at >= begin
    return at < begin + DAY_MS and (comparison == "<" or at >= begin)


def _content(template: Template, account: str, approvals: bool) -> dict[str, Any]:
    body: dict[str, Any] = {"body": template.numbered}
    kind = "twilio/text"
    if template.buttons:
        kind = "twilio/quick-reply"
        body["actions"] = [{"type": "QUICK_REPLY", "title": title, "id": title} for title in template.buttons]
    made: dict[str, Any] = {
        "sid": template.sid,
        "account_sid": account,
        "friendly_name": template.name,
        "language": template.language,
        "variables": {str(i + 1): EXAMPLES[name] for i, name in enumerate(template.variables)},
        "types": {kind: body},
        "date_created": MADE,
        "date_updated": MADE,
    }
    if approvals:
        made["approval_requests"] = {
            "name": template.name,
            "category": template.category,
            "content_type": kind,
            "status": "approved",
            "rejection_reason": "",
            "allow_category_change": True,
        }
    return made
