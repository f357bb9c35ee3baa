"""The Graph API's doors that a WhatsApp integration uses: send, media, numbers, templates."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.config import SandboxInbox
from sandbox.meta import wire
from sandbox.meta.faults import MetaFault
from sandbox.meta.messages import send
from sandbox.records import Media
from sandbox.templates import EXAMPLES, TEMPLATES, Template
from sandbox.world import Sandbox

URL_LIFE_MS = 5 * 60 * 1000
MEGABYTE = 1024 * 1024
LIMITS = {"image": 5 * MEGABYTE, "audio": 16 * MEGABYTE, "video": 16 * MEGABYTE}
TYPES = {
    *("image/jpeg", "image/png", "image/webp", "audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"),
    *("video/mp4", "video/3gpp", "text/plain", "application/pdf", "application/msword", "application/vnd.ms-excel"),
    *("application/vnd.ms-powerpoint",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}


class Graph:
    """Every door answers Meta's JSON, and its errors by Meta's envelope."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self._key = secrets.token_bytes(16)

    def routes(self) -> list[Route]:
        return [
            Route("/media/{media}/{until:int}/{proof}", self._guarded(self.download), methods=["GET"]),
            Route("/{version}/{node}/messages", self._guarded(self.messages), methods=["POST"]),
            Route("/{version}/{node}/media", self._guarded(self.upload), methods=["POST"]),
            Route("/{version}/{node}/message_templates", self._guarded(self.templates), methods=["GET"]),
            Route("/{version}/{node}/phone_numbers", self._guarded(self.numbers), methods=["GET"]),
            Route("/{version}/{node}/subscribed_apps", self._guarded(self.subscribe), methods=["POST"]),
            Route("/{version}/{node}", self._guarded(self.node), methods=["GET"]),
            Route("/{version}/{node}", self._guarded(self.delete), methods=["DELETE"]),
        ]

    def _guarded(self, door: Any) -> Any:
        async def endpoint(request: Request) -> Response:
            try:
                return await door(request)  # type: ignore[no-any-return]
            except MetaFault as fault:
                return _json(fault.answer(), fault.status)

        return endpoint

    # sending ----------------------------------------------------------------------------------------------------------

    async def messages(self, request: Request) -> Response:
        inbox = self._number(request)
        try:
            body = json.loads(await request.body())
        except ValueError:
            raise MetaFault(100, "The request body is not valid JSON") from None
        if not isinstance(body, dict):
            raise MetaFault(100, "The request body must be an object")
        return await send(self.sandbox, inbox, request, body)

    # media ------------------------------------------------------------------------------------------------------------

    async def upload(self, request: Request) -> Response:
        inbox = self._number(request)
        async with request.form() as form:
            file = form.get("file")
            if form.get("messaging_product") != "whatsapp":
                raise MetaFault(100, "messaging_product must be one of: whatsapp")
            if not isinstance(file, UploadFile):
                raise MetaFault(100, "The parameter file is required.")
            kind = str(form.get("type") or file.content_type or "").split(";")[0].strip().lower()
            content = await file.read()
        if kind not in TYPES:
            raise MetaFault(100, f"Param file must be a file with one of the supported types. Received: {kind}")
        if len(content) > LIMITS.get(kind.split("/")[0], 100 * MEGABYTE):
            raise MetaFault(131053, "The file is larger than its type may be")
        media = self.sandbox.keep_media(inbox.id, file.filename or "", kind, content)
        return _json({"id": media.id})

    async def download(self, request: Request) -> Response:
        media = self._media(request.path_params["media"])
        until = request.path_params["until"]
        self._bearer(request, self._owner(media))
        proof = self._proof(media.id, until)
        if until < self.sandbox.clock.real() or not hmac.compare_digest(proof, request.path_params["proof"]):
            return Response("URL signature expired", 404)
        return Response(media.content, media_type=media.type, headers={"content-disposition": "attachment"})

    # things by their id -----------------------------------------------------------------------------------------------

    async def node(self, request: Request) -> Response:
        node = request.path_params["node"]
        for inbox in self.sandbox.inboxes("meta"):
            if node in {inbox.phone_number_id, inbox.waba_id}:
                self._bearer(request, inbox)
                known = _number(inbox) if node == inbox.phone_number_id else _account(inbox)
                return _json(_fields(known, request.query_params.get("fields", "")))
        media = self._media(node)
        self._bearer(request, self._owner(media))
        until = self.sandbox.clock.real() + URL_LIFE_MS
        origin = self.sandbox.config.origin
        return _json(
            {
                "messaging_product": "whatsapp",
                "url": f"{origin}/graph/media/{media.id}/{until}/{self._proof(media.id, until)}",
                "mime_type": media.type,
                "sha256": hashlib.sha256(media.content).hexdigest(),
                "file_size": len(media.content),
                "id": media.id,
            }
        )

    async def delete(self, request: Request) -> Response:
        media = self._media(request.path_params["node"])
        self._bearer(request, self._owner(media))
        return _json({"success": self.sandbox.store.drop_media(media.id)})

    async def numbers(self, request: Request) -> Response:
        account = self._account(request)
        return _json({"data": [_number(i) for i in self.sandbox.inboxes("meta") if i.waba_id == account.waba_id]})

    async def subscribe(self, request: Request) -> Response:
        self._account(request)
        return _json({"success": True})

    async def templates(self, request: Request) -> Response:
        self._account(request)
        asked = request.query_params
        found = [t for t in TEMPLATES if asked.get("name", t.name) == t.name]
        found = [t for t in found if asked.get("language", t.language) == t.language]
        limit = max(1, min(int(asked.get("limit", "25")), 100))
        begin = _cursor(asked.get("after", ""))
        page = found[begin : begin + limit]
        paging: dict[str, Any] = {"cursors": {"before": _mark(begin), "after": _mark(begin + len(page))}}
        if begin + limit < len(found):
            path = f"{self.sandbox.config.origin}/graph{request.url.path.split('/graph', 1)[-1]}"
            paging["next"] = f"{path}?limit={limit}&after={_mark(begin + limit)}"
        return _json({"data": [_template(t) for t in page], **({"paging": paging} if page else {})})

    # who is asking ----------------------------------------------------------------------------------------------------

    def _number(self, request: Request) -> SandboxInbox:
        return self._one(request, "phone_number_id")

    def _account(self, request: Request) -> SandboxInbox:
        return self._one(request, "waba_id")

    def _one(self, request: Request, field: str) -> SandboxInbox:
        node = request.path_params["node"]
        found = next((i for i in self.sandbox.inboxes("meta") if getattr(i, field) == node and node), None)
        if found is None:
            raise MetaFault(100, f"Unsupported request. Object with ID '{node}' does not exist", subcode=33)
        self._bearer(request, found)
        return found

    def _bearer(self, request: Request, inbox: SandboxInbox) -> None:
        given = request.headers.get("authorization", "")
        if not inbox.access_token or not hmac.compare_digest(
            given.encode("latin-1"), f"Bearer {inbox.access_token}".encode()
        ):
            raise MetaFault(190, "Invalid OAuth access token - Cannot parse access token")

    def _media(self, media_id: str) -> Media:
        media = self.sandbox.store.media(media_id)
        if media is None:
            raise MetaFault(100, f"Unsupported get request. Object with ID '{media_id}' does not exist", subcode=33)
        return media

    def _owner(self, media: Media) -> SandboxInbox:
        inbox = self.sandbox.inbox(media.inbox)
        if inbox is None or inbox.provider != "meta":
            raise MetaFault(100, f"Unsupported get request. Object with ID '{media.id}' does not exist", subcode=33)
        return inbox

    def _proof(self, media_id: str, until: int) -> str:
        return hmac.new(self._key, f"{media_id}/{until}".encode(), hashlib.sha256).hexdigest()[:32]


def _json(value: Any, status: int = 200) -> Response:
    return Response(wire.encode(value), status, media_type="application/json")


def _number(inbox: SandboxInbox) -> dict[str, Any]:
    return {
        "verified_name": inbox.name or "Acordo",
        "code_verification_status": "VERIFIED",
        "display_phone_number": inbox.address,
        "quality_rating": "GREEN",
        "platform_type": "CLOUD_API",
        "throughput": {"level": "STANDARD"},
        "webhook_configuration": {"application": inbox.webhook_url},
        "id": inbox.phone_number_id,
    }


def _account(inbox: SandboxInbox) -> dict[str, Any]:
    return {"id": inbox.waba_id, "name": inbox.name or "Acordo", "timezone_id": "25", "currency": "BRL"}


def _fields(known: dict[str, Any], asked: str) -> dict[str, Any]:
    if not asked:
        return known
    return {name: known[name] for name in (*asked.split(","), "id") if name in known}


def _template(template: Template) -> dict[str, Any]:
    named = [{"param_name": name, "example": EXAMPLES[name]} for name in template.variables]
    components: list[dict[str, Any]] = [
        {"type": "BODY", "text": template.body, "example": {"body_text_named_params": named}},
        {"type": "FOOTER", "text": template.footer},
    ]
    if template.buttons:
        buttons = [{"type": "QUICK_REPLY", "text": title} for title in template.buttons]
        components.append({"type": "BUTTONS", "buttons": buttons})
    return {
        "name": template.name,
        "parameter_format": "NAMED",
        "components": components,
        "language": template.language,
        "status": "APPROVED",
        "category": template.category,
        "id": template.id,
    }


def _mark(index: int) -> str:
    return base64.urlsafe_b64encode(f"at{index}".encode()).decode().rstrip("=")


def _cursor(mark: str) -> int:
    if not mark:
        return 0
    try:
        return int(base64.urlsafe_b64decode(mark + "=" * (-len(mark) % 4)).decode().removeprefix("at"))
    except ValueError:
        raise MetaFault(100, "Invalid parameter: after") from None
