"""What a dry run does again stays a handful of rows a batch, and is what the later rows build on."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from console.imports.read import read
from console.imports.run import Step, steps
from console.imports.values import locale_of
from console.imports.words import Kind
from console.portfolios.queries import PortfolioRow

SIZE = 10
BOOK = PortfolioRow("b", "Loja", "BR-SP", "America/Sao_Paulo", "pt-BR", "BRL", "Loja", "{}", 0, None)
DEBTS = "debtor_id;name;document;charge_id;number;due;amount"
RECALLS = "debtor_id;debt_id;charge_id"


def through(
    *lines: str, kind: Kind = "debts", dry_run: bool = True, refused: Collection[int] = (), begin: int = 0
) -> list[Step]:
    sheet = read("\n".join(lines).encode(), kind, locale_of(BOOK.jurisdiction))
    return list(steps(kind, sheet.records, BOOK, 0, dry_run=dry_run, refused=refused, begin=begin, size=SIZE))


def again(made: list[Step]) -> list[list[int]]:
    """The lines that are booked again before each step."""
    return [[row.record.line for row in each.before] for each in made]


def charge(n: int, key: str = "K1", name: str = "Loja Um", document: str = "") -> str:
    return f"{key};{name};{document};C{n};{n};10/09/2026;10,00"


@pytest.mark.parametrize("rows", [100, 1_000])
def test_rows_of_one_company_are_not_all_booked_again(rows: int) -> None:
    told = again(through(DEBTS, *(charge(n) for n in range(rows))))
    assert len(told) == rows / SIZE and told[0] == []
    assert all(each == [2, at * SIZE + 1] for at, each in enumerate(told) if at > 1), "the first and the last"


@pytest.mark.parametrize("filler", ["-", "N/A", "0", "000", "52998224725"])
def test_a_document_that_all_rows_have_brings_no_more_than_a_handful(filler: str) -> None:
    told = again(through(DEBTS, *(charge(n, f"K{n}", f"Pessoa {n}", filler) for n in range(100))))
    expected = 2 if filler == "52998224725" else 0
    assert all(len(each) <= expected for each in told) and (expected == 0) == (not any(told))


def test_what_was_said_last_of_a_person_is_known_at_whatever_remove() -> None:
    lines = [charge(n, f"X{n}") for n in range(5 * SIZE)]
    lines[0] = charge(0, "K1", "Ana", "52998224725")
    lines[11] = charge(11, "K1", "", "")  # says nothing
    lines[21] = charge(21, "K1", "Ana Maria")
    lines[31] = charge(31, "K2", "", "529.982.247-25")  # the same person under another key
    lines[41] = charge(41, "K2", "")
    assert again(through(DEBTS, *lines)) == [[], [2], [2], [2, 23], [2, 23, 33]]
    assert not any(again(through(DEBTS, *lines, dry_run=False)))


def test_rows_that_were_left_out_are_not_booked_again_also_where_it_goes_on() -> None:
    lines = [charge(n) for n in range(3 * SIZE)]
    assert again(through(DEBTS, *lines, refused={2, 3, 4, 11}))[1] == [5, 10]
    assert again(through(DEBTS, *lines, refused={2, 3}, begin=2 * SIZE)) == [[4, 21]]


def test_a_key_that_came_is_a_fault_without_being_booked_again() -> None:
    made = through(DEBTS, *(charge(n) for n in range(5 * SIZE)), charge(3, "K9"))
    ((_, (fault,)),) = made[-1].wrong
    assert (fault.code, fault.args, made[-1].before) == ("same_key", {"line": "5"}, [])


def test_a_recall_builds_on_those_of_the_same_charges_alone() -> None:
    lines = [f"K1;;D1/{n}" for n in range(30 * SIZE)]
    told = again(through(RECALLS, *lines, "K1;D1;", "K1;D2;", "K2;;", kind="recalls"))
    assert not any(told[:-1]) and told[-1] == list(range(2, 102)), "as many as stand before a recall of the whole debt"
    told = again(through(RECALLS, "K1;D1;", "K1;;", *lines, kind="recalls"))
    assert told[0] == [] and all(each == [2, 3] for each in told[1:])
