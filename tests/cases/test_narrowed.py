"""Lists narrowed by a label, a skill, a portfolio, an owner or a name give the same, few or many as they may be."""

from __future__ import annotations

from pathlib import Path

import pytest

from channels.types import Sender
from console.cases import claim, narrowed, work
from console.cases.lists import list_cases
from console.cases.models import case_tag
from console.cases.narrowed import CaseQuery
from console.debtors import names
from console.store.words import terms_of
from tests.world import World, make_world

PEOPLE = ("João Antunes", "Maria José Conceição", "Mariana Sá", "Ana-Maria O'Neil")


@pytest.fixture(params=["few", "many"])
def world(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """Four debtors who wrote; "many": so few count as many that everything is met in its order."""
    if request.param == "many":
        monkeypatch.setattr(narrowed, "FEW", 0)
    made = make_world(tmp_path)
    for number, name in enumerate(PEOPLE):
        phone = f"551198765{number:04}"
        made.hear("oi", sender=Sender(wa_id=phone, phone=f"+{phone}", name=name))
    return made


def found(world: World, who: str, view: str = "all", **more: str) -> list[str]:
    """The debtors of the list that somebody sees, by name; of masked rows the case's id is told."""
    query = CaseQuery(view=view, **more)  # type: ignore[arg-type]
    rows = world.see(list_cases, world.actor(who), query).items
    return sorted(world.see(_name_of, each.id) for each in rows)


def _name_of(reader: object, case_id: str) -> str:
    sql = 'SELECT debtor.name FROM debtor JOIN "case" ON "case".debtor_id = debtor.id WHERE "case".id = '
    placed = sql + ("?" if reader.dialect == "sqlite" else "%s")  # type: ignore[attr-defined]
    return str(reader.run(placed, (case_id,)).fetchone()[0])  # type: ignore[attr-defined]


def case_of(world: World, name: str) -> str:
    rows = world.see(list_cases, world.actor("caio"), CaseQuery(view="all")).items
    (one,) = [each.id for each in rows if each.debtor.name == name]
    return str(one)


@pytest.mark.parametrize(
    ("q", "wanted"),
    [
        ("maria", ["Ana-Maria O'Neil", "Maria José Conceição", "Mariana Sá"]),
        ("MARIA jose", ["Maria José Conceição"]),
        ("conceicao", ["Maria José Conceição"]),
        ("Conceição", ["Maria José Conceição"]),
        ("neil", ["Ana-Maria O'Neil"]),
        ("aria", []),
        ('" OR', []),
        ("%", list(PEOPLE)),
    ],
)
@pytest.mark.parametrize("who", ["ana", "sofia", "caio"])
def test_a_name_is_found_by_the_beginnings_of_its_words(world: World, who: str, q: str, wanted: list[str]) -> None:
    assert found(world, who, q=q) == sorted(wanted)


def test_a_label_is_found_while_it_stands(world: World) -> None:
    case = case_of(world, "Mariana Sá")
    world.do(work.label, world.actor("sofia"), case, ["vip", "ação"])
    assert found(world, "sofia", label="vip") == found(world, "ana", label="ação") == ["Mariana Sá"]
    world.do(work.label, world.actor("sofia"), case, ["ação"])
    assert found(world, "sofia", label="vip") == []
    assert found(world, "caio", label="ação", q="maria") == ["Mariana Sá"]
    assert found(world, "caio", label="ação", q="joao") == []


def test_a_skill_is_found_while_it_is_needed(world: World) -> None:
    case = case_of(world, "Mariana Sá")
    world.do(work.require_skills, world.actor("sofia"), case, {"lang:es": 3})
    assert found(world, "sofia", skill="lang:es") == found(world, "ana", skill="lang:es") == ["Mariana Sá"]
    world.do(work.require_skills, world.actor("sofia"), case, {"legal": 2})
    assert found(world, "sofia", skill="lang:es") == [] and found(world, "caio", skill="legal") == ["Mariana Sá"]


def test_an_owner_and_a_portfolio_narrow_what_is_seen(world: World) -> None:
    case = case_of(world, "João Antunes")
    world.do(claim.claim, world.actor("ana"), case)
    assert found(world, "sofia", owner=world.ids["ana"]) == ["João Antunes"]
    assert found(world, "caio", portfolio=world.book) == sorted(PEOPLE)
    assert found(world, "sofia", portfolio="none") == found(world, "ana", team="none") == []
    assert found(world, "ana", team=world.team, portfolio=world.book) == sorted(PEOPLE)
    assert found(world, "sofia", view="queue", portfolio=world.book) == sorted(set(PEOPLE) - {"João Antunes"})


def test_a_new_name_is_found_and_the_old_one_no_longer(world: World) -> None:
    debtor = world.case(case_of(world, "João Antunes")).debtor_id
    world.do(names.index_name, debtor, "Jonas Antunes")
    assert world.see(lambda reader: _ids(reader, "jonas")) == [debtor]
    assert world.see(lambda reader: _ids(reader, "joao")) == []


def _ids(reader: object, words: str) -> list[str]:
    from console.store.statement import rows

    return rows(reader, names.ids_named(reader, terms_of(words)), str)  # type: ignore[arg-type]


def test_a_case_without_labels_and_skills_has_no_tags(world: World) -> None:
    assert world.see(lambda reader: reader.run(f"SELECT * FROM {case_tag.name}", None).fetchall()) == []
