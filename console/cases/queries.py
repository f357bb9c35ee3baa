"""Cases as rows. Verbs work on the one live row of a case per transaction; it is written once, at the end
(`changed.py`).
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import bindparam, select

from console.cases.models import case, draft, lease, request, seen
from console.errors import NotFound
from console.store.statement import Query, value
from console.store.transaction import Reader, Tx
from console.wire.moment import Ms


class CaseRow(Struct, kw_only=False):
    """All columns of `case`, in their order. JSON columns are texts."""

    id: str
    portfolio_id: str
    debtor_id: str
    team_id: str
    status: str
    owner_id: str | None
    epoch: int
    position: int
    priority: str
    skills: str
    labels: str
    rank_at: Ms
    rank_terms: str
    rank_edge: Ms | None
    waiting_since: Ms | None
    sla_due_at: Ms | None
    rescue: int
    queued_at: Ms | None
    queue_reason: str
    assigned_at: Ms | None
    opened_at: Ms | None
    weight: int
    weight_edge: Ms | None
    snooze_until: Ms | None
    preferred_id: str | None
    preferred_until: Ms | None
    last_agent_id: str | None
    excluded: str
    taken_over_from: str | None
    taken_over_by: str | None
    hand_reason: str | None
    hand_at: Ms | None
    holds: str
    disclosure: int
    disclosure_until: Ms | None
    bucket: str
    days_late: int
    balance_minor: int | None
    currency: str
    overlays: str
    channels: str
    last_item: str
    last_channel: str | None
    last_inbox_id: str | None
    last_contact_point_id: str | None
    last_inbound_at: Ms | None
    last_outbound_at: Ms | None
    inbound: int
    outcome: str | None
    resolved_at: Ms | None
    previous_id: str | None
    merged_into: str | None
    created_at: Ms
    updated_at: Ms
    answer_by: str | None

    @property
    def is_open(self) -> bool:
        return self.status != "resolved"


_BY_ID = Query(select(case).where(case.c.id == bindparam("id")), CaseRow)
_LOCKED = Query(select(case).where(case.c.id == bindparam("id")).with_for_update(), CaseRow)
_OPEN_OF = Query(
    select(case).where(
        case.c.debtor_id == bindparam("debtor_id"),
        case.c.portfolio_id == bindparam("portfolio_id"),
        case.c.status != "resolved",
    ),
    CaseRow,
)
_LAST_RESOLVED = Query(
    select(case.c.id)
    .where(
        case.c.debtor_id == bindparam("debtor_id"),
        case.c.portfolio_id == bindparam("portfolio_id"),
        case.c.status == "resolved",
        case.c.merged_into.is_(None),
    )
    .order_by(case.c.resolved_at.desc(), case.c.id.desc())
    .limit(1),
    value,
)
_OF_DEBTOR = Query(
    select(case).where(case.c.debtor_id == bindparam("debtor_id")).order_by(case.c.created_at.desc(), case.c.id),
    CaseRow,
)
_OWNED = Query(
    select(case.c.id)
    .where(case.c.owner_id == bindparam("user_id"), case.c.status != "resolved")
    .order_by(case.c.rank_at, case.c.id),
    value,
)


class DraftRow(Struct):
    case_id: str
    user_id: str
    text: str
    rev: int
    at: Ms
    note: str = ""


class SeenRow(Struct):
    case_id: str
    user_id: str
    position: int
    inbound: int
    at: Ms


class LeaseRow(Struct):
    case_id: str
    user_id: str
    kind: str
    epoch: int
    since: Ms
    until: Ms


class RequestRow(Struct):
    id: str
    kind: str
    case_id: str | None
    team_id: str | None
    reason: str
    detail: str
    by_id: str | None
    at: Ms
    state: str
    done_by: str | None
    done_at: Ms | None


DRAFT = Query(
    select(draft).where(draft.c.case_id == bindparam("case_id"), draft.c.user_id == bindparam("user_id")), DraftRow
)
SEEN = Query(
    select(seen).where(seen.c.case_id == bindparam("case_id"), seen.c.user_id == bindparam("user_id")), SeenRow
)
LEASES = Query(
    select(lease).where(lease.c.case_id == bindparam("case_id"), lease.c.until > bindparam("real")), LeaseRow
)
OPEN_REQUESTS = Query(
    select(request).where(request.c.case_id == bindparam("case_id"), request.c.state == "open").order_by(request.c.at),
    RequestRow,
)

HOUSE_ALARMS = Query(
    select(request).where(request.c.state == "open", request.c.case_id.is_(None)).order_by(request.c.at), RequestRow
)


def find(reader: Reader, case_id: str) -> CaseRow | None:
    """The case, whoever asks: callers check `access.visible` first."""
    return _BY_ID.first(reader, id=case_id)


def get(reader: Reader, case_id: str) -> CaseRow:
    """The case. Raises NotFound."""
    row = find(reader, case_id)
    if row is None:
        raise NotFound
    return row


def live(tx: Tx, case_id: str, found: CaseRow | None = None) -> CaseRow:
    """The one row of this case that this verb changes; locked on PostgreSQL. Raises NotFound.

    Change its attributes and call `changed.told`: the row is written and its events are emitted when the verb ends.
    `found` is the row as this verb has just read it.
    """
    row = tx.memo.get(("case", case_id))
    if row is None:
        tx.lock(f"case:{case_id}")
        row = found if found is not None and tx.alone else _LOCKED.first(tx, id=case_id)
        if row is None:
            raise NotFound
        adopt(tx, row)
    return row


def adopt(tx: Tx, row: CaseRow) -> None:
    """Make a row, loaded or just inserted, the live one."""
    tx.memo["case", row.id] = row
    tx.memo["case before", row.id] = replace(row)


def open_case(reader: Reader, debtor_id: str, portfolio_id: str) -> str | None:
    """The id of the one open case of a debtor in a portfolio."""
    row = _OPEN_OF.first(reader, debtor_id=debtor_id, portfolio_id=portfolio_id)
    return None if row is None else row.id


def live_open(tx: Tx, debtor_id: str, portfolio_id: str) -> CaseRow | None:
    """The same case as its live row."""
    row = _OPEN_OF.first(tx, debtor_id=debtor_id, portfolio_id=portfolio_id)
    return None if row is None else live(tx, row.id, row)


def last_resolved(reader: Reader, debtor_id: str, portfolio_id: str) -> str | None:
    """The id of the case that was resolved last."""
    return _LAST_RESOLVED.first(reader, debtor_id=debtor_id, portfolio_id=portfolio_id)


def of_debtor(reader: Reader, debtor_id: str) -> list[CaseRow]:
    """All cases of a debtor, the youngest first."""
    return _OF_DEBTOR.all(reader, debtor_id=debtor_id)


def owned_by(reader: Reader, user_id: str) -> list[str]:
    """Ids of the open cases somebody owns, the next to be served first."""
    return _OWNED.all(reader, user_id=user_id)


assert CaseRow.__struct_fields__ == tuple(case.c.keys()), "CaseRow and the table differ"
