"""The line of a boleto, read to its last digit; the published ones are those banks and utilities printed."""

from __future__ import annotations

from datetime import date

import pytest

from console.ledger.boleto import BadBoleto, read_line
from tests.ledger.boletos import bank_line, eleven, ten, written

TODAY = date(2026, 11, 29)


@pytest.mark.parametrize(
    ("line", "amount", "due"),
    [
        ("00190.50095 40144.816069 06809.350314 3 37370000000100", 100, date(2032, 8, 21)),
        ("23793.38128 60007.827136 95000.063305 9 75520000370000", 370_000, date(2043, 1, 31)),
        ("836200000005 667800481000 180975657313 001589636081", 6_678, None),
        ("846700000017 435900240209 024050002435 842210108119", 14_359, None),
        ("85890000020-4 00000328183-3 24072018310-5 61866671253-1", 200_000, None),
    ],
)
def test_lines_that_were_printed_are_read(line: str, amount: int, due: date | None) -> None:
    found = read_line(line, TODAY)
    assert (found.amount, found.due) == (amount, due) and found.digits.isdigit()


@pytest.mark.parametrize("due", [date(2018, 9, 13), date(2025, 2, 21), date(2025, 2, 22), TODAY, date(2031, 1, 31)])
def test_the_factor_of_a_day_is_read_on_both_sides_of_its_return_to_1000(due: date) -> None:
    assert read_line(written(bank_line(30_000, due)), TODAY).due == due


def test_a_line_without_day_or_amount_names_none() -> None:
    found = read_line(bank_line(0, None), TODAY)
    assert (found.amount, found.due) == (None, None)


def test_a_digit_that_slipped_is_found_and_its_block_named() -> None:
    line = bank_line(30_000, TODAY)
    for at in range(32):
        if at == 3:
            continue  # which currency: no slip of a check digit
        wrong = f"{line[:at]}{(int(line[at]) + 1) % 10}{line[at + 1 :]}"
        with pytest.raises(BadBoleto) as caught:
            read_line(wrong, TODAY)
        assert (caught.value.why, caught.value.facts["block"]) == (
            "boleto_block",
            "1" if at < 10 else "2" if at < 21 else "3",
        )
    with pytest.raises(BadBoleto) as caught:
        read_line(f"{line[:32]}{(int(line[32]) + 1) % 10}{line[33:]}", TODAY)
    assert caught.value.why == "boleto_whole" and caught.value.facts["right"] == line[32]


def test_a_utilitys_blocks_are_each_checked() -> None:
    line = "846700000017435900240209024050002435842210108119"
    for block in range(4):
        at = block * 12 + 11
        with pytest.raises(BadBoleto) as caught:
            read_line(f"{line[:at]}{(int(line[at]) + 1) % 10}{line[at + 1 :]}", TODAY)
        assert caught.value.facts == {"block": str(block + 1), "stands": str((int(line[at]) + 1) % 10),
                                      "right": line[at]}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "digits"), ("3,4191E+46", "digits"), ("1" * 46, "digits"), ("x" * 47, "digits"), ("1" * 44, "bar_code"),
        (bank_line(1, TODAY).replace("3419", "3418", 1), "kind"), ("7" + "0" * 47, "kind"), ("825" + "0" * 45, "kind"),
    ],
)  # fmt: skip
def test_what_is_no_line_says_what_it_lacks(text: str, what: str) -> None:
    with pytest.raises(BadBoleto) as caught:
        read_line(text, TODAY)
    assert caught.value.why == f"boleto_{what}"


def test_the_check_digits_of_these_tests_agree_with_printed_ones() -> None:
    assert (ten("001905009"), ten("4014481606"), eleven("0019373700000001000500940144816060680935031", "1")) == (
        "5", "9", "3",
    )  # fmt: skip
