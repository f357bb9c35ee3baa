"""What a portfolio's debts owe and what may be granted of them, from the command line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from console.commands.installation import installation
from console.ledger.models import charge
from console.store.statement import row, rows
from console.wire.ids import new_id
from tests.commands.running import serving
from tests.commands.shell import Shell
from tests.commands.test_people import PASSWORD, add

HEAD = "id_devedor;nome;celular;id_cobranca;numero;vencimento;valor"


def test_fine_and_interest_are_set_shown_and_owed_by_the_files_that_come_after(book: Shell) -> None:
    def rates() -> list[tuple[object, ...]]:
        asked = select(charge.c.external_id, charge.c.fine_bp, charge.c.interest_bp_30d).order_by(charge.c.external_id)
        with installation() as services:
            return services.store.read_now(lambda reader: rows(reader, asked, row))

    def bring(*keys: str) -> None:
        lines = [HEAD, *(f"K{key};Ana Souza;;{key};{key};10/09/2026;250,00" for key in keys)]
        book.does("import", "debts", book.file("debts.csv", "\n".join(lines)), "--portfolio", "Loja Ipê")

    law = "at most 200: Lei 8.078/1990 (CDC), art. 52, § 1"
    assert book.does("portfolio", "terms", "Loja Ipê").splitlines() == [
        f"fine_bp               0      {law}", "interest_bp_30d       0",
    ]  # fmt: skip
    bring("A")
    said = book.does("portfolio", "terms", "Loja Ipê", "--fine-bp", "200", "--interest-bp", "100")
    assert said.splitlines() == [f"fine_bp               200    {law}", "interest_bp_30d       100"]
    book.does("portfolio", "terms", "loja ipê", "--interest-bp", "90")
    bring("A", "B")
    assert rates() == [("A", 0, 0), ("B", 200, 90)]


def test_terms_above_the_ceiling_are_one_line_that_names_law_and_remedy(book: Shell) -> None:
    said = book.refuses("portfolio", "terms", "Loja Ipê", "--fine-bp", "1000")
    assert said == "acordo: fine_bp: At most 200 basis points in BR (Lei 8.078/1990 (CDC), art. 52, § 1): lower it."
    assert "0 to 10000 basis points" in book.refuses("portfolio", "terms", "Loja Ipê", "--interest-bp", "-1")
    assert "acordo portfolio list" in book.refuses("portfolio", "terms", "Nowhere", "--fine-bp", "1")
    assert "fine_bp               0 " in book.does("portfolio", "terms", "Loja Ipê")


def test_what_a_payment_settles_first_is_shown_and_set(book: Shell) -> None:
    assert book.does("portfolio", "allocation", "Loja Ipê").strip() == "fees, fine, interest, principal"
    said = book.does("portfolio", "allocation", "loja ipê", "--order", "interest, fine,fees,principal")
    assert said.strip() == "interest, fine, fees, principal" == book.does("portfolio", "allocation", "Loja Ipê").strip()
    refused = book.refuses("portfolio", "allocation", "Loja Ipê", "--order", "fine,fees")
    assert refused.startswith("acordo: order: Name each of fees, fine, interest, principal once")


def test_what_may_be_granted_is_set_and_the_plan_builder_keeps_to_it_at_once(book: Shell) -> None:
    add(book, "ana@example.com", "agent", "--team", "Cobrança")
    add(book, "sofia@example.com", "supervisor", "--team", "Cobrança")
    late = (datetime.now(UTC) - timedelta(hours=3, days=45)).date()
    row = f"K1;Rita Alves;+5511912345678;C1;1;{late};1000,00"
    book.does("import", "debts", book.file("debts.csv", f"{HEAD}\n{row}"), "--portfolio", "Loja Ipê")
    with serving(book) as server:
        sofia, ana = (server.sign_in(f"{name}@example.com", PASSWORD) for name in ("sofia", "ana"))
        (rita,) = sofia.get("/api/v1/debtors", params={"q": "Rita Alves"}).json()["items"]
        (mine,) = ana.get("/api/v1/portfolios").json()["items"]
        asked = {"client_id": new_id(), "debtor": rita["id"], "portfolio": mine["id"]}
        opened = ana.post("/api/v1/cases", json=asked)
        assert opened.status_code == 201, opened.text
        case = opened.json()["id"]

        def may() -> tuple[dict[str, Any], int]:
            ledger = ana.get(f"/api/v1/cases/{case}/ledger").json()
            return ledger["limits"], ledger["increment"]

        def plan(**more: Any) -> dict[str, Any]:
            down = {"amount": 30_000, "currency": "BRL"}
            wish = {"case": case, "down_payment": down, "instalments": 3, "first_due": str(late + timedelta(days=60)),
                    "discounts": [{"component": "principal", "bp": 600}], **more}  # fmt: skip
            found: dict[str, Any] = ana.post("/api/v1/plans/preview", json=wish).json()
            return found

        house = {"level": "agent", "extras_bp": 10_000, "principal_bp": 500, "instalments": 12, "down_bp": 1_000,
                 "days": 5}  # fmt: skip
        assert may() == (house, 1)
        assert plan()["needs_approval"] == {"role": "senior", "because": ["principal_discount"]}
        words = ("portfolio", "authority", "Loja Ipê", "--level", "agent")
        book.does(*words, "--bucket", "B31_60", "--principal-bp", "600", "--instalments", "2")
        book.does(*words, "--days", "3")
        assert may() == (house | {"principal_bp": 600, "instalments": 2, "days": 3}, 1)
        assert plan()["needs_approval"] == {"role": "senior", "because": ["instalments"]}
        assert plan(instalments=2)["needs_approval"] is None
        shown = book.does("portfolio", "authority", "Loja Ipê", "--cash-increment", "5000").splitlines()
        assert shown[0].split() == ["level", "bucket", "extras_bp", "principal_bp", "instalments", "down_bp", "days"]
        assert [each.split() for each in shown if "B1_30" in each or "B31_60" in each or "manager" in each] == [
            ["agent", "B1_30", "10000", "0", "12", "1000", "3"], ["agent", "B31_60", "10000", "600", "2", "1000", "3"],
            ["manager", "all", "10000", "7000", "36", "0", "15"],
        ]  # fmt: skip
        assert shown[-1] == "cash_increment 5000" and may()[1] == 5_000
        lines = [each["amount"]["amount"] for each in plan()["schedule"]]
        assert lines == [30_000, 20_000, 20_000, 24_000], "steps of 50.00, and what fills none is in the last"
        assert plan(instalments=13)["field"] == "instalments", "no instalment is nothing"
        book.does(*words, "--bucket", "B31_60", "--defaults")
        assert may()[0] == house | {"days": 3}
        book.does(*words, "--defaults")
        book.does("portfolio", "authority", "Loja Ipê", "--cash-increment", "1")
        assert may() == (house, 1)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--level", "agent", "--principal-bp", "10001"), "principal_bp: Give 0 to 10000 basis points: 10000 is all"),
        (("--level", "agent", "--extras-bp", "-1"), "extras_bp: Give 0 to 10000"),
        (("--level", "senior", "--instalments", "61"), "instalments: Give 1 to 60."),
        (("--level", "manager", "--days", "41"), "days: Give 1 to 40 business days."),
        (("--cash-increment", "0"), "cash_increment: A step of cash is 1 to 1000000 minor units"),
        (("--principal-bp", "100"), "name whose limits with --level"),
        (("--level", "agent"), "a limit or --defaults with it"),
        (("--level", "agent", "--defaults", "--days", "2"), "give it without new ones"),
    ],
)
def test_limits_that_nobody_could_mean_are_one_line_and_change_nothing(
    book: Shell, words: tuple[str, ...], says: str
) -> None:
    stands = book.does("portfolio", "authority", "Loja Ipê")
    assert says in book.refuses("portfolio", "authority", "Loja Ipê", *words)
    assert book.does("portfolio", "authority", "Loja Ipê") == stands


@pytest.mark.parametrize(("option", "value"), [("--level", "bot"), ("--bucket", "B90")])
def test_levels_and_buckets_that_are_none_are_told_with_those_that_are(book: Shell, option: str, value: str) -> None:
    said = book.run("portfolio", "authority", "Loja Ipê", option, value)
    assert said.status == 2 and value in said.err and ("supervisor" in said.err or "B61_PLUS" in said.err)
