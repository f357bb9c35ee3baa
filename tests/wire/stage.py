"""A world in the middle of its day, and what each viewer holds of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from channels.types import Accepted
from console.access.actor import Actor
from console.cases import claim, reply, send
from console.cases.lists import list_cases
from console.cases.narrowed import CaseQuery
from console.cases.thread import TimelineQuery, thread
from console.negotiation.view import case_ledger
from console.store.transaction import Reader
from console.supervision.wall import open_requests
from console.wire.ids import new_id
from console.wire.snapshot import Snapshot
from tests.world import JOAO, World, make_world

VIEWERS = ("ana", "bruno", "sofia", "caio")


class Stage:
    """A world in which Ana owns Maria's case, João waits in the queue, and everybody is online."""

    def __init__(self, folder: Path) -> None:
        self.world = make_world(folder)
        self.world.online("ana", "bruno", "sofia")
        self.case = self.world.hear(provider_id="m1").case or ""
        self.waiting = self.world.hear(sender=JOAO).case or ""
        self.world.do(claim.claim, self.world.actor("ana"), self.case)

    def answer(self, **more: Any) -> str:
        wish = reply.Reply(client_id=new_id(), epoch=self.epoch, channel="whatsapp", text="Bom dia, Maria!", **more)
        item, _ = self.world.do(reply.reply, self.world.actor("ana"), self.case, wish)
        return item.id

    @property
    def epoch(self) -> int:
        return self.world.case(self.case).epoch

    def sent(self) -> str:
        item = self.answer()
        assert self.world.do(send.start, item, "w") is not None
        self.world.do(send.finish, item, Accepted(provider_id="wamid.out"), "w")
        return item


def snapshot(world: World, viewer: str) -> Snapshot:
    """What the viewer would load by HTTP."""
    actor = world.actor(viewer)

    def read(reader: Reader) -> Snapshot:
        found = Snapshot(viewer=actor.id)
        query = CaseQuery(view="all", status="queued,assigned,snoozed,resolved", limit=200)
        for each in plain(list_cases(reader, actor, query).items):
            if each.get("masked"):
                found.rows[each["id"]] = each
                continue
            found.unread[each["id"]] = each.pop("unread")
            found.cases[each["id"]] = each
            items = plain(thread(reader, actor, each["id"], TimelineQuery(limit=200)).items)
            found.threads[each["id"]] = {item["id"]: item for item in items}
            assert each.pop("whispers") == len([item for item in items if _waits_for(actor.id, item)])
            found.money[each["id"]] = _money(reader, actor, each["id"])
        if actor.role in ("supervisor", "agent", "compliance"):
            found.requests = {each["id"]: each for each in plain(open_requests(reader, actor))}
        return found

    return world.see(read)


def _waits_for(user: str, item: dict[str, Any]) -> bool:
    return item["kind"] == "whisper" and (item["to"] or {}).get("id") == user and not item.get("seen_at")


def _money(reader: Reader, actor: Actor, case_id: str) -> dict[str, Any]:
    lists = plain(case_ledger(reader, actor, case_id))
    return {
        each["id"]: each
        for name in ("plans", "promises", "disputes", "payments", "claims")
        for each in lists[name]
        if each["case"] == case_id
    }


def plain(value: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(value))
