"""A case as the gate looks at it."""

from __future__ import annotations

from sqlalchemy import bindparam, func, select

from console.cases.pairs import Pair
from console.cases.queries import CaseRow
from console.debtors import queries as debtors
from console.debtors.holders import OWN
from console.debtors.models import contact_point
from console.debtors.queries import PointRow
from console.gate.guard import Subject
from console.ledger.owed import owed
from console.portfolios.queries import get_portfolio
from console.store.base import load
from console.store.statement import Query, value
from console.store.transaction import Reader
from console.timeline.models import item
from console.timeline.queries import answers_since
from console.wire.moment import MINUTE, Ms

_WORDS = (
    select(func.max(item.c.at))
    .join(contact_point, contact_point.c.id == item.c.contact_point_id)
    .where(item.c.case_id == bindparam("case_id"), item.c.kind == "message", item.c.direction == "in")
)
_OWN_WORD = Query(_WORDS.where(contact_point.c.holder == OWN), value)
_THEIR_WORD = Query(_WORDS.where(contact_point.c.id == bindparam("point_id")), value)
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
    sender_active: False for a person who was disabled.
    answering: the message was accepted as an answer and is judged again at sending, when it has itself ended the wait.
    """
    heard = _heard(reader, row, pair.point)
    waits = row.waiting_since is not None and (heard == row.last_inbound_at or row.waiting_since <= (heard or 0))
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
        unanswered=answering or waits or (heard == row.last_inbound_at and _in_burst(reader, row, sender)),
        last_inbound_at=heard,
        item_id=item_id,
        sender_active=sender_active,
        reason_given=reason_given,
    )


def _heard(reader: Reader, row: CaseRow, point: PointRow) -> Ms | None:
    """When whom we would write to wrote last. What somebody beside the debtor says is no word of the debtor's, and the
    debtor's is none of theirs: neither makes an answer of what goes to the other.
    """
    if row.last_contact_point_id in (None, point.id):
        return row.last_inbound_at
    last = debtors.find_point(reader, row.last_contact_point_id or "")
    if point.holder == OWN and (last is None or last.holder == OWN):
        return row.last_inbound_at
    query = _OWN_WORD if point.holder == OWN else _THEIR_WORD
    return query.first(reader, case_id=row.id, point_id=point.id)


def _in_burst(reader: Reader, row: CaseRow, sender: str) -> bool:
    """Further bubbles of an answer that has just been given belong to it, and so do a colleague's who joins it."""
    if row.last_inbound_at is None or row.last_outbound_at is None or row.last_outbound_at + BURST_MS < reader.now:
        return False
    given = answers_since(reader, row.id, row.last_inbound_at)
    own = [each.at for each in given if each.author_id == sender]
    return bool(given) and len(own) < BURST and min(own, default=reader.now) + BURST_MS >= reader.now
