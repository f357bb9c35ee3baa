"""What a portfolio's debts owe, from the command line."""

from __future__ import annotations

from sqlalchemy import select

from console.commands.installation import installation
from console.ledger.models import charge
from console.store.statement import row, rows
from tests.commands.shell import Shell

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
