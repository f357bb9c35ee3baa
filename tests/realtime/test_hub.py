"""Who hears an event: once, in order, and nobody waits for anybody."""

from __future__ import annotations

import json
from typing import Any

import pytest

from console.access.actor import Actor
from console.clock import FixedClock
from console.log.cursor import Mark
from console.log.read import Told
from console.realtime.frames import Frame, framed
from console.realtime.hub import CLOSE_ENDED, CLOSE_SLOW, Hub
from console.realtime.session import Session
from console.store.transaction import Event

NOW = 1_795_000_000_000


class Pipe:
    """A line to nobody: keeps what it is given, and is as full as it is told to be."""

    def __init__(self) -> None:
        self.frames: list[dict[str, Any]] = []
        self.writable = True
        self.waiting = 0
        self.code: int | None = None

    def write(self, frame: Frame) -> None:
        self.frames.append(json.loads(frame.json))

    async def drained(self) -> None:
        """Nothing ever waits here."""

    def close(self, code: int) -> None:
        self.code = code

    @property
    def names(self) -> list[str]:
        return [each.get("name", each["type"]) for each in self.frames]


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def hub(clock: FixedClock) -> Hub:
    hub = Hub(clock)
    hub.mark = Mark("i", 0, 0)
    return hub


async def connect(hub: Hub, user: str, *topics: str, session: str = "") -> tuple[Session, Pipe]:
    pipe = Pipe()
    actor = Actor(id=user, name=user, role="agent", session=session or f"s-{user}")
    opened = Session(actor, pipe, monotonic=hub.clock.monotonic)
    hub.attach(opened)
    hub.subscribe(opened, [f"user:{user}", *topics])
    await opened.go_live()
    return opened, pipe


def told(hub: Hub, name: str, *topics: str, case: str | None = None, **data: Any) -> Told:
    seq = hub.mark.seq + 1
    event = Event(seq, f"e{seq}", NOW, name, case, topics, json.dumps(data).encode())
    return Told(Mark("i", 0, seq), event)


def publish(hub: Hub, name: str, *topics: str, case: str | None = None, **data: Any) -> None:
    hub.publish([told(hub, name, *topics, case=case, **data)])


async def test_an_event_reaches_those_who_hold_its_topic_and_nobody_else(hub: Hub) -> None:
    _, ana = await connect(hub, "ana", "case:1")
    _, bruno = await connect(hub, "bruno", "case:2")
    publish(hub, "message.created", "case:1", case="1", text="olá")
    assert ana.frames == [
        {
            "type": "event",
            "cursor": "i.1",
            "id": "e1",
            "at": "2026-11-18T11:06:40.000Z",
            "name": "message.created",
            "case": "1",
            "data": {"text": "olá"},
        }
    ]
    assert bruno.frames == []


async def test_an_event_for_several_topics_reaches_a_session_once(hub: Hub) -> None:
    _, sofia = await connect(hub, "sofia", "case:1", "wall:t", "queue:t")
    publish(hub, "case.updated", "case:1", "wall:t", "user:sofia")
    assert sofia.names == ["case.updated"]


async def test_an_event_is_encoded_once_for_all(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    from console.realtime import frames

    encoded: list[Told] = []
    encode = frames.event

    def count(each: Told) -> Frame:
        encoded.append(each)
        return encode(each)

    monkeypatch.setattr(frames, "event", count)
    for n in range(50):
        await connect(hub, f"u{n}", "case:1")
    publish(hub, "message.created", "case:1")
    publish(hub, "message.created", "case:nobody")
    assert len(encoded) == 1


async def test_the_frame_is_what_rfc_6455_says() -> None:
    assert framed(b"x" * 125)[:2] == bytes((0x81, 125))
    assert framed(b"x" * 126)[:4] == b"\x81\x7e\x00\x7e"
    assert framed(b"x" * 65_535)[:4] == b"\x81\x7e\xff\xff"
    assert framed(b"x" * 65_536)[:10] == b"\x81\x7f" + (65_536).to_bytes(8, "big")


async def test_after_hidden_nothing_of_the_case_follows(hub: Hub) -> None:
    _, ana = await connect(hub, "ana", "case:1", "case:1:team", "case:2")
    hub.publish(
        [
            told(hub, "case.hidden", "user:ana", case="1", id="1"),
            Told(Mark("i", 0, 2), Event(2, "e2", NOW, "message.created", "1", ("case:1",), b"{}")),
            Told(Mark("i", 0, 3), Event(3, "e3", NOW, "whisper.created", "1", ("case:1:team",), b"{}")),
            Told(Mark("i", 0, 4), Event(4, "e4", NOW, "message.created", "2", ("case:2",), b"{}")),
        ]
    )
    assert [(each["name"], each["case"]) for each in ana.frames] == [("case.hidden", "1"), ("message.created", "2")]


async def test_hidden_reaches_every_session_of_the_user_and_only_theirs(hub: Hub) -> None:
    first, _ = await connect(hub, "ana", "case:1")
    second, _ = await connect(hub, "ana", "case:1")
    other, _ = await connect(hub, "bruno", "case:1")
    publish(hub, "case.hidden", "user:ana", case="1", id="1")
    assert "case:1" not in first.topics and "case:1" not in second.topics
    assert "case:1" in other.topics


async def test_a_case_that_becomes_mine_is_heard_without_a_subscription(hub: Hub) -> None:
    _, ana = await connect(hub, "ana")
    publish(hub, "case.assigned", "case:1", "wall:t", "user:ana", case="1", owner={"id": "ana"})
    publish(hub, "message.created", "case:1", "wall:t", case="1")
    assert ana.names == ["case.assigned", "message.created"]


async def test_being_told_of_somebody_elses_case_does_not_subscribe(hub: Hub) -> None:
    _, ana = await connect(hub, "ana")
    publish(hub, "case.updated", "case:1", "user:ana", case="1", owner={"id": "bruno"})
    publish(hub, "notice.created", "case:1", "user:ana", case="1", owner="ana")
    publish(hub, "message.created", "case:1", case="1")
    assert ana.names == ["case.updated", "notice.created"]


async def test_changed_rights_take_every_topic_away_at_once(hub: Hub) -> None:
    session, ana = await connect(hub, "ana", "case:1", "queue:t")
    renewed: list[bool] = []
    session.on_renew = lambda: renewed.append(True)
    publish(hub, "user.rights_changed", "user:ana")
    publish(hub, "message.created", "case:1", case="1")
    assert session.topics == set() and renewed == [True] and ana.frames == []


async def test_a_disabled_user_is_closed_and_hears_nothing_more(hub: Hub) -> None:
    _, ana = await connect(hub, "ana", "case:1")
    publish(hub, "user.disabled", "user:ana")
    publish(hub, "message.created", "case:1", case="1")
    assert ana.code == CLOSE_ENDED and ana.frames == []


async def test_ending_one_session_closes_its_sockets_and_no_others(hub: Hub) -> None:
    _, here = await connect(hub, "ana", session="one")
    _, there = await connect(hub, "ana", session="two")
    publish(hub, "session.ended", "user:ana", session="one")
    assert (here.code, there.code) == (CLOSE_ENDED, None)


async def test_a_session_past_its_time_is_closed_by_the_next_tick(hub: Hub, clock: FixedClock) -> None:
    session, ana = await connect(hub, "ana")
    session.expires_at = NOW + 1_000
    hub.tick()
    assert ana.code is None
    clock.advance(1_000)
    hub.tick()
    assert ana.code == CLOSE_ENDED


async def test_whoever_cannot_keep_up_is_skipped_and_the_others_are_not_delayed(hub: Hub) -> None:
    _, slow = await connect(hub, "ana", "case:1")
    _, quick = await connect(hub, "bruno", "case:1")
    publish(hub, "message.created", "case:1", n=1)
    slow.writable = False
    for n in range(2, 50):
        publish(hub, "message.created", "case:1", n=n)
    assert len(slow.frames) == 1 and len(quick.frames) == 49


async def test_whoever_drains_is_reset_and_goes_on_from_there(hub: Hub) -> None:
    session, slow = await connect(hub, "ana", "case:1")
    session.greeting = lambda mark: Frame(json.dumps({"type": "ready", "cursor": mark.text()}).encode())
    slow.writable = False
    publish(hub, "message.created", "case:1", n=1)
    publish(hub, "message.created", "case:1", n=2)
    slow.writable = True
    hub.drained(session)
    publish(hub, "message.created", "case:1", n=3)
    assert slow.names == ["reset", "ready", "message.created"]
    assert slow.frames[1]["cursor"] == "i.2" and slow.frames[2]["data"] == {"n": 3}


async def test_whoever_stays_behind_ten_seconds_is_closed(hub: Hub, clock: FixedClock) -> None:
    _, slow = await connect(hub, "ana", "case:1")
    slow.writable = False
    publish(hub, "message.created", "case:1")
    clock.advance(10_000)
    hub.tick()
    assert slow.code is None
    clock.advance(1)
    hub.tick()
    assert slow.code == CLOSE_SLOW


async def test_whoever_has_a_mebibyte_waiting_is_closed(hub: Hub) -> None:
    _, slow = await connect(hub, "ana", "case:1")
    slow.writable, slow.waiting = False, 1024 * 1024 + 1
    publish(hub, "message.created", "case:1")
    hub.tick()
    assert slow.code == CLOSE_SLOW


async def test_what_is_kept_during_a_replay_follows_it_in_order_and_once(hub: Hub) -> None:
    session, ana = await connect(hub, "ana", "case:1")
    session.hold()
    missed = [told(hub, "message.created", "case:1", n=1)]
    publish(hub, "message.created", "case:1", n=1)  # also in the log that is being replayed
    publish(hub, "message.created", "case:1", n=2)
    assert ana.frames == []
    await session.replay(missed, missed[0].mark)
    await session.go_live()
    publish(hub, "message.created", "case:1", n=3)
    assert [each["data"]["n"] for each in ana.frames] == [1, 2, 3]


async def test_what_is_kept_is_bounded_and_then_the_session_resets(hub: Hub) -> None:
    session, ana = await connect(hub, "ana", "case:1")
    session.hold()
    for _ in range(20):
        publish(hub, "message.created", "case:1", text="x" * 100_000)
    assert session.behind and not session._kept
    hub.tick()
    assert ana.names[0] == "reset"


async def test_a_session_that_is_over_hears_nothing_and_is_forgotten(hub: Hub) -> None:
    session, ana = await connect(hub, "ana", "case:1")
    assert hub.detach(session) == 0
    publish(hub, "message.created", "case:1")
    assert ana.frames == [] and hub.users() == [] and not hub._topics
