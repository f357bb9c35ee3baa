"""Words that the tone guard caught before they left: kept for supervisors, so that they can coach before it happens."""

from __future__ import annotations

import unicodedata

from msgspec import Struct
from sqlalchemy import false, select, true

from console.access.actor import Actor
from console.access.visible import must_read
from console.cases.models import case
from console.cases.queries import find
from console.errors import Forbidden, Refusal
from console.gate.models import near_miss
from console.store.statement import add, row, rows
from console.store.transaction import Reader, Tx
from console.timeline.view import people
from console.wire import shapes
from console.wire.ids import new_id
from console.wire.moment import DAY, rfc3339
from console.wire.paging import Paging, paged

FAMILIES = ("TONE:", "BANNED:")
FRAGMENT_CHARS = 200
SHOWN = 100
MOST = 10_000
RECENT = 30 * DAY


class NearMiss(Struct, frozen=True, kw_only=True):
    """`fragment` is what offended, not the message; `outcome` block or needs_approval; `reason` the writer's own."""

    id: str
    at: str
    case: str
    user: shapes.Person | None
    channel: str
    code: str
    outcome: str
    fragment: str
    reason: str


class NearMisses(Struct, frozen=True):
    items: list[NearMiss]
    next: str | None


def is_near_miss(refusal: Refusal) -> bool:
    """Whether a refusal was about the words."""
    return str(refusal.facts.get("reason", "")).startswith(FAMILIES)


def keep_near_miss(tx: Tx, user_id: str, case_id: str, channel: str, text: str, refusal: Refusal) -> None:
    """Write down what was caught, in a transaction of its own: the refused one left nothing."""
    held = find(tx, case_id)
    if held is None:
        return
    outcome = "needs_approval" if refusal.code == "gate_needs_approval" else "block"
    _keep(tx, user_id, held.id, held.team_id, channel, str(refusal.facts["reason"]), outcome,
          _fragment(text, refusal.facts.get("spans")), "")  # fmt: skip


def keep_reason(tx: Tx, user_id: str, case_id: str, team_id: str, channel: str, code: str, reason: str) -> None:
    """What left all the same, with the writer's reason."""
    _keep(tx, user_id, case_id, team_id, channel, code, "reason_given", "", reason)


def near_misses(reader: Reader, actor: Actor, asked: Paging, case_id: str | None = None) -> NearMisses:
    """Those of 30 days of the supervisor's teams (compliance: of all), or of one case, the newest first, 100 a page
    unless a limit is asked for. Raises Forbidden, NotFound, Invalid.
    """
    if case_id is not None:
        must_read(reader, actor, case_id)
    if actor.role not in ("supervisor", "compliance"):
        raise Forbidden("The near misses are the supervisors'.")
    mine = near_miss.c.team_id.in_(sorted(actor.teams)) if actor.teams else false()
    clause = (
        select(near_miss)
        .join(case, case.c.id == near_miss.c.case_id)
        .where(true() if actor.role == "compliance" else mine, near_miss.c.at > reader.now - RECENT)
        .order_by(near_miss.c.at.desc(), near_miss.c.id.desc())
        .limit(MOST)
    )
    found = rows(reader, clause if case_id is None else clause.where(near_miss.c.case_id == case_id), row)
    asked = Paging(SHOWN if asked.limit is None else asked.limit, asked.cursor)
    found, more = paged(found, lambda each: (f"{each[1]:015}", each[0]), asked, newest_first=True)
    cast = people(reader, [each[4] for each in found])
    return NearMisses(
        [
            NearMiss(id=id_, at=rfc3339(at), case=where, user=cast.get(user), channel=channel, code=code,
                     outcome=outcome, fragment=fragment, reason=reason)
            for id_, at, where, _, user, channel, code, outcome, fragment, reason in found
        ],
        more,
    )  # fmt: skip


def _keep(
    tx: Tx, user: str, case_id: str, team: str, channel: str, code: str, outcome: str, fragment: str, reason: str
) -> None:
    add(
        tx, near_miss, id=new_id(), at=tx.now, case_id=case_id, team_id=team, user_id=user, channel=channel, code=code,
        outcome=outcome, fragment=fragment, reason=reason,
    )  # fmt: skip


def _fragment(text: str, spans: object) -> str:
    """The offending words alone; offsets are of the text in NFC."""
    composed = unicodedata.normalize("NFC", text)
    pairs = spans if isinstance(spans, list) else []
    return " … ".join(composed[start:end] for start, end in pairs)[:FRAGMENT_CHARS]
