"""A creditor's files from the command line: every row whole or not at all, twice the same as once."""

from __future__ import annotations

import csv
import shutil

import pytest
from sqlalchemy import select

from console.cases.models import case
from console.cases.open import start
from console.commands.installation import installation
from console.debtors.models import debtor
from console.debtors.queries import get
from console.ledger.models import charge, charge_file, payment
from console.portfolios.queries import all_portfolios
from console.store.statement import row, rows, value
from console.store.transaction import Tx
from tests.commands.shell import Said, Shell

HEAD = "id_devedor;nome;cpf;celular;id_cobranca;numero;vencimento;valor;pago"
ANA = "K1;Ana Souza;529.982.247-25;+5511912345678;C1;2231;10/09/2026;1.234,56;34,56"
RUI = "K2;Júlio Melo;;+5511912345679;C2;2298;2026-10-10;500;"
PAID = "debtor_id,amount,paid_at,method,payment_id"


def bring(book: Shell, kind: str, *lines: str, more: tuple[str, ...] = ()) -> Said:
    path = book.folder / f"{kind}.csv"
    path.write_bytes("\r\n".join(lines).encode("cp1252"))
    return book.run("import", kind, str(path), "--portfolio", "Loja Ipê", *more)


def charges() -> list[tuple[object, ...]]:
    asked = select(charge.c.external_id, charge.c.number, charge.c.due, charge.c.amount_minor, charge.c.paid_minor)
    return _stored(asked.order_by(charge.c.external_id))


def payments() -> list[tuple[object, ...]]:
    asked = select(payment.c.external_id, payment.c.state, payment.c.amount_minor, payment.c.method)
    return _stored(asked.order_by(payment.c.external_id))


def names() -> list[tuple[object, ...]]:
    return _stored(select(debtor.c.name, debtor.c.language, debtor.c.jurisdiction).order_by(debtor.c.name))


def _stored(asked: object) -> list[tuple[object, ...]]:
    with installation() as services:
        return services.store.read_now(lambda reader: rows(reader, asked, row))  # type: ignore[arg-type]


def test_a_file_of_debts_makes_debtors_and_charges_once(book: Shell) -> None:
    said = bring(book, "debts", HEAD, ANA, RUI)
    assert (said.status, said.out.splitlines()[-1]) == (0, "Done: 2 created, 0 left out."), said
    assert "Windows-1252, separated by ;" in said.out and "2 of 2 rows" in said.err
    stored = [("C1", "2231", "2026-09-10", 123_456, 3_456), ("C2", "2298", "2026-10-10", 50_000, 0)]
    assert charges() == stored
    assert names() == [("Ana Souza", "pt-BR", "BR-SP"), ("Júlio Melo", "pt-BR", "BR-SP")]
    again = bring(book, "debts", HEAD, ANA, RUI)
    assert again.out.splitlines()[-1] == "Done: 0 created, 2 updated, 0 left out."
    assert charges() == stored and len(names()) == 2


def test_a_dry_run_says_what_it_would_and_changes_nothing(book: Shell) -> None:
    said = bring(book, "debts", HEAD, ANA, RUI, more=("--dry-run",))
    assert said.out.splitlines()[-1] == "Would be: 2 created, 0 left out. Nothing was changed."
    assert charges() == [] and names() == []


def test_wrong_rows_are_named_left_out_and_come_back_corrected(book: Shell) -> None:
    lines = [
        HEAD, ANA,
        "K3;Bia;111.111.111-12;+5511912345670;C3;1;10/09/2026;10,00;",
        "K4;Caio;;11912345671;C4;1;10/09/2026;10,00;",
        ";Davi;;;;;31/02/2026;1,234;",
        "K6;Eva;;;C1;1;10/09/2026;10,00;",
    ]  # fmt: skip
    wrong = book.folder / "wrong.csv"
    said = bring(book, "debts", *lines, more=("--errors", str(wrong)))
    assert said.status == 1 and "Done: 1 created, 4 left out." in said.out
    for told in (
        "line 3, document: This is no cpf", "line 4, sms: A number is written with its country",
        "line 5, debtor_id: the cell is empty", "line 5, charge_id:", "line 5, due: there is no such day",
        "line 5, amount: BRL has 2 decimals", "line 6, charge_id: line 2 has the same key",
    ):  # fmt: skip
        assert told in said.out, said.out
    assert [each[0] for each in charges()] == ["C1"] and [each[0] for each in names()] == ["Ana Souza"]
    left = list(csv.DictReader(wrong.read_text("utf-8-sig").splitlines(), delimiter=";"))
    assert [each["nome"] for each in left] == ["Bia", "Caio", "Davi", "Eva"] and "document: " in left[0]["error"]
    wrong.write_text(
        wrong.read_text("utf-8-sig").replace("111.111.111-12", "").replace(";11912345671", ";+5511912345671")
    )
    mended = book.run("import", "debts", str(wrong), "--portfolio", "Loja Ipê")
    assert "Columns not used" not in mended.out and "Done: 2 created, 2 left out." in mended.out
    assert "line 5, charge_id: This key names a charge of another debtor." in mended.out
    assert [each[0] for each in charges()] == ["C1", "C3", "C4"]
    assert [each[0] for each in names()] == ["Ana Souza", "Bia", "Caio"]


def test_payments_settle_wait_in_suspense_and_are_booked_once(book: Shell) -> None:
    bring(book, "debts", HEAD, ANA, RUI)
    file = (
        PAID,
        "K2,200.00,2026-10-20,pix,P1",
        "K9,50,20/10/2026,dinheiro,P2",
        "K2,1,2999-01-01,,P3",
        "K2,1,1/10/2026,,",
    )
    said = bring(book, "payments", *file)
    assert "Done: 1 created, 1 suspended, 2 left out." in said.out and said.status == 1
    assert "line 4, paid_at: A payment cannot lie in the future." in said.out
    assert "line 5, payment_id: the cell is empty" in said.out
    stored = [("P1", "confirmed", 20_000, "pix"), ("P2", "suspense", 5_000, "cash")]
    assert payments() == stored
    assert "Done: 0 created, 2 known, 2 left out." in bring(book, "payments", *file).out and payments() == stored
    other = bring(book, "payments", PAID, "K2,201.00,2026-10-20,pix,P1")
    assert "line 2, payment_id: this key names another payment" in other.out and payments() == stored


def test_what_is_paid_is_never_opened_again(book: Shell) -> None:
    bring(book, "debts", HEAD, RUI)
    bring(book, "payments", PAID, "K2,600.00,2026-10-10,pix,P1")
    stands = charges()
    said = bring(book, "debts", HEAD, RUI.replace(";500;", ";900;"))
    assert "line 2, amount: the charge is paid and stays as it is" in said.out and charges() == stands
    assert "Done: 0 created, 1 updated" in bring(book, "debts", HEAD, RUI + "500").out and charges() == stands


def test_a_debtor_of_another_creditor_is_known_by_document_and_keeps_what_the_row_leaves_out(book: Shell) -> None:
    bring(book, "debts", f"{HEAD};idioma;uf", f"{ANA};español;BR-RJ")
    book.does("portfolio", "add", "--name", "Outra", "--jurisdiction", "BR", "--timezone", "America/Sao_Paulo",
              "--currency", "BRL", "--team", "Cobrança")  # fmt: skip
    path = book.file(
        "other.csv", "debtor_id,name,document,due,amount,charge_id\nX9,,cpf:52998224725,2026-09-10,10,C1\n"
    )
    assert "Done: 1 created, 0 left out." in book.does("import", "debts", path, "--portfolio", "Outra")
    assert names() == [("Ana Souza", "es", "BR-RJ")] and [each[3] for each in charges()] == [123_456, 1_000]


def test_money_that_only_the_creditor_knows_of_is_asked_for_as_a_payment(book: Shell) -> None:
    bring(book, "debts", HEAD, ANA)
    said = bring(book, "debts", HEAD, ANA.replace(";34,56", ";100"))
    assert "line 2, paid: more was paid than is known here" in said.out and charges()[0][4] == 3_456


def test_what_cannot_be_imported_is_one_line(book: Shell) -> None:
    path = book.file("x.csv", "a,b\n")
    assert "file: the header line lacks debtor_id" in book.refuses("import", "debts", path, "--portfolio", "Loja Ipê")
    good = book.file("y.csv", f"{HEAD}\n{RUI}\n")
    assert "acordo portfolio list" in book.refuses("import", "debts", good, "--portfolio", "Nobody")
    assert "a file of their own" in book.refuses("import", "debts", good, "--portfolio", "Loja Ipê", "--errors", good)
    assert "none.csv" in book.refuses("import", "debts", "none.csv", "--portfolio", "Loja Ipê")
    book.does("portfolio", "disable", "Loja Ipê")
    assert "is disabled" in book.refuses("import", "debts", good, "--portfolio", "Loja Ipê")


def test_an_open_case_shows_what_was_brought_and_ends_when_all_is_paid(book: Shell) -> None:
    bring(book, "debts", HEAD, RUI)

    def opened(tx: Tx) -> str:
        person = next(iter(rows(tx, select(debtor.c.id), value)))
        return start(tx, all_portfolios(tx)[0], get(tx, person)).id

    with installation() as services:
        services.store.write_now(opened)
    shown = select(case.c.balance_minor, case.c.status)
    bring(book, "debts", HEAD, RUI, RUI.replace("C2;2298", "C3;2299"))
    assert _stored(shown) == [(100_000, "queued")]
    wrong = ("K2,-1,2026-10-09,pix,P0", "K2,900.00,2026-10-09,pix,P1")
    assert "Done: 1 created, 1 left out." in bring(book, "payments", PAID, *wrong).out
    assert _stored(shown) == [(10_000, "queued")]
    bring(book, "payments", PAID, "K2,100.00,2026-10-09,pix,P2")
    assert _stored(shown)[0][0] == 0


@pytest.mark.pg
def test_a_database_server_takes_the_same_files(bare: Shell, postgres_database: str) -> None:
    bare.patch.setenv("ACORDO_DATABASE_URL", postgres_database)
    bare.patch.setenv("ACORDO_SECRET_KEY", "5" * 64)
    bare.does("migrate")
    bare.does("team", "add", "Cobrança")
    bare.does("portfolio", "add", "--name", "Loja Ipê", "--jurisdiction", "BR-SP", "--timezone", "America/Sao_Paulo",
              "--currency", "BRL", "--team", "Cobrança")  # fmt: skip
    bad = RUI.replace("K2", "K3").replace(";;+55", ";;").replace(";C2;", ";C3;")
    assert "Would be: 2 created, 1 left out." in bring(bare, "debts", HEAD, ANA, bad, RUI, more=("--dry-run",)).out
    assert charges() == [] and names() == []
    assert "Done: 1 created, 2 left out." in bring(bare, "debts", HEAD, bad, RUI, RUI).out
    assert [each[0] for each in charges()] == ["C2"] and [each[0] for each in names()] == ["Júlio Melo"]
    file = (PAID, "K2,200.00,2026-10-20,pix,P1", "K9,50,20/10/2026,,P2")
    assert "Done: 1 created, 1 suspended, 0 left out." in bring(bare, "payments", *file).out
    assert "Done: 0 created, 2 known, 0 left out." in bring(bare, "payments", *file).out


def test_five_thousand_rows_in_batches_one_wrong_row_leaves_the_others(book: Shell) -> None:
    lines = [f"K{n};Nome {n};;;C{n};{n};10/09/2026;{n},00;" for n in range(1, 5_001)]
    lines[700] = lines[700].replace("10/09/2026", "ontem")
    lines[3_000] = lines[3_000].replace(";;;C", ";123;;C")
    said = bring(book, "debts", HEAD, *lines)
    assert "Done: 4,998 created, 2 left out." in said.out and "line 702, due:" in said.out, said.out[-500:]
    assert "line 3002, document:" in said.out and "4,999 of" not in said.err and "5,000 of 5,000 rows" in said.err
    assert len(charges()) == len(names()) == 4_998


def test_the_books_leave_as_csv_by_the_creditors_keys(book: Shell) -> None:
    bring(book, "debts", HEAD, ANA, RUI)
    out = book.folder / "debts.csv"
    assert "are in" in book.does("export", "debts", "--portfolio", "Loja Ipê", "--file", str(out))
    found = list(csv.DictReader(out.read_text("utf-8-sig").splitlines()))
    assert [(each["debtor_id"], each["charge_id"], each["amount"]) for each in sorted(found, key=str)] == [
        ("K1", "C1", "1234.56"), ("K2", "C2", "500.00")]  # fmt: skip
    assert "Give a time like" in book.refuses("export", "debts", "--portfolio", "Loja Ipê", "--since", "x")


def test_a_file_that_comes_again_changes_what_it_tells_anew_and_nothing_else(book: Shell) -> None:
    other = RUI.replace("Júlio Melo", "Júlio de Melo").replace("C2;2298", "C3;2299")
    for _ in range(2):
        bring(book, "debts", HEAD, ANA, RUI, other)
        assert [each[0] for each in names()] == ["Ana Souza", "Júlio de Melo"]  # of two rows the later one stands
    before = charges()
    said = bring(book, "debts", HEAD, ANA, RUI.replace(";500;", ";501;"), other.replace("+5511912345679", "123"))
    assert "Done: 0 created, 2 updated, 1 left out." in said.out and "line 4, sms:" in said.out
    assert charges() == [before[0], (*before[1][:3], 50_100, 0), before[2]]
    assert [each[0] for each in names()] == ["Ana Souza", "Júlio Melo"]


def test_documents_come_from_a_folder_or_a_zip(book: Shell) -> None:
    bring(book, "debts", HEAD, ANA, RUI)
    folder = book.folder / "papers"
    (folder / "lote").mkdir(parents=True)
    (folder / "lote" / "C1.boleto.pdf").write_bytes(b"%PDF-1.4 one")
    (folder / "C2.invoice.pdf").write_bytes(b"%PDF-1.4 two")
    (folder / "C9.boleto.pdf").write_bytes(b"%PDF-1.4 nobody's")
    asked = ("import", "documents", str(folder), "--portfolio", "Loja Ipê")
    dry = book.run(*asked, "--dry-run")
    assert dry.status == 1 and dry.out.splitlines()[-1] == "Would be: 2 created, 1 left out. Nothing was changed."
    wrong = book.folder / "wrong.csv"
    said = book.run(*asked, "--errors", str(wrong))
    assert said.status == 1 and "C9.boleto.pdf: nobody's charge has the key C9 in this portfolio" in said.out
    assert "Done: 2 created, 1 left out." in said.out
    (left,) = csv.DictReader(wrong.read_text("utf-8-sig").splitlines())
    assert left["file"] == "C9.boleto.pdf" and "C9" in left["error"]
    kept = _stored(select(charge_file.c.kind, charge_file.c.name, charge_file.c.by_id).order_by(charge_file.c.kind))
    assert kept == [("boleto", "C1.boleto.pdf", None), ("invoice", "C2.invoice.pdf", None)]
    packed = shutil.make_archive(str(book.folder / "papers"), "zip", folder)
    again = book.run("import", "documents", packed, "--portfolio", "Loja Ipê")
    assert again.out.splitlines()[-1] == "Done: 0 created, 2 known, 1 left out."
    none = book.run("import", "documents", str(wrong), "--portfolio", "Loja Ipê")
    assert "this is no zip of documents" in none.line
