"""The end of every verb that touches a case: its row is written once and its events are told once.

A verb says `told(tx, row, "case.assigned")`; when it ends, the row's changed columns are written and each name is
emitted with the full shape to those who may read the case, and with the masked row to its team's queue.
"""

from __future__ import annotations

from itertools import compress
from operator import attrgetter, ne

from msgspec import UNSET
from msgspec.structs import astuple, replace

from console.access.audience import case_topics, owner_topic, queue_topic, user_topic
from console.access.visible import supervises, supervisors_only_of
from console.cases import view
from console.cases.models import case
from console.cases.points import contact_points
from console.cases.queries import CaseRow, of_debtor
from console.cases.tags import retag
from console.store.statement import change
from console.store.transaction import Tx

UPDATED = "case.updated"
_COLUMNS = CaseRow.__struct_fields__
_SHOWN = ("channels", "bucket", "skills", "priority", "status", "debtor_id")
_shown = attrgetter(*_SHOWN)
_shown_waiting = attrgetter(*_SHOWN, "waiting_since", "sla_due_at", "rank_at", "rescue", "owner_id", "team_id")
QUEUE_NAMES = frozenset(
    {"case.created", "case.queued", "case.assigned", "case.released", "case.snoozed", "case.resolved", "case.reopened"}
)


def told(tx: Tx, row: CaseRow, *names: str) -> None:
    """Write the row at the end of this verb, and emit these events (or `case.updated` when none is named)."""
    tx.memo["case moved", row.id] = True
    told_of_the_past(tx, row, *names)


def told_of_the_past(tx: Tx, row: CaseRow, *names: str) -> None:
    """The same for what is no activity in the case, such as words that time removes: `updated_at` stays, from which the
    years of the contact log count.
    """
    tx.memo.setdefault(("case names", row.id), []).extend(names)
    tx.defer(("case", row.id), lambda tx: _finish(tx, row))


def with_contact_points(tx: Tx, row: CaseRow) -> None:
    """Let the case's events carry its contact points, because one of them changed."""
    tx.memo["case points", row.id] = True
    told(tx, row)


def save_position(tx: Tx, row: CaseRow) -> None:
    """Write only that the timeline grew: notes and whispers touch neither `updated_at` nor any order (decision 8)."""
    change(tx, case, {"id": row.id}, position=row.position)
    tx.memo["case before", row.id].position = row.position


def _finish(tx: Tx, row: CaseRow) -> None:
    before: CaseRow = tx.memo["case before", row.id]
    if tx.memo.pop(("case moved", row.id), False):
        row.updated_at = tx.now
    changes = {name: getattr(row, name) for name in compress(_COLUMNS, map(ne, astuple(before), astuple(row)))}
    if changes:
        change(tx, case, {"id": row.id}, **changes)
    retag(tx, row, before, changes)
    tx.memo["case before", row.id] = replace(row)
    _hide(tx, row, before)
    _emit(tx, row, before)


def _emit(tx: Tx, row: CaseRow, before: CaseRow) -> None:
    names: list[str] = tx.memo.pop(("case names", row.id), [])
    points = contact_points(tx, row) if tx.memo.pop(("case points", row.id), False) else UNSET
    each = view.of_row(tx, row, points)
    topics = [*case_topics(row.id, row.team_id), *owner_topic(row.owner_id)]
    for name in dict.fromkeys(names or [UPDATED]):
        tx.emit(name, topics=topics, data=each, case=row.id)
        if name in QUEUE_NAMES or (name == UPDATED and _shown_to_team(row, before)):
            teams = {row.team_id, before.team_id}
            tx.emit(name, topics=[queue_topic(team) for team in sorted(teams)], data=view.masked(each), case=row.id)


def _shown_to_team(row: CaseRow, before: CaseRow) -> bool:
    """Whether the masked row of this case looks another now. One that only was written to again does not, while who
    is behind it, whose name is not the case's own, may have changed with any other act.
    """
    if row.owner_id is None and row.inbound == before.inbound:
        return True
    shown = _shown if row.owner_id else _shown_waiting
    return bool(shown(row) != shown(before))


def _hide(tx: Tx, row: CaseRow, before: CaseRow) -> None:
    """Tell those who just lost sight of the case; the hub forgets them before anything later is delivered."""
    had = {before.owner_id, before.taken_over_from} - {None}
    have = {row.owner_id, row.taken_over_from}
    for user_id in sorted(str(each) for each in had - have):
        if supervises(tx, user_id, row.team_id):
            continue  # they owned it by taking over, and see it still
        tx.emit("case.hidden", topics=[user_topic(user_id)], data={"id": row.id}, case=row.id)
    _hide_history(tx, row, before)
    _hide_from_holder(tx, row, before)
    if row.team_id != before.team_id:
        for user_id in supervisors_only_of(tx, before.team_id, row.team_id):
            tx.emit("case.hidden", topics=[user_topic(user_id)], data={"id": row.id}, case=row.id)


def _hide_from_holder(tx: Tx, row: CaseRow, before: CaseRow) -> None:
    """An earlier case that goes to another debtor is no longer in sight of who holds the first one's open case."""
    if row.debtor_id == before.debtor_id or before.status != "resolved":
        return
    for other in of_debtor(tx, before.debtor_id):
        holder = other.owner_id
        if other.is_open and holder is not None and holder not in (row.owner_id, row.taken_over_from):
            if not supervises(tx, holder, row.team_id):
                tx.emit("case.hidden", topics=[user_topic(holder)], data={"id": row.id}, case=row.id)


def _hide_history(tx: Tx, row: CaseRow, before: CaseRow) -> None:
    """With an open case its owner read the debtor's earlier ones; with the case goes that sight."""
    had = before.owner_id if before.status != "resolved" else None
    has = row.owner_id if row.status != "resolved" else None
    if had is None or (had == has and row.debtor_id == before.debtor_id) or supervises(tx, str(had), row.team_id):
        return
    for old in of_debtor(tx, before.debtor_id):
        theirs = had in (old.owner_id, old.taken_over_from)
        if old.id != row.id and old.portfolio_id == row.portfolio_id and not old.is_open and not theirs:
            tx.emit("case.hidden", topics=[user_topic(str(had))], data={"id": old.id}, case=old.id)
