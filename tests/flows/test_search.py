"""Search through a real server: what is found, by whom, and what nobody finds by writing queries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from channels.types import Inbound, Sender
from console.cases.claim import claim, transfer
from console.cases.receive import receive
from console.jobs.enqueue import enqueue_job
from console.people import accounts, teams
from console.portfolios.models import portfolio_team
from console.portfolios.queries import find_inbox
from console.store.statement import add
from console.store.transaction import Tx
from console.supervision.whisper import WhisperBody, whisper
from console.timeline.search import excerpt
from console.wire.ids import new_id
from console.workers.kinds import run_jobs
from tests.flows.desk import Scene
from tests.server import _hash, email, running
from tests.world import JOAO

OTHER = "Outra equipe"


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with running(workers={"jobs": run_jobs}, prepare=[_outsiders]) as server:
        made = Scene(server)
        _say(made, "Boa tarde, paguei a prestação de junho; a negociação ficou em três vezes.")
        _say(made, "Perfeição 😀 e ação: " + "enchimento " * 60 + "comprovação no fim")
        made.ana.post(
            f"/api/v1/cases/{made.case}/notes", json={"client_id": new_id(), "text": "anotação sobre a cliente"}
        )
        server.write(
            whisper,
            made.world.actor("sofia"),
            made.case,
            WhisperBody(client_id=new_id(), text="sussurro: ofereça desconto"),
        )
        yield made


def _outsiders(tx: Tx) -> None:
    other = teams.add_team(tx, OTHER)
    for name, role in (("davi", "agent"), ("elena", "supervisor")):
        new = accounts.NewUser(email=email(name), name=name.title(), role=role, password_hash=_hash())
        accounts.join_team(tx, accounts.add_user(tx, new), other)


def _say(scene: Scene, text: str, sender: Sender | None = None) -> str:
    def verb(tx: Tx) -> str:
        inbox = find_inbox(tx, scene.book.whatsapp)
        assert inbox is not None
        who = sender or Sender(wa_id="5511987654321", phone="+5511987654321", name="Maria Souza")
        return (
            receive(tx, inbox, Inbound(provider_id=new_id(), sender=who, at=tx.now, kind="text", text=text)).case or ""
        )

    return scene.server.write(verb)


@pytest.fixture(autouse=True)
def _unhurried(scene: Scene) -> None:
    scene.server.services.limits._buckets.clear()


def find(client: httpx2.Client, q: str, where: str = "messages", **more: Any) -> list[dict[str, Any]]:
    answer = client.get("/api/v1/search", params={"q": q, "in": where, **more})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


@pytest.mark.parametrize("q", ["prestação", "prestacao", "PRESTAÇÃO", "prest", "prestac\u0327a\u0303o", "junho paguei"])
def test_words_are_found_by_their_beginning_without_accents_in_any_order(scene: Scene, q: str) -> None:
    (hit,) = find(scene.ana, q)
    assert (hit["case"], hit["kind"], hit["debtor"]["name"]) == (scene.case, "message", "Maria Souza")
    assert hit["text"].startswith("Boa tarde") and hit["channel"] == "whatsapp"


def test_highlights_are_places_in_the_text(scene: Scene) -> None:
    (hit,) = find(scene.ana, "prestacao negoc")
    marked = [hit["text"][start:end] for start, end in hit["highlights"]]
    assert marked == ["prestação", "negoc"]
    assert "<" not in hit["text"]


def test_a_long_text_is_shown_around_what_was_looked_for(scene: Scene) -> None:
    (hit,) = find(scene.ana, "comprovacao")
    (span,) = hit["highlights"]
    assert hit["text"][span[0] : span[1]] == "comprovação"
    assert hit["text"].startswith("… ") and len(hit["text"]) < 260


def test_places_are_counted_as_javascript_counts_them() -> None:
    text, ((start, end),) = excerpt("😀😀 ação", ["aca"])
    assert text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le") == "açã"


@pytest.mark.parametrize(
    ("name", "messages", "notes"),
    [("ana", 1, 2), ("sofia", 1, 2), ("caio", 1, 2), ("bruno", 0, 0), ("davi", 0, 0), ("elena", 0, 0), ("admin", 0, 0)],
)
def test_everybody_finds_what_they_may_read_and_nothing_else(
    scene: Scene, name: str, messages: int, notes: int
) -> None:
    client = scene.server.sign_in(name)
    assert len(find(client, "prestação")) == messages
    assert len(find(client, "anotação", "notes") + find(client, "sussurro", "notes")) == notes
    assert find(client, "sussurro") == find(client, "anotação") == [], "a note stands among the messages"


def test_a_whisper_is_not_found_by_a_later_owner(scene: Scene) -> None:
    world, ids = scene.world, scene.server.ids
    scene.server.write(
        transfer, world.actor("ana"), scene.case, user_id=ids["bruno"], team_id=None, note="segue", epoch=None
    )
    try:
        assert (find(scene.bruno, "sussurro", "notes"), len(find(scene.bruno, "anotação", "notes"))) == ([], 1)
        assert (len(find(scene.bruno, "prestação")), find(scene.ana, "prestação")) == (1, [])
        assert find(scene.ana, "sussurro", "notes") == []
    finally:
        scene.server.write(
            transfer, world.actor("bruno"), scene.case, user_id=ids["ana"], team_id=None, note="segue", epoch=None
        )


@pytest.mark.parametrize(
    "q",
    [
        'prestação" OR "anotação', "prestação OR sussurro", "* OR scope : c*", 'scope : "c"', "prest* NOT junho",
        "text : prestação", "NEAR(prestação junho)", "prestação') OR 1=1 --", "^prestação", "a:* | b:*", "!prestação",
        "prestação & !junho", "{text scope} : x", '"', "'", "(", "*", "___", "%", "\\", ":*", "<->", "+-",
        "𞤀", "\u0301",
    ],
)  # fmt: skip
def test_operators_are_words_and_never_find_more(scene: Scene, q: str) -> None:
    plain = {hit["id"] for hit in find(scene.ana, "prestação")}
    found = {hit["id"] for hit in find(scene.ana, q)}
    assert found <= plain
    assert find(scene.bruno, q) == find(scene.bruno, q, "notes") == []


def test_pages_follow_each_other_newest_first(scene: Scene) -> None:
    case = _say(scene, "pagina um", JOAO)
    for word in ("dois", "tres", "quatro", "cinco"):
        _say(scene, f"pagina {word}", JOAO)
    scene.server.write(claim, scene.world.actor("ana"), case)
    seen: list[str] = []
    cursor: dict[str, Any] = {}
    for _ in range(9):
        page = scene.ana.get("/api/v1/search", params={"q": "pagina", "limit": 2, **cursor}).json()
        seen += [hit["text"] for hit in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert seen == [f"pagina {word}" for word in ("cinco", "quatro", "tres", "dois", "um")]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"q": "x", "limit": 0}, "limit"),
        ({"q": "x", "limit": 101}, "limit"),
        ({"q": "x" * 201}, "q"),
        ({"q": "x", "in": "passwords"}, "in"),
        ({"q": "x", "cursor": "1; DROP TABLE item"}, "cursor"),
        ({"q": "x", "cursor": "٣"}, "cursor"),
        ({"q": "a\0b"}, "q"),
    ],
)
def test_a_query_that_is_wrong_is_named(scene: Scene, query: dict[str, Any], field: str | None) -> None:
    answer = scene.ana.get("/api/v1/search", params=query)
    assert (answer.status_code, answer.json()["code"], answer.json().get("field")) == (422, "invalid", field)


def test_an_empty_query_finds_nothing(scene: Scene) -> None:
    for where in ("messages", "notes", "debtors"):
        assert find(scene.sofia, " ", where) == []


@pytest.mark.parametrize("q", ["maria", "SOUZA", "+55 11 98765-4321", "+551187654321"])
def test_debtors_are_found_by_name_and_by_any_form_of_their_number(scene: Scene, q: str) -> None:
    assert [hit["name"] for hit in find(scene.sofia, q, "debtors")] == ["Maria Souza"]
    assert find(scene.server.sign_in("elena"), q, "debtors") == []


def test_a_case_that_went_to_another_team_is_found_there_and_no_longer_here(scene: Scene) -> None:
    def serve(tx: Tx) -> str:
        from sqlalchemy import select

        from console.people.models import team
        from console.store.statement import rows, value

        (other,) = rows(tx, select(team.c.id).where(team.c.name == OTHER), value)
        add(tx, portfolio_team, portfolio_id=scene.book.id, team_id=other, rank=9)
        return str(other)

    other = scene.server.write(serve)
    elena = scene.server.sign_in("elena")
    case = _say(scene, "mudanca de equipe", Sender(wa_id="5511900000077", phone="+5511900000077", name="Rita"))
    assert (len(find(scene.sofia, "mudanca")), find(elena, "mudanca")) == (1, [])
    scene.server.write(transfer, scene.world.actor("sofia"), case, user_id=None, team_id=other, note="vai", epoch=None)
    for _ in range(200):
        scene.server.services.limits._buckets.clear()
        if find(elena, "mudanca"):
            break
        scene.server.write(enqueue_job, "search.retoken", {"case": case}, key=f"again:{case}")
    assert (find(scene.sofia, "mudanca"), len(find(elena, "mudanca"))) == ([], 1)
