"""Profiles, approvals and stops over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from channels.types import Template
from console.admin.templates import store_templates
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
    assert caio.delete(path).json() == {"items": [], "next": None} == ana.get("/api/v1/gate/stops").json()
    (decision,) = ana.post(f"/api/v1/cases/{row['id']}/gate", json=ask).json()["items"]
    assert decision["code"] != "KILL_SWITCH"


def test_a_stop_needs_a_scope_that_exists_and_a_reason(server: Server, book: Book) -> None:
    admin = server.sign_in("admin")
    for scope in ("everything", "inbox:nothing", "channel:fax", "portfolio:", "template:", "template:x"):
        assert admin.put(f"/api/v1/gate/stops/{scope}", json={"reason": "x"}).json()["field"] == "scope"
    assert admin.put("/api/v1/gate/stops/all", json={"reason": " "}).json()["field"] == "reason"
    assert admin.get("/api/v1/gate/stops").json() == {"items": [], "next": None}


def test_a_template_is_stopped_by_the_id_that_the_list_of_templates_gives(server: Server, book: Book) -> None:
    made = Template(name="lembrete", language="pt_BR", category="utility", state="approved", body="Olá!")
    server.write(store_templates, book.whatsapp, [made])
    caio = server.sign_in("caio")
    (listed,) = caio.get("/api/v1/templates").json()["items"]
    path = f"/api/v1/gate/stops/template:{listed['id']}"
    assert [(each["scope"], each["name"]) for each in caio.put(path, json={"reason": "wrong sum"}).json()["items"]] == [
        (f"template:{listed['id']}", "lembrete · pt_BR")
    ]
    of_book = caio.put(f"/api/v1/gate/stops/portfolio:{book.id}", json={"reason": "leak"}).json()["items"]
    of_inbox = caio.put(f"/api/v1/gate/stops/inbox:{book.whatsapp}", json={"reason": "leak"}).json()["items"]
    assert {each["scope"].partition(":")[0]: bool(each["name"]) for each in (*of_book, *of_inbox)} == {
        "template": True, "portfolio": True, "inbox": True
    }  # fmt: skip
    for scope in (f"portfolio:{book.id}", f"inbox:{book.whatsapp}"):
        caio.delete(f"/api/v1/gate/stops/{scope}")
    assert caio.delete(path).json()["items"] == []


def test_who_collects_and_where_links_lead_is_a_setting_of_the_portfolio(server: Server, book: Book) -> None:
    path, caio = f"/api/v1/portfolios/{book.id}/conduct", server.sign_in("caio")
    assert server.sign_in("ana").get(path).json()["billing"] == "first_party"
    assert server.sign_in("ana").put(path, json={"billing": "agency"}).status_code == 403
    wish = {
        "billing": "third_party",
        "link_domains": ["Pay.Ipe.Example."],
        "hours": [{"days": ["MON", "TUE"], "from": "10:00", "to": "16:00"}],
        "closed_days": ["2026-11-20"],
        "whatsapp_attestation": {"name": "Dra. Melo", "document": "Parecer 9"},
    }
    stands = caio.put(path, json=wish).json()
    assert (stands["billing"], stands["link_domains"]) == ("third_party", ["pay.ipe.example"])
    assert stands["whatsapp_attestation"]["name"] == "Dra. Melo" and stands["hours"] == [
        {"days": ["MON", "TUE"], "from": "10:00", "to": "16:00", "channels": []}
    ]
    back: dict[str, object] = {
        "billing": "first_party",
        "whatsapp_attestation": None,
        "hours": [],
        "closed_days": [],
        "link_domains": [],
    }
    assert caio.put(path, json=back).json()["whatsapp_attestation"] is None


@pytest.mark.parametrize(
    ("wish", "field", "detail"),
    [
        (
            {"hours": [{"days": ["SAT"], "from": "13:00", "to": "15:00"}]},
            "hours",
            "Hours on SAT (whatsapp) are laxer than BR-SP.",
        ),
        (
            {"hours": [{"days": ["SUN"], "from": "10:00", "to": "11:00", "channels": ["sms"]}]},
            "hours",
            "Hours on SUN (sms) are laxer than BR-SP.",
        ),
        (
            {"hours": [{"days": ["MON"], "from": "9:00", "to": "11:00"}]},
            "hours",
            "Hours are written HH:MM (not a time of day: '9:00').",
        ),
        ({"hours": [{"days": ["MON"], "from": "12:00", "to": "11:00"}]}, "hours", "Hours end after they begin."),
        (
            {
                "hours": [
                    {"days": ["MON"], "from": "09:00", "to": "12:00"},
                    {"days": ["MON"], "from": "11:00", "to": "13:00"},
                ]
            },
            "hours",
            "Hours overlap on whatsapp.",
        ),
        ({"link_domains": ["bit.ly/x"]}, "link_domains", "'bit.ly/x' is no domain; an example is pay.example.com."),
        ({"closed_days": ["9/7/2026"]}, "closed_days", "'9/7/2026' is no date; an example is 2026-07-09."),
        (
            {"whatsapp_attestation": {"name": "Dra. Melo", "document": " "}},
            "whatsapp_attestation",
            "An attestation names who answers for it and the document.",
        ),
        ({"billing": "nobody"}, "billing", None),
    ],
)
def test_a_conduct_that_is_laxer_or_unreadable_is_refused_by_name(
    server: Server, book: Book, wish: dict[str, object], field: str, detail: str | None
) -> None:
    answer = server.sign_in("caio").put(f"/api/v1/portfolios/{book.id}/conduct", json=wish)
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert detail is None or answer.json()["detail"] == detail
