"""Break-glass: sight of one thing beyond one's own for an hour, with a reason, told at once and reviewed (domain 7.1).

supervisor   a case of a team that is not theirs
admin        a delivery's bytes, which are masked for them otherwise (threat 12 of reference/reliability.md)
nobody else  an agent asks a supervisor; compliance reads everything as it is

It is sight alone: `web/dispatch.py` shuts it for every command, reveals among them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlalchemy import bindparam, select

from console.access.actor import Actor
from console.access.audience import user_topic
from console.access.idempotent import body_hash, remember, repeated
from console.access.models import break_glass
from console.access.visible import may_read, supervises
from console.audit.record import record
from console.cases.changed import told
from console.cases.queries import OPEN_REQUESTS, CaseRow, find, live
from console.cases.requests import close_request, raise_request
from console.errors import Conflict, Forbidden, Invalid, NotFound
from console.intake.models import delivery
from console.jobs.enqueue import enqueue_job
from console.ledger.calendar import add_business_days
from console.people.models import team_member, user
from console.portfolios.models import inbox, portfolio
from console.store.statement import Query, add, change, value
from console.store.transaction import Reader, Tx
from console.timeline.add import add_event
from console.wire.ids import new_id
from console.wire.moment import MINUTE, Ms, aware, from_aware, rfc3339

LASTS: Ms = 60 * MINUTE
REVIEW_DAYS = 2  # business days where the creditor is
LEAST_REASON = 10  # letters
ENDED, OVERDUE = "break_glass.ended", "break_glass.overdue"
ALARM, LATE_ALARM = "break_glass", "break_glass_overdue"
FINDINGS = ("justified", "unjustified")


class BreakGlass(Struct, frozen=True, forbid_unknown_fields=True):
    """`case` (a supervisor) or `delivery` (an admin), and why: at least ten letters, which compliance reads."""

    client_id: str
    reason: str
    case: str | None = None
    delivery: str | None = None


class Review(Struct, frozen=True, forbid_unknown_fields=True):
    finding: str  # justified, unjustified
    note: str = ""


class Glass(Struct):
    """A row of `break_glass`."""

    id: str
    user_id: str
    object: str
    team_id: str | None
    reason: str
    at: Ms
    until: Ms
    review_by: Ms
    finding: str | None = None
    note: str = ""
    reviewed_by: str | None = None
    reviewed_at: Ms | None = None

    @property
    def case_id(self) -> str | None:
        kind, _, thing = self.object.partition(":")
        return thing if kind == "case" else None


COLUMNS = [break_glass.c[name] for name in Glass.__struct_fields__]
_ONE = Query(select(*COLUMNS).where(break_glass.c.id == bindparam("id")), Glass)
_WAITING = Query(
    select(break_glass.c.id).where(break_glass.c.object == bindparam("object"), break_glass.c.finding.is_(None)), value
)
_STILL = Query(
    select(break_glass.c.id).where(
        break_glass.c.user_id == bindparam("user_id"),
        break_glass.c.object == bindparam("object"),
        break_glass.c.until > bindparam("now"),
    ),
    value,
)
_BOOK = Query(
    select(inbox.c.portfolio_id)
    .select_from(delivery.join(inbox, inbox.c.id == delivery.c.inbox_id))
    .where(delivery.c.id == bindparam("id")),
    value,
)
_PLACE = Query(
    select(portfolio.c.jurisdiction, portfolio.c.timezone).where(portfolio.c.id == bindparam("id")),
    lambda *columns: columns,
)
_COMPLIANCE = Query(
    select(user.c.id).where(user.c.role == "compliance", user.c.disabled_at.is_(None)).order_by(user.c.id), value
)
_SUPERVISORS = Query(
    select(user.c.id)
    .join(team_member, team_member.c.user_id == user.c.id)
    .where(user.c.role == "supervisor", user.c.disabled_at.is_(None), team_member.c.team_id == bindparam("team"))
    .order_by(user.c.id),
    value,
)


def break_the_glass(tx: Tx, actor: Actor, body: BreakGlass) -> tuple[Glass, bool]:
    """Open one thing for an hour; and whether it is new. Once more needs a reason and a review of its own. Raises
    Invalid, Forbidden, NotFound, or Conflict when they read it as it is.
    """
    named = _named(actor, body)
    digest = body_hash(body)
    if known := repeated(tx, actor, "break-glass", body.client_id, digest):
        return one(tx, known), False
    row = _case(tx, actor, body.case) if body.case is not None else None
    book = row.portfolio_id if row else _BOOK.first(tx, id=body.delivery)
    if book is None:
        raise NotFound
    made = Glass(
        new_id(), actor.id, named, row.team_id if row else None, body.reason.strip(), tx.now, tx.now + LASTS,
        _review_by(tx, book),
    )  # fmt: skip
    add(tx, break_glass, **{name: getattr(made, name) for name in made.__struct_fields__})
    remember(tx, actor, "break-glass", body.client_id, digest, made.id)
    enqueue_job(tx, ENDED, {"id": made.id}, run_at=made.until)
    enqueue_job(tx, OVERDUE, {"id": made.id}, run_at=made.review_by)
    _write_down(tx, actor.id, "break_glass.opened", made, reason=made.reason, until=rfc3339(made.until))
    _tell(tx, made, row)
    return made, True


def end(tx: Tx, actor: Actor, glass_id: str) -> Glass:
    """Shut it before its time: whoever opened it, or compliance. Raises NotFound."""
    made = one(tx, glass_id)
    if actor.id != made.user_id and actor.role != "compliance":
        raise NotFound
    if made.until > tx.now:
        made.until = tx.now
        change(tx, break_glass, {"id": made.id}, until=made.until)
        _write_down(tx, actor.id, "break_glass.ended", made)
        run_out(tx, made.id)
    return made


def run_out(tx: Tx, glass_id: str) -> None:
    """The hour is over: open pages of who opened it hear nothing more of the case."""
    made = one(tx, glass_id)
    if made.case_id is None or _STILL.first(tx, user_id=made.user_id, object=made.object, now=tx.now):
        return
    row = find(tx, made.case_id)
    if row is not None and not supervises(tx, made.user_id, row.team_id):  # it may have come to a team of theirs
        tx.emit("case.hidden", topics=[user_topic(made.user_id)], data={"id": made.case_id}, case=made.case_id)


def review(tx: Tx, actor: Actor, glass_id: str, body: Review) -> Glass:
    """A second person's finding. Raises NotFound, Forbidden, Invalid, or Conflict when there is one."""
    actor.must_be("compliance")
    made = one(tx, glass_id)
    if made.user_id == actor.id:
        raise Forbidden("Who broke the glass does not review it.")
    if body.finding not in FINDINGS:
        raise Invalid(f"finding is {' or '.join(FINDINGS)}.", field="finding")
    if body.finding == "unjustified" and not body.note.strip():
        raise Invalid("Say what was found.", field="note")
    if made.finding is not None:
        raise Conflict("It was reviewed already.", finding=made.finding)
    made.finding, made.note, made.reviewed_by, made.reviewed_at = body.finding, body.note.strip(), actor.id, tx.now
    changes = {name: getattr(made, name) for name in ("finding", "note", "reviewed_by", "reviewed_at")}
    change(tx, break_glass, {"id": made.id}, **changes)
    _write_down(tx, actor.id, "break_glass.reviewed", made, finding=made.finding, note=made.note)
    if made.case_id is not None and not _WAITING.all(tx, object=made.object):
        _close(tx, made.case_id, actor.id, ALARM, LATE_ALARM)
    return made


def look_for_review(tx: Tx, glass_id: str) -> None:
    """Its days are over: without a finding, whoever is to give one and the team's supervisors hear of it."""
    made = one(tx, glass_id)
    if made.finding is not None or made.review_by > tx.now:
        return
    if made.case_id is not None:
        raise_request(tx, live(tx, made.case_id), "alarm", LATE_ALARM, detail={"break_glass": made.id})
    _ring(tx, made, _COMPLIANCE.all(tx), "break_glass_overdue")


def one(reader: Reader, glass_id: str) -> Glass:
    """Raises NotFound."""
    found = _ONE.first(reader, id=glass_id)
    if found is None:
        raise NotFound
    return found


def _named(actor: Actor, body: BreakGlass) -> str:
    if (body.case is None) == (body.delivery is None):
        raise Invalid("Name a case or a delivery.", field="case")
    actor.must_be("supervisor" if body.case is not None else "admin")
    if not actor.session:
        raise Forbidden("A token opens nothing: sign in.")
    if len(body.reason.strip()) < LEAST_REASON:
        raise Invalid(f"Say why, in at least {LEAST_REASON} letters: compliance reads it.", field="reason")
    return f"case:{body.case}" if body.case is not None else f"delivery:{body.delivery}"


def _case(tx: Tx, actor: Actor, case_id: str) -> CaseRow:
    if find(tx, case_id) is None:
        raise NotFound
    if may_read(tx, actor, case_id):
        raise Conflict("You read this case already.")
    return live(tx, case_id)


def _review_by(reader: Reader, portfolio_id: str) -> Ms:
    """The end of the second business day after today, where the creditor is."""
    country, zone = _PLACE.first(reader, id=portfolio_id) or ("BR", "America/Sao_Paulo")
    today = aware(reader.now).astimezone(ZoneInfo(zone)).date()
    after = add_business_days(today, REVIEW_DAYS, country) + timedelta(days=1)
    return from_aware(datetime(after.year, after.month, after.day, tzinfo=ZoneInfo(zone)))


def _tell(tx: Tx, made: Glass, row: CaseRow | None) -> None:
    """The thread says it, an alarm rings on the wall, and the second person hears of it wherever they are."""
    people = _COMPLIANCE.all(tx)
    if row is not None:
        until = rfc3339(made.until)
        add_event(tx, row, "break_glass.opened", {"until": until, "why": made.reason}, author=made.user_id)
        _close(tx, row.id, made.user_id, ALARM)  # each time rings anew
        raise_request(tx, row, "alarm", ALARM, by=made.user_id, detail={"break_glass": made.id, "until": until})
        people += _SUPERVISORS.all(tx, team=row.team_id)
        people += [row.owner_id] if row.owner_id else []
        told(tx, row)
    _ring(tx, made, people, "break_glass")


def _ring(tx: Tx, made: Glass, people: list[str], kind: str) -> None:
    data = {"kind": kind, "id": made.case_id or made.object.partition(":")[2], "break_glass": made.id}
    for person in dict.fromkeys(each for each in people if each != made.user_id):
        tx.emit("notice.created", topics=[user_topic(person)], data=data, case=made.case_id)


def _close(tx: Tx, case_id: str, by: str, *reasons: str) -> None:
    for each in OPEN_REQUESTS.all(tx, case_id=case_id):
        if each.kind == "alarm" and each.reason in reasons:
            close_request(tx, each, by)


def _write_down(tx: Tx, by: str, act: str, made: Glass, **detail: Any) -> None:
    record(tx, by, act, made.object, case_id=made.case_id, detail={"break_glass": made.id, **detail})
