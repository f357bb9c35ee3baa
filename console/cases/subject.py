"""A case as the gate looks at it."""

from __future__ import annotations

from console.cases.pairs import Pair
from console.cases.queries import CaseRow
from console.debtors import queries as debtors
from console.gate.guard import Subject
from console.ledger.owed import owed
from console.portfolios.queries import get_portfolio
from console.store.base import load
from console.store.transaction import Reader


def subject(reader: Reader, row: CaseRow, pair: Pair, *, item_id: str = "", sender_active: bool = True) -> Subject:
    """What the gate must know of this case, this contact point and this inbox."""
    return Subject(
        debtor=debtors.get(reader, row.debtor_id),
        point=pair.point,
        address=pair.address,
        inbox=pair.inbox,
        link=pair.link,
        book=get_portfolio(reader, row.portfolio_id),
        debt=owed(reader, row.debtor_id, row.portfolio_id),
        case_id=row.id,
        disclosure=row.disclosure,
        disclosure_until=row.disclosure_until,
        holds=load(row.holds),
        waiting_since=row.waiting_since,
        last_inbound_at=row.last_inbound_at,
        item_id=item_id,
        sender_active=sender_active,
    )
