"""A dispute is answered in time: by the law of the debtor's place and of the creditor's, whichever is sooner.

Some bank days before, the thread says so; from the day after, the supervisors have it before them.
"""

from __future__ import annotations

from datetime import date, timedelta

from console.cases.queries import OPEN_REQUESTS, CaseRow, live, open_case
from console.cases.requests import close_request, raise_request
from console.debtors.queries import get as debtor
from console.gate.packs import HOUSE_ANSWER, Answer
from console.gate.profiles import profile_for
from console.gate.types import Place
from console.ledger.calendar import add_business_days, is_business_day
from console.ledger.owed import end_of_day, today_of
from console.negotiation import rows
from console.negotiation.rows import DisputeRow
from console.negotiation.settle import notify
from console.negotiation.tell import tell
from console.portfolios.queries import get_portfolio
from console.store.transaction import Reader, Tx
from console.wire.moment import Ms

NEAR_DAYS = 2  # bank days before the last one
OVERDUE = "answer_overdue"
UNDUE = frozenset({
    "already_paid", "wrong_amount", "service_not_delivered", "cancelled_contract", "duplicate", "unauthorised_fee",
    "not_mine", "identity_theft",
})  # fmt: skip
"""Reasons that say a charge is not owed: all but `prescribed` and `other`, the stricter reading."""


def answer_day(reader: Reader, row: CaseRow, reason: str) -> tuple[date, str]:
    """The last day for the answer to a dispute opened today, and whose rule it is."""
    today = today_of(reader, row.debtor_id)
    book, person = get_portfolio(reader, row.portfolio_id), debtor(reader, row.debtor_id)
    found = []
    for place in dict.fromkeys((book.jurisdiction, person.jurisdiction)):
        law = _law(place)
        days = law.undue_days if reason in UNDUE else law.days
        last = add_business_days(today, days, book.jurisdiction) if law.unit == "business" else today + timedelta(days)
        found.append((last, law.source))
    return min(found, key=lambda each: each[0])


def next_look(reader: Reader, debtor_id: str, portfolio_id: str, answer_by: str) -> Ms:
    """When its answer is near; the end of its last day once it is."""
    last, today = date.fromisoformat(answer_by), today_of(reader, debtor_id)
    near = _near(last, get_portfolio(reader, portfolio_id).jurisdiction)
    return end_of_day(reader, debtor_id, last if today >= near else near - timedelta(days=1))


def look_at_answer(tx: Tx, dispute_id: str) -> None:
    """Say on the thread that an answer is near, or raise the alarm that it is overdue."""
    made = rows.one(tx, DisputeRow, dispute_id)
    if made.check_at is None or made.check_at > tx.now:
        return
    row = live(tx, open_case(tx, made.debtor_id, made.portfolio_id) or made.case_id)
    today, last = today_of(tx, made.debtor_id), date.fromisoformat(made.answer_by)
    if today > last:
        rows.save(tx, made, check_at=None)
        raise_request(tx, row, "alarm", OVERDUE, detail={"reference": made.reference, "answer_by": made.answer_by})
        tell(tx, row, "dispute.overdue", made, due=made.answer_by)
        return
    rows.save(tx, made, check_at=next_look(tx, made.debtor_id, made.portfolio_id, made.answer_by))
    if made.check_at == end_of_day(tx, made.debtor_id, last):
        tell(tx, row, "dispute.near", made, due=made.answer_by)
        notify(tx, row, row.owner_id, "dispute_near")


def answered(tx: Tx, row: CaseRow, by: str) -> None:
    """The alarm goes with the last dispute that was overdue."""
    today = today_of(tx, row.debtor_id).isoformat()
    if any(each.answer_by < today for each in rows.open_disputes(tx, row.debtor_id, row.portfolio_id)):
        return
    for each in OPEN_REQUESTS.all(tx, case_id=row.id):
        if each.kind == "alarm" and each.reason == OVERDUE:
            close_request(tx, each, by)


def _law(jurisdiction: str) -> Answer:
    country, _, subdivision = jurisdiction.partition("-")
    law = profile_for(Place(country=country, subdivision=subdivision))
    return law.country.answer if law else HOUSE_ANSWER


def _near(last: date, country: str) -> date:
    left, day = NEAR_DAYS, last
    while left:
        day -= timedelta(days=1)
        left -= is_business_day(day, country)
    return day
