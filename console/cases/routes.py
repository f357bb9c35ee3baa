"""The HTTP face of cases. Roles are judged by the verbs, after existence (decision 6): the doors are open to all
staff.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct, field

from console.access.endpoint import EVERYBODY, Answer, Call, Endpoint, Nothing
from console.cases import claim, drafts, lists, look, note, preview, reply, thread, work
from console.cases.detail import Assignments, assignments, detail
from console.cases.lists import Page, list_cases
from console.cases.mixups import Mixup, mixups
from console.cases.narrowed import CaseQuery
from console.cases.near_misses import is_near_miss, keep_near_miss
from console.cases.open_case import open_for
from console.cases.queries import CaseRow, get
from console.cases.thread import Thread, TimelineQuery
from console.errors import Invalid, Refusal
from console.log.read import current
from console.store import lanes
from console.store.transaction import Reader, Tx
from console.timeline import view
from console.timeline.audit import note_foreign_look
from console.timeline.queries import ItemRow
from console.wire import shapes
from console.wire.moment import Ms, parse_rfc3339, rfc3339
from console.wire.paging import Paging

Any_ = Call[Any, Any]


class Epoch(Struct, frozen=True, forbid_unknown_fields=True):
    epoch: int | None = None


class AssignTo(Struct, frozen=True, forbid_unknown_fields=True):
    user: str | None = None
    team: str | None = None
    epoch: int | None = None


class Target(Struct, frozen=True, forbid_unknown_fields=True):
    user: str | None = None
    team: str | None = None


class Transfer(Struct, frozen=True, forbid_unknown_fields=True):
    to: Target
    note: str
    epoch: int | None = None


class Snooze(Struct, frozen=True, forbid_unknown_fields=True):
    until: str
    epoch: int | None = None


class Resolve(Struct, frozen=True, forbid_unknown_fields=True):
    outcome: str
    epoch: int | None = None


class Labels(Struct, frozen=True, forbid_unknown_fields=True):
    labels: list[str]
    epoch: int | None = None


class Priority(Struct, frozen=True, forbid_unknown_fields=True):
    priority: str
    epoch: int | None = None


class Skills(Struct, frozen=True, forbid_unknown_fields=True):
    skills: list[shapes.Skill]
    epoch: int | None = None


class Hand(Struct, frozen=True, forbid_unknown_fields=True):
    reason: str
    epoch: int | None = None


class NoteBody(Struct, frozen=True, forbid_unknown_fields=True):
    client_id: str
    text: str
    epoch: int | None = None


class DraftBody(Struct, frozen=True, forbid_unknown_fields=True):
    text: str
    rev: int
    note: str | None = None  # half written for the team; left out, the one there is stays


class DraftShape(Struct, frozen=True):
    text: str
    rev: int
    at: str
    note: str = ""


class SeenBody(Struct, frozen=True, forbid_unknown_fields=True):
    position: int


class OpenBody(Struct, frozen=True, forbid_unknown_fields=True):
    client_id: str
    debtor: str
    portfolio: str


class Decisions(Struct, frozen=True):
    items: list[dict[str, Any]] = field(default_factory=list)
    mixups: list[Mixup] = field(default_factory=list)


async def get_list(call: Call[None, CaseQuery]) -> Answer:
    def read(reader: Reader) -> Answer:
        return Answer(list_cases(reader, call.actor, call.query), cursor=current(reader))

    return await call.services.store.read(read)


async def get_counts(call: Any_) -> Answer:
    def read(reader: Reader) -> Answer:
        return Answer(lists.counts(reader, call.actor), cursor=current(reader))

    return await call.services.store.read(read)


async def get_one(call: Any_) -> Answer:
    def read(reader: Reader) -> Answer:
        return Answer(detail(reader, call.actor, call.path["id"]), cursor=current(reader))

    answer = await call.services.store.read(read)
    await _audit_foreign_look(call, answer.body)
    return answer


async def get_timeline(call: Call[None, TimelineQuery]) -> Answer:
    def read(reader: Reader) -> Answer:
        return Answer(thread.thread(reader, call.actor, call.path["id"], call.query), cursor=current(reader))

    answer = await call.services.store.read(read)
    if call.actor.role == "agent" and call.query.before is None:
        await call.services.store.write(_opened, call)  # an owner's timeline read opens the case (decision 13)
    await note_foreign_look(call.services, call.actor, call.path["id"])
    return answer


async def get_assignments(call: Any_) -> Any:
    return await call.services.store.read(assignments, call.actor, call.path["id"], call.query)


async def post_case(call: Call[OpenBody, None]) -> Answer:
    case, new = await call.services.store.write(
        open_for, call.actor, call.body.client_id, call.body.debtor, call.body.portfolio
    )
    shown = await call.services.store.read(detail, call.actor, case)
    return Answer(shown, 201 if new else 200)


async def post_message(call: Call[reply.Reply, None]) -> Answer:
    try:
        return await _item(call, lambda tx: reply.reply(tx, call.actor, call.path["id"], call.body))
    except Refusal as refusal:
        if is_near_miss(refusal):
            text, channel = call.body.text or "", call.body.channel
            await call.services.store.write(keep_near_miss, call.actor.id, call.path["id"], channel, text, refusal)
        raise


async def post_note(call: Call[NoteBody, None]) -> Answer:
    body = call.body
    return await _item(
        call, lambda tx: note.note(tx, call.actor, call.path["id"], body.client_id, body.text, body.epoch)
    )


async def put_draft(call: Call[DraftBody, None]) -> DraftShape:
    body = call.body
    row = await call.services.store.write(
        drafts.keep_draft, call.actor, call.path["id"], body.text, body.rev, body.note
    )
    return DraftShape(row.text, row.rev, rfc3339(row.at), row.note)


async def post_gate(call: Call[preview.Ask, None]) -> Any:
    services = call.services

    def read(reader: Reader) -> dict[str, Any]:
        shown = preview.preview(reader, call.actor, call.path["id"], call.body)
        said = call.body.text
        wrong = mixups(reader, services.vault, call.actor, get(reader, call.path["id"]), said) if said else []
        return {**shown, "mixups": wrong}

    return await services.store.read(read)


async def post_seen(call: Call[SeenBody, None]) -> Answer:
    await call.services.store.write(look.look, call.actor, call.path["id"], call.body.position)
    return Answer(status=204)


async def post_claim(call: Call[Epoch, None]) -> Any:
    return await _act(call, lambda tx: claim.claim(tx, call.actor, call.path["id"], call.body.epoch))


async def post_release(call: Call[Epoch, None]) -> Any:
    return await _act(call, lambda tx: claim.release(tx, call.actor, call.path["id"], call.body.epoch))


async def post_assign(call: Call[AssignTo, None]) -> Any:
    body = call.body
    return await _act(
        call,
        lambda tx: claim.assign(
            tx, call.actor, call.path["id"], user_id=body.user, team_id=body.team, epoch=body.epoch
        ),
    )


async def post_transfer(call: Call[Transfer, None]) -> Any:
    body = call.body
    return await _act(
        call,
        lambda tx: claim.transfer(
            tx,
            call.actor,
            call.path["id"],
            user_id=body.to.user,
            team_id=body.to.team,
            note=body.note,
            epoch=body.epoch,
        ),
    )


async def post_snooze(call: Call[Snooze, None]) -> Any:
    until = _moment(call.body.until, "until")
    return await _act(call, lambda tx: work.snooze(tx, call.actor, call.path["id"], until, call.body.epoch))


async def post_resolve(call: Call[Resolve, None]) -> Any:
    body = call.body
    return await _act(call, lambda tx: work.resolve(tx, call.actor, call.path["id"], body.outcome, body.epoch))


async def post_reopen(call: Call[Epoch, None]) -> Any:
    return await _act(call, lambda tx: work.reopen(tx, call.actor, call.path["id"], call.body.epoch))


async def post_labels(call: Call[Labels, None]) -> Any:
    body = call.body
    return await _act(call, lambda tx: work.label(tx, call.actor, call.path["id"], body.labels, body.epoch))


async def post_priority(call: Call[Priority, None]) -> Any:
    body = call.body
    return await _act(call, lambda tx: work.prioritise(tx, call.actor, call.path["id"], body.priority, body.epoch))


async def post_skills(call: Call[Skills, None]) -> Any:
    wanted = {each.skill: each.level for each in call.body.skills}
    return await _act(call, lambda tx: work.require_skills(tx, call.actor, call.path["id"], wanted, call.body.epoch))


async def post_hand(call: Call[Hand, None]) -> Any:
    body = call.body
    return await _act(call, lambda tx: work.raise_hand(tx, call.actor, call.path["id"], body.reason, body.epoch))


async def delete_hand(call: Any_) -> Any:
    return await _act(call, lambda tx: work.lower_hand(tx, call.actor, call.path["id"]))


async def _act(call: Any_, verb: Callable[[Tx], CaseRow]) -> Answer:
    """Carry out a verb; answer with the case, in full to who may (still) read it, else with what the team may know."""
    row = await call.services.store.write(lambda tx: _keep(verb(tx)))

    def read(reader: Reader) -> Answer:
        from console.access.visible import may_read
        from console.cases import view as cases

        if may_read(reader, call.actor, row.id):
            return Answer(detail(reader, call.actor, row.id), cursor=current(reader))
        return Answer(cases.masked(cases.of(reader, row.id)), cursor=current(reader))

    return await call.services.store.read(read)


def _keep(row: CaseRow) -> CaseRow:
    return row


async def _item(call: Any_, verb: Callable[[Tx], tuple[ItemRow, bool]]) -> Answer:
    def write(tx: Tx) -> tuple[shapes.Item, bool]:
        item, new = verb(tx)
        return view.one(tx, item), new

    shown, new = await call.services.store.write(write)
    return Answer(shown, 201 if new else 200)


def _opened(tx: Tx, call: Any_) -> None:
    from console.cases.queries import find, live

    row = find(tx, call.path["id"])
    if row is not None and row.owner_id == call.actor.id and row.opened_at is None:
        from console.cases.changed import told

        mine = live(tx, row.id)
        mine.opened_at = tx.now
        told(tx, mine)


async def _audit_foreign_look(call: Any_, shown: shapes.Case) -> None:
    """Every read of somebody else's conversation is audited, one row an hour."""
    from console.audit.record import record_hourly

    owner = shown.owner.id if shown.owner else None
    if call.actor.role in ("supervisor", "compliance") and owner != call.actor.id:
        await call.services.store.write(record_hourly, call.actor.id, "case.read", f"case:{shown.id}", case_id=shown.id)


def _moment(text: str, name: str) -> Ms:
    try:
        return parse_rfc3339(text)
    except ValueError:
        raise Invalid("Give a time like 2026-11-22T14:03:07Z.", field=name) from None


_CASE = "/api/v1/cases/{id}"
_HELD = ("conflict", "not_owner", "stale_epoch")


def _post(path: str, handler: Any, body: Any, summary: str, *, answer: Any = shapes.Case, **more: Any) -> Endpoint:
    return Endpoint(
        method="POST", path=f"{_CASE}/{path}", handler=handler, body=body, answer=answer, summary=summary,
        roles=EVERYBODY, scope="cases:write", **{"problems": _HELD, **more},
    )  # fmt: skip


def _get(path: str, handler: Any, answer: Any, summary: str, query: Any = Nothing) -> Endpoint:
    return Endpoint(
        method="GET", path=path, handler=handler, answer=answer, summary=summary, query=query, roles=EVERYBODY,
        scope="cases:read",
    )  # fmt: skip


ENDPOINTS = [
    _get("/api/v1/cases", get_list, Page, "Cases of a view, a page at a time", CaseQuery),
    _get("/api/v1/cases/counts", get_counts, dict[str, int], "How many cases stand in each view"),
    Endpoint(
        method="POST", path="/api/v1/cases", handler=post_case, body=OpenBody, answer=shapes.Case, status=201,
        summary="Open, or return, the open case of a debtor", roles=EVERYBODY, scope="cases:write",
    ),
    _get(_CASE, get_one, shapes.Case, "The case with debtor, contact points, owner and epoch"),
    _get(f"{_CASE}/timeline", get_timeline, Thread, "Timeline items by position", TimelineQuery),
    _get(f"{_CASE}/assignments", get_assignments, Assignments, 'Every assignment with its "why this agent"', Paging),
    _post("messages", post_message, reply.Reply, "Write to the debtor", answer=shapes.Item, status=201, rate="reply",
          lane=lanes.FIRST,
          problems=(*_HELD, "gate_blocked", "gate_deferred", "gate_needs_approval")),
    _post("notes", post_note, NoteBody, "Write a note for the team", answer=shapes.Item, status=201, problems=()),
    Endpoint(method="PUT", path=f"{_CASE}/draft", handler=put_draft, body=DraftBody, answer=DraftShape,
             summary="Keep the draft", roles=EVERYBODY),
    _post("gate", post_gate, preview.Ask, "What the gate would say; stores nothing", answer=Decisions, problems=()),
    _post("seen", post_seen, SeenBody, "Mark the timeline as seen up to a position", answer=None, status=204,
          problems=()),
    _post("claim", post_claim, Epoch, "Take a case from the queue"),
    _post("release", post_release, Epoch, "Put a case back into the queue"),
    _post("assign", post_assign, AssignTo, "Give a case to a user or a team"),
    _post("transfer", post_transfer, Transfer, "Hand a case on, with a note"),
    _post("snooze", post_snooze, Snooze, "Put a case aside until a moment"),
    _post("resolve", post_resolve, Resolve, "Close a case with an outcome"),
    _post("reopen", post_reopen, Epoch, "Open a resolved case again"),
    _post("labels", post_labels, Labels, "Replace the labels"),
    _post("priority", post_priority, Priority, "Set the priority"),
    _post("skills", post_skills, Skills, "Set the skills the case needs"),
    _post("hand", post_hand, Hand, "Raise a hand for help"),
    Endpoint(method="DELETE", path=f"{_CASE}/hand", handler=delete_hand, answer=shapes.Case, summary="Lower the hand",
             roles=EVERYBODY, scope="cases:write", problems=_HELD),
]  # fmt: skip
