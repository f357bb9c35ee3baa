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
from console.timeline.queries import answers_since
from console.wire.moment import MINUTE

BURST = 3  # bubbles of one answer …
BURST_MS = 2 * MINUTE  # … within which they count as one (domain rules 1.1, rule 8)


def subject(
    reader: Reader,
    row: CaseRow,
    pair: Pair,
    *,
    sender: str = "",
    item_id: str = "",
    answering: bool = False,
    sender_active: bool = True,
    reason_given: bool = False,
) -> Subject:
    """What the gate must know of this case, this contact point and this inbox.

    sender: whose message it is; the bubbles of an answer are counted for each person.
    answering: the message was accepted as an answer and is judged again at sending, when it has itself ended the wait.
    """
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
        unanswered=answering or row.waiting_since is not None or _in_burst(reader, row, sender),
        last_inbound_at=row.last_inbound_at,
        item_id=item_id,
        sender_active=sender_active,
        reason_given=reason_given,
    )


def _in_burst(reader: Reader, row: CaseRow, sender: str) -> bool:
    """Further bubbles of an answer that has just been given belong to it, and so do a colleague's who joins it."""
    if row.last_inbound_at is None or row.last_outbound_at is None or row.last_outbound_at + BURST_MS < reader.now:
        return False
    given = answers_since(reader, row.id, row.last_inbound_at)
    own = [each.at for each in given if each.author_id == sender]
    return bool(given) and len(own) < BURST and min(own, default=reader.now) + BURST_MS >= reader.now
