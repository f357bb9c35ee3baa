"""What protects people and what counts against caps, over HTTP: stops, holds, contacts elsewhere, a slot."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from console.access.endpoint import EVERYBODY, Answer, Call, Endpoint, Nothing
from console.access.visible import must_read
from console.cases import consent, elsewhere, preferences, protect, questions
from console.cases.debtor_routes import shown_case, shown_debtor
from console.cases.near_misses import NearMisses, near_misses
from console.cases.queries import get
from console.debtors import queries as debtors
from console.debtors.seen import DebtorShape
from console.gate.care import care_text, care_texts
from console.portfolios.queries import get_portfolio
from console.store.base import load
from console.store.transaction import Reader
from console.wire import shapes
from console.wire.paging import Paging


class Care(Struct, frozen=True):
    """What may be offered to somebody who suffers, in their language; "" when nothing of the kind stands."""

    hold: str
    text: str
    source: str
    confidence: str


class OptOut(Struct, frozen=True, forbid_unknown_fields=True):
    """`wants_out`: whether the words that may have meant an opt-out did."""

    wants_out: bool


async def post_contact(call: Call[elsewhere.NewContact, Nothing]) -> Answer:
    made, new = await call.services.store.write(elsewhere.record_contact, call.actor, call.body)
    return Answer(made, 201 if new else 200)


async def post_reserve(call: Call[elsewhere.Reserve, Nothing]) -> Answer:
    made, new = await call.services.store.write(elsewhere.reserve, call.actor, call.body)
    return Answer(made, 201 if new else 200)


async def post_stop(call: Call[protect.StopBody, Nothing]) -> Answer:
    return await shown_case(
        call, await call.services.store.write(protect.place_stop, call.actor, call.path["id"], call.body)
    )


async def delete_stop(call: Call[protect.LiftBody, Nothing]) -> Answer:
    path = call.path
    row = await call.services.store.write(protect.lift_stop, call.actor, path["id"], path["stop"], call.body)
    return await shown_case(call, row)


async def post_hold(call: Call[protect.HoldBody, Nothing]) -> Answer:
    return await shown_case(
        call, await call.services.store.write(protect.place_hold, call.actor, call.path["id"], call.body)
    )


async def delete_hold(call: Call[protect.LiftBody, Nothing]) -> Answer:
    path = call.path
    row = await call.services.store.write(protect.lift_hold, call.actor, path["id"], path["hold"], call.body)
    return await shown_case(call, row)


async def put_preferences(call: Call[preferences.Preferences, Nothing]) -> Answer:
    return await shown_case(
        call, await call.services.store.write(preferences.set_preferences, call.actor, call.path["id"], call.body)
    )


async def get_care(call: Call[Nothing, Nothing]) -> Care:
    def read(reader: Reader) -> Care:
        must_read(reader, call.actor, call.path["id"])
        row = get(reader, call.path["id"])
        person = debtors.get(reader, row.debtor_id)
        own = str(load(get_portfolio(reader, row.portfolio_id).settings).get("care_line", ""))
        hold = next((each for each in GRAVEST if each in load(row.holds)), "")
        text = care_text(hold, person.language, person.jurisdiction[:2], own)
        return Care(hold, text, care_texts().source, care_texts().confidence)

    return await call.services.store.read(read)


async def get_near_misses(call: Call[Nothing, Paging]) -> NearMisses:
    return await call.services.store.read(near_misses, call.actor, call.query)


async def get_near_misses_of(call: Call[Nothing, Paging]) -> NearMisses:
    return await call.services.store.read(near_misses, call.actor, call.query, call.path["id"])


async def post_question(call: Call[questions.Ask, Nothing]) -> questions.Question:
    services = call.services
    return await services.store.write(questions.ask, call.actor, services.vault, call.path["id"], call.body)


async def post_answer(call: Call[questions.Choose, Nothing]) -> questions.Answered:
    services = call.services
    return await services.store.write(questions.choose, call.actor, services.vault, call.path["id"], call.body)


async def post_opt_out(call: Call[OptOut, Nothing]) -> DebtorShape:
    made = await call.services.store.write(consent.answer_opt_out, call.actor, call.path["id"], call.body.wants_out)
    return await shown_debtor(call, made)


def _endpoint(method: str, path: str, handler: Any, summary: str, body: Any, **more: Any) -> Endpoint:
    return Endpoint(
        method=method, path=path, handler=handler, summary=summary, body=body,
        **{"roles": EVERYBODY, "problems": ("conflict",), "answer": shapes.Case, **more},
    )  # fmt: skip


GRAVEST = ("distress", "deceased", "hardship", "vulnerable")
_CASE = "/api/v1/cases/{id}"
_REFUSALS = ("conflict", "gate_blocked", "gate_deferred", "gate_needs_approval")
ENDPOINTS = [
    _endpoint("POST", "/api/v1/contacts", post_contact, "Write down a call, letter or visit made elsewhere",
              elsewhere.NewContact, answer=elsewhere.Recorded, status=201, scope="contacts:write"),
    _endpoint("POST", "/api/v1/gate/reserve", post_reserve, "A dialer's slot for 15 minutes, if the gate allows it",
              elsewhere.Reserve, answer=elsewhere.Reserved, status=201, scope="contacts:write", problems=_REFUSALS),
    _endpoint("POST", f"{_CASE}/stops", post_stop, "Nothing leaves to this person any more", protect.StopBody),
    _endpoint("DELETE", f"{_CASE}/stops/{{stop}}", delete_stop, "Compliance lifts a stop", protect.LiftBody),
    _endpoint("POST", f"{_CASE}/holds", post_hold, "Collection of this person stands still", protect.HoldBody),
    _endpoint("DELETE", f"{_CASE}/holds/{{hold}}", delete_hold, "A supervisor lifts a hold", protect.LiftBody),
    _endpoint("PUT", f"{_CASE}/preferences", put_preferences, "Write down the channel and hours the debtor prefers",
              preferences.Preferences, problems=("not_owner", "stale_epoch")),
    _endpoint("POST", f"{_CASE}/identity/questions", post_question, "Ask who is there, by a list of five",
              questions.Ask, answer=questions.Question),
    _endpoint("POST", f"{_CASE}/identity/answers", post_answer, "Judge the choice the debtor named", questions.Choose,
              answer=questions.Answered),
    _endpoint("GET", f"{_CASE}/care", get_care, "The approved words for somebody in distress or hardship", Nothing,
              answer=Care, problems=()),
    _endpoint("GET", f"{_CASE}/near-misses", get_near_misses_of, "What the tone guard caught in a case", Nothing,
              answer=NearMisses, query=Paging, problems=()),
    _endpoint("GET", "/api/v1/near-misses", get_near_misses, "What the tone guard caught, the newest first", Nothing,
              answer=NearMisses, query=Paging, problems=()),
    _endpoint("POST", "/api/v1/contact-points/{id}/opt-out", post_opt_out,
              "Say whether words that may mean an opt-out did", OptOut, answer=DebtorShape),
]  # fmt: skip
