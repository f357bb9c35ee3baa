"""The search index on both databases: the same words find the same things, within the same scopes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from console.store.transaction import Reader
from console.store.words import terms_of
from console.timeline.index import hits, retoken, token
from console.timeline.queries import find
from tests import services
from tests.world import JOAO, World, make_world

TEXTS = (
    "Paguei a prestação de junho",
    "A negociação ficou em 3 vezes",
    "meu e-mail é maria.souza@example.com",
    "PRESTAÇÃO atrasada, R$ 1.234,56",
)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)], scope="module")
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Maria and João have written: made once a database."""
    server = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    folder = tmp_path_factory.mktemp("world")
    url = services.create_database(server) if server else f"sqlite:///{folder}/acordo.db"
    made = make_world(folder, url)
    for text in TEXTS:
        made.hear(text)
    made.hear("prestação do João", sender=JOAO)
    yield made
    asyncio.run(made.store.close())
    if server:
        services.drop_database(server, url)


@pytest.fixture
def world(filled: World) -> World:
    return filled


def found(world: World, words: str, scopes: list[str] | None = None, before: int | None = None) -> list[str]:
    def read(reader: Reader) -> list[str]:
        return [item for _, item, _ in hits(reader, "search_message", words, scopes, 50, before)]

    ids = world.see(read)
    return [row.text for each in ids if (row := world.see(find, each)) is not None]


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("prestacao", 3), ("PRESTAÇÃO", 3), ("prest", 3), ("junho prestação", 1), ("souza", 1), ("example com", 1),
        ("maria.souza@example.com", 1), ("1.234,56", 1), ("3", 1), ("negociacao vezes", 1), ("prestação julho", 0),
        ("estacao", 0), ("prestacao OR negociacao", 0), ("", 0), ("___", 0), ("'\"*:&|!()<->", 0),
    ],
)  # fmt: skip
def test_words_are_found_by_their_beginning_whatever_stands_around_them(world: World, words: str, count: int) -> None:
    assert len(found(world, words)) == count


def test_a_scope_lets_nothing_else_through(world: World) -> None:
    maria = world.hear("mais um").case or ""
    joao = world.hear("oi", sender=JOAO).case or ""
    assert found(world, "prestação", [token("c", joao)]) == ["prestação do João"]
    assert len(found(world, "prestação", [token("c", maria)])) == 2
    assert len(found(world, "prestação", [token("c", maria), token("c", joao)])) == 3
    assert len(found(world, "prestação", [token("t", world.team)])) == 3
    assert found(world, "prestação", [token("t", "elsewhere")]) == found(world, "prestação", []) == []


def test_the_newest_come_first_and_a_place_is_where_the_next_page_begins(world: World) -> None:
    def read(reader: Reader) -> list[tuple[int, str, str]]:
        return hits(reader, "search_message", "prestacao", None, 2)

    first = world.see(read)
    texts = found(world, "prestacao")
    assert texts == ["prestação do João", "PRESTAÇÃO atrasada, R$ 1.234,56", "Paguei a prestação de junho"]
    assert found(world, "prestacao", before=first[-1][0]) == texts[2:]


def test_a_case_that_moves_is_found_where_it_is(world: World) -> None:
    case = world.case(world.hear("mudou").case)
    world.do(retoken, case.id, "another", world.book)
    assert found(world, "mudou", [token("t", world.team)]) == []
    assert found(world, "mudou", [token("t", "another")]) == ["mudou"]
    assert len(found(world, "prestação", [token("t", world.team)])) == 1, "only João's stays"


def test_at_most_twelve_words_are_looked_for() -> None:
    assert len(terms_of("a b c d e f g h i j k l m n")) == 12
