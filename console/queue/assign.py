"""Carrying out what routing proposed: the case is claimed if it is still free at that epoch, and the seat asked again.

Both looks and the claim are one transaction, so two dispatchers can never assign one case twice, nor start work
beyond a
capacity or with somebody who has just left (invariant 9).
"""

from __future__ import annotations

from sqlalchemy import bindparam, select

from console.cases.changed import told
from console.cases.models import request
from console.cases.ownership import give
from console.cases.policy import routing_policy
from console.cases.queries import CaseRow, RequestRow, find, live
from console.cases.requests import close_request, raise_request
from console.cases.standing import settle
from console.queue.facts import rescued, seats, waiting
from console.store.statement import Query
from console.store.transaction import Tx
from console.wire.moment import Ms, rfc3339
from routing import choose
from routing.explain import explain
from routing.types import Decision

NOBODY = "nobody_on_shift"
_ALARMS = Query(
    select(request).where(
        request.c.team_id == bindparam("team_id"), request.c.reason == NOBODY, request.c.state == "open"
    ),
    RequestRow,
)
LIMIT = 5_000  # cases looked at in one round, the next to be served first


def drain(tx: Tx) -> tuple[int, Ms | None]:
    """Give the queue to whoever is free: (assigned, when waiting alone may change the answer).

    Reads the facts, decides and claims in one transaction; on PostgreSQL under the one lock of all dispatchers.
    """
    tx.lock("queue")
    policy = routing_policy(tx)
    now_seats = seats(tx)
    decisions = choose.choose(waiting(tx, LIMIT), now_seats, policy, tx.now)
    alarmed = rescued(tx)  # known at once: a look at each case of a long queue would hold up every writer
    given, retry = 0, None
    for decision in decisions:
        if decision.user is not None:
            given += _claim(tx, decision)
            continue
        if (decision.why.reason == "nobody_on_shift") != (decision.ticket in alarmed):
            _wait(tx, decision)
        if decision.why.retry_at is not None and (retry is None or decision.why.retry_at < retry):
            retry = decision.why.retry_at
    return given, retry


def _claim(tx: Tx, decision: Decision) -> int:
    row = live(tx, decision.ticket)
    if row.status != "queued" or row.owner_id is not None or row.epoch != decision.epoch or decision.user is None:
        return 0
    rescued = bool(row.rescue)
    settle(tx, row)
    give(tx, row, decision.user, "routed", by="system", why=explain(decision.why, rfc3339))
    if rescued:
        _call_off(tx, row)
    return 1


def _wait(tx: Tx, decision: Decision) -> None:
    """Nobody got it. Nobody on shift at all is a matter for the wall: the rescue flag and an alarm."""
    row = find(tx, decision.ticket)
    if row is None:
        return
    rescue = int(decision.why.reason == "nobody_on_shift")
    if row.rescue == rescue:
        return
    row = live(tx, decision.ticket)
    row.rescue = rescue
    told(tx, row)
    if rescue:
        _ring(tx, row)
    else:
        _call_off(tx, row)


def _ring(tx: Tx, row: CaseRow) -> None:
    """One alarm a team, however many cases wait: it is the same empty room."""
    if not _ALARMS.all(tx, team_id=row.team_id):
        raise_request(tx, row, "alarm", NOBODY)


def _call_off(tx: Tx, row: CaseRow) -> None:
    """Somebody of the team is there again."""
    for made in _ALARMS.all(tx, team_id=row.team_id):
        close_request(tx, made, None)
