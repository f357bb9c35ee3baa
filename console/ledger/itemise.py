"""What a sum that is owed is made of: the original amount and each thing added to it by name, as the law of some
places wants it shown wherever the sum is asked for (Lei SP 14.953/2013), and the line that says so. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from console.ledger.said import money, tongue
from console.wire.shapes import Money

if TYPE_CHECKING:
    from console.ledger.owed import ChargeOwed, Owed

ADDED = ("fine", "interest", "fees")
OFF = ("discount", "paid")
_WORDS = {
    "pt": {"of": "Composição de {total}", "charge": "Composição de {total} (fatura {number})",
           "principal": "valor original", "fine": "multa", "interest": "juros", "fees": "encargos",
           "discount": "desconto", "paid": "já pago", "agreement": "acordo em andamento"},
    "es": {"of": "Composición de {total}", "charge": "Composición de {total} (factura {number})",
           "principal": "valor original", "fine": "multa", "interest": "intereses", "fees": "gastos",
           "discount": "descuento", "paid": "ya pagado", "agreement": "acuerdo en curso"},
    "en": {"of": "Breakdown of {total}", "charge": "Breakdown of {total} (invoice {number})",
           "principal": "original amount", "fine": "fine", "interest": "interest", "fees": "fees",
           "discount": "discount", "paid": "already paid", "agreement": "agreement under way"},
}  # fmt: skip


class Items(Struct, frozen=True):
    """A sum that is owed, in minor units, and what it is made of: (name, amount), the original amount first, what was
    taken off as it is written, without a sign. `number` is the charge's, "" for several together.
    """

    total: int
    currency: str
    number: str
    parts: tuple[tuple[str, int], ...]

    @property
    def has_additions(self) -> bool:
        return any(name in ADDED for name, _ in self.parts)


def sums_of(debt: Owed) -> tuple[Items, ...]:
    """Every sum of a debt that is more than what was originally owed: the whole, what is late, each charge.

    A charge under an agreement is left out, for its items were told with the offer; the whole then names the rest of
    the agreement beside the items of what stands outside it.
    """
    charges = [each for each in debt.charges if each.total > 0]
    agreed = sum(each.total for each in charges if "PLAN" in each.overlays)
    free = [each for each in charges if "PLAN" not in each.overlays]
    late = [each for each in free if each.days_late > 0]
    found = [_together(free, debt.currency, agreed), _together(late, debt.currency)]
    found += [_together([each], debt.currency, number=each.number) for each in free]
    by_total: dict[int, Items] = {}
    for each in found:
        if each.has_additions:
            by_total.setdefault(each.total, each)
    return tuple(by_total.values())


def whole_of(debt: Owed) -> Items:
    """Everything that is owed, an agreement's charges and those outside it."""
    whole = next((each for each in sums_of(debt) if each.total == debt.total_minor and not each.number), None)
    return whole or made_of(debt.charges, debt.currency)


def made_of(charges: Iterable[ChargeOwed], currency: str) -> Items:
    """What some charges come to together, an agreement's too."""
    return _together([each for each in charges if each.total > 0], currency)


def line(items: Items, language: str, *, discount: int = 0) -> str:
    """One sentence in the debtor's language; `discount`: what an offer takes off besides."""
    words = _WORDS[tongue(language)]
    head = words["charge" if items.number else "of"].format(total=_money(items.total, items), number=items.number)
    named = [f"{words[name]} {'-' if name in OFF else ''}{_money(amount, items)}" for name, amount in items.parts]
    named += [f"{words['discount']} -{_money(discount, items)}"] if discount else []
    return f"{head}: {'; '.join(named)}."


def _together(charges: Sequence[ChargeOwed], currency: str, agreed: int = 0, number: str = "") -> Items:
    """The parts add up to the total. An addition that was paid in full is still named while another is open."""
    parts = [("principal", sum(each.principal for each in charges))]
    if any(each.open.get(name, 0) > 0 for each in charges for name in ADDED):
        parts += [(name, sum(getattr(each, name) for each in charges)) for name in ADDED]
        parts += [(name, sum(getattr(each, name) for each in charges)) for name in OFF]
    parts = [part for part in parts if part[1] or part[0] == "principal"]
    parts += [("agreement", agreed)] if agreed else []
    return Items(sum(each.total for each in charges) + agreed, currency, number, tuple(parts))


def _money(amount: int, items: Items) -> str:
    return money(Money(amount, items.currency))
