"""The line of a Brazilian boleto, as people copy it: read and checked offline, to its last digit. Pure.

A bank's has 47 digits (three blocks, each with a check digit modulo 10, the check digit of the whole modulo 11, the
factor of the due date and the amount), that of a utility or a tax 48 (four blocks of eleven, each with a check digit of
the kind that its third digit names). Sources: FEBRABAN, "Layout padrão de arrecadação/recebimento com utilização do
código de barras"; Banco Central do Brasil, Carta Circular 2.926/2000, and FEBRABAN's return of the factor to 1000 on
2025-02-22.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from msgspec import Struct

_BASE = date(1997, 10, 7)
_ROUND = 9_000  # factors run from 1000 to 9999 and begin anew
_BACK_DAYS = 3_000  # so far back a factor is looked for, FEBRABAN's sliding window; else it is one of the next round
_BANK = ((0, 10), (10, 21), (21, 32))
_TENS, _REAIS = "67", "68"  # a utility's third digit: check digits modulo 10; the amount is one in reais


class BadBoleto(ValueError):
    """`why`: boleto_ and digits, bar_code, kind, block or whole; `facts` what its sentence is filled with."""

    def __init__(self, why: str, says: str, **facts: str) -> None:
        super().__init__(says)
        self.why, self.facts = why, facts


class Line(Struct, frozen=True):
    """`digits`: 47 or 48. `amount` in cents, None when the line names none; `due` None when it names no day."""

    digits: str
    amount: int | None
    due: date | None


def read_line(text: str, today: date) -> Line:
    """What a line says; `today` tells which round a factor of the due date is of. Raises BadBoleto."""
    digits = bare(text)
    if not re.fullmatch(r"[0-9]{44}|[0-9]{47,48}", digits):
        raise BadBoleto(
            "boleto_digits",
            f"A boleto's line has 47 digits, that of a utility or tax 48; this has {len(digits)} characters.",
            count=str(len(digits)),
        )
    if len(digits) == 44:
        raise BadBoleto(
            "boleto_bar_code", "These are the 44 digits of the bar code: give the line, of 47 or 48 digits."
        )
    return _bank(digits, today) if len(digits) == 47 else _utility(digits)


def bare(text: str) -> str:
    """Without what people write between the digits."""
    return re.sub(r"[\s.\-]", "", text)


def _bank(digits: str, today: date) -> Line:
    if digits[3] != "9":
        raise BadBoleto("boleto_kind", "This is no line of a bank's boleto in reais: its fourth digit is 9.")
    for n, (start, end) in enumerate(_BANK, 1):
        _must_be(digits[end - 1], _ten(digits[start : end - 1]), n)
    bars = digits[:4] + digits[33:] + digits[4:9] + digits[10:20] + digits[21:31]
    _must_be(digits[32], _eleven(bars, none="1"), 0)
    factor, amount = int(digits[33:37]), int(digits[37:])
    return Line(digits, amount or None, _day(factor, today) if factor >= 1_000 else None)


def _utility(digits: str) -> Line:
    kind = digits[2]
    if digits[0] != "8" or kind not in "6789":
        raise BadBoleto("boleto_kind", "A line of 48 digits begins with 8, and its third digit is 6 to 9.")

    def sum_of(part: str) -> str:
        return _ten(part) if kind in _TENS else _eleven(part, none="0")

    blocks = [digits[at : at + 12] for at in range(0, 48, 12)]
    for n, block in enumerate(blocks, 1):
        _must_be(block[-1], sum_of(block[:-1]), n)
    bars = "".join(block[:-1] for block in blocks)
    _must_be(bars[3], sum_of(bars[:3] + bars[4:]), 0)
    return Line(digits, (int(bars[4:15]) or None) if kind in _REAIS else None, None)


def _must_be(stands: str, right: str, block: int) -> None:
    """`block` 0: the check digit of the whole line."""
    if stands == right:
        return
    facts = {"stands": stands, "right": right}
    if not block:
        raise BadBoleto(
            "boleto_whole", f"The line's own check digit is wrong: {stands} stands, {right} would be right.", **facts
        )
    raise BadBoleto(
        "boleto_block", f"The check digit of block {block} is wrong: {stands} stands, {right} would be right.",
        block=str(block), **facts,
    )  # fmt: skip


def _ten(part: str) -> str:
    total = sum(sum(divmod(int(each) * (2 - at % 2), 10)) for at, each in enumerate(reversed(part)))
    return str(-total % 10)


def _eleven(part: str, *, none: str) -> str:
    """`none` stands where the rule would give 10 or 11."""
    rest = sum(int(each) * (2 + at % 8) for at, each in enumerate(reversed(part))) % 11
    return none if rest in (0, 1) else str(11 - rest)


def _day(factor: int, today: date) -> date:
    first = _BASE + timedelta(days=factor)
    while first < today - timedelta(days=_BACK_DAYS):
        first += timedelta(days=_ROUND)
    return first
