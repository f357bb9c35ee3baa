"""Tokens over HTTP: each opens what its scopes say, in its portfolio, and nothing else; every call of the sitemap."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from console.access.endpoint import Endpoint
from console.people import accounts, tokens
from console.portfolios.set_up import NewPortfolio, add_portfolio
from console.routes import API
from console.wire.ids import new_id
from tests.flows.desk import Scene
from tests.server import running

SCOPES = sorted({each.scope for each in API if each.scope})
CLOSED = [each for each in API if not each.public and not each.scope]
OPEN = [each for each in API if each.scope and "integration" in each.roles]


class Doors:
    """An integration's tokens on a scene: `http` by what it may."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.server = scene, scene.server
        new = accounts.NewUser(email="erp@sample.example", name="ERP", role="integration")
        self.user = self.server.write(accounts.add_user, new)

    def http(self, *scopes: str, portfolio: str | None = None) -> httpx2.Client:
        _, secret = self.server.write(tokens.create, self.user, "erp", scopes, portfolio=portfolio)
        return self.server.client(headers={"Authorization": f"Bearer {secret}"})


@pytest.fixture(scope="module")
def doors() -> Iterator[Doors]:
    with running(workers={}) as server:
        yield Doors(Scene(server))


def knock(doors: Doors, client: httpx2.Client, endpoint: Endpoint) -> httpx2.Response:
    doors.server.services.limits.forget()
    path = endpoint.path
    for name in ("id", "scope", "user", "name", "number"):
        path = path.replace(f"{{{name}}}", "none")
    body: dict[str, str] | None = {} if endpoint.method in ("POST", "PUT", "PATCH") else None
    return client.request(endpoint.method, path, json=body)


@pytest.mark.parametrize("endpoint", OPEN, ids=lambda each: f"{each.method} {each.path}")
def test_a_call_opens_by_its_scope_and_by_no_other(doors: Doors, endpoint: Endpoint) -> None:
    others = [scope for scope in SCOPES if scope != endpoint.scope]
    refused = knock(doors, doors.http(*others), endpoint)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert endpoint.scope in refused.json()["detail"], "it says which scope is missing"
    opened = knock(doors, doors.http(endpoint.scope), endpoint)
    assert opened.status_code < 500 and opened.status_code != 401, opened.text
    assert "scope" not in opened.json().get("detail", ""), opened.text


@pytest.mark.parametrize("endpoint", CLOSED, ids=lambda each: f"{each.method} {each.path}")
def test_what_is_for_people_opens_to_no_token(doors: Doors, endpoint: Endpoint) -> None:
    assert knock(doors, doors.http(*SCOPES), endpoint).status_code == 403


def test_without_a_token_nothing_opens(doors: Doors) -> None:
    for endpoint in [*OPEN, *CLOSED]:
        assert knock(doors, doors.server.client(), endpoint).status_code == 401, endpoint.path


def test_a_token_of_one_portfolio_sees_nothing_of_another(doors: Doors) -> None:
    new = NewPortfolio(
        name="Outra", jurisdiction="BR-SP", timezone="America/Sao_Paulo", language="pt-BR", currency="BRL"
    )
    other, own = doors.server.write(add_portfolio, new), doors.scene.book.id
    case = f"/api/v1/cases/{doors.scene.case}"
    inside, outside = doors.http(*SCOPES, portfolio=own), doors.http(*SCOPES, portfolio=other)
    person = inside.post("/api/v1/debtors", json=lia(own)).json()["id"]
    assert inside.get(f"/api/v1/debtors/{person}").status_code == 200
    assert inside.get(case).status_code == 200
    for path in (f"/api/v1/debtors/{person}", f"/api/v1/debtors/{person}/balance", case, f"{case}/timeline"):
        assert outside.get(path).status_code == 404, path
    assert outside.get("/api/v1/cases", params={"view": "all"}).json()["items"] == []
    assert [each["id"] for each in outside.get("/api/v1/portfolios").json()["items"]] == [other]
    wrong = outside.post("/api/v1/debtors", json=lia(own))
    assert (wrong.status_code, wrong.json()["field"]) == (422, "portfolio"), wrong.text


def lia(portfolio: str) -> dict[str, Any]:
    return {
        "client_id": new_id(), "portfolio": portfolio, "external_id": "L-1", "name": "Lia Rocha", "kind": "person",
        "language": "pt-BR", "jurisdiction": "BR-SP", "contact_points": [],
    }  # fmt: skip
