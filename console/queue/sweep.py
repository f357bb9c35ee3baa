"""What time alone changes: silence parks, a window near its end raises a rank, snoozes end, lapsed cases come back
(RT-5).
"""

from __future__ import annotations

from sqlalchemy import and_, bindparam, or_, select

from console.cases.changed import told
from console.cases.models import case
from console.cases.ownership import enqueue, lapse
from console.cases.policy import routing_policy
from console.cases.queries import live
from console.cases.standing import settle
from console.cases.work import close, wake
from console.people.models import user
from console.store.statement import Query, value
from console.store.transaction import Reader, Tx
from console.wire.moment import SECOND, Ms
from routing import returns

BATCH = 200

_EDGES = Query(
    select(case.c.id)
    .where(
        case.c.status != "resolved",
        or_(
            case.c.rank_edge <= bindparam("now"),
            case.c.weight_edge <= bindparam("now"),
            case.c.snooze_until <= bindparam("now"),
        ),
    )
    .limit(BATCH),
    value,
)
_HELD = Query(
    select(
        case.c.id,
        case.c.owner_id,
        case.c.assigned_at,
        case.c.waiting_since,
        case.c.sla_due_at,
        case.c.opened_at,
        user.c.availability,
        user.c.availability_at,
        user.c.gone_at,
        user.c.connected,
        user.c.connected_until,
    )
    .join(user, user.c.id == case.c.owner_id)
    .where(
        case.c.status == "assigned",
        case.c.taken_over_by.is_(None),
        case.c.waiting_since.is_not(None),
        or_(
            and_(case.c.opened_at.is_(None), case.c.assigned_at <= bindparam("unopened")),
            case.c.sla_due_at <= bindparam("now"),
            user.c.availability != "online",
            user.c.gone_at.is_not(None),
        ),
    )
    .limit(BATCH),
    lambda *columns: columns,
)


def due_edges(reader: Reader) -> list[str]:
    """Cases of which some edge has passed."""
    return _EDGES.all(reader, now=reader.now)


def pass_edge(tx: Tx, case_id: str) -> None:
    """Bring one case up to date with the clock."""
    row = live(tx, case_id)
    if row.status == "snoozed" and row.snooze_until is not None and row.snooze_until <= tx.now:
        if row.owner_id is None and not row.inbound:
            close(tx, row, "no_answer", None)  # written to unasked, and never answered: nobody's turn
        else:
            wake(tx, row, "time")
        return
    settle(tx, row)
    told(tx, row)
    tx.wake("assigner")


def due_returns(reader: Reader) -> list[tuple[str, str]]:
    """(case, reason) of owned cases that go back now: unopened, unanswered, or their owner is not there."""
    policy = routing_policy(reader)
    found: list[tuple[str, str]] = []
    for row in _HELD.all(reader, now=reader.now, unopened=reader.now - policy.unopened_s * SECOND):
        case_id, _, assigned_at, since, due, opened, *state = row
        held = returns.Held(
            owned_since=assigned_at or 0, waiting_since=since, sla_due_at=due, opened=opened is not None, by_itself=True
        )
        reason = returns.back(held, _owner(reader, *state), policy, reader.now)
        if reason is not None:
            found.append((case_id, reason))
    return found


def bring_back(tx: Tx, case_id: str, reason: str) -> None:
    """Return one case, unless it has changed hands or was answered since."""
    row = live(tx, case_id)
    if row.owner_id is None or row.status != "assigned" or row.waiting_since is None or row.taken_over_by is not None:
        return
    owner = row.owner_id
    lapsed = reason in ("unopened", "unanswered")
    if lapsed:
        lapse(tx, row, owner)
    enqueue(tx, row, reason, by="system", prefer=None if lapsed else owner)


def _owner(
    reader: Reader, status: str, since: Ms | None, gone_at: Ms | None, connected: int, until: Ms | None
) -> returns.Owner:
    """The owner's state in the domain's time; connections are kept in real time."""
    there = bool(connected) or (until is not None and until > reader.real)
    lost = None if there else (gone_at if gone_at is not None else reader.real) + (reader.now - reader.real)
    return returns.Owner(status=status, status_since=since or 0, lost_at=lost)  # type: ignore[arg-type]
