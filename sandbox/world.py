"""The sandbox as a whole: its parts, and what every emulator needs of them."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sandbox.behaviour import Behaviour
from sandbox.clock import Clock
from sandbox.config import Config, Person, Provider, SandboxInbox
from sandbox.courier import Courier
from sandbox.feed import Feed
from sandbox.records import Media, Message, Post
from sandbox.store import Store, digits

log = logging.getLogger("sandbox")

STEPS = ("write", "answer", "whisper", "take_over", "hand_back", "pay")
COUNTRIES = {"55": "BR", "52": "MX", "57": "CO", "54": "AR", "56": "CL", "51": "PE", "34": "ES", "1": "US"}
FETCH_LIMIT = 100 * 1024 * 1024


@dataclass(kw_only=True)
class Hooks:
    """What the composition root hands in.

    page      renders the phones page; without it a plain page says where the API is
    on_clock  hears the new offset in ms after a person moved the clock; a ValueError refuses, its text is the answer
    """

    page: Callable[[Request], Response] | None = None
    on_clock: Callable[[int], None] | None = None


class Sandbox:
    """Holds the parts together. Serves while `running` is entered, once; a mounting application enters it itself."""

    def __init__(self, config: Config, hooks: Hooks) -> None:
        self.config, self.hooks = config, hooks
        self.store = Store(config.database)
        self.clock = Clock(self.store.setting("clock_offset_ms", 0))
        self.feed = Feed()
        self.courier = Courier(self.store, self.clock, self.feed)
        self.courier.left = self._left
        self.client: httpx2.AsyncClient | None = None
        self.smtp_port = config.smtp_port
        self.services: list[Callable[[], Any]] = []  # async context managers that run along
        self._tasks: set[asyncio.Task[None]] = set()
        self._seed_people()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            self.client = await stack.enter_async_context(httpx2.AsyncClient(timeout=15, trust_env=False))
            await self.courier.start()
            stack.push_async_callback(self.courier.stop)
            for service in self.services:
                await stack.enter_async_context(service())
            try:
                yield
            finally:
                self.feed.close()
                for task in self._tasks:
                    task.cancel()
                await asyncio.gather(*self._tasks, return_exceptions=True)
        self.store.close()

    # inboxes ----------------------------------------------------------------------------------------------------------

    def inbox(self, inbox_id: str) -> SandboxInbox | None:
        return next((inbox for inbox in self.config.inboxes if inbox.id == inbox_id), None)

    def inboxes(self, provider: Provider) -> list[SandboxInbox]:
        return [inbox for inbox in self.config.inboxes if inbox.provider == provider]

    def behaviour(self, provider: Provider) -> Behaviour:
        return self.store.setting(f"behaviour.{provider}", Behaviour(provider=provider))

    # people -----------------------------------------------------------------------------------------------------------

    def person_at(self, channel: str, address: str, name: str = "") -> Person:
        """Whoever has this number, user id or mail address: known, or made now."""
        found = self._known(channel, address)
        if found is None:
            made = _stranger(channel, address, name)
            self.store.put_person(made, self.clock.now())
            self.feed.tell("person.created", id=made.id)
            return made
        if name and found.name in {found.phone, found.email}:
            found = msgspec.structs.replace(found, name=name)
            self.store.put_person(found, self.clock.now())
        return found

    def add_person(self, person: Person) -> Person:
        """Completes what WhatsApp needs (wa_id, business-scoped user id) and keeps the person."""
        complete = _complete(person)
        self.store.put_person(complete, self.clock.now())
        self.feed.tell("person.created", id=complete.id)
        return complete

    def _known(self, channel: str, address: str) -> Person | None:
        if channel == "email":
            return self.store.person_with("email", address.lower())
        if "." in address:
            return self.store.person_with("user_id", address)
        number = digits(address)
        return self.store.person_with("wa_id", number) or self.store.person_with("phone", number)

    def _seed_people(self) -> None:
        for index, person in enumerate(self.config.people):
            if self.store.person(person.id) is None:
                self.store.put_person(_complete(person), -index)

    # messages ---------------------------------------------------------------------------------------------------------

    def keep(self, message: Message) -> Message:
        kept = self.store.add_message(message)
        self.feed.tell("message.created", person=kept.person, inbox=kept.inbox, id=kept.id, seq=kept.seq)
        answers = self.config.answer_ticks and kept.direction == "out" and kept.accepted
        if answers and "template" not in kept.detail and self.steps()["write"]:
            self.mark_step("answer")
        return kept

    def update(self, message: Message) -> None:
        self.store.save_message(message)
        self.feed.tell("message.updated", person=message.person, inbox=message.inbox, id=message.id)

    def keep_media(self, inbox: str, name: str, kind: str, content: bytes, *, media_id: str = "") -> Media:
        media = Media(
            id=media_id or str(secrets.randbelow(9 * 10**14) + 10**14),
            inbox=inbox,
            name=name,
            type=kind or "application/octet-stream",
            content=content,
            at=self.clock.real(),
        )
        self.store.add_media(media)
        return media

    def _left(self, post: Post) -> None:
        """A callback leaves: from this moment on the provider itself says so."""
        if post.status and (message := self.store.raise_status(post.message, post.status, post.error)):
            self.feed.tell("message.updated", person=message.person, inbox=message.inbox, id=message.id)

    async def fetch(self, url: str) -> tuple[bytes, str] | None:
        """A file that the product offers: (content, type), or None. Fetches from the product alone."""
        assert self.client is not None
        if not url.startswith(self.config.product_url.rstrip("/") + "/"):
            return None
        try:
            answer = await self.client.get(url)
        except httpx2.HTTPError:
            return None
        if answer.status_code != 200 or len(answer.content) > FETCH_LIMIT:
            return None
        return answer.content, answer.headers.get("content-type", "application/octet-stream")

    def spawn(self, work: Any) -> None:
        """Runs a coroutine to its end beside the requests."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("sandbox.task_failed", exc_info=error)

    # first steps ------------------------------------------------------------------------------------------------------

    def steps(self) -> dict[str, bool]:
        """Which steps are done. Paying is none while no payment provider is connected."""
        done = self.store.setting("steps", [""])
        return {name: name in done for name in STEPS if name != "pay" or self.config.payments_url}

    def mark_step(self, name: str) -> None:
        """Ticks one of `STEPS`. Raises ValueError for another name."""
        if name not in STEPS:
            raise ValueError(f"no such step: {name}")
        if not self.steps().get(name, True):
            self.store.put_setting("steps", [*self.store.setting("steps", [""]), name])
            self.feed.tell("steps.changed", steps=self.steps())

    def reset(self) -> None:
        """As at the first start, but for the clock."""
        with self.store.commit():
            self.store.clear()
            self.store.put_setting("steps", [""])
            self.store.put_setting("open_thread", "")
            self.store.put_setting("script", {})
            for provider in ("meta", "twilio", "smtp"):
                self.store.put_setting(f"behaviour.{provider}", Behaviour(provider=provider))
            self._seed_people()
        self.feed.tell("reset")


def _stranger(channel: str, address: str, name: str) -> Person:
    token = secrets.token_hex(8)
    if channel == "email":
        return Person(id=token, name=name or address, email=address.lower(), prefers="email")
    if "." in address:
        return Person(id=token, name=name or address, user_id=address, hidden=True)
    phone = "+" + digits(address)
    return _complete(Person(id=token, name=name or phone, phone=phone))


def _complete(person: Person) -> Person:
    if not person.phone:
        return person
    number = digits(person.phone)
    country = next((iso for prefix, iso in COUNTRIES.items() if number.startswith(prefix)), "US")
    scoped = int.from_bytes(hashlib.sha256(number.encode()).digest()[:7]) % 10**16
    return msgspec.structs.replace(
        person, wa_id=person.wa_id or number, user_id=person.user_id or f"{country}.{scoped:016d}"
    )
