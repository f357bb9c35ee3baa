"""Profiles, approvals and stops over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from console.portfolios.set_up import NewPortfolio, add_portfolio
from tests.flows.book import Book, open_book
from tests.server import Server, running


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running(workers={}) as made:
        yield made


@pytest.fixture(scope="module")
def book(server: Server) -> Book:
    return open_book(server)


def test_everybody_sees_how_their_portfolios_stand(server: Server, book: Book) -> None:
    told = server.sign_in("ana").get("/api/v1/gate/profiles").json()
    assert {"BR-SP", "MX"} <= {each["code"] for each in told["items"]}
    (standing,) = told["portfolios"]
    assert (standing["profile"], standing["approved"], standing["by"]) == ("BR-SP", True, "Counsel")


def test_a_profile_is_approved_once_by_compliance_or_an_admin(server: Server, book: Book) -> None:
    new = NewPortfolio(name="Maguey", jurisdiction="MX", timezone="America/Mexico_City", language="es", currency="MXN")
    other = server.write(add_portfolio, new)
    body = {"portfolio": other, "name": "Lic. Ramos", "document": "Dictamen 3"}
    for who in ("ana", "sofia"):
        assert server.sign_in(who).post("/api/v1/gate/approvals", json=body).status_code == 403
    caio = server.sign_in("caio")
    answer = caio.post("/api/v1/gate/approvals", json=body)
    assert answer.status_code == 201
    assert {each["portfolio"]["name"]: each["by"] for each in answer.json()["portfolios"]}["Maguey"] == "Lic. Ramos"
    assert server.sign_in("admin").post("/api/v1/gate/approvals", json=body).status_code == 409
    for change, field in (
        ({"portfolio": "nothing"}, "portfolio"),
        ({"profile": "XX"}, "profile"),
        ({"name": " "}, "name"),
    ):
        assert caio.post("/api/v1/gate/approvals", json=body | change).json()["field"] == field


def test_a_stop_stops_until_it_is_lifted(server: Server, book: Book) -> None:
    caio, ana = server.sign_in("caio"), server.sign_in("ana")
    path = f"/api/v1/gate/stops/inbox:{book.whatsapp}"
    assert ana.put(path, json={"reason": "leak"}).status_code == 403
    assert [each["scope"] for each in caio.put(path, json={"reason": "leak"}).json()["items"]] == [
        f"inbox:{book.whatsapp}"
    ]
    book.writes("Oi")
    (row,) = ana.get("/api/v1/cases", params={"view": "queue"}).json()["items"]
    ana.post(f"/api/v1/cases/{row['id']}/claim", json={})
    ask = {"channel": "whatsapp", "text": "Bom dia!"}
    (decision,) = ana.post(f"/api/v1/cases/{row['id']}/gate", json=ask).json()["items"]
    assert decision["code"] == "KILL_SWITCH"
    assert caio.delete(path).json() == {"items": []} == ana.get("/api/v1/gate/stops").json()
    (decision,) = ana.post(f"/api/v1/cases/{row['id']}/gate", json=ask).json()["items"]
    assert decision["code"] != "KILL_SWITCH"


def test_a_stop_needs_a_scope_that_exists_and_a_reason(server: Server, book: Book) -> None:
    admin = server.sign_in("admin")
    for scope in ("everything", "inbox:nothing", "channel:fax", "portfolio:"):
        assert admin.put(f"/api/v1/gate/stops/{scope}", json={"reason": "x"}).json()["field"] == "scope"
    assert admin.put("/api/v1/gate/stops/all", json={"reason": " "}).json()["field"] == "reason"
    assert admin.get("/api/v1/gate/stops").json() == {"items": []}
