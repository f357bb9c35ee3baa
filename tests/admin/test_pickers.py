"""What people pick from: portfolios, teams, users, inboxes, templates, quick replies; each as far as it is theirs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from channels.types import Template
from console.admin.templates import Synced, level_of, store_templates
from console.errors import Invalid
from console.people import teams
from console.portfolios.set_up import NewPortfolio, add_portfolio, add_quick_reply, serve_portfolio
from console.store.transaction import Tx
from console.wire.ids import new_id
from tests.flows.book import Book, open_book
from tests.server import Server, running

REMINDER = Template(
    name="lembrete", language="pt_BR", category="utility", state="approved", body="Olá {{1}}, sua fatura vence {{2}}.",
    variables=("1", "2"), provider_id="T1", footer="Loja Ipê", buttons=("Pagar",), examples={"1": "Maria", "2": "hoje"},
)  # fmt: skip
NEUTRAL = Template(name="contato_neutro", language="pt_BR", category="utility", state="pending", body="Olá, um recado.")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running(workers={}) as made:
        yield made


@pytest.fixture(scope="module")
def book(server: Server) -> Book:
    made = open_book(server)
    server.write(foreign)
    server.write(store_templates, made.whatsapp, [REMINDER, NEUTRAL])
    for language, text in (("pt-BR", "Olá, {{first_name}}! Aqui é {{agent}}, de {{creditor}}."), ("es", "Hola")):
        server.write(add_quick_reply, made.id, "ola", "Saudação", text, language)
    server.write(add_quick_reply, None, "saldo", "Saldo", "São {{amount}} em aberto{{unknown}}.", "pt-BR")
    return made


def foreign(tx: Tx) -> str:
    new = NewPortfolio(name="Maguey", jurisdiction="MX", timezone="America/Mexico_City", language="es", currency="MXN")
    made = add_portfolio(tx, new)
    serve_portfolio(tx, made, teams.add_team(tx, "Cobranza"))
    add_quick_reply(tx, made, "hola", "Saludo", "Hola", "es")
    return made


def items(server: Server, who: str, path: str, **query: Any) -> list[dict[str, Any]]:
    answer = server.sign_in(who).get(f"/api/v1/{path}", params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def test_everybody_sees_the_portfolios_they_have_to_do_with(server: Server, book: Book) -> None:
    for who, names in (("ana", ["Loja Ipê"]), ("sofia", ["Loja Ipê"]), ("caio", ["Loja Ipê", "Maguey"])):
        assert [each["name"] for each in items(server, who, "portfolios")] == names
    (mine,) = items(server, "ana", "portfolios")
    assert (mine["id"], mine["jurisdiction"], mine["currency"]) == (book.id, "BR-SP", "BRL")
    assert len(items(server, "ana", "inboxes")) == 2 and "secrets" not in items(server, "admin", "inboxes")[0]


def test_a_case_can_go_to_teams_and_people_of_the_same_portfolios(server: Server, book: Book) -> None:
    assert [each["name"] for each in items(server, "ana", "teams")] == ["Cobrança"]
    people = items(server, "ana", "users")
    assert {each["name"] for each in people} == {"Ana Prado", "Bruno Reis", "Clara Nunes", "Sofia Lima"}
    assert set(people[0]) == {"id", "name", "role", "teams", "status"} and people[0]["teams"][0]["name"] == "Cobrança"
    assert {each["name"] for each in items(server, "admin", "teams")} == {"Cobrança", "Cobranza"}
    assert {each["role"] for each in items(server, "caio", "users")} == {"agent", "supervisor", "compliance", "admin"}


def test_templates_come_with_state_variables_and_a_preview(server: Server, book: Book) -> None:
    neutral, reminder = items(server, "ana", "templates", portfolio=book.id, channel="whatsapp")
    assert (neutral["name"], neutral["state"], neutral["level"]) == ("contato_neutro", "pending", 0)
    assert reminder["preview"] == "Olá Maria, sua fatura vence hoje." and reminder["level"] == 1
    assert reminder["variables"] == [{"name": "1", "example": "Maria"}, {"name": "2", "example": "hoje"}]
    assert (reminder["category"], reminder["footer"], reminder["buttons"]) == ("utility", "Loja Ipê", ["Pagar"])
    assert items(server, "ana", "templates", channel="sms") == items(server, "ana", "templates", language="es") == []
    elsewhere = next(each["id"] for each in items(server, "caio", "portfolios") if each["name"] == "Maguey")
    for path in ("templates", "quick-replies"):
        assert server.sign_in("ana").get(f"/api/v1/{path}", params={"portfolio": elsewhere}).status_code == 404


def test_a_template_the_provider_has_dropped_is_disabled_and_comes_back(server: Server, book: Book) -> None:
    told = server.write(store_templates, book.whatsapp, [NEUTRAL])
    assert told == Synced(held=1, new=0, gone=1)
    states = {each["name"]: each["state"] for each in items(server, "ana", "templates")}
    assert states == {"contato_neutro": "pending", "lembrete": "disabled"}
    assert server.write(store_templates, book.whatsapp, [REMINDER, NEUTRAL]) == Synced(held=2, new=0, gone=0)
    assert {each["state"] for each in items(server, "ana", "templates")} == {"approved", "pending"}
    with pytest.raises(Invalid):
        server.write(store_templates, "nothing", [])


def test_the_level_of_a_template_is_told_by_its_name() -> None:
    assert [level_of(name) for name in ("neutro", "contato_neutro_2", "NEUTRAL_first", "neutra")] == [0, 0, 0, 0]
    assert [level_of(name) for name in ("lembrete", "neutrotec_fatura", "neutralizar")] == [1, 1, 1]


def test_quick_replies_are_filled_for_a_case_that_the_caller_reads(server: Server, book: Book) -> None:
    book.writes("Oi")
    ana = server.sign_in("ana")
    (row,) = ana.get("/api/v1/cases", params={"view": "queue"}).json()["items"]
    assert ana.get("/api/v1/quick-replies", params={"case": row["id"]}).status_code == 404
    plain = {each["shortcut"]: each["text"] for each in items(server, "ana", "quick-replies", portfolio=book.id)}
    assert plain["saldo"] == "São {{amount}} em aberto{{unknown}}." and "hola" not in plain
    ana.post(f"/api/v1/cases/{row['id']}/claim", json={})
    server.write(owes, row["id"])
    query = {"case": row["id"], "language": "pt-BR"}
    filled = {each["shortcut"]: each["text"] for each in items(server, "ana", "quick-replies", **query)}
    assert filled["ola"] == "Olá, Maria! Aqui é Ana, de Loja Ipê."
    assert filled["saldo"].replace("\xa0", " ") == "São R$ 1.234,56 em aberto{{unknown}}."
    assert server.sign_in("bruno").get("/api/v1/quick-replies", params=query).status_code == 404


def owes(tx: Tx, case_id: str) -> None:
    from console.cases.queries import get
    from console.ledger.charges import NewCharge, NewDebt, add_charges
    from console.wire.shapes import Money

    row = get(tx, case_id)
    charge = NewCharge(number="7", due="2070-01-01", amount=Money(123_456, "BRL"))
    new = NewDebt(client_id=new_id(), debtor=row.debtor_id, product="loan", charges=[charge])
    add_charges(tx, new, row.portfolio_id, "BRL")
