"""Fine and interest of a portfolio: what debts owe that name none themselves, however they came in."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from console.app import WORKERS
from console.portfolios.set_up import NewPortfolio, add_portfolio
from console.wire.ids import new_id
from tests.flows.desk import Scene
from tests.server import running

LATE = 45  # days
FINE, INTEREST = 500, 375  # of 250.00 after them, at 2 % once and 1 % for 30 days (domain rules 3.3, vectors)


@pytest.fixture
def scene() -> Iterator[Scene]:
    with running(workers={"jobs": WORKERS["jobs"]}) as server:
        yield Scene(server)


def due() -> str:
    return (datetime.now(UTC) - timedelta(hours=3, days=LATE)).date().isoformat()


def enrolled(scene: Scene) -> str:
    body = {"client_id": new_id(), "portfolio": scene.book.id, "name": "Rita Alves", "language": "pt-BR",
            "jurisdiction": "BR-SP", "contact_points": []}  # fmt: skip
    return str(scene.sofia.post("/api/v1/debtors", json=body).json()["id"])


def owes(scene: Scene, debtor: str, key: str, **more: Any) -> httpx2.Response:
    charge = {"number": key, "external_id": key, "due": due(), "amount": {"amount": 25_000, "currency": "BRL"}}
    body = {"client_id": new_id(), "debtor": debtor, "product": "Crediário", "charges": [charge], **more}
    return scene.sofia.post("/api/v1/debts", json=body)


def added(scene: Scene, debtor: str) -> dict[str, tuple[int, int]]:
    """Fine and interest by the number of the charge."""
    balance = scene.sofia.get(f"/api/v1/debtors/{debtor}/balance").json()
    return {each["number"]: (each["fine"]["amount"], each["interest"]["amount"]) for each in balance["charges"]}


def set_to(scene: Scene, **wish: int) -> httpx2.Response:
    return scene.caio.put(f"/api/v1/portfolios/{scene.book.id}/terms", json=wish)


def brought(scene: Scene, *lines: str, head: str = "") -> dict[str, Any]:
    """A file of Nair's charges: each line the number, and what stands under the columns of `head`."""
    rows = []
    for line in lines:
        number, _, more = line.partition(";")
        rows.append(f"F1;Nair Lopes;;F1-{number};{number};{due()};250,00" + (f";{more}" if head else ""))
    data = "\n".join([f"id_devedor;nome;celular;id_cobranca;numero;vencimento;valor{head}", *rows]).encode()
    form = {"kind": "debts", "portfolio": scene.book.id}
    made = scene.admin.post("/api/v1/imports", data=form, files={"file": ("nightly.csv", data, "text/csv")}).json()
    for _ in range(600):
        run: dict[str, Any] = scene.admin.get(f"/api/v1/imports/{made['id']}").json()
        if run["state"] in ("done", "failed"):
            break
        time.sleep(0.05)
    assert run["state"] == "done", run
    return run


def nair(scene: Scene) -> str:
    (found,) = scene.sofia.get("/api/v1/debtors", params={"q": "Nair Lopes"}).json()["items"]
    return str(found["id"])


def test_a_debt_that_names_no_terms_owes_those_of_its_portfolio_and_its_own_win(scene: Scene) -> None:
    debtor = enrolled(scene)
    assert owes(scene, debtor, "before").status_code == 201
    assert set_to(scene, fine_bp=200, interest_bp_30d=100).status_code == 200
    assert owes(scene, debtor, "silent").status_code == 201
    own = {"fine_bp": 100, "interest_bp_30d": 200}
    none = {"fine_bp": 0, "interest_bp_30d": 0}
    for key, terms in (("empty", {}), ("half", {"fine_bp": 0}), ("own", own), ("none", none)):
        answer = owes(scene, debtor, key, terms=terms)
        assert answer.status_code == 201, answer.text
    expected = {
        "before": (0, 0), "silent": (FINE, INTEREST), "empty": (FINE, INTEREST), "half": (0, INTEREST),
        "own": (FINE // 2, INTEREST * 2), "none": (0, 0),
    }  # fmt: skip
    assert added(scene, debtor) == expected
    assert set_to(scene, fine_bp=100).json()["interest_bp_30d"] == 100
    for key in expected:
        assert owes(scene, debtor, key).status_code == 201
    assert added(scene, debtor) == expected, "a debt that is here keeps its own, told anew or not"
    assert owes(scene, debtor, "before", terms={"fine_bp": 200}).status_code == 201
    assert added(scene, debtor)["before"] == (FINE, 0), "unless its creditor names others"


def test_books_from_files_owe_the_portfolios_fine_and_interest(scene: Scene) -> None:
    assert brought(scene, "old")["rejected"] == 0
    assert set_to(scene, fine_bp=200, interest_bp_30d=100).status_code == 200
    assert brought(scene, "old", "new")["rejected"] == 0
    assert added(scene, nair(scene)) == {"old": (0, 0), "new": (FINE, INTEREST)}


def test_a_file_brings_a_charges_own_rates_with_their_unit(scene: Scene) -> None:
    """Over the portfolio's; an empty cell, and a file without the columns, leave what stands."""
    assert set_to(scene, fine_bp=200, interest_bp_30d=100).status_code == 200
    rates = ";multa;juros"
    made = brought(scene, "own;1%;2,00 %", "half;;50bp", "none;0;0", "as the book;;", head=rates)
    assert (made["created"], made["rejected"]) == (4, 0), made
    expected = {"own": (FINE // 2, INTEREST * 2), "half": (FINE, 188), "none": (0, 0), "as the book": (FINE, INTEREST)}
    assert added(scene, nair(scene)) == expected
    assert brought(scene, "own", "half", "none")["updated"] == 3
    assert brought(scene, "own;;", "half;;", "none;;", head=rates)["updated"] == 3
    assert added(scene, nair(scene)) == expected
    assert brought(scene, "own;2%;", head=rates)["updated"] == 1
    balance = scene.sofia.get(f"/api/v1/debtors/{nair(scene)}/balance").json()
    terms = {each["number"]: each["terms"] for each in balance["charges"]}
    assert terms["own"] == {"fine_bp": 200, "interest_bp_30d": 200}
    assert terms["half"] == {"fine_bp": 200, "interest_bp_30d": 50}


def test_a_rate_in_a_file_that_means_two_things_or_is_unlawful_is_refused_by_name(scene: Scene) -> None:
    wrong = {"2": "no_rate", "0,02": "no_rate", "-1%": "no_rate", "2,125%": "no_rate", "101%": "rate_most",
             "12000bp": "rate_most", "2,01%": "rate_law"}  # fmt: skip
    made = brought(scene, *(f"{n};{each};" for n, each in enumerate(wrong)), "9;;100%", head=";multa;juros")
    assert (made["created"], made["rejected"]) == (1, len(wrong))
    told = scene.admin.get(f"/api/v1/imports/{made['id']}/faults").json()["items"]
    assert [(each["column"], each["code"]) for each in told] == [("fine", each) for each in wrong.values()]
    assert told[-1]["says"] == "the law of BR allows at most 2%: lower it" and told[-1]["args"]["most"] == "2%"


def test_a_charge_has_terms_of_its_own_over_those_of_its_debt(scene: Scene) -> None:
    debtor = enrolled(scene)
    charge = {"number": "a", "external_id": "a", "due": due(), "amount": {"amount": 25_000, "currency": "BRL"}}
    charges = [charge | {"terms": {"fine_bp": 100}}, charge | {"number": "b", "external_id": "b"}]
    assert owes(scene, debtor, "", charges=charges, terms={"fine_bp": 200, "interest_bp_30d": 100}).status_code == 201
    assert added(scene, debtor) == {"a": (FINE // 2, INTEREST), "b": (FINE, INTEREST)}
    for terms, field in (({"fine_bp": 201}, "fine_bp"), ({"interest_bp_30d": -1}, "interest_bp_30d")):
        refused = owes(scene, debtor, "", charges=[charge, charges[1] | {"terms": terms}])
        assert (refused.status_code, refused.json()["field"]) == (422, f"charges[1].terms.{field}")
    assert added(scene, debtor)["b"] == (FINE, INTEREST)


def test_a_paid_charge_keeps_its_rates_whatever_a_file_says(scene: Scene) -> None:
    assert brought(scene, "paid;0;0", head=";multa;juros")["created"] == 1
    paid = {"client_id": new_id(), "debtor": nair(scene), "amount": {"amount": 25_000, "currency": "BRL"},
            "paid_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "method": "pix"}  # fmt: skip
    assert scene.sofia.post("/api/v1/payments", json=paid).status_code == 201
    made = brought(scene, "paid;1%;0", head=";multa;juros")
    (told,) = scene.admin.get(f"/api/v1/imports/{made['id']}/faults").json()["items"]
    assert (told["column"], told["code"]) == ("fine", "paid_stays")


def test_a_rate_above_the_ceiling_of_the_country_is_refused_by_name(scene: Scene) -> None:
    debtor = enrolled(scene)
    told = "At most 200 basis points in BR (Lei 8.078/1990 (CDC), art. 52, § 1): lower it."
    refused = set_to(scene, fine_bp=201)
    assert (refused.status_code, refused.json()["field"], refused.json()["detail"]) == (422, "fine_bp", told)
    refused = owes(scene, debtor, "1", terms={"fine_bp": 201})
    assert (refused.status_code, refused.json()["field"], refused.json()["detail"]) == (422, "terms.fine_bp", told)
    assert set_to(scene, fine_bp=-1).json()["field"] == "fine_bp"
    assert set_to(scene, interest_bp_30d=10_001).json()["field"] == "interest_bp_30d"
    stands = scene.ana.get(f"/api/v1/portfolios/{scene.book.id}/terms").json()
    assert (stands["fine_bp"], stands["interest_bp_30d"]) == (0, 0) and stands["ceilings"]["fine_bp"] == 200
    assert set_to(scene, fine_bp=200).status_code == 200
    new = NewPortfolio(name="Maguey", jurisdiction="MX", timezone="America/Mexico_City", language="es", currency="MXN")
    other = f"/api/v1/portfolios/{scene.server.write(add_portfolio, new)}/terms"
    free = scene.caio.put(other, json={"fine_bp": 500})
    assert free.status_code == 200 and free.json() == {"fine_bp": 500, "interest_bp_30d": 0, "ceilings": None}


def test_who_may_change_it_and_what_the_audit_keeps(scene: Scene) -> None:
    path = f"/api/v1/portfolios/{scene.book.id}/terms"
    for who in (scene.ana, scene.sofia):
        assert who.put(path, json={"fine_bp": 100}).status_code == 403
    assert scene.caio.get("/api/v1/portfolios/nothing/terms").status_code == 404
    assert set_to(scene, interest_bp_30d=100).status_code == 200
    lines = scene.caio.get("/api/v1/audit").json()["items"]
    (line,) = [each for each in lines if each["action"] == "portfolio.terms_changed"]
    assert (line["object"], line["detail"]) == (f"portfolio:{scene.book.id}", {"interest_bp_30d": 100})


def test_a_payment_settles_in_the_order_of_its_portfolio(scene: Scene) -> None:
    path = f"/api/v1/portfolios/{scene.book.id}/allocation"
    assert scene.ana.get(path).json() == {"order": ["fees", "fine", "interest", "principal"]}
    assert set_to(scene, fine_bp=200, interest_bp_30d=100).status_code == 200
    debtor = enrolled(scene)
    fees = {"fees": {"amount": 300, "currency": "BRL"}}
    charge = {"number": "1", "external_id": "1", "due": due(), "amount": {"amount": 25_000, "currency": "BRL"}} | fees
    assert owes(scene, debtor, "", charges=[charge]).status_code == 201
    for who in (scene.ana, scene.sofia):
        assert who.put(path, json={"order": ["interest", "fine", "fees", "principal"]}).status_code == 403
    for order in ([], ["fees"], ["fees", "fine", "fine", "principal"], ["fees", "fine", "interest", "tips"]):
        refused = scene.caio.put(path, json={"order": order})
        assert (refused.status_code, refused.json()["field"]) == (422, "order")
        assert "Name each of fees, fine, interest, principal once" in refused.json()["detail"]
    wish = {"order": ["interest", "principal", "fine", "fees"]}
    assert scene.caio.put(path, json=wish).json() == wish == scene.ana.get(path).json()
    paid = {"client_id": new_id(), "debtor": debtor, "amount": {"amount": INTEREST + 1_000, "currency": "BRL"},
            "paid_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "method": "pix"}  # fmt: skip
    made = scene.sofia.post("/api/v1/payments", json=paid).json()
    parts = [(each["component"], each["amount"]["amount"]) for each in made["allocation"]]
    assert parts == [("interest", INTEREST), ("principal", 1_000)]
    lines = scene.caio.get("/api/v1/audit").json()["items"]
    (line,) = [each for each in lines if each["action"] == "portfolio.allocation_changed"]
    assert (line["object"], line["detail"]) == (f"portfolio:{scene.book.id}", wish)
    assert scene.caio.get("/api/v1/portfolios/nothing/allocation").status_code == 404
