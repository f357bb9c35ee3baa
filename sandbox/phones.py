"""What the phones page lives on: people with their threads, a stream of changes, files, first steps."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from sandbox import views
from sandbox.api import route
from sandbox.guard import Refusal, answer, body
from sandbox.world import Sandbox

INLINE = {"image/jpeg", "image/png", "image/gif", "image/webp", "audio/ogg", "audio/mpeg", "audio/mp4", "video/mp4"}
PEOPLE = 60


class Switch(Struct, forbid_unknown_fields=True):
    on: bool


class Opened(Struct, forbid_unknown_fields=True):
    """The thread that lies open on the page; both empty when none does."""

    person: str = ""
    inbox: str = ""


class Typing(Struct, forbid_unknown_fields=True):
    person: str


class Step(Struct, forbid_unknown_fields=True):
    step: str


class Phones:
    """The live part of /api. `typed` hears as whom a human types."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.typed: Callable[[str], None] = lambda person: None

    def routes(self) -> list[Route]:
        return [
            route("/phones", self.phones, "GET"),
            route("/phones/{person}", self.phone, "GET"),
            route("/events", self.events, "GET"),
            route("/open", self.open, "PUT"),
            route("/typing", self.typing, "PUT"),
            route("/media/{media}", self.media, "GET"),
            route("/scripted", self.scripted, "GET"),
            route("/scripted", self.switch, "PUT"),
            route("/steps", self.steps, "GET"),
        ]

    async def phones(self, request: Request) -> Response:
        """`{"people", "steps", "scripted", "behaviours", "clock", "cursor"}`; `events?since=` goes on at `cursor`."""
        sandbox, cursor = self.sandbox, self.sandbox.feed.seq
        limit = request.query_params.get("limit", "")
        people = sandbox.store.people(max(1, min(int(limit), 500)) if limit.isdigit() else PEOPLE)
        return answer(
            {
                "people": [views.phone(sandbox, person) for person in people],
                "steps": self._steps(),
                "scripted": sandbox.store.setting("scripted", sandbox.config.scripted),
                "behaviours": [sandbox.behaviour(provider) for provider in ("meta", "twilio", "smtp")],
                "clock": views.clock(sandbox),
                "cursor": cursor,
            }
        )

    async def phone(self, request: Request) -> Response:
        person = self.sandbox.store.person(request.path_params["person"])
        if person is None:
            raise Refusal(404, "not_found", "no such person")
        return answer(views.phone(self.sandbox, person))

    async def events(self, request: Request) -> Response:
        """Server-Sent Events: `id` is the cursor, `event` the name, `data` JSON. "reset" means: load /phones again."""
        given = request.headers.get("last-event-id") or request.query_params.get("since", "")
        since = int(given) if given.isdigit() else self.sandbox.feed.seq
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(self._stream(since), media_type="text/event-stream", headers=headers)

    async def _stream(self, since: int) -> AsyncIterator[bytes]:
        yield b"retry: 1000\n\n"
        async for change in self.sandbox.feed.since(since):
            if change is None:
                yield b": heartbeat\n\n"
            else:
                data = msgspec.json.encode({"name": change.name, **change.data})
                yield b"id: %d\nevent: %b\ndata: %b\n\n" % (change.seq, change.name.encode(), data)

    async def open(self, request: Request) -> Response:
        """What lies open is read at once."""
        opened = await body(request, Opened)
        thread = f"{opened.person} {opened.inbox}" if opened.person and opened.inbox else ""
        sandbox = self.sandbox
        sandbox.store.put_setting("open_thread", thread)
        if thread:
            sandbox.store.hasten(thread, "read", sandbox.clock.real() + sandbox.config.pace.delivered_ms)
            sandbox.courier.hurry()
        return answer({"open": thread})

    async def typing(self, request: Request) -> Response:
        typing = await body(request, Typing)
        self.typed(typing.person)
        return answer({"person": typing.person})

    async def media(self, request: Request) -> Response:
        media = self.sandbox.store.media(request.path_params["media"])
        if media is None:
            raise Refusal(404, "not_found", "no such file")
        shown = media.type.split(";")[0] in INLINE
        name = re.sub(r"[^\w. -]", "_", media.name, flags=re.ASCII) or "file"
        headers = {
            "content-disposition": f'{"inline" if shown else "attachment"}; filename="{name}"',
            "x-content-type-options": "nosniff",
            "content-security-policy": "default-src 'none'; sandbox",
        }
        kind = media.type if shown else "application/octet-stream"
        return Response(media.content, media_type=kind, headers=headers)

    async def scripted(self, request: Request) -> Response:
        return answer({"on": self.sandbox.store.setting("scripted", self.sandbox.config.scripted)})

    async def switch(self, request: Request) -> Response:
        wanted = await body(request, Switch)
        self.sandbox.store.put_setting("scripted", wanted.on)
        self.sandbox.feed.tell("scripted.changed", on=wanted.on)
        return answer({"on": wanted.on})

    async def steps(self, request: Request) -> Response:
        return answer(self._steps())

    def _steps(self) -> list[dict[str, object]]:
        return [{"step": name, "done": done} for name, done in self.sandbox.steps().items()]
