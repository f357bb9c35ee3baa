"""Where a debtor of a row lives: a country or state by its whole code, or a state of the portfolio's country.

What stands in a column of states is never a country's code: `PE` there is Pernambuco, `ES` Espírito Santo.
"""

from __future__ import annotations

import re

from console.imports.rows import Cells
from console.wire.subdivisions import code_in

_WHOLE = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")


def jurisdiction_of(cells: Cells, home: str) -> str:
    """Such as BR or BR-SP; "" for a row that says nothing. `home`: the portfolio's. The verb refuses what is no place,
    and with it a state that the row's own `jurisdiction` contradicts.
    """
    told, state = cells.text("jurisdiction").upper(), cells.text(place_column(cells)).upper()
    if not state or state == told:
        return told
    country = told[:2] or home[:2]
    whole = state if _WHOLE.fullmatch(state) else f"{country}-{code_in(country, state) or state}"
    return whole if told in ("", whole, whole[:2]) else f"{told} / {whole}"


def place_column(cells: Cells) -> str:
    """The column that tells it. Peru's provinces are parts of its departments, which come first."""
    return next((name for name in ("state", "province") if cells.text(name)), "jurisdiction")
