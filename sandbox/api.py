"""The sandbox's own API: write as a person, see what the providers received, make them misbehave, move the clock."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import guard, views
from sandbox.behaviour import Behaviour
from sandbox.clock import MOST_MS, parse_moment
from sandbox.config import Person, SandboxInbox
from sandbox.guard import Refusal, answer, body
from sandbox.mail import inbound as mail
from sandbox.mail.bounce import bounce
from sandbox.meta import inbound as meta
from sandbox.pix import pay
from sandbox.records import Message
from sandbox.store import digits
from sandbox.twilio import inbound as twilio
from sandbox.world import Sandbox
from sandbox.writing import Written

WRITERS = {"meta": meta.write, "twilio": twilio.write, "smtp": mail.write}
OUTBOX_LIMIT = 10_000
LAST = 2**63 - 1  # beyond it the database counts no further


class ClockSet(Struct, forbid_unknown_fields=True):
    """One of the two; neither, or null, is the present."""

    now: str | int | None = None
    offset_s: float | None = None


class Payment(Struct, forbid_unknown_fields=True):
    """`amount` in minor units; `code` is a Pix code, `message` one that holds it."""

    person: str
    amount: int = 0
    code: str = ""
    message: str = ""


class NewPerson(Struct, forbid_unknown_fields=True):
    name: str
    phone: str = ""
    email: str = ""
    language: str = "pt-BR"
    username: str = ""
    hidden: bool = False


class Returned(Struct, forbid_unknown_fields=True):
    id: str
    code: str = "5.1.1"


class Preference(Struct, forbid_unknown_fields=True):
    inbox: str
    person: str
    value: str


class Api:
    """Everything under /api but the live part (see `phones`). `wrote` hears as whom a human wrote."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.wrote: Callable[[str], None] = lambda person: None

    def routes(self) -> list[Route]:
        return [
            route("/inboxes", self.inboxes, "GET"),
            route("/inbound", self.inbound, "POST"),
            route("/outbox", self.outbox, "GET"),
            route("/behaviour", self.behaviour, "PUT"),
            route("/behaviour", self.behaviours, "GET"),
            route("/reset", self.reset, "POST"),
            route("/clock", self.set_clock, "PUT"),
            route("/clock", self.clock, "GET"),
            route("/people", self.new_person, "POST"),
            route("/pay", self.pay, "POST"),
            route("/bounce", self.bounce, "POST"),
            route("/preference", self.preference, "POST"),
        ]

    async def inboxes(self, request: Request) -> Response:
        return answer([views.inbox(box) for box in self.sandbox.config.inboxes])

    async def inbound(self, request: Request) -> Response:
        """201 `{"id", "ids", "person"}`: kept, and on its way to the webhook."""
        written = await body(request, Written)
        made = self.write(written)
        self.wrote(made[0].person)
        if not written.at:
            self.sandbox.mark_step("write")
        return answer({"id": made[0].id, "ids": [m.id for m in made], "person": made[0].person}, 201)

    def write(self, written: Written) -> list[Message]:
        """Raises Refusal."""
        box = self.sandbox.inbox(written.inbox)
        if box is None:
            raise Refusal(404, "not_found", f"no such inbox: {written.inbox}")
        if not 0 <= written.duplicate <= 100:
            raise Refusal(422, "invalid", "duplicate must be between 0 and 100")
        try:
            at = parse_moment(str(written.at)) if written.at else self.sandbox.clock.now()
            with self.sandbox.store.commit():
                person = self._writer(box, written)
                return WRITERS[box.provider](self.sandbox, box, person, written, at)
        except (ValueError, KeyError) as error:
            raise Refusal(422, "invalid", str(error)) from None

    def _writer(self, box: SandboxInbox, written: Written) -> Person:
        known = self.sandbox.store.person(written.sender)
        if known is not None:
            return known
        if box.channel == "email":
            if "@" not in written.sender:
                raise ValueError("from must be a mail address")
        elif "." not in written.sender and not 7 <= len(digits(written.sender)) <= 15:
            raise ValueError("from must be a phone number with country code")
        return self.sandbox.person_at(box.channel, written.sender, written.name)

    async def outbox(self, request: Request) -> Response:
        asked = request.query_params
        try:
            since = parse_moment(asked["since"]) if asked.get("since") else 0
            after = min(int(asked.get("after", "0")), LAST)
        except ValueError:
            raise Refusal(422, "invalid", "since must be RFC 3339 or milliseconds, after a number") from None
        found = self.sandbox.store.sent(
            channel=asked.get("channel", ""),
            inbox=asked.get("inbox", ""),
            since=since,
            after=after,
            refused=asked.get("refused", "") not in {"0", "false"},
            limit=OUTBOX_LIMIT,
        )
        to = asked.get("to", "")
        return answer([views.sent(self.sandbox, m) for m in found if not to or self._is_to(m, to)])

    def _is_to(self, message: Message, to: str) -> bool:
        if "@" in to or "." in to:
            return message.address.lower() == to.lower()
        person = self.sandbox.store.person(message.person)
        return digits(to) in {digits(message.address), person.wa_id if person else ""}

    async def behaviour(self, request: Request) -> Response:
        wanted = await body(request, Behaviour)
        if wanted.provider != "smtp" and wanted.code and not wanted.code.isdigit():
            raise Refusal(422, "invalid", "error_code must be a number")
        wanted = msgspec.structs.replace(wanted, error_code=wanted.error_code or "")
        self.sandbox.store.put_setting(f"behaviour.{wanted.provider}", wanted)
        self.sandbox.feed.tell("behaviour.changed", behaviour=msgspec.to_builtins(wanted))
        return answer(wanted)

    async def behaviours(self, request: Request) -> Response:
        return answer([self.sandbox.behaviour(provider) for provider in ("meta", "twilio", "smtp")])

    async def reset(self, request: Request) -> Response:
        self.sandbox.reset()
        return answer({"reset": True})

    async def clock(self, request: Request) -> Response:
        return answer(views.clock(self.sandbox))

    async def set_clock(self, request: Request) -> Response:
        """409 when the clock would go back and may not."""
        wanted = await body(request, ClockSet | None)  # type: ignore[arg-type]
        offset = self._offset(wanted or ClockSet())
        if self.sandbox.config.forward_only and offset < self.sandbox.clock.offset_ms:
            raise Refusal(409, "conflict", "the demonstration's clock only goes forward; begin again with --fresh")
        if self.sandbox.hooks.on_clock:
            try:
                self.sandbox.hooks.on_clock(offset)
            except ValueError as error:
                raise Refusal(409, "conflict", str(error)) from None
        self.sandbox.clock.offset_ms = offset
        self.sandbox.store.put_setting("clock_offset_ms", offset)
        self.sandbox.feed.tell("clock.changed", **views.clock(self.sandbox))
        return answer(views.clock(self.sandbox))

    def _offset(self, wanted: ClockSet) -> int:
        if wanted.now is None:
            offset, name = (wanted.offset_s or 0) * 1000, "offset_s"
        else:
            try:
                offset, name = parse_moment(str(wanted.now)) - self.sandbox.clock.real(), "now"
            except ValueError:
                raise Refusal(422, "invalid", "now must be RFC 3339, as in 2026-11-27T22:58:00.000Z") from None
        if not abs(offset) <= MOST_MS:
            raise Refusal(422, "invalid", f"{name} must lie within ten years of the present")
        return round(offset)

    async def new_person(self, request: Request) -> Response:
        wanted = await body(request, NewPerson)
        if not wanted.phone and "@" not in wanted.email:
            raise Refusal(422, "invalid", "a person needs a phone or a mail address")
        if wanted.phone and not (wanted.phone.startswith("+") and 7 <= len(digits(wanted.phone)) <= 15):
            raise Refusal(422, "invalid", "phone must be like +5511988774321")
        if self.sandbox.store.person_with("phone", digits(wanted.phone)):
            raise Refusal(409, "conflict", "somebody has this number already")
        fields = msgspec.structs.asdict(wanted)
        person = self.sandbox.add_person(Person(id=secrets.token_hex(8), **fields))
        return answer(views.phone(self.sandbox, person), 201)

    async def pay(self, request: Request) -> Response:
        """201 with the notice that the payment provider sends."""
        wanted = await body(request, Payment)
        source = self.sandbox.store.message(wanted.message)
        try:
            notice = pay(
                self.sandbox, self._person(wanted.person), wanted.code or (source.text if source else ""), wanted.amount
            )
        except ValueError as error:
            raise Refusal(422, "invalid", str(error)) from None
        return answer(notice, 201)

    async def bounce(self, request: Request) -> Response:
        wanted = await body(request, Returned)
        message = self.sandbox.store.message(wanted.id.strip("<>"))
        if message is None or message.provider != "smtp" or message.direction != "out":
            raise Refusal(404, "not_found", "no such mail")
        bounce(self.sandbox, message, wanted.code)
        return answer({"id": message.id, "code": wanted.code}, 201)

    async def preference(self, request: Request) -> Response:
        """A person stops or resumes marketing in WhatsApp itself."""
        wanted = await body(request, Preference)
        box = self.sandbox.inbox(wanted.inbox)
        if box is None or box.provider != "meta" or wanted.value not in {"stop", "resume"}:
            raise Refusal(422, "invalid", "inbox must be one of Meta's, value stop or resume")
        meta.prefer(self.sandbox, box, self._person(wanted.person), wanted.value)
        return answer({"value": wanted.value}, 201)

    def _person(self, person_id: str) -> Person:
        person = self.sandbox.store.person(person_id)
        if person is None:
            raise Refusal(404, "not_found", "no such person")
        return person


def route(path: str, door: Any, method: str) -> Route:
    """A door of the API behind the guard."""

    async def endpoint(request: Request) -> Response:
        try:
            guard.check(request)
            return await door(request)  # type: ignore[no-any-return]
        except Refusal as refusal:
            return refusal.answer()

    return Route(path, endpoint, methods=[method])
