"""Which case a message belongs to, and opening one when there is none."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from channels.types import Inbound
from console.cases.changed import told
from console.cases.models import case
from console.cases.policy import REOPEN_WITHIN
from console.cases.queries import CaseRow, adopt, find, last_resolved, live, live_open
from console.cases.requirements import require
from console.cases.tags import tag
from console.debtors import queries as debtors
from console.debtors.queries import DebtorRow, PointRow
from console.debtors.resolve import Found, add_point, find_or_add_address
from console.errors import Conflict
from console.ledger.answers import answer_due
from console.ledger.owed import owed
from console.portfolios.queries import InboxRow, PortfolioRow, teams_of
from console.store.base import dump, load
from console.store.statement import Query, add, value
from console.store.transaction import Reader, Tx
from console.timeline.models import mail_id
from console.wire.ids import new_id

_MAIL = Query(select(mail_id.c.case_id).where(mail_id.c.message_id == bindparam("message_id")), value)


def find_or_open(tx: Tx, inbox: InboxRow, book: PortfolioRow, found: Found) -> CaseRow:
    """The live row of the case for this debtor in this portfolio (decision 4)."""
    from console.cases.receive import reopen

    row = live_open(tx, found.debtor.id, book.id)
    if row is not None:
        return row
    last_id = last_resolved(tx, found.debtor.id, book.id)
    if last_id is not None:
        last = live(tx, last_id)
        if last.resolved_at is not None and last.resolved_at + REOPEN_WITHIN >= tx.now:
            reopen(tx, last)
            return last
    return start(tx, book, found.debtor, previous=last_id)


def start(
    tx: Tx, book: PortfolioRow, person: DebtorRow, *, previous: str | None = None, queued: bool = True
) -> CaseRow:
    """A new case, in the queue of the team that the routing rules name (default: the portfolio's first)."""
    row = blank(tx, book, person)
    row.previous_id = previous
    require(tx, row, book, person, channel="", words="")
    add(tx, case, **{name: getattr(row, name) for name in row.__struct_fields__})
    tag(tx, row)
    adopt(tx, row)
    told(tx, row, "case.created")
    if queued:
        tx.wake("assigner")
    return row


def blank(reader: Reader, book: PortfolioRow, person: DebtorRow) -> CaseRow:
    """The case as it would be opened, stored nowhere. Raises Conflict when no team serves the portfolio."""
    teams = teams_of(reader, book.id)
    if not teams:
        raise Conflict("The portfolio has no team: add one with `acordo team add --portfolio`.")
    debt = owed(reader, person.id, book.id)
    row = CaseRow(**{name: None for name in CaseRow.__struct_fields__})  # type: ignore[arg-type]
    defaults = {
        "id": new_id(), "portfolio_id": book.id, "debtor_id": person.id, "team_id": teams[0], "status": "queued",
        "epoch": 0,
        "position": 0, "priority": "normal", "skills": "[]", "labels": "[]", "rank_at": reader.now, "rank_terms": "[]",
        "rescue": 0, "queued_at": reader.now, "queue_reason": "new", "weight": 1_000, "excluded": "[]",
        "holds": dump([each["hold"] for each in load(person.holds)]), "disclosure": 0, "bucket": debt.bucket,
        "days_late": debt.days_late, "balance_minor": debt.total_minor, "currency": debt.currency or book.currency,
        "overlays": dump(debt.overlays), "answer_by": answer_due(reader, person.id, book.id),
        "channels": "[]", "last_item": "null", "inbound": 0,
        "created_at": reader.now, "updated_at": reader.now,
    }  # fmt: skip
    for name, each in defaults.items():
        setattr(row, name, each)
    return row


def by_mail(tx: Tx, message: Inbound) -> CaseRow | None:
    """The case a mail belongs to: reply token, then In-Reply-To, then References from last to first; never by
    subject.
    """
    mail = message.mail
    if mail is None:
        return None
    if mail.case:
        found = find(tx, mail.case)
        if found is not None:
            return found
    for message_id in (*mail.in_reply_to, *reversed(mail.references)):
        case_id = _MAIL.first(tx, message_id=message_id)
        if case_id is not None:
            return find(tx, case_id)
    return None


def in_thread(tx: Tx, inbox: InboxRow, thread: CaseRow, message: Inbound) -> Found:
    """The debtor of a thread. A foreign From becomes an unverified contact point of theirs, and is never merged."""
    person = debtors.get(tx, thread.debtor_id)
    where = find_or_add_address(tx, inbox.channel, message.sender)
    known: PointRow | None = next(
        (each for each in debtors.points_at(tx, where.id) if each.debtor_id == person.id), None
    )
    point = known or add_point(tx, person.id, where, source="inbound", disclosure=0)
    return Found(where, person, point)
