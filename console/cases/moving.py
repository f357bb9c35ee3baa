"""One person was two debtors: what belongs to the one goes over to the other, and can come back in one act.

Timelines are never interleaved: of two open cases in a portfolio one resolves as `merged_into` the other and stays
readable behind it (decision 4 of the design).
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field
from sqlalchemy import Table, bindparam, select

from console.audit.record import record
from console.cases import folding
from console.cases.changed import told, with_contact_points
from console.cases.folding import Folded
from console.cases.queries import CaseRow, live, of_debtor, open_case
from console.cases.recount import recount_row
from console.cases.stop_clock import stop_the_clock
from console.debtors import points
from console.debtors.models import account, debtor, merge
from console.debtors.points import MovedPoint
from console.debtors.queries import DebtorRow
from console.gate.models import contact
from console.ledger.models import charge, claim, dispute, entry, payment, payment_link, plan, promise
from console.store.base import dump, load
from console.store.statement import Query, add, change, value
from console.store.transaction import Tx
from console.wire.ids import new_id

MOVED: dict[str, Table] = {
    "account": account, "charge": charge, "contact": contact, "entry": entry, "payment": payment, "promise": promise,
    "plan": plan, "dispute": dispute, "claim": claim, "payment_link": payment_link,
}  # fmt: skip
"""Rows that only change whose they are."""
_IDS = {
    name: Query(select(table.c.id).where(table.c.debtor_id == bindparam("debtor_id")), value)
    for name, table in MOVED.items()
}


class MovedCase(Struct, frozen=True):
    id: str
    contact_point: str | None  # of the debtor's last message, before


class Undo(Struct, frozen=True, kw_only=True):
    """What to put back."""

    rows: dict[str, list[str]]
    points: list[MovedPoint]
    cases: list[MovedCase]
    folded: list[Folded]
    labels: list[str] = field(default_factory=list)  # that the kept debtor did not have
    stops: list[str] = field(default_factory=list)
    holds: list[str] = field(default_factory=list)
    document: bool = False  # the kept debtor had none


def move(tx: Tx, gone: DebtorRow, kept: DebtorRow, *, kind: str, by: str, case_id: str | None = None) -> str:
    """Give everything of `gone` to `kept`; the id of the act.

    kind: identify (of two open cases the stranger's gives way) or merge (the younger does).
    """
    for each in sorted((gone.id, kept.id)):
        tx.lock(f"debtor:{each}")
    cases = [live(tx, each.id) for each in of_debtor(tx, gone.id)]
    if cases:
        stop_the_clock(tx, gone.id, "merged")
    moved = points.move_points(tx, gone.id, kept.id)
    rows = _move_rows(tx, gone.id, kept.id)
    was = [MovedCase(each.id, each.last_contact_point_id) for each in cases]
    folded = _move_cases(tx, cases, kept.id, {each.id: each.twin for each in moved if each.twin}, kind, by)
    undo = Undo(rows=rows, points=moved, cases=was, folded=folded, **_enrich(tx, gone, kept))
    _show(tx, [*cases, *(live(tx, each.id) for each in of_debtor(tx, kept.id))])
    change(tx, debtor, {"id": gone.id}, merged_into=kept.id, updated_at=tx.now)
    made = new_id()
    add(
        tx, merge, id=made, kind=kind, kept_id=kept.id, merged_id=gone.id, case_id=case_id, by_id=by, undo=dump(undo),
        at=tx.now,
    )  # fmt: skip
    record(tx, by, f"debtor.{kind}", f"debtor:{gone.id}", case_id=case_id, detail={"into": kept.id})
    return made


def move_back(tx: Tx, act: str, gone_id: str, kept: DebtorRow, undo: Undo, by: str) -> None:
    """Put everything back that an act moved; what came later stays where it came."""
    for each in sorted((gone_id, kept.id)):
        tx.lock(f"debtor:{each}")
    change(tx, debtor, {"id": gone_id}, merged_into=None, updated_at=tx.now)
    _impoverish(tx, kept, undo)
    points.move_back(tx, gone_id, undo.points)
    for name, ids in undo.rows.items():
        for each in ids:
            change(tx, MOVED[name], {"id": each}, debtor_id=gone_id)
    for was in undo.cases:
        row = live(tx, was.id)
        row.debtor_id, row.last_contact_point_id = gone_id, was.contact_point
        told(tx, row)
    for pair in undo.folded:
        folding.unfold(tx, pair)
    _show(tx, [live(tx, each.id) for each in of_debtor(tx, kept.id)])
    change(tx, merge, {"id": act}, undone_at=tx.now)
    record(tx, by, "debtor.separated", f"debtor:{gone_id}", detail={"from": kept.id})


def _move_rows(tx: Tx, gone: str, kept: str) -> dict[str, list[str]]:
    found = {name: query.all(tx, debtor_id=gone) for name, query in _IDS.items()}
    for table in MOVED.values():
        change(tx, table, {"debtor_id": gone}, debtor_id=kept)
    return found


def _move_cases(tx: Tx, cases: list[CaseRow], kept: str, twins: dict[str, str], kind: str, by: str) -> list[Folded]:
    folded = []
    for row in cases:
        other_id = open_case(tx, kept, row.portfolio_id) if row.is_open else None
        if other_id is not None:
            other = live(tx, other_id)
            gives_way = row if kind == "identify" or row.created_at >= other.created_at else other
            folded.append(folding.fold(tx, gives_way, other if gives_way is row else row, by))
        row.debtor_id = kept
        row.last_contact_point_id = twins.get(row.last_contact_point_id or "", row.last_contact_point_id)
        told(tx, row)
    return folded


def _show(tx: Tx, cases: list[CaseRow]) -> None:
    """Addresses, labels and charges came or went: every case shows them, the open ones another balance."""
    for row in cases:
        with_contact_points(tx, row)
        if row.is_open:
            recount_row(tx, row)


def _enrich(tx: Tx, gone: DebtorRow, kept: DebtorRow) -> dict[str, Any]:
    """Labels, stops and holds are united; a document fills a gap. What was added, for the way back."""
    labels = [each for each in load(gone.labels) if each not in load(kept.labels)]
    stops = [each for each in load(gone.stops) if each["stop"] not in {one["stop"] for one in load(kept.stops)}]
    holds = [each for each in load(gone.holds) if each["hold"] not in {one["hold"] for one in load(kept.holds)}]
    fills = kept.document is None and gone.document is not None
    changes: dict[str, Any] = {
        "labels": dump([*load(kept.labels), *labels]), "stops": dump([*load(kept.stops), *stops]),
        "holds": dump([*load(kept.holds), *holds]), "updated_at": tx.now,
    }  # fmt: skip
    if fills:
        changes |= {"document_kind": gone.document_kind, "document": gone.document, "document_hash": gone.document_hash}
    change(tx, debtor, {"id": kept.id}, **changes)
    return {
        "labels": labels, "stops": [each["stop"] for each in stops], "holds": [each["hold"] for each in holds],
        "document": fills,
    }  # fmt: skip


def _impoverish(tx: Tx, kept: DebtorRow, undo: Undo) -> None:
    changes: dict[str, Any] = {
        "labels": dump([each for each in load(kept.labels) if each not in undo.labels]),
        "stops": dump([each for each in load(kept.stops) if each["stop"] not in undo.stops]),
        "holds": dump([each for each in load(kept.holds) if each["hold"] not in undo.holds]),
        "updated_at": tx.now,
    }
    if undo.document:
        changes |= {"document_kind": None, "document": None, "document_hash": None}
    change(tx, debtor, {"id": kept.id}, **changes)
