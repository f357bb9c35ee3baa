"""Asking the supervisors for a text that the gate holds for them: one request, with the very letter it would be."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

from console.access.actor import Actor
from console.access.idempotent import body_hash, remember, repeated
from console.access.visible import must_know
from console.cases.asked import ABOUT, lapse, request_of
from console.cases.changed import told
from console.cases.letter import Letter, Reply, TemplateWish, check_wish, judged, made_up, must_be_writer
from console.cases.ownership import must_be_at
from console.cases.points import contact_points
from console.cases.queries import CaseRow, RequestRow, live
from console.cases.requests import raise_request
from console.cases.templates import Filled
from console.errors import Conflict, Invalid
from console.gate.granted import Granted
from console.gate.guard import refusal
from console.gate.models import text_approval
from console.gate.types import Decision
from console.store.base import dump
from console.store.statement import add
from console.store.transaction import Reader, Tx
from console.timeline.add import add_event, add_item, tell
from console.timeline.queries import find
from console.wire.ids import new_id

ROUTE = "requests"
NOTE_CHARS = 500


class AskApproval(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The body of POST /cases/{id}/requests: what POST /cases/{id}/messages would get, and a `note` to the supervisors.
    `kind` is `approval`; hands are raised with POST /cases/{id}/hand.
    """

    client_id: str
    epoch: int
    kind: str
    channel: str
    text: str | None = None
    template: TemplateWish | None = None
    attachments: list[str] = field(default_factory=list)
    purpose: str | None = None
    contact_point: str | None = None
    inbox: str | None = None
    reply_to: str | None = None
    subject: str | None = None
    reason: str | None = None
    note: str = ""


def ask(tx: Tx, actor: Actor, case_id: str, asked: AskApproval) -> tuple[RequestRow, bool]:
    """The request, and whether it is new. One a person and case: another text takes the place of what they asked for.

    Judged in the order of `reply`. Raises what that does, and Conflict where the gate asks for no approval.
    """
    must_know(tx, actor, case_id)
    actor.must_be("agent", "supervisor")
    digest = body_hash(asked)
    before = repeated(tx, actor, f"{ROUTE}:{case_id}", asked.client_id, digest)
    if before is not None and (found := request_of(tx, before)) is not None:
        return found, False
    row = live(tx, case_id)
    must_be_at(row, asked.epoch)
    must_be_writer(tx, row, actor)
    if asked.kind != "approval":
        raise Invalid("The kind is approval; raise a hand with POST /cases/{id}/hand.", field="kind")
    if len(asked.note) > NOTE_CHARS:
        raise Invalid(f"A note has at most {NOTE_CHARS} characters.", field="note", limit=NOTE_CHARS)
    wish = Reply(**{name: getattr(asked, name) for name in _SHARED})
    check_wish(tx, row, wish)
    letter = made_up(tx, row, actor, wish)
    lapse(tx, row, of=actor.id)
    made = _put(tx, row, actor, letter, _held(tx, row, letter), asked.note.strip())
    remember(tx, actor, f"{ROUTE}:{case_id}", asked.client_id, digest, made.id)
    return made, True


def _held(tx: Tx, row: CaseRow, letter: Letter) -> list[Decision]:
    """Why a supervisor must approve it, all of it. Raises the gate's refusal where no approval would let it out, and
    Conflict where none is needed.
    """
    found: dict[str, Decision] = {}
    while True:
        decision = judged(tx, row, letter, lambda _: Granted(frozenset(found)))
        if decision.outcome == "allow":
            break
        if decision.approver == "writer":
            raise Invalid("The gate asks its writer for a reason besides: say why in `reason`.", field="reason")
        if decision.outcome != "needs_approval" or decision.code in found:
            raise refusal(decision)
        found[decision.code] = decision
    if not found:
        raise Conflict("The gate asks for no approval of this: send it.", reason="ALLOW")
    return list(found.values())


def _put(tx: Tx, row: CaseRow, actor: Actor, letter: Letter, held: list[Decision], note: str) -> RequestRow:
    made, codes = new_id(), [each.code for each in held]
    detail = {"about": ABOUT, "note": note, **_shown(tx, row, letter), **_why(held)}
    asked = raise_request(tx, row, "approval", f"{ABOUT}:{made}", by=actor.id, detail={"text": letter.text, **detail})
    lane = add_item(
        tx, row, "whisper", author=actor.id, text=letter.text,
        data=dump({"request": {"kind": "approval", "id": asked.id, "state": "open", **detail}}),
    )  # fmt: skip
    tell(tx, row, lane)
    add(
        tx, text_approval, id=made, case_id=row.id, request_id=asked.id, whisper_id=lane.id, by_id=actor.id,
        epoch=row.epoch, digest=letter.digest, codes=dump(codes), at=tx.now,
    )  # fmt: skip
    add_event(tx, row, "approval.asked", {"request": asked.id, "codes": codes, "channel": letter.wish.channel},
              author=actor.id)  # fmt: skip
    told(tx, row)
    return asked


def _shown(reader: Reader, row: CaseRow, letter: Letter) -> dict[str, Any]:
    """What the card says of the letter beside its words; the address is masked for everybody."""
    point = next((each for each in contact_points(reader, row) if each.id == letter.pair.point.id), None)
    filled = letter.filled
    quoted = find(reader, letter.wish.reply_to) if letter.wish.reply_to else None
    return {
        "channel": letter.wish.channel,
        "inbox": {"id": letter.pair.inbox.id, "name": letter.pair.inbox.name},
        "contact_point": letter.pair.point.id,
        "address": point.address if point else "",
        "holder": point.holder if point else None,
        "purpose": letter.message.purpose,
        "subject": letter.message.subject,
        "template": {"id": filled.id, "name": filled.name, "language": filled.language} if filled else None,
        "values": _beyond_words(filled) if filled else [],
        "files": [{"id": each.id, "name": each.name, "type": each.type, "size": each.size} for each in letter.files],
        "quoted": {"id": quoted.id, "text": quoted.text, "direction": quoted.direction} if quoted else None,
    }


def _beyond_words(filled: Filled) -> list[dict[str, str]]:
    """What a template's reader gets that its words do not show: where its buttons lead, the code that one copies."""
    hidden = (each for each in filled.variables.items() if "." in each[0] or each[1] not in filled.body)
    return [{"name": name, "value": given} for name, given in hidden]


def _why(held: list[Decision]) -> dict[str, Any]:
    first = held[0]
    return {
        "codes": [each.code for each in held],
        "rule": first.rule,
        "source": first.source,
        "spans": [list(span) for each in held for span in each.spans],
    }


_SHARED = (
    "client_id", "epoch", "channel", "text", "template", "attachments", "purpose", "contact_point", "inbox", "reply_to",
    "subject", "reason",
)  # fmt: skip
