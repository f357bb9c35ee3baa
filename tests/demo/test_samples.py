"""The invented people: enough of them, of every age of debt, reachable at addresses that nobody has."""

from __future__ import annotations

from collections import Counter
from datetime import date

from console.debtors.phones import canonical
from console.demo.books import BOOKS
from console.demo.cast import PARTS, as_samples
from console.demo.samples import samples
from console.ledger.accrual import bucket_of

TODAY = date(2026, 11, 22)


def test_there_are_more_than_three_hundred_and_no_two_share_a_number() -> None:
    everybody = [*as_samples(TODAY), *samples(TODAY)]
    assert len(everybody) >= 300
    assert len({each.key for each in everybody}) == len(everybody)
    assert len({each.phone for each in everybody}) == len(everybody)
    mails = [each.email for each in everybody if each.email]
    assert len(set(mails)) == len(mails)
    assert all(mail.endswith("@sample.example") for mail in mails)


def test_every_number_is_in_its_canonical_form() -> None:
    wrong = [each.phone for each in [*as_samples(TODAY), *samples(TODAY)] if canonical(each.phone) != each.phone]
    assert wrong == []


def test_every_book_has_debts_in_every_bucket() -> None:
    for book in BOOKS:
        found = Counter(
            bucket_of(max((TODAY - debt.due).days for debt in each.debts))
            for each in samples(TODAY)
            if each.book == book.key
        )
        assert set(found) == {"CURRENT", "B1_30", "B31_60", "B61_PLUS"}, book.key


def test_the_same_day_has_the_same_people() -> None:
    assert samples(TODAY) == samples(TODAY)


def test_maria_owes_and_nobody_plays_her() -> None:
    maria = next(part for part in PARTS if part.key == "maria")
    assert maria.persona == ""
    assert sum(maria.amounts) > 0
