"""Lives the demo's past: signed webhooks, verbs and the sandbox's own answers, on a clock that a story moves.

Nothing is put into tables of cases or messages by hand. What a debtor writes is the provider's own payload, verified
and taken by the doors' `accept`; what staff write passes the gate, is built by its channel, taken by the emulator, and
told by its callbacks. Only the network is left out: both sides are called in this process.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import urlsplit

import httpx2
from msgspec import structs

from channels.registry import CHANNELS
from channels.send import send
from channels.types import Delivery, Outcome
from console.access.actor import Actor
from console.cases.queries import CaseRow, find, open_case
from console.cases.send import finish, start
from console.clock import FixedClock
from console.intake.accept import accept
from console.outbox.queries import due
from console.people.actors import by_id
from console.services import Services
from console.store.transaction import Reader, Tx
from console.wire.moment import SECOND, Ms
from console.workers.dispatcher import outbound
from sandbox.records import Post
from sandbox.world import Sandbox
from sandbox.writing import Written

P = ParamSpec("P")
T = TypeVar("T")
WORKER = "past"
FAR_MS = 10**15


@dataclass
class Past:
    """The demo's world while its past is made. `users`, `debtors`, `books`: ids by key."""

    services: Services
    clock: FixedClock
    sandbox: Sandbox
    write: Callable[[Written], Any]  # the sandbox's own: a person writes
    client: httpx2.AsyncClient
    users: Mapping[str, str]
    debtors: Mapping[str, str]
    books: Mapping[str, str]
    actors: dict[str, Actor] = field(default_factory=dict)

    async def at(self, moment: Ms) -> None:
        """Move every clock to a moment, never back."""
        self.clock.at = max(self.clock.at, moment)
        self.sandbox.clock.offset_ms = self.clock.at - self.sandbox.clock.real()

    async def do(self, verb: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.services.store.write(verb, *args, **kwargs)

    async def see(self, query: Callable[Concatenate[Reader, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.services.store.read(query, *args, **kwargs)

    async def actor(self, key: str) -> Actor:
        if key not in self.actors:
            found = await self.see(by_id, self.users[key])
            assert found is not None
            self.actors[key] = found
        return self.actors[key]

    async def case(self, person: str, book: str) -> CaseRow:
        """The open case of a debtor, as it is now."""
        case_id = await self.see(open_case, self.debtors[person], self.books[book])
        row = await self.see(find, case_id or "")
        assert row is not None, f"{person} has no open case"
        return row

    async def says(self, written: Written) -> str:
        """A debtor writes; the id of the message as its provider names it."""
        made = self.write(structs.replace(written, at=self.clock.at))
        await self.carry()
        return str(made[0].id)

    async def carry(self) -> None:
        """Deliver whatever waits, both ways, until nothing does."""
        while await self._deliver() or await self._send():
            continue

    async def _deliver(self) -> bool:
        waiting = self.sandbox.store.due_posts(FAR_MS)
        for post_id, _ in waiting:
            await self._post(self.sandbox.store.post(post_id))
        return bool(waiting)

    async def _post(self, post: Post) -> None:
        await self.at(self.clock.at + SECOND)
        self.sandbox.courier.left(post)
        entry = await self.services.directory.find(post.inbox)
        assert entry is not None
        delivery = _delivery(post)
        if delivery.method != "SMTP":
            entry.channel.verify(entry.inbox, delivery)
        door = "smtp" if delivery.method == "SMTP" else "webhook"
        await accept(self.services, self.services.directory, entry, delivery, door)
        self.sandbox.store.save_post(structs.replace(post, state="done", attempts=1, answer=200))
        if not post.status:
            self.sandbox.store.raise_status(post.message, "delivered")

    async def _send(self) -> bool:
        rows = await self.see(due, 50)
        for row in rows:
            entry = await self.services.directory.find(row.inbox_id)
            assert entry is not None
            leaving = await self.do(start, row.item_id, WORKER)
            if leaving is not None:
                call = CHANNELS[entry.row.provider].build(entry.inbox, outbound(entry.inbox, leaving, ()))
                outcome: Outcome = await send(self.client, entry.inbox, call, leaving.permit, self.clock.now())
                await self.do(finish, row.item_id, outcome, WORKER)
        return bool(rows)


def _delivery(post: Post) -> Delivery:
    parts = urlsplit(post.url)
    if parts.scheme == "smtp":
        return Delivery(
            method="SMTP",
            body=post.body,
            envelope_from=post.headers["mail_from"] or "<>",
            envelope_to=(post.headers["rcpt_to"],),
        )
    headers = {name.lower(): value for name, value in post.headers.items()}
    return Delivery(method="POST", path=parts.path, query=parts.query, headers=headers, body=post.body)
