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
from console.people.teams import add_team
from console.portfolios.set_up import add_rule, serve_portfolio
from console.store.words import terms_of
from routing.rules import Rule, When
from routing.types import Need
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


def test_a_label_is_found_letter_for_letter(world: World) -> None:
    for name, label in (("Mariana Sá", "VIP"), ("João Antunes", "50%_a/b"), ("Maria José Conceição", "50xxa/b")):
        world.do(work.label, world.actor("sofia"), case_of(world, name), [label])
    for who in ("sofia", "ana", "caio"):
        assert found(world, who, label="VIP") == ["Mariana Sá"]
        assert found(world, who, label="vip") == found(world, who, label="VI") == []
        assert found(world, who, label="50%_a/b") == ["João Antunes"]


def test_a_statement_that_is_kept_answers_everybody_with_their_own(world: World) -> None:
    other = world.do(add_team, "Outra")
    world.do(serve_portfolio, world.book, other)
    case = case_of(world, "Mariana Sá")
    world.do(claim.claim, world.actor("ana"), case)
    assert found(world, "ana", view="mine") == ["Mariana Sá"] and found(world, "sofia", view="mine") == []
    assert found(world, "ana", view="mine", q="sa") == ["Mariana Sá"] and found(world, "ana", view="mine", q="na") == []
    assert found(world, "sofia", team=world.team) == sorted(PEOPLE) and found(world, "sofia", team=other) == []
    assert found(world, "caio", team=world.team) == sorted(PEOPLE) and found(world, "caio", team=other) == []
    assert found(world, "caio", owner=world.ids["ana"]) == ["Mariana Sá"]
    assert found(world, "caio", owner=world.ids["sofia"]) == []


def test_pages_follow_each_other_whatever_was_asked_before(world: World) -> None:
    whole = [each.id for each in world.see(list_cases, world.actor("caio"), CaseQuery(view="all", sort="wait")).items]
    for limit in (1, 3):
        seen: list[str] = []
        cursor: str | None = None
        while page := world.see(
            list_cases, world.actor("caio"), CaseQuery(view="all", sort="wait", limit=limit, cursor=cursor)
        ):
            seen += [each.id for each in page.items]
            if (cursor := page.next) is None:
                break
        assert seen == whole


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

    dialect = reader.dialect  # type: ignore[attr-defined]
    return rows(reader, names.ids_named(dialect, names.match_of(dialect, terms_of(words))), str)  # type: ignore[arg-type]


def test_a_channel_narrows_what_is_seen(world: World) -> None:
    mail = Sender(email="joao@example.com", name="João por e-mail")
    world.hear("oi", channel="email", sender=mail)
    assert found(world, "sofia", channel="email") == found(world, "caio", channel="email") == ["João por e-mail"]
    assert found(world, "sofia", channel="whatsapp") == sorted(PEOPLE)


def test_a_skill_that_a_case_needs_from_the_first_is_found(world: World) -> None:
    world.do(add_rule, Rule(id="pt", needs=(Need(name="lang:pt", level=1),), when=When(languages=("pt",))))
    newcomer = Sender(wa_id="5511900001111", phone="+5511900001111", name="Rui Novo")
    world.hear("oi", sender=newcomer)
    assert found(world, "sofia", skill="lang:pt") == ["Rui Novo"]


def test_tags_go_with_their_case_to_another_team(world: World) -> None:
    case, other = case_of(world, "Mariana Sá"), world.do(add_team, "Outra")
    world.do(serve_portfolio, world.book, other)
    world.do(work.label, world.actor("sofia"), case, ["vip"])
    assert tags(world) >= {("label:vip", case, world.team), ("channel:whatsapp", case, world.team)}
    world.do(claim.transfer, world.actor("sofia"), case, user_id=None, team_id=other, note="segue")
    assert {team for _, each, team in tags(world) if each == case} == {other}
    assert found(world, "caio", label="vip") == found(world, "caio", label="vip", team=other) == ["Mariana Sá"]
    assert found(world, "caio", label="vip", team=world.team) == found(world, "sofia", label="vip") == []


def tags(world: World) -> set[tuple[str, str, str]]:
    sql = f"SELECT tag, case_id, team_id FROM {case_tag.name}"
    return set(world.see(lambda reader: reader.run(sql, None).fetchall()))
