"""A number such as 11.111.111: somebody's where the file says whose, and nobody's tie; whom it made one are parted."""

from __future__ import annotations

from sqlalchemy import func, select

from console.commands.installation import installation
from console.debtors import documents
from console.debtors.models import account, contact_point, debtor
from console.ledger.models import charge
from console.store.statement import change, row, rows
from console.store.transaction import Tx
from tests.commands.shell import Said, Shell

HEAD = "debtor_id,name,document,jurisdiction,sms,charge_id,number,due,amount"


def books(shell: Shell) -> None:
    for name in ("Casa Sur", "Casa Norte"):
        shell.does("portfolio", "add", "--name", name, "--jurisdiction", "AR-B", "--timezone", "America/Buenos_Aires",
                   "--currency", "ARS", "--language", "es", "--team", "Cobrança")  # fmt: skip


def bring(shell: Shell, book: str, *lines: str) -> Said:
    path = shell.folder / "debts.csv"
    path.write_text("\n".join((HEAD, *lines)), "utf-8")
    return shell.run("import", "debts", str(path), "--portfolio", book)


def people() -> list[tuple[object, ...]]:
    """(name, how many keys, whether a document is known)."""
    asked = (
        select(debtor.c.name, func.count(account.c.id), debtor.c.document_hash.is_not(None))
        .join(account, account.c.debtor_id == debtor.c.id)
        .group_by(debtor.c.id, debtor.c.name, debtor.c.document_hash)
        .order_by(debtor.c.name)
    )
    with installation() as services:
        found = services.store.read_now(lambda reader: rows(reader, asked, row))
    return [(name, keys, bool(known)) for name, keys, known in found]


def test_a_legal_number_counts_where_the_row_says_whose_and_ties_namesakes_alone(book: Shell) -> None:
    books(book)
    lines = ("A1,Ana López,dni:11.111.111,,,A1-1,1,2026-10-10,10", "A2,Bia Ruiz,11111111,AR-C,,A2-1,2,2026-10-10,10",
             "A3,Caro Paz,11111111,,,A3-1,3,2026-10-10,10")  # fmt: skip
    first = bring(book, "Casa Sur", *lines)
    assert first.status == 0 and "line 4, document: 11111111 stands for no document" in first.out
    assert "line 2" not in first.out and "line 3" not in first.out
    assert people() == [("Ana López", 1, True), ("Bia Ruiz", 1, True), ("Caro Paz", 1, False)]
    second = bring(book, "Casa Norte", "N1,LOPEZ ANA,dni:11111111,,,N1-1,1,2026-10-10,10",
                   "N2,Dora Sol,dni:11111111,,,N2-1,2,2026-10-10,10")  # fmt: skip
    assert second.status == 0, second
    assert people() == [("Bia Ruiz", 1, True), ("Caro Paz", 1, False), ("Dora Sol", 1, True), ("LOPEZ ANA", 2, True)]
    assert "Nobody was made one" in book.does("debtor", "joined")
    again = bring(book, "Casa Sur", "A2,Bia Ruiz,11111111,AR-C,,A2-1,2,2026-10-10,10")
    assert "1 updated" in again.out and len(people()) == 4


def test_whom_a_filler_made_one_are_listed_and_parted(book: Shell) -> None:
    books(book)
    bring(book, "Casa Sur", "A1,Ana López,dni:30111222,,+5491155550001,A1-1,1,2026-10-10,10")
    bring(book, "Casa Norte", "N1,Dora Sol,dni:30111222,,+5491155550002,N1-1,1,2026-10-10,20",
          "N2,Eva Mar,dni:30111222,,,N2-1,2,2026-10-10,30")  # fmt: skip
    whose = as_before()
    listed = book.does("debtor", "joined")
    assert whose in listed and "11111111" in listed and "Casa Norte: N1; Casa Norte: N2; Casa Sur: A1" in listed
    sick = book.run("doctor")
    assert "1 may be several people" in sick.out and "acordo debtor part" in sick.out

    asked = ("debtor", "part", whose, "--portfolio", "Casa Norte", "--key")
    assert "name the charges" in book.run(*asked, "N1", "--name", "Dora Sol").line
    assert "no such charge" in book.run(*asked, "N1", "--name", "Dora Sol", "--charge", "A1-1").line
    assert "no key 'X'" in book.run(*asked, "X", "--name", "Dora Sol").line
    assert "Dora Sol is a person of their own" in book.does(*asked, "N1", "--name", "Dora Sol", "--charge", "N1-1")
    book.does(*asked, "N2", "--name", "Eva Mar")
    assert [(name, keys, known) for name, keys, known in people()] == [
        ("Dora Sol", 1, False), ("Eva Mar", 1, False), ("Eva Mar", 1, False),
    ]  # fmt: skip
    assert owing() == {"A1": 1_000, "N1": 2_000, "N2": 3_000}
    assert "Nobody was made one" in book.does("debtor", "joined")
    assert set(stored(select(contact_point.c.disclosure))) == {(0,)}
    bring(book, "Casa Norte", "N1,Dora Sol,dni:40111222,,+5491155550002,N1-1,1,2026-10-10,20")
    assert ("Dora Sol", 1, True) in people()


def as_before() -> str:
    """The joined person as an older version kept them: the filler's hash alone; their id."""
    with installation() as services:
        vault = services.vault

        def write(tx: Tx) -> str:
            ((found,),) = rows(tx, select(debtor.c.id).where(debtor.c.document_hash.is_not(None)), row)
            change(tx, debtor, {"id": found}, document=vault.seal("11111111", documents.PURPOSE),
                   document_hash=vault.digest("11111111", documents.PURPOSE))  # fmt: skip
            return str(found)

        return services.store.write_now(write)


def owing() -> dict[object, object]:
    """What each key's person owes, in cents."""
    asked = (
        select(account.c.external_id, func.sum(charge.c.amount_minor))
        .join(charge, (charge.c.debtor_id == account.c.debtor_id) & (charge.c.portfolio_id == account.c.portfolio_id))
        .group_by(account.c.external_id)
    )
    return dict(stored(asked))  # type: ignore[arg-type]


def stored(asked: object) -> list[tuple[object, ...]]:
    with installation() as services:
        return services.store.read_now(lambda reader: rows(reader, asked, row))  # type: ignore[arg-type]
