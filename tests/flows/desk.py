"""A running product in which Ana owns Maria's case: for flows about what is said and sent there."""

from __future__ import annotations

from typing import Any

import httpx2

from channels.types import Inbound
from console.cases.claim import claim
from console.cases.receive import receive
from console.people.models import user
from console.portfolios.queries import find_inbox
from console.store.statement import change
from console.store.transaction import Tx
from console.wire.ids import new_id
from tests.flows.book import Book, open_book
from tests.server import Server
from tests.world import MARIA, World


class Scene:
    """Ana owns Maria's case."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.book: Book = open_book(server)
        self.ana, self.bruno, self.sofia, self.caio, self.admin = (
            server.sign_in(name) for name in ("ana", "bruno", "sofia", "caio", "admin")
        )
        self.world = World(server.services.store, None, server.team, ids=server.ids)  # type: ignore[arg-type]
        server.write(self._online)
        self.case = server.write(self._hear)
        server.write(claim, self.world.actor("ana"), self.case)

    def _online(self, tx: Tx) -> None:
        """Without it what a debtor writes would take the case from an agent who has left."""
        for name in ("ana", "bruno"):
            change(tx, user, {"id": self.server.ids[name]}, availability="online", connected=1, availability_at=tx.now)

    def _hear(self, tx: Tx) -> str:
        inbox = find_inbox(tx, self.book.whatsapp)
        assert inbox is not None
        message = Inbound(provider_id=new_id(), sender=MARIA, at=tx.now, kind="text", text="oi")
        return receive(tx, inbox, message, window_hours=24).case or ""

    def epoch(self) -> int:
        return int(self.sofia.get(f"/api/v1/cases/{self.case}").json()["epoch"])

    def reply(self, **more: Any) -> httpx2.Response:
        body = {"client_id": new_id(), "epoch": self.epoch(), "channel": "whatsapp", "text": "Segue.", **more}
        return self.ana.post(f"/api/v1/cases/{self.case}/messages", json=body)
