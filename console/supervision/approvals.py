"""Deciding on a text that the gate holds for a supervisor: let it leave as it was shown, word it otherwise, or not."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from console.access.actor import Actor
from console.access.audience import user_topic
from console.access.idempotent import body_hash, remember, repeated
from console.access.visible import must_know
from console.audit.record import record
from console.cases.asked import asked_by, request_of, settle_asked
from console.cases.changed import told
from console.cases.queries import CaseRow, RequestRow
from console.cases.worded import has_worded
from console.errors import Conflict, Invalid, NotFound, OwnRequest
from console.gate.granted import LASTS, ApprovalRow
from console.store.base import dump, load
from console.store.transaction import Tx
from console.supervision.guards import supervised
from console.supervision.whisper import TEXT_CHARS
from console.timeline.add import add_event, add_item, tell
from console.timeline.download import visible_file
from console.timeline.queries import ItemRow, find
from console.wire.moment import rfc3339

NOTE_CHARS = 500


class CounterText(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The body of POST /requests/{id}/counter: the words in its place, as a suggestion to whoever asked."""

    client_id: str
    text: str
    note: str = ""


def approve_text(tx: Tx, actor: Actor, request_id: str) -> RequestRow:
    """It may leave as it was shown, once, within the hour; given twice, the request as it stands.

    Raises NotFound, Forbidden, OwnRequest, Conflict (also while a file of it cannot be read).
    """
    made, row = _deciding(tx, actor, request_id, again=_approved_by)
    if made.state != "asked":
        return _known(tx, actor, request_id)
    lane = find(tx, made.whisper_id)
    if lane is None:
        raise Conflict("Its words are gone: ask for it anew.", state=made.state)
    if has_worded(tx, row.debtor_id, actor.id, lane.text):
        raise OwnRequest("You worded this text: somebody else approves it.")
    _must_be_read(tx, actor, lane)
    made.expires_at = tx.now + LASTS
    return _decide(tx, row, made, actor, "approved", "approval.given", until=rfc3339(made.expires_at))


def refuse_text(tx: Tx, actor: Actor, request_id: str, reason: str) -> RequestRow:
    """It may not; whoever asked reads why; said twice, the request as it stands.

    Raises NotFound, Forbidden, OwnRequest, Conflict, Invalid.
    """
    made, row = _deciding(tx, actor, request_id, again=_refused_by)
    if made.state != "asked":
        return _known(tx, actor, request_id)
    if not reason.strip() or len(reason) > NOTE_CHARS:
        raise Invalid(f"Say why, in at most {NOTE_CHARS} characters.", field="reason", limit=NOTE_CHARS)
    made.note = reason.strip()
    return _decide(tx, row, made, actor, "refused", "approval.refused", answer=made.note)


def counter_text(tx: Tx, actor: Actor, request_id: str, given: CounterText) -> RequestRow:
    """Not so, but in these words: a suggestion that the gate judges as any other.

    Raises what `refuse_text` does.
    """
    digest = body_hash(given)
    route = f"counter:{request_id}"
    before = _known(tx, actor, request_id)
    if repeated(tx, actor, route, given.client_id, digest) is not None:
        return before
    made, row = _deciding(tx, actor, request_id)
    if not given.text.strip() or len(given.text) > TEXT_CHARS:
        raise Invalid(f"The text in its place has 1 to {TEXT_CHARS} characters.", field="text", limit=TEXT_CHARS)
    if len(given.note) > NOTE_CHARS:
        raise Invalid(f"A note has at most {NOTE_CHARS} characters.", field="note", limit=NOTE_CHARS)
    made.note = given.note.strip()
    asked = _decide(tx, row, made, actor, "countered", "approval.countered", answer=made.note)
    words = add_item(tx, row, "whisper", author=actor.id, text=given.text.strip(), client_id=given.client_id,
                     to_id=made.by_id, data=dump({"suggestion": True}))  # fmt: skip
    tell(tx, row, words)
    remember(tx, actor, route, given.client_id, digest, asked.id)
    return asked


def _deciding(
    tx: Tx, actor: Actor, request_id: str, *, again: Callable[[ApprovalRow], str | None] = lambda _: None
) -> tuple[ApprovalRow, CaseRow]:
    """For somebody who may decide it: existence, own request, role, what it is about, state. `again`: who decided it
    just so before, to whom the same act is answered once more: their first answer may be lost.
    """
    asked = _known(tx, actor, request_id)
    if asked.by_id == actor.id:
        raise OwnRequest
    row = supervised(tx, actor, asked.case_id or "", "compliance")
    made = asked_by(tx, request_id)
    if made is None:
        plan = load(asked.detail).get("plan")
        how = f"decide it at /plans/{plan}" if plan else "only approvals are decided"
        raise Conflict(f"This request asks for no text: {how}.", kind=asked.kind)
    if made.state != "asked" and again(made) != actor.id:
        raise Conflict("This request waits for no decision any more.", state=made.state)
    return made, row


def _approved_by(made: ApprovalRow) -> str | None:
    return made.decided_by if made.expires_at is not None else None


def _refused_by(made: ApprovalRow) -> str | None:
    return made.decided_by if made.state == "refused" else None


def _must_be_read(tx: Tx, actor: Actor, lane: ItemRow) -> None:
    """Nobody approves a file that they cannot look at."""
    for each in load(lane.data)["request"].get("files", ()):
        try:
            visible_file(tx, actor, each["id"])
        except NotFound:
            raise Conflict(f"The file {each['name']} cannot be read: it is approved by nobody.", field="attachments",
                           reason="FILE_UNREAD", attachments=[each["id"]]) from None  # fmt: skip


def _known(tx: Tx, actor: Actor, request_id: str) -> RequestRow:
    """Raises NotFound unless the actor may know of its case."""
    found = request_of(tx, request_id)
    if found is None or found.case_id is None:
        raise NotFound
    must_know(tx, actor, found.case_id)
    return found


def _decide(tx: Tx, row: CaseRow, made: ApprovalRow, actor: Actor, state: str, event: str, **words: str) -> RequestRow:
    made.decided_by, made.decided_at = actor.id, tx.now
    settle_asked(tx, row, made, state, by=actor.id, decided_by={"id": actor.id, "name": actor.name}, **words)
    codes = load(made.codes)
    add_event(tx, row, event, {"request": made.request_id, "codes": codes, **words}, author=actor.id)
    record(tx, actor.id, event, f"request:{made.request_id}", case_id=row.id, detail={"codes": codes})
    if state != "countered":  # a suggestion is told of by itself
        data = {"kind": f"text_{state}", "id": row.id}
        tx.emit("notice.created", topics=[user_topic(made.by_id)], data=data, case=row.id)
    told(tx, row)
    return _known(tx, actor, made.request_id)
