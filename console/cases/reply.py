"""Writing to the debtor in one's own name; the channel carries it later."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from channels.choices import Choice
from console.access.actor import Actor
from console.access.idempotent import body_hash, remember, repeated
from console.access.visible import must_know
from console.cases.answered import answered
from console.cases.asked import used
from console.cases.changed import told
from console.cases.compose import put_out
from console.cases.fit import fitting_subject
from console.cases.letter import Letter, Reply, TemplateWish, check_wish, judged, made_up, must_be_writer
from console.cases.lifted import granted_now
from console.cases.models import draft
from console.cases.near_misses import keep_reason
from console.cases.ownership import must_be_at
from console.cases.pairs import Pair
from console.cases.queries import CaseRow, live
from console.cases.subject import subject
from console.debtors.models import link
from console.gate.granted import Granted
from console.gate.guard import judge, must_allow
from console.jobs.enqueue import enqueue_job
from console.store.statement import change, put
from console.store.transaction import Tx
from console.timeline import queries as timeline
from console.timeline.queries import ItemRow
from console.timeline.whispers import mark_used
from console.wire.moment import Ms

ROUTE = "messages"
__all__ = ["ROUTE", "Reply", "TemplateWish", "reply"]


def reply(
    tx: Tx,
    actor: Actor,
    case_id: str,
    wish: Reply,
    *,
    buttons: Sequence[Choice] = (),
    menu: str = "",
    carries: dict[str, Any] | None = None,
) -> tuple[ItemRow, bool]:
    """The message as queued (or scheduled), and whether it is new. `buttons`: what the debtor may tap,
    a list behind the words `menu` when buttons do not hold it; `carries`: what it is about, for the thread.

    Judged in this order: existence, role, repeated client_id, epoch, owner, the body, the gate (decision 6).
    Raises NotFound, Forbidden, Conflict, StaleEpoch, NotOwner, Invalid, GateBlocked, GateDeferred, GateNeedsApproval.
    """
    must_know(tx, actor, case_id)
    actor.must_be("agent", "supervisor")
    digest = body_hash(wish)
    before = repeated(tx, actor, f"{ROUTE}:{case_id}", wish.client_id, digest)
    if before is not None:
        return timeline.get(tx, before), False
    row = live(tx, case_id)
    must_be_at(row, wish.epoch)
    must_be_writer(tx, row, actor)
    due_at = check_wish(tx, row, wish)
    letter = made_up(tx, row, actor, wish, worded=not carries)  # what we word ourselves knows its room

    def lifted(it: Letter) -> Granted | None:
        """None for what the house words: nobody read what may be tapped, nor what that does."""
        if buttons or menu or carries:
            return None
        return granted_now(tx, row, actor, it.digest, tx.now if due_at is None else due_at)

    decision = judged(tx, row, letter, lifted, at=due_at)
    must_allow(decision)
    if wish.reason:
        _keep_reason(tx, row, letter)
    kept = {"buttons": [list(each) for each in buttons], "menu": menu, "detail": carries or {},
            "repeats": letter.repeats}  # fmt: skip
    more = {name: each for name, each in kept.items() if each}
    item = _write(tx, row, actor, letter, decision.purpose, due_at, more)
    if letter.about.granted is not None:
        used(tx, row, letter.about.granted, item)
    remember(tx, actor, f"{ROUTE}:{case_id}", wish.client_id, digest, item.id)
    return item, True


def _keep_reason(tx: Tx, row: CaseRow, letter: Letter) -> None:
    """What leaves for its writer's reason alone is told to the supervisors."""
    wish = letter.wish
    plainly = judge(tx, subject(tx, row, letter.pair, sender=letter.sender), letter.message)
    if plainly.approver == "writer":
        keep_reason(tx, letter.sender, row.id, row.team_id, wish.channel, plainly.code, (wish.reason or "").strip())


def _write(
    tx: Tx, row: CaseRow, actor: Actor, letter: Letter, purpose: str, due_at: Ms | None, more: dict[str, Any]
) -> ItemRow:
    wish, pair, filled = letter.wish, letter.pair, letter.filled
    data: dict[str, Any] = {"answered": row.waiting_since, **more}
    if filled is not None and wish.template is not None and filled.name != wish.template.name:
        data["instead_of"] = wish.template.name
    if wish.reason:
        data["reason"] = wish.reason.strip()
    if wish.retry_of:
        data["retry_of"] = wish.retry_of
    if letter.about.granted is not None:
        data["approval"] = {"id": letter.about.granted.id, "purpose": letter.message.purpose}
    if wish.subject:
        data["own_subject"] = True  # else it is the debtor's own, which is not ours to answer for
    item = put_out(
        tx,
        row,
        pair,
        text=letter.text,
        purpose=purpose,
        sort="reply" if due_at is None else "scheduled",
        author=actor.id,
        client_id=wish.client_id,
        reply_to=wish.reply_to,
        subject=wish.subject or _subject(tx, row, pair),
        template=None if filled is None else filled.used(),
        files=letter.files,
        due_at=due_at,
        data=data,
    )
    if due_at is None:
        answered(tx, row, item)
        if pair.inbox.channel == "whatsapp" and row.owner_id == actor.id:
            enqueue_job(tx, "whatsapp.read", {"case": row.id}, key=f"read:{row.id}")
    put(tx, link, ("inbox_id", "contact_point_id"), inbox_id=pair.inbox.id, contact_point_id=pair.point.id,
        last_outbound_at=tx.now)  # fmt: skip
    change(tx, draft, {"case_id": row.id, "user_id": actor.id}, text="", at=tx.now)
    if wish.whisper:
        mark_used(tx, row, actor, wish.whisper)
    told(tx, row)
    return item


def _subject(tx: Tx, row: CaseRow, pair: Pair) -> str | None:
    """A mail answers under the subject of the thread."""
    if pair.inbox.channel != "email":
        return None
    last = timeline.last_subject(tx, row.id, pair.point)
    if not last:
        return None
    return fitting_subject(pair.inbox, last if last[:3].lower() == "re:" else f"Re: {last}")
