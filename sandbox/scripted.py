"""Plays the scripted people: they open, wait for what they are sent, answer it after a while, and fall silent.

Repeatable: when somebody speaks follows from `config.seed`, the person and the turn; what they say from what they were
sent. One message at a time with a gap, a longer one while a human types. Whoever a human wrote as is left alone.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import random
import struct
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import msgspec
from msgspec import Struct, field

from sandbox.clock import Clock
from sandbox.config import Person
from sandbox.personas import PERSONAS, Persona, answer, tap
from sandbox.pix import CODE, pay
from sandbox.records import Message
from sandbox.world import Sandbox
from sandbox.writing import Attachment, Written

log = logging.getLogger("sandbox")

TICK_S = 0.25
TYPING_MS = 20_000
HELD_MS = 180_000
SLOWER = 6


class State(Struct, kw_only=True):
    """Where one person stands. Times are real ms; `heard` is the last message taken in, by its seq."""

    said: list[str] = field(default_factory=list)
    heard: int = 0
    due_at: int = 0


class Script:
    """`write` sends as a person would. `tick` does at most one thing; `service` runs it while it is entered."""

    def __init__(self, sandbox: Sandbox, write: Callable[[Written], object]) -> None:
        self.sandbox, self._write = sandbox, write
        self._last = self._typed = 0
        self._held: dict[str, int] = {}

    @asynccontextmanager
    async def service(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.run(self.sandbox.clock), name="sandbox.script")
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def run(self, clock: Clock) -> None:
        while True:
            if self.on:
                self._try(clock.real())
            await asyncio.sleep(TICK_S)

    def _try(self, now: int) -> None:
        """A script that fails is switched off, so that the rest of the sandbox goes on."""
        try:
            self.tick(now)
        except Exception:
            log.exception("sandbox.script_failed")
            self.sandbox.store.put_setting("scripted", False)
            self.sandbox.feed.tell("scripted.changed", on=False)

    @property
    def on(self) -> bool:
        return self.sandbox.store.setting("scripted", self.sandbox.config.scripted)

    def human(self, person: str, now: int) -> None:
        """Somebody types, or wrote as `person`: that person is theirs for a while."""
        self._typed = now
        if person:
            self._held[person] = now + HELD_MS

    def tick(self, now: int) -> str | None:
        """Lets the one who has waited longest speak, if it is time; answers their id."""
        gap = self.sandbox.config.script_gap_ms * (SLOWER if now - self._typed < TYPING_MS else 1)
        if now - self._last < gap:
            return None
        ready = [(state.due_at, person.id) for person, state in self._waiting(now) if state.due_at <= now]
        for _, person_id in sorted(ready):
            if self._speak(person_id, now):
                self._last = now
                return person_id
        return None

    def _waiting(self, now: int) -> list[tuple[Person, State]]:
        """Everybody with something to answer; who has just been written to gets their moment first."""
        found = []
        for person in self.sandbox.config.people:
            if person.persona not in PERSONAS or self._held.get(person.id, 0) > now:
                continue
            state = self._state(person.id)
            if state.due_at == 0 and (not state.said or self._news(person.id, state)):
                state.due_at = now + self._delay(person, state)
                self._keep(person.id, state)
            if state.due_at:
                found.append((person, state))
        return found

    def _speak(self, person_id: str, now: int) -> bool:
        person, state = self.sandbox.store.person(person_id), self._state(person_id)
        assert person is not None
        persona, news = PERSONAS[person.persona], self._news(person_id, state)
        written = self._answer(person, persona, state, news) if state.said or news else self._opening(person, persona)
        state.due_at = 0
        if news:
            state.heard = news[-1].seq
        if written is None:
            self._keep(person_id, state)
            return False
        state.said.append(written.text or (written.interactive or {}).get("title", ""))
        with self.sandbox.store.commit():
            self._keep(person_id, state)
            self._write(written)
        return True

    def _opening(self, person: Person, persona: Persona) -> Written | None:
        boxes = self.sandbox.config.inboxes
        box = self.sandbox.inbox(person.writes_to) or next((b for b in boxes if b.channel == person.prefers), None)
        if box is None:
            return None
        shown = persona.shows and box.channel != "sms"
        return Written(
            inbox=box.id,
            sender=person.id,
            text=persona.opens["es" if person.language.startswith("es") else "pt"],
            subject={"es": "Mi cuenta"}.get(person.language[:2], "Minha conta") if box.channel == "email" else "",
            attachments=(receipt(),) if shown else (),
        )

    def _answer(self, person: Person, persona: Persona, state: State, news: list[Message]) -> Written | None:
        if not news:
            return None
        last, heard = news[-1], "\n".join(message.text for message in news)
        said = tuple(state.said)
        if persona.pays and self.sandbox.config.payments_url and CODE.search(heard):
            with suppress(ValueError):
                pay(self.sandbox, person, heard, 0)
        titles = [button["title"] for button in last.detail.get("buttons", [])]
        if (title := tap(persona, titles)) and title not in said:
            button = next(button for button in last.detail["buttons"] if button["title"] == title)
            pressed = {"type": button["type"], "id": button["id"], "title": title}
            return Written(inbox=last.inbox, sender=person.id, interactive=pressed, in_reply_to=last.id)
        line = answer(persona, person.language, heard, said)
        if line is None:
            return None
        reply_to = last.id if last.channel == "email" else ""
        return Written(inbox=last.inbox, sender=person.id, text=line, in_reply_to=reply_to)

    def _news(self, person: str, state: State) -> list[Message]:
        return self.sandbox.store.heard(person, state.heard)

    def _delay(self, person: Person, state: State) -> int:
        chance = random.Random(f"{self.sandbox.config.seed}/{person.id}/{len(state.said)}")
        low, high = self.sandbox.config.script_answer_ms
        return chance.randint(low, high) * (1 if state.said else 2)

    def _state(self, person: str) -> State:
        return msgspec.convert(self._states().get(person, {}), State)

    def _keep(self, person: str, state: State) -> None:
        self.sandbox.store.put_setting("script", {**self._states(), person: msgspec.to_builtins(state)})

    def _states(self) -> dict[str, Any]:
        none: dict[str, Any] = {}
        return self.sandbox.store.setting("script", none)


def receipt() -> Attachment:
    """A small grey picture that stands for a bank's receipt."""
    width, height = 60, 90
    rows = b"".join(
        b"\x00" + bytes(0x90 if 10 < x < 50 and y % 12 == 6 else 0xF0 for x in range(width)) for y in range(height)
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
    return Attachment(name="comprovante.png", type="image/png", base64=base64.b64encode(png).decode())
