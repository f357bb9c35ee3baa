"""The line that names what a sum is made of, for the house's own texts: none of them needs to be mended where the law
of the debtor's place asks for it.
"""

from __future__ import annotations

from collections.abc import Collection

from console.debtors.queries import DebtorRow, get_address, points_of
from console.debtors.queries import get as debtor
from console.gate.guard import places_for
from console.gate.itemised import mending
from console.gate.profiles import wants
from console.ledger.itemise import line, made_of, sums_of, whole_of
from console.ledger.owed import owed
from console.store.transaction import Reader


def breakdown(reader: Reader, debtor_id: str, portfolio_id: str) -> str:
    """What is owed and what it is made of, in the debtor's language; "" when nothing is owed."""
    debt = owed(reader, debtor_id, portfolio_id)
    return line(whole_of(debt), debtor(reader, debtor_id).language) if debt.total_minor else ""


def composition(
    reader: Reader, debtor_id: str, portfolio_id: str, charges: Collection[str], *, discount: int = 0
) -> str:
    """What some charges are made of, for an agreement about them: "" where the law does not ask, or nothing was added
    to them. `discount`: what the offer takes off, in minor units, while it binds nobody yet.
    """
    person = debtor(reader, debtor_id)
    if not _asked_for(reader, person):
        return ""
    debt = owed(reader, debtor_id, portfolio_id)
    items = made_of((each for each in debt.charges if each.id in charges), debt.currency)
    return line(items, person.language, discount=discount) if items.has_additions else ""


def itemised(reader: Reader, debtor_id: str, portfolio_id: str, text: str) -> str:
    """A text with the lines that the law wants beside the sums in it; as it is where it lacks none."""
    person = debtor(reader, debtor_id)
    if not _asked_for(reader, person):
        return text
    return "\n".join(
        filter(None, (text, mending(text, sums_of(owed(reader, debtor_id, portfolio_id)), person.language)))
    )


def _asked_for(reader: Reader, person: DebtorRow) -> bool:
    """Whether the law of any place asks for it that may be the debtor's: of their home, or of a telephone of theirs."""
    numbers = {"", *(get_address(reader, each.address_id).phone for each in points_of(reader, person.id))}
    places = (places_for(person.jurisdiction, person.timezone, number)[0] for number in sorted(numbers))
    return any(wants("itemisation", each) for each in places)
