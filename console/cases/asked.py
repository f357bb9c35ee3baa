"""What stands of an approval that was asked for one text: its row, its request in the supervisors' queue, its card in
the lane of whispers. The three change together, here.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select

from console.cases.models import request
from console.cases.queries import CaseRow, RequestRow
from console.cases.requests import close_request
from console.gate.granted import ApprovalRow, Granted, spend
from console.gate.models import text_approval
from console.store.base import dump, load
from console.store.statement import Query, change
from console.store.transaction import Reader, Tx
from console.timeline.add import revise
from console.timeline.models import item
from console.timeline.queries import ItemRow, find

ABOUT = "text"
"""What an approval is asked for, in `about` of its request; one for an agreement names its `plan`."""
PENDING = ("asked", "approved")
_KEPT = ("about", "channel", "contact_point", "purpose", "codes")  # of a request's detail, once it is dealt with
_FREE = ("subject", "files", "note", "answer", "values", "quoted", "spans")  # of a card: what people wrote
_OF_CASE = Query(
    select(text_approval)
    .where(text_approval.c.case_id == bindparam("case_id"), text_approval.c.state.in_(PENDING))
    .order_by(text_approval.c.at),
    ApprovalRow,
)
_OF_REQUEST = Query(select(text_approval).where(text_approval.c.request_id == bindparam("request_id")), ApprovalRow)
_REQUEST = Query(select(request).where(request.c.id == bindparam("id")), RequestRow)
_BY_ID = Query(select(text_approval).where(text_approval.c.id == bindparam("id")), ApprovalRow)
_ALL = Query(select(text_approval).where(text_approval.c.case_id == bindparam("case_id")), ApprovalRow)
_LINES = Query(select(item).where(item.c.case_id == bindparam("case_id"), item.c.kind == "event"), ItemRow)


def request_of(reader: Reader, request_id: str) -> RequestRow | None:
    """The request, whoever asks: callers check its case first."""
    return _REQUEST.first(reader, id=request_id)


def asked_by(reader: Reader, request_id: str) -> ApprovalRow | None:
    """What stands behind a request, if it is one for a text."""
    return _OF_REQUEST.first(reader, request_id=request_id)


def pending(reader: Reader, case_id: str) -> list[ApprovalRow]:
    """What waits for a decision or was granted and not used, the oldest first."""
    return _OF_CASE.all(reader, case_id=case_id)


def lapse(tx: Tx, row: CaseRow, *, but: str = "", of: str | None = None) -> None:
    """What is asked or granted comes to nothing, since the case changes hands or ends; with `of` this person's alone,
    who asks for another text.
    """
    for each in pending(tx, row.id):
        if each.id != but and of in (None, each.by_id):
            settle_asked(tx, row, each, "lapsed")


def used(tx: Tx, row: CaseRow, grant: Granted, sent: ItemRow) -> None:
    """A message was accepted under it: it lets out no other."""
    spend(tx, grant.id, sent.id)
    made = _BY_ID.first(tx, id=grant.id)
    if made is not None:
        settle_asked(tx, row, made, "used")


def settle_asked(tx: Tx, row: CaseRow, made: ApprovalRow, state: str, *, by: str | None = None, **told: Any) -> None:
    """Write how it stands now. `told` is what its card says besides: who decided, what they said, until when."""
    made.state = state
    change(tx, text_approval, {"id": made.id}, state=state, decided_by=made.decided_by, decided_at=made.decided_at,
           note=made.note, expires_at=made.expires_at)  # fmt: skip
    held = request_of(tx, made.request_id)
    if held is not None and held.state == "open":
        known = load(held.detail)
        held.detail = dump({name: known[name] for name in _KEPT if name in known} | {"state": state, **told})
        change(tx, request, {"id": held.id}, detail=held.detail)
        close_request(tx, held, by)
    lane = find(tx, made.whisper_id)
    if lane is not None:
        data = load(lane.data)
        data["request"] |= {"state": state, **told}
        revise(tx, row, lane, data=dump(data))


def forget_asked(tx: Tx, row: CaseRow) -> int:
    """Take away, when the words of the case go, those that were asked for and what was said of them: from the cards,
    the requests and the lines of the thread. The digest goes too: short words can be found by trying. How many there
    were.
    """
    gone = 0
    for made in _ALL.all(tx, case_id=row.id):
        lane = find(tx, made.whisper_id)
        if lane is not None:
            gone += _blank(tx, row, lane)
        change(tx, text_approval, {"id": made.id}, digest="", note="")
        held = request_of(tx, made.request_id)
        if held is not None and (known := load(held.detail)).get("answer"):
            change(tx, request, {"id": held.id}, detail=dump(known | {"answer": ""}))
    for line in _LINES.all(tx, case_id=row.id):
        data = load(line.data)
        if str(data.get("name", "")).startswith("approval.") and data.get("data", {}).get("answer"):
            revise(tx, row, line, data=dump(data | {"data": data["data"] | {"answer": ""}}))
    return gone


def _blank(tx: Tx, row: CaseRow, lane: ItemRow) -> bool:
    data = load(lane.data)
    known = data["request"]
    less = {name: type(known[name])() for name in _FREE if known.get(name)}
    if not less and not lane.text:
        return False
    revise(tx, row, lane, text="", data=dump(data | {"request": known | less}))
    return True
