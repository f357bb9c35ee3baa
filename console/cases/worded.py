"""Whose words they are: what somebody said to a colleague beside a debtor's cases, and what is asked for later."""

from __future__ import annotations

import re
import unicodedata

from sqlalchemy import bindparam, select

from console.cases.announce import unopened
from console.cases.models import case
from console.gate.models import text_approval
from console.store.statement import Query, value
from console.store.transaction import Reader
from console.timeline.models import item

FEW = 12
MANY = 24
"""Letters: shorter than `FEW`, words are someone's only where they said nothing else; what is as long as `MANY` stays
theirs when somebody puts a greeting before it.
"""
_APART = re.compile(r"[\W_]+")
_ASIDE = Query(
    select(item.c.text)
    .join(case, case.c.id == item.c.case_id)
    .where(
        case.c.debtor_id == bindparam("debtor_id"),
        item.c.author_id == bindparam("author_id"),
        item.c.kind.in_(("whisper", "note")),  # cards of what they asked for stand among the whispers
        item.c.text != "",
    ),
    value,
)
_ANSWERED = Query(
    select(text_approval.c.note)
    .join(case, case.c.id == text_approval.c.case_id)
    .where(
        case.c.debtor_id == bindparam("debtor_id"),
        text_approval.c.decided_by == bindparam("author_id"),
        text_approval.c.note != "",
    ),
    value,
)


def has_worded(reader: Reader, debtor_id: str, author_id: str, text: str) -> bool:
    """Whether these words were this person's own first: whispered, noted, asked for or given in an answer, on any case
    of the debtor; without regard to case, accents, punctuation, room and the opening of a supervisor who writes.
    """
    wish = plainly(text)
    if not wish:
        return False
    whose = {"debtor_id": debtor_id, "author_id": author_id}
    said = [*_ASIDE.all(reader, **whose), *_ANSWERED.all(reader, **whose)]
    return any(_holds(plainly(each), wish) for each in said)


def plainly(text: str) -> str:
    """The words alone, as they are compared."""
    letters = unicodedata.normalize("NFKD", unopened(text).casefold())
    return _APART.sub(" ", "".join(each for each in letters if not unicodedata.combining(each))).strip()


def _holds(said: str, wish: str) -> bool:
    if said == wish:
        return True
    inside = len(wish) >= FEW and f" {wish} " in f" {said} "
    return inside or (len(said) >= MANY and f" {said} " in f" {wish} ")
