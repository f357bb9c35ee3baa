"""Two debtors are one person: a supervisor's act, undone in one act."""

from __future__ import annotations

import msgspec
from sqlalchemy import bindparam, select

from console.access.actor import Actor
from console.access.debtors import must_see_debtor
from console.cases.changed import told
from console.cases.moving import Undo, move, move_back
from console.cases.queries import live, of_debtor
from console.debtors.models import merge
from console.debtors.queries import get
from console.errors import Conflict, Invalid, NotFound
from console.store.statement import Query
from console.store.transaction import Tx
from console.timeline.add import add_event

_STANDING = Query(
    select(merge.c.id, merge.c.kept_id, merge.c.undo)
    .where(merge.c.merged_id == bindparam("debtor_id"), merge.c.undone_at.is_(None))
    .order_by(merge.c.at.desc())
    .limit(1),
    lambda *columns: columns,
)


def merge_debtors(tx: Tx, actor: Actor, debtor_id: str, into: str) -> str:
    """Everything of a debtor becomes the other's; the id of the one who stays.

    Raises NotFound, Forbidden, Invalid, or Conflict when their documents say that they are two.
    """
    must_see_debtor(tx, actor, debtor_id)
    actor.must_be("supervisor")
    try:
        must_see_debtor(tx, actor, into)
    except NotFound:
        raise Invalid("There is no such debtor, or you may not see them.", field="into") from None
    gone, kept = get(tx, debtor_id), get(tx, into)
    if gone.id == kept.id:
        raise Invalid("Choose another debtor.", field="into")
    if gone.document_hash and kept.document_hash and gone.document_hash != kept.document_hash:
        raise Conflict("Their documents differ: these are two people.")
    move(tx, gone, kept, kind="merge", by=actor.id)
    _tell(tx, kept.id, "debtor.merged", gone.id, actor.id)
    return kept.id


def undo_merge(tx: Tx, actor: Actor, debtor_id: str) -> str:
    """Take the last merge of this debtor back; their id. Whoever sees the one who stayed may."""
    found = _STANDING.first(tx, debtor_id=debtor_id)
    if found is None:
        must_see_debtor(tx, actor, debtor_id)
        actor.must_be("supervisor")
        raise Conflict("This debtor was not merged.")
    act, kept, undo = found
    must_see_debtor(tx, actor, kept)
    actor.must_be("supervisor")
    move_back(tx, act, debtor_id, get(tx, kept), msgspec.json.decode(undo, type=Undo), actor.id)
    _tell(tx, debtor_id, "debtor.separated", kept, actor.id)
    return debtor_id


def _tell(tx: Tx, debtor_id: str, name: str, other: str, by: str) -> None:
    for each in of_debtor(tx, debtor_id):
        row = live(tx, each.id)
        if row.is_open:
            add_event(tx, row, name, {"debtor": other}, author=by)
            told(tx, row)
