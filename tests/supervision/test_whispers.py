"""A whisper has no channel: it reaches its reader and the supervisors' side, and nobody and nothing else."""

import pytest
from sqlalchemy import select

from console.cases.claim import claim, release
from console.cases.look import look
from console.cases.reply import Reply, reply
from console.cases.thread import TimelineQuery, thread
from console.errors import Conflict, Forbidden, Invalid
from console.outbox.models import outbox
from console.store.statement import rows, value
from console.supervision.whisper import WhisperBody, whisper
from console.timeline.index import hits
from console.wire.ids import new_id
from tests.world import World

SECRET = "ofereça três vezes sem juros"


def whispered(world: World) -> tuple[str, str]:
    world.online("ana", "bruno", "sofia")
    case_id = world.hear().case or ""
    world.do(claim, world.actor("ana"), case_id)
    body = WhisperBody(client_id=new_id(), text=SECRET, suggestion=True)
    item, _ = world.do(whisper, world.actor("sofia"), case_id, body)
    return case_id, item.id


def texts(world: World, name: str, case_id: str) -> list[str]:
    page = world.see(thread, world.actor(name), case_id, TimelineQuery())
    return [str(item.text) for item in page.items if item.kind == "whisper"]


def test_the_owner_and_the_supervisors_side_read_it(world: World) -> None:
    case_id, _ = whispered(world)
    assert [texts(world, name, case_id) for name in ("ana", "sofia", "caio")] == [[SECRET]] * 3


def test_a_later_owner_does_not(world: World) -> None:
    case_id, _ = whispered(world)
    world.do(release, world.actor("ana"), case_id)
    world.do(claim, world.actor("bruno"), case_id)
    assert texts(world, "bruno", case_id) == []


def test_its_event_goes_to_no_topic_that_others_hear(world: World) -> None:
    case_id, _ = whispered(world)
    (fact,) = [fact for fact in world.heard if fact.name == "whisper.created"]
    assert set(fact.topics) == {f"case:{case_id}:team", f"user:{world.ids['ana']}", f"user:{world.ids['sofia']}"}


def test_it_is_no_message_and_leaves_no_row_in_the_outbox(world: World) -> None:
    case_id, item = whispered(world)
    assert world.see(lambda reader: rows(reader, select(outbox.c.item_id), value)) == []
    assert world.see(lambda reader: hits(reader, "search_message", "juros", None, 10)) == []
    assert world.see(lambda reader: [each[1:] for each in hits(reader, "search_side", "juros", None, 10)]) == [
        (item, case_id)
    ]


def test_it_touches_no_order(world: World) -> None:
    world.online("ana")
    case_id = world.hear().case or ""
    world.do(claim, world.actor("ana"), case_id)
    before = world.case(case_id)
    world.clock.advance(5_000)
    world.do(whisper, world.actor("sofia"), case_id, WhisperBody(client_id=new_id(), text=SECRET))
    after = world.case(case_id)
    assert (after.updated_at, after.rank_at, after.last_item) == (before.updated_at, before.rank_at, before.last_item)


def test_seen_and_used_are_told_to_its_author(world: World) -> None:
    case_id, item = whispered(world)
    world.do(look, world.actor("ana"), case_id, 99)
    assert "whisper.updated" in world.names()
    wish = Reply(client_id=new_id(), epoch=1, channel="whatsapp", text="Posso dividir, sim.", whisper=item)
    world.do(reply, world.actor("ana"), case_id, wish)
    page = world.see(thread, world.actor("sofia"), case_id, TimelineQuery())
    (shown,) = [each for each in page.items if each.kind == "whisper"]
    assert shown.seen_at and shown.used_at


def test_watching_leaves_no_read_mark(world: World) -> None:
    case_id, _ = whispered(world)
    world.do(look, world.actor("sofia"), case_id, 99)
    page = world.see(thread, world.actor("sofia"), case_id, TimelineQuery())
    (shown,) = [each for each in page.items if each.kind == "whisper"]
    assert shown.seen_at is None and world.case(case_id).opened_at is None


def test_repeating_it_whispers_once(world: World) -> None:
    case_id, _ = whispered(world)
    body = WhisperBody(client_id=new_id(), text="de novo")
    world.do(whisper, world.actor("sofia"), case_id, body)
    _, new = world.do(whisper, world.actor("sofia"), case_id, body)
    assert not new and world.heard == []


@pytest.mark.parametrize(
    ("name", "kind", "error"),
    [("ana", "whisper", Forbidden), ("bruno", "request", Exception), ("caio", "whisper", Forbidden)],
)
def test_only_supervisors_write_them(world: World, name: str, kind: str, error: type[Exception]) -> None:
    case_id, _ = whispered(world)
    with pytest.raises(error):
        world.do(whisper, world.actor(name), case_id, WhisperBody(client_id=new_id(), text="x", kind=kind))


def test_without_an_owner_there_is_nobody_to_whisper_to(world: World) -> None:
    case_id = world.hear().case or ""
    with pytest.raises(Conflict):
        world.do(whisper, world.actor("sofia"), case_id, WhisperBody(client_id=new_id(), text="x"))


def test_an_empty_one_is_refused(world: World) -> None:
    case_id, _ = whispered(world)
    with pytest.raises(Invalid):
        world.do(whisper, world.actor("sofia"), case_id, WhisperBody(client_id=new_id(), text="  "))
