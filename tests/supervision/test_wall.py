"""The wall's snapshot: live cases with their last words."""

from typing import Any

from console.cases.claim import claim
from console.cases.detail import detail
from console.cases.drafts import keep_draft
from console.cases.note import note
from console.supervision.wall import wall
from console.wire.ids import new_id
from tests.world import JOAO, World


def seen_by(world: World, name: str) -> dict[str, Any]:
    actor = world.actor(name)
    return world.see(lambda reader: wall(reader, actor))


def test_a_tile_comes_with_its_last_three_messages_the_oldest_first(world: World) -> None:
    world.online("ana", "sofia")
    case_id = world.hear("um").case or ""
    for text in ("dois", "três", "quatro"):
        world.hear(text)
    quiet = world.hear("só eu", sender=JOAO).case or ""
    world.do(claim, world.actor("ana"), case_id)
    world.do(note, world.actor("ana"), case_id, new_id(), "só a equipe vê")
    tails = seen_by(world, "sofia")["tails"]
    assert [each["text"] for each in tails[case_id]] == ["dois", "três", "quatro"]
    assert [(each["text"], each["direction"]) for each in tails[quiet]] == [("só eu", "in")]


def test_whoever_may_watch_sees_what_the_owner_has_typed_and_nobody_else_does(world: World) -> None:
    world.online("ana", "sofia")
    case_id = world.hear().case or ""
    world.do(claim, world.actor("ana"), case_id)
    world.do(keep_draft, world.actor("ana"), case_id, "Bom dia, Maria. Pos", 1)

    def typed(name: str) -> Any:
        return world.see(lambda reader: detail(reader, world.actor(name), case_id)).owner_draft

    assert [typed(name)["text"] for name in ("sofia", "caio")] == ["Bom dia, Maria. Pos"] * 2
    assert typed("ana") is None


def test_a_wall_without_cases_has_no_tails(world: World) -> None:
    assert seen_by(world, "sofia")["tails"] == {}
