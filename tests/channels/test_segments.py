"""What a text costs by SMS."""

from __future__ import annotations

import pytest

from channels.segments import count


@pytest.mark.parametrize(
    ("text", "encoding", "units", "segments", "culprit"),
    [
        ("", "GSM-7", 0, 0, ""),
        ("a" * 160, "GSM-7", 160, 1, ""),
        ("a" * 161, "GSM-7", 161, 2, ""),
        ("a" * 306, "GSM-7", 306, 2, ""),
        ("a" * 307, "GSM-7", 307, 3, ""),
        ("€" * 80, "GSM-7", 160, 1, ""),
        ("a" * 152 + "€" + "a" * 10, "GSM-7", 164, 2, ""),
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 306, 3, ""),
        ("àéèìòùñüöäÇÉ", "GSM-7", 12, 1, ""),
        ("Ola, voce tem ate amanha", "GSM-7", 24, 1, ""),
        ("Olá, você tem até amanhã", "UCS-2", 24, 1, "á"),
        ("ç" * 70, "UCS-2", 70, 1, "ç"),
        ("ç" * 71, "UCS-2", 71, 2, "ç"),
        ("ã" + "a" * 159, "UCS-2", 160, 3, "ã"),
        ("👍", "UCS-2", 2, 1, "👍"),
        ("a" * 66 + "👍" + "a" * 66, "UCS-2", 134, 3, "👍"),
        ("R$ 10 “hoje”", "UCS-2", 12, 1, "“"),
    ],
)
def test_a_text_costs_what_the_standard_says(text: str, encoding: str, units: int, segments: int, culprit: str) -> None:
    result = count(text)
    assert (result.encoding, result.units, result.segments, result.culprit) == (encoding, units, segments, culprit)


@pytest.mark.parametrize("letter", "áâãíóôõúêç")
def test_each_letter_that_gsm_lacks_is_named(letter: str) -> None:
    assert count(f"a{letter}b").culprit == letter


def test_the_alphabet_has_its_hundred_and_twenty_seven_letters() -> None:
    letters = [chr(code) for code in range(1, 0x2FFF) if count(chr(code)).encoding == "GSM-7"]
    assert len([letter for letter in letters if count(letter).units == 1]) == 127
    assert len([letter for letter in letters if count(letter).units == 2]) == 10
