"""A specialist who comes on shift, or gets room, is given the cases of people in need that stayed with their agents
(docs/decisions/0024): one at a time, through the queue, the gravest and longest waiting first.
"""

from __future__ import annotations

from functools import cache

from sqlalchemy import bindparam, or_, select

from console.cases.models import assignment, case, case_tag, draft
from console.cases.queries import CaseRow, live
from console.cases.requirements import care_needs, care_skills
from console.cases.specialist import lacks, those_there, to_specialist
from console.cases.tags import of_skill
from console.debtors import queries as debtors
from console.portfolios.queries import get_portfolio
from console.store.base import load
from console.store.statement import Query, placed, places, row, value
from console.store.transaction import Reader, Tx
from console.wire.moment import MINUTE, Ms
from routing.types import Need

CARE = ("distress", "deceased", "hardship", "vulnerable")
"""Holds that want a specialist, the gravest first."""
QUIET_MS = 5 * MINUTE  # whoever wrote or was writing within it is in the middle of an answer
BY_HAND = ("assigned", "transferred", "handed_back")
"""Causes by which a person chose the owner: chosen since the hold stands, they keep the case."""
_DRAFT = Query(
    select(draft.c.at).where(
        draft.c.case_id == bindparam("case_id"), draft.c.user_id == bindparam("user_id"),
        or_(draft.c.text != "", draft.c.note != ""),
    ),
    value,
)  # fmt: skip
_GIVEN = Query(
    select(assignment.c.cause, assignment.c.at).where(
        assignment.c.case_id == bindparam("case_id"), assignment.c.epoch == bindparam("epoch")
    ),
    row,
)


def due_calls(reader: Reader) -> list[str]:
    """Cases that a specialist can be given now. Each takes up somebody's room, and which one's the queue decides: so of
    cases that one person could be given, of one team or of several, no more than one, and none while one waits there.
    """
    tags = sorted(of_skill(name) for name in care_skills(reader, CARE))
    bearing = [each for each in _bearing(len(tags)).all(reader, **placed(tags)) if _hold(each)]
    waiting = [each for each in bearing if each.status == "queued"]
    teams = {each.team_id for each in waiting}
    spoken_for = {who for each in waiting for who in those_there(reader, each)}
    held = [each for each in bearing if each.status == "assigned" and each.taken_over_by is None]
    found = []
    for each in sorted(held, key=lambda each: (CARE.index(_hold(each)), each.rank_at)):
        if each.team_id in teams or not _may_move(reader, each):
            continue
        able = those_there(reader, each)
        if able and not able & spoken_for:
            teams.add(each.team_id)
            spoken_for |= able
            found.append(each.id)
    return found


def call_specialist(tx: Tx, case_id: str) -> None:
    """Give one case to the queue for a specialist, unless it has changed hands, or its owner is answering, since."""
    case_row = live(tx, case_id)
    if case_row.status == "assigned" and _hold(case_row) and _may_move(tx, case_row):
        to_specialist(tx, case_row, _hold(case_row), _needs(tx, case_row))


@cache
def _bearing(count: int) -> Query[CaseRow]:
    """Cases under some hold that bear one of these tags, and are served or wait."""
    tagged = select(case_tag.c.case_id).where(case_tag.c.tag.in_(places(count)))
    clause = select(case).where(case.c.id.in_(tagged), case.c.status.in_(("assigned", "queued")), case.c.holds != "[]")
    return Query(clause, CaseRow)


def _may_move(reader: Reader, held: CaseRow) -> bool:
    """Whether its owner lacks what is needed, was not chosen by somebody who knew, and is not answering now."""
    return (
        lacks(reader, held, _needs(reader, held)) and not _was_chosen(reader, held) and not _is_answering(reader, held)
    )


def _is_answering(reader: Reader, held: CaseRow) -> bool:
    typed: Ms | None = _DRAFT.first(reader, case_id=held.id, user_id=held.owner_id)
    return max(typed or 0, held.last_outbound_at or 0) > reader.now - QUIET_MS


def _was_chosen(reader: Reader, held: CaseRow) -> bool:
    given = _GIVEN.first(reader, case_id=held.id, epoch=held.epoch)
    holds = load(debtors.get(reader, held.debtor_id).holds)
    since = max((each["at"] for each in holds if each["hold"] in CARE), default=0)
    return given is not None and given[0] in BY_HAND and given[1] >= since


def _needs(reader: Reader, held: CaseRow) -> tuple[Need, ...]:
    person = debtors.get(reader, held.debtor_id)
    return care_needs(reader, held, get_portfolio(reader, held.portfolio_id), person, _hold(held))


def _hold(held: CaseRow) -> str:
    standing = load(held.holds)
    return next((each for each in CARE if each in standing), "")
