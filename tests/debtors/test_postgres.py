"""The same statements on PostgreSQL: the books filled and searched, a stranger identified and parted, what came in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from channels.types import Sender
from console.cases.queries import live_open
from console.cases.view import of_row
from console.debtors.models import debtor
from console.debtors.resolve import resolve
from console.portfolios.queries import find_inbox, get_portfolio
from console.store.statement import change
from console.store.transaction import Tx
from console.wire.ids import new_id
from tests.debtors.conftest import Office, offices

PHONE = "5511933334444"


@pytest.mark.pg
def test_the_books_hold_on_a_database_server(postgres_database: str) -> None:
    with offices(database_url=postgres_database) as office:
        known = office.debtor("José Conceição", external_id="JC-9", document={"kind": "cpf", "value": "529.982.247-25"})
        for words in ("jose conceicao", "JC-9", "52998224725"):
            assert [each["id"] for each in office.find(q=words).json()["items"]] == [known["id"]]
        assert office.owes(known["id"]).status_code == 201
        assert office.erp.get(f"/api/v1/debtors/{known['id']}/balance").json()["total"]["amount"] > 10_000
        identified_and_parted(office, known["id"])
        sofia, other = office.server.sign_in("sofia"), office.debtor("José C. Lima")["id"]
        assert sofia.post(f"/api/v1/debtors/{other}/merge", json={"into": known["id"]}).status_code == 200
        assert sofia.delete(f"/api/v1/debtors/{other}/merge").json()["id"] == other
        caio = office.server.sign_in("caio")
        page = caio.get("/api/v1/intake", params={"limit": 1}).json()
        assert caio.get("/api/v1/intake", params={"cursor": page["next"]}).json()["items"]
        for path in (
            "portfolios",
            "teams",
            "users",
            "inboxes",
            "templates",
            "quick-replies",
            "gate/profiles",
            "gate/stops",
        ):
            assert sofia.get(f"/api/v1/{path}").status_code == 200, path


def identified_and_parted(office: Office, known: str) -> None:
    """Into the open case of somebody known, and out of it again."""
    ana = office.server.sign_in("ana")
    body = {"client_id": new_id(), "debtor": known, "portfolio": office.book.id}
    theirs = ana.post("/api/v1/cases", json=body).json()["id"]
    for text in ("Oi", "Alguém?"):
        office.book.writes(text, "5511933332222")
    (row,) = ana.get("/api/v1/cases", params={"view": "queue"}).json()["items"]
    ana.post(f"/api/v1/cases/{row['id']}/claim", json={})
    assert ana.post(f"/api/v1/cases/{row['id']}/identify", json={"debtor": known}).json()["id"] == theirs
    assert ana.get(f"/api/v1/cases/{row['id']}").json()["outcome"] == "merged"
    undone = ana.delete(f"/api/v1/cases/{row['id']}/identify").json()
    assert undone["id"] == row["id"] and undone["status"] != "resolved"


@pytest.mark.pg
def test_what_a_case_tells_of_its_debtor_is_what_stands_when_it_is_told(postgres_database: str) -> None:
    """Somebody else's change comes between the look at who wrote and the telling: the name told is the newer one."""
    with offices(database_url=postgres_database) as office:
        office.book.writes("Oi", PHONE)

        def told(tx: Tx) -> str:
            inbox = find_inbox(tx, office.book.whatsapp)
            assert inbox is not None
            sender = Sender(phone=f"+{PHONE}", wa_id=PHONE)
            found = resolve(tx, inbox, get_portfolio(tx, inbox.portfolio_id), sender)
            row = live_open(tx, found.debtor.id, inbox.portfolio_id)
            with ThreadPoolExecutor(1) as elsewhere:
                elsewhere.submit(office.server.services.store.write_now, named, found.debtor.id).result()
            return of_row(tx, row).debtor.name

        assert office.server.write(told) == "Maria Alves"


def named(tx: Tx, debtor_id: str) -> None:
    change(tx, debtor, {"id": debtor_id}, name="Maria Alves")
