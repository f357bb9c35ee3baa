"""An unknown sender turns out to be a known debtor: their case and contact points become that debtor's."""

from __future__ import annotations

import msgspec
from sqlalchemy import bindparam, select

from console.access.actor import Actor
from console.access.debtors import must_see_debtor
from console.cases.changed import told
from console.cases.guards import workable
from console.cases.moving import Undo, move, move_back
from console.cases.queries import CaseRow, live
from console.debtors.models import merge
from console.debtors.queries import get
from console.errors import Conflict, Invalid, NotFound
from console.store.statement import Query
from console.store.transaction import Tx
from console.timeline.add import add_event

_STANDING = Query(
    select(merge.c.id, merge.c.merged_id, merge.c.kept_id, merge.c.undo)
    .where(merge.c.case_id == bindparam("case_id"), merge.c.kind == "identify", merge.c.undone_at.is_(None))
    .order_by(merge.c.at.desc())
    .limit(1),
    lambda *columns: columns,
)


def identify(tx: Tx, actor: Actor, case_id: str, debtor_id: str, epoch: int | None = None) -> CaseRow:
    """Tie the case's stranger to a known debtor; the case to go on with.

    That is this one, or the known debtor's open case in the portfolio, into which this one then resolves. Contact
    points keep the level of disclosure they have reached: identifying alone proves nobody's identity.
    """
    row = workable(tx, actor, case_id, epoch)
    try:
        must_see_debtor(tx, actor, debtor_id)
    except NotFound:
        raise Invalid("There is no such debtor, or you may not see them.", field="debtor") from None
    stranger, known = get(tx, row.debtor_id), get(tx, debtor_id)
    if not stranger.provisional:
        raise Conflict("This case has a debtor already: undo that first, or ask a supervisor to merge the two.")
    if known.provisional or known.merged_into is not None or known.id == stranger.id:
        raise Invalid("Choose a debtor who is known.", field="debtor")
    move(tx, stranger, known, kind="identify", by=actor.id, case_id=row.id)
    goes_on = live(tx, row.merged_into) if row.merged_into is not None else row
    add_event(tx, goes_on, "debtor.identified", {"debtor": known.id, "from": stranger.id}, author=actor.id)
    told(tx, goes_on)
    return goes_on


def undo_identify(tx: Tx, actor: Actor, case_id: str) -> CaseRow:
    """Take the last identification of this case back: a stranger again, with their own case and contact points."""
    row = workable(tx, actor, case_id, None)
    found = _STANDING.first(tx, case_id=case_id)
    if found is None:
        raise Conflict("Nobody was identified on this case.")
    act, stranger, known, undo = found
    move_back(tx, act, stranger, get(tx, known), msgspec.json.decode(undo, type=Undo), actor.id)
    add_event(tx, row, "debtor.unidentified", {"debtor": known}, author=actor.id)
    told(tx, row)
    return row
