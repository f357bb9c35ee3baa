"""A running product with two portfolios: Sofia's team serves the one, nobody's team of the cast the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from console.people import accounts, teams, tokens
from console.portfolios.set_up import NewPortfolio, add_portfolio, serve_portfolio
from console.store.transaction import Tx
from console.wire.ids import new_id
from tests.flows.book import Book, open_book
from tests.server import Server, running


@dataclass
class Office:
    server: Server
    book: Book
    foreign: str  # the other portfolio
    erp: httpx2.Client  # a token for everything
    bound: httpx2.Client  # a token for the first portfolio alone

    def debtor(self, name: str = "João Antunes", **more: Any) -> dict[str, Any]:
        """Enrol somebody by the token; what was answered."""
        answer = self.erp.post("/api/v1/debtors", json=self.body(name, **more))
        assert answer.status_code in (200, 201), answer.text
        found: dict[str, Any] = answer.json()
        return found

    def body(self, name: str = "João Antunes", **more: Any) -> dict[str, Any]:
        return {
            "client_id": new_id(), "portfolio": self.book.id, "name": name, "kind": "person", "language": "pt-BR",
            "jurisdiction": "BR-SP", "contact_points": [], **more,
        }  # fmt: skip

    def find(self, client: httpx2.Client | None = None, **query: Any) -> httpx2.Response:
        """Search, without a thought for how often one may."""
        self.server.services.limits.forget()
        return (client or self.erp).get("/api/v1/debtors", params=query)

    def owes(self, debtor: str, amount: int = 10_000, **more: Any) -> httpx2.Response:
        charge = {"number": "1", "due": "2026-01-10", "amount": {"amount": amount, "currency": "BRL"}}
        body = {"client_id": new_id(), "debtor": debtor, "product": "loan", "charges": [charge],
                "terms": {"fine_bp": 200, "interest_bp_30d": 100}, **more}  # fmt: skip
        return self.erp.post("/api/v1/debts", json=body)


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with offices() as made:
        yield made


@contextmanager
def offices(**settings: Any) -> Iterator[Office]:
    """The same with settings of one's own."""
    with running(workers={}, **settings) as server:
        book = open_book(server)
        foreign, secrets = server.write(_more, book.id)
        clients = []
        for secret in secrets:
            client = server.client()
            client.headers["Authorization"] = f"Bearer {secret}"
            clients.append(client)
        yield Office(server, book, foreign, *clients)


def _more(tx: Tx, book: str) -> tuple[str, list[str]]:
    new = NewPortfolio(
        name="Tienda Maguey", jurisdiction="MX", timezone="America/Mexico_City", language="es", currency="MXN"
    )
    foreign = add_portfolio(tx, new)
    serve_portfolio(tx, foreign, teams.add_team(tx, "Cobranza"))
    user = accounts.add_user(tx, accounts.NewUser(email="erp@example.com", name="ERP", role="integration"))
    scopes = ["debtors:read", "debtors:write", "cases:write", "cases:read", "portfolios:read", "templates:read",
              "contacts:write"]  # fmt: skip
    return foreign, [
        tokens.create(tx, user, "all", scopes)[1],
        tokens.create(tx, user, "bound", scopes, portfolio=book)[1],
    ]
