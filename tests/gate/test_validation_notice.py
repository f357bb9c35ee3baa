"""The validation notice of debts collected for another in the United States (12 CFR 1006.34): with the first word or
within five days of it, else nothing that collects leaves.
"""

from __future__ import annotations

from datetime import date
from string import Formatter
from typing import Any

import pytest
from msgspec import structs

from console.gate.decide import decide
from console.gate.types import Facts, Message, Place
from console.gate.validation import disputable_until, due_at, is_fresh, notice_texts, text_in
from console.ledger.said import long_day
from console.wire.moment import DAY, MINUTE
from tests.gate.cast import SP, facts, local

DALLAS = Place(country="US", subdivision="TX", tz="America/Chicago")
NOW = local("America/Chicago", "2026-11-24 10:00")
TEXT = "Loja Ipê here about your account. Reply STOP to opt out."


def mail(text: str = TEXT, **changes: Any) -> Message:
    return Message(**{"channel": "email", "purpose": "proactive", "text": text, "sender": "ana", **changes})


def known(first: int | None = None, **changes: Any) -> Facts:
    return facts(**{"places": (DALLAS,), "billing": "third_party", "first_contact_at": first, **changes})


def test_the_first_word_may_be_anything_lawful_and_the_notice_is_due_within_five_days() -> None:
    assert decide(mail(), known(), NOW).code == "ALLOW"
    first = NOW - 2 * DAY
    soon = decide(mail(), known(first), NOW)
    assert (soon.code, "NOTICE_DUE" in soon.warnings) == ("ALLOW", True)
    edge = known(NOW - 5 * DAY + 30 * MINUTE)
    assert decide(mail(), edge, NOW).valid_until == NOW + 30 * MINUTE
    late = decide(mail(), known(NOW - 5 * DAY), NOW)
    assert (late.outcome, late.code) == ("block", "MISSING_ELEMENT:validation_notice")
    assert late.source.startswith("12 CFR 1006.34")
    assert due_at(first) == first + 5 * DAY


def test_a_message_that_would_wait_past_the_fifth_day_is_refused_now() -> None:
    night = local("America/Chicago", "2026-11-24 23:00")
    told = decide(mail(), known(night - 5 * DAY + MINUTE), night)
    assert (told.outcome, told.code) == ("block", "MISSING_ELEMENT:validation_notice")


@pytest.mark.parametrize(
    "changes",
    [{"billing": "first_party"}, {"noticed_at": NOW - DAY}, {"places": (SP,)}],
    ids=["a creditor's own debts", "it has left", "another country"],
)
def test_where_none_is_owed_everything_goes_on(changes: dict[str, Any]) -> None:
    told = decide(mail(), known(NOW - 60 * DAY, **changes), NOW)
    assert told.code == "ALLOW" and "NOTICE_DUE" not in told.warnings


@pytest.mark.parametrize(
    "message",
    [mail(kind="validation_notice"), mail(kind="acknowledgement", purpose="reply"), mail(None, channel="letter"),  # type: ignore[arg-type]
     mail(purpose="payment_confirmation", automated=True)],
    ids=["the notice itself", "what the house says by itself", "a letter", "a receipt"],
)  # fmt: skip
def test_what_collects_nothing_and_the_notice_itself_leave(message: Message) -> None:
    assert decide(message, known(NOW - 60 * DAY, payment_confirmed=True), NOW).code == "ALLOW"


def test_answers_and_calls_are_held_to_it_too() -> None:
    asked = known(NOW - 60 * DAY, unanswered=True, last_inbound_at=NOW - MINUTE, point_last_inbound_at=NOW - MINUTE)
    assert decide(mail(purpose="reply"), asked, NOW).code == "MISSING_ELEMENT:validation_notice"
    assert decide(mail(None, channel="call"), asked, NOW).code == "MISSING_ELEMENT:validation_notice"  # type: ignore[arg-type]


def test_the_words_stand_in_three_languages_with_the_same_facts() -> None:
    texts = notice_texts()
    assert set(texts.texts) == {"en", "es", "pt"} and texts.status == "draft" and texts.confidence == "K"

    def facts_in(said: Any) -> dict[str, set[str]]:
        found = {}
        for name, value in structs.asdict(said).items():
            words = " ".join(value) if isinstance(value, tuple) else value
            found[name] = {field for _, field, *_ in Formatter().parse(words) if field}
        return found

    assert facts_in(texts.texts["en"]) == facts_in(texts.texts["es"]) == facts_in(texts.texts["pt"])
    assert text_in("es-MX").title.startswith("Aviso sobre su deuda") and text_in("fr") == texts.texts["en"]


@pytest.mark.parametrize("language", ["en", "es", "pt"])
def test_the_message_that_carries_it_passes_the_gate(language: str) -> None:
    told = {"name": "Maria", "collector": "Pine LLC", "creditor": "Loja Ipê",
            "until": long_day(date(2027, 1, 3), language)}  # fmt: skip
    text = text_in(language).message.format(**told)
    assert {"en": "January 3, 2027", "es": "3 de enero de 2027", "pt": "3 de janeiro de 2027"}[language] in text
    message = mail(text, kind="validation_notice", attachments=1, attachments_level=2)
    assert decide(message, known(NOW - 60 * DAY), NOW).code == "ALLOW"


def test_one_may_dispute_for_thirty_days_after_it_surely_came() -> None:
    # Printed on Tuesday 24 November it may leave until Friday; Thanksgiving, the 26th, is no business day.
    assert disputable_until(date(2026, 11, 24), "US") == date(2027, 1, 3)
    assert is_fresh(date(2026, 11, 24), date(2026, 11, 27)) and not is_fresh(date(2026, 11, 24), date(2026, 11, 28))
    assert not is_fresh(date(2026, 11, 24), date(2026, 11, 23))
