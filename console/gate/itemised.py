"""Whether a text that names a sum which is owed names what it is made of too, and the words that mend it. Pure.

A sum is recognised by its figure: equal to what is owed now, in all, of what is late, or of one charge, to the cent
where it is written with cents. It is itemised where the original amount and each addition stand in the same text, each
with its name, in Portuguese, Spanish or English, and its figure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from console.gate.content import Sum, fold, sums
from console.gate.types import Span
from console.ledger.itemise import ADDED, Items, line
from console.wire.currency import NO_DECIMALS

NAMES = {
    "principal": re.compile(r"\b(?:original|originario|originaria|principal|capital|nominal)\b"),
    "fine": re.compile(r"\b(?:multas?|recargos?|penalidades?|penalizacion(?:es)?|fines?|penalt(?:y|ies)|late fees?)\b"),
    "interest": re.compile(r"\b(?:juros?|interes|intereses|interests?)\b"),
    "fees": re.compile(
        r"\b(?:encargos?|tarifas?|taxas?|custas?|custos?|despesas?|honorarios?|gastos?|cargos?|comision(?:es)?"
        r"|fees?|costs?|charges?)\b"
    ),
}


def bare(folded: str, owed: Sequence[Items]) -> tuple[tuple[Items, ...], tuple[Span, ...]]:
    """The sums that a text names without what they are made of, and where they stand. Takes folded text."""
    figures = sums(folded) if owed else ()
    found = [each for each in owed if _named(figures, each.total, each.currency)]
    missing = tuple(each for each in found if not _itemised(folded, figures, each, owed))
    at = {figure.span for each in missing for figure in figures if _is(figure, each.total, each.currency)}
    return missing, tuple(sorted(at))


def mending(text: str, owed: Sequence[Items], language: str) -> str:
    """The lines that a text lacks, in the debtor's language; "" when it lacks none. With them it names everything."""
    lines: list[str] = []
    for _ in owed:  # an item may itself be the figure of another sum: each is named at most once
        missing, _spans = bare(fold("\n".join((text, *lines))), owed)
        if not missing:
            break
        lines += [line(each, language) for each in missing]
    return "\n".join(lines)


def asks_for(folded: str, owed: Sequence[Items]) -> tuple[Span, ...]:
    """Where a text names one of these sums, whatever else it says. Takes folded text."""
    figures = sums(folded) if owed else ()
    return tuple(sorted({each.span for each in figures if any(_is(each, one.total, one.currency) for one in owed)}))


def _itemised(folded: str, figures: Sequence[Sum], each: Items, owed: Sequence[Items]) -> bool:
    """By its own items, or, of several charges together, by those of every charge."""
    if _shows(folded, figures, each):
        return True
    single = [one for one in owed if one.number]
    return not each.number and bool(single) and all(_shows(folded, figures, one) for one in single)


def _shows(folded: str, figures: Sequence[Sum], each: Items) -> bool:
    return all(
        NAMES[name].search(folded) is not None and _named(figures, amount, each.currency)
        for name, amount in each.parts
        if name == "principal" or name in ADDED
    )


def _named(figures: Sequence[Sum], amount: int, currency: str) -> bool:
    return any(_is(figure, amount, currency) for figure in figures)


def _is(figure: Sum, amount: int, currency: str) -> bool:
    """Without cents a figure stands for what it was cut or rounded from."""
    if currency in NO_DECIMALS:
        return figure.whole == amount and not figure.cents
    if figure.cents is not None:
        return figure.whole * 100 + figure.cents == amount
    return figure.whole in (amount // 100, (amount + 50) // 100)
