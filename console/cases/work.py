"""The state of the work on a case: snoozed, resolved, reopened, labelled, prioritised, its skills and its raised
hand.
"""

from __future__ import annotations

import re

from console.access.actor import Actor
from console.cases.asked import lapse
from console.cases.changed import told
from console.cases.guards import known, still_open, workable
from console.cases.ownership import must_be_at
from console.cases.queries import CaseRow
from console.cases.receive import reopen as reopen_row
from console.cases.requests import close_requests, raise_request
from console.cases.requirements import must_be_known
from console.cases.standing import settle
from console.cases.states import step
from console.cases.stop_clock import stop_the_clock
from console.errors import Conflict, Invalid
from console.store.base import dump
from console.store.transaction import Tx
from console.timeline.add import add_event
from console.wire.moment import DAY, MINUTE, Ms

LABELS = 20
LABEL_CHARS = 40
PRIORITIES = ("low", "normal", "high", "urgent")


def snooze(tx: Tx, actor: Actor, case_id: str, until: Ms, epoch: int | None = None) -> CaseRow:
    """Put a case aside until a moment, or until the debtor writes."""
    row = workable(tx, actor, case_id, epoch)
    still_open(row)
    if not tx.now + MINUTE <= until <= tx.now + 366 * DAY:
        raise Invalid("Snooze for at least a minute and at most a year.", field="until")
    row.status, row.snooze_until = step(row.status, "snoozed"), until
    settle(tx, row)
    told(tx, row, "case.snoozed")
    add_event(tx, row, "case.snoozed", {"until": until}, author=actor.id)
    tx.wake("assigner", "clockwork")
    return row


def wake(tx: Tx, row: CaseRow, why: str) -> None:
    """A snooze is over: the case is its owner's again, or the queue's."""
    row.status, row.snooze_until = step(row.status, "assigned" if row.owner_id else "queued"), None
    if row.owner_id is None:
        row.queued_at = tx.now
    settle(tx, row)
    told(tx, row, "case.queued" if row.owner_id is None else "case.updated")
    add_event(tx, row, "case.woken", {"why": why})
    tx.wake("assigner")


def resolve(tx: Tx, actor: Actor, case_id: str, outcome: str, epoch: int | None = None) -> CaseRow:
    """The matter is settled for now. What was planned is called off; the debtor's next message within 7 days reopens
    it.
    """
    row = workable(tx, actor, case_id, epoch)
    still_open(row)
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", outcome):
        raise Invalid(
            "An outcome is one lower-case word, such as paid, promise, dispute or no_contact.", field="outcome"
        )
    close(tx, row, outcome, actor.id)
    return row


def close(tx: Tx, row: CaseRow, outcome: str, by: str | None) -> None:
    """Resolve without asking who may."""
    stop_the_clock(tx, row.debtor_id, "resolved")
    row.status, row.outcome, row.resolved_at = step(row.status, "resolved"), outcome, tx.now
    row.waiting_since = row.snooze_until = row.hand_at = row.hand_reason = None
    row.taken_over_from = row.taken_over_by = None
    lapse(tx, row)
    close_requests(tx, row, by)
    settle(tx, row)
    told(tx, row, "case.resolved")
    where = {"merged_into": row.merged_into} if row.merged_into is not None else {}
    add_event(tx, row, "case.resolved", {"outcome": outcome, **where}, author=by)
    tx.wake("assigner")


def reopen(tx: Tx, actor: Actor, case_id: str, epoch: int | None = None) -> CaseRow:
    """A resolved case goes on; a snoozed one is taken up before its time."""
    row = known(tx, actor, case_id)
    if row.status == "snoozed":
        wake(tx, workable(tx, actor, case_id, epoch), "asked")
        return row
    must_be_at(row, epoch)
    if row.is_open:
        raise Conflict("The case is open.", case_status=row.status)
    if row.merged_into is not None:
        raise Conflict("The case was merged into another one.", merged_into=row.merged_into)
    from console.cases.queries import open_case

    other = open_case(tx, row.debtor_id, row.portfolio_id)
    if other is not None:
        raise Conflict("The debtor has another open case in this portfolio.", case=other)
    reopen_row(tx, row)
    return row


def label(tx: Tx, actor: Actor, case_id: str, labels: list[str], epoch: int | None = None) -> CaseRow:
    """Replace the case's labels."""
    row = workable(tx, actor, case_id, epoch)
    clean = list(dict.fromkeys(each.strip() for each in labels if each.strip()))
    if len(clean) > LABELS or any(len(each) > LABEL_CHARS for each in clean):
        raise Invalid(f"At most {LABELS} labels of {LABEL_CHARS} characters.", field="labels")
    row.labels = dump(clean)
    told(tx, row)
    return row


def prioritise(tx: Tx, actor: Actor, case_id: str, priority: str, epoch: int | None = None) -> CaseRow:
    """Set the priority: low, normal, high or urgent."""
    row = workable(tx, actor, case_id, epoch)
    if priority not in PRIORITIES:
        raise Invalid(f"A priority is one of {', '.join(PRIORITIES)}.", field="priority")
    row.priority = priority
    settle(tx, row)
    told(tx, row)
    tx.wake("assigner")
    return row


def require_skills(tx: Tx, actor: Actor, case_id: str, skills: dict[str, int], epoch: int | None = None) -> CaseRow:
    """Say which skills, at which level of 1 to 5, the case needs. Raises Invalid for one that nobody knows."""
    row = workable(tx, actor, case_id, epoch)
    if any(not 1 <= level <= 5 for level in skills.values()) or len(skills) > 20:
        raise Invalid("A level is 1 to 5, and a case needs at most 20 skills.", field="skills")
    must_be_known(tx, row, skills)
    row.skills = dump([{"skill": name, "level": level} for name, level in sorted(skills.items())])
    told(tx, row)
    tx.wake("assigner")
    return row


def raise_hand(tx: Tx, actor: Actor, case_id: str, reason: str, epoch: int | None = None) -> CaseRow:
    """The owner asks for help; the supervisors of the team see it with its age."""
    row = workable(tx, actor, case_id, epoch)
    still_open(row)
    if not reason.strip() or len(reason) > 500:
        raise Invalid("Say why, in at most 500 characters.", field="reason")
    if row.hand_at is None:
        row.hand_reason, row.hand_at = reason.strip(), tx.now
        raise_request(tx, row, "hand", reason.strip(), by=actor.id)
        add_event(tx, row, "hand.raised", {"reason": reason.strip()}, author=actor.id)
        told(tx, row)
    return row


def lower_hand(tx: Tx, actor: Actor, case_id: str, epoch: int | None = None) -> CaseRow:
    """Either side lowers the hand."""
    row = workable(tx, actor, case_id, epoch)
    if row.hand_at is not None:
        row.hand_reason = row.hand_at = None
        close_requests(tx, row, actor.id, "hand")
        add_event(tx, row, "hand.lowered", {}, author=actor.id)
        told(tx, row)
    return row
