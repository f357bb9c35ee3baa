"""The contact points of a case: those of its debtor."""

from __future__ import annotations

from console.cases.queries import CaseRow
from console.debtors import view
from console.store.transaction import Reader
from console.wire.shapes import ContactPoint


def contact_points(reader: Reader, row: CaseRow) -> list[ContactPoint]:
    return view.contact_points(reader, row.debtor_id)
