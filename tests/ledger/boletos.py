"""Lines of boletos for tests, made by the rules as FEBRABAN writes them down."""

from __future__ import annotations

from datetime import date

_FIRST = {1: date(1997, 10, 7), 2: date(2022, 5, 29)}  # the day before each round's counting, 1000 being the first used


def bank_line(cents: int, due: date | None, free: str = "1790001043510049102015000") -> str:
    """47 digits, of bank 341."""
    assert len(free) == 25
    factor = 0 if due is None else (due - _FIRST[2 if due >= date(2025, 2, 22) else 1]).days
    tail = f"{factor:04}{cents:010}"
    whole = eleven(f"3419{tail}{free}", "1")
    blocks = [f"3419{free[:5]}", free[5:15], free[15:]]
    return "".join(f"{each}{ten(each)}" for each in blocks) + whole + tail


def written(line: str) -> str:
    """As a boleto prints it."""
    return f"{line[:5]}.{line[5:10]} {line[10:15]}.{line[15:21]} {line[21:26]}.{line[26:32]} {line[32]} {line[33:]}"


def ten(digits: str) -> str:
    total, weight = 0, 2
    for each in reversed(digits):
        product = int(each) * weight
        total += product - 9 if product > 9 else product
        weight = 3 - weight
    return str((10 - total % 10) % 10)


def eleven(digits: str, none: str) -> str:
    weights = [2, 3, 4, 5, 6, 7, 8, 9] * 6
    total = sum(int(each) * weight for each, weight in zip(reversed(digits), weights, strict=False))
    right = 11 - total % 11
    return none if right > 9 else str(right)
