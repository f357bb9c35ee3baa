"""The debtor agrees: by a button, by a word, or by the agent's mark. The plan stands from then on, and is confirmed in
writing.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import Any

from msgspec import Struct

from console.access.actor import Actor
from console.access.visible import must_know
from console.cases.guards import still_open, workable
from console.cases.itemise import composition
from console.cases.queries import CaseRow, live
from console.cases.receive import PLAN_TAP
from console.cases.recount import recount_row
from console.cases.stop_clock import stop_the_clock
from console.cases.work import wake
from console.debtors.holders import OWN
from console.debtors.queries import find_point
from console.debtors.queries import get as debtor
from console.errors import Conflict, Invalid, Refusal
from console.ledger.states import LIVE_PLAN, step
from console.negotiation import rows, texts
from console.negotiation.incentives import must_stand, stands_until
from console.negotiation.offer import replace_offers
from console.negotiation.plans import end_plan
from console.negotiation.promises import close_promise
from console.negotiation.rows import PlanRow
from console.negotiation.say import say
from console.negotiation.settle import Effects, bind, name_of, next_check, notify, refresh_plans
from console.negotiation.tell import tell
from console.portfolios.queries import get_portfolio
from console.store.base import dump, load
from console.store.transaction import Reader, Tx
from console.timeline import queries as timeline
from console.timeline.add import revise
from console.timeline.queries import ItemRow
from console.wire.moment import Ms, rfc3339
from console.wire.shapes import Money

YES = frozenset({
    "aceito", "aceito a proposta", "aceito o acordo", "aceito sim", "sim aceito", "sim, aceito", "fechado",
    "pode fechar",
    "acepto", "acepto la propuesta", "acepto el acuerdo", "si acepto", "si, acepto", "trato hecho",
    "i accept", "accept", "accepted", "yes i accept", "yes, i accept",
})  # fmt: skip
"""Whole messages, lower-cased and without accents, that agree to an offer. A mere yes does not: it may answer
anything."""
_NUMBERED = re.compile(r"(.*?)(?: (?:a |la |o |number |opcao |opcion |option )*(\d{1,2}))?")


class Evidence(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The body of POST /plans/{id}/accept: the debtor's message that agrees, or where and how they agreed."""

    evidence: dict[str, str]
    epoch: int | None = None


def accept_plan(tx: Tx, actor: Actor, plan_id: str, body: Evidence) -> PlanRow:
    """The agent's mark. `evidence` names the debtor's message (`item`), or says how they agreed (`text`).

    Raises NotFound, NotOwner, Conflict, Invalid.
    """
    made = rows.one(tx, PlanRow, plan_id)
    must_know(tx, actor, made.case_id)
    row = workable(tx, actor, made.case_id, body.epoch)
    still_open(row)
    item = _evidence_item(tx, row, body.evidence)
    if item is None and len(body.evidence.get("text", "").strip()) < 3:
        raise Invalid("Name the debtor's message (item), or say how they agreed (text).", field="evidence")
    agree(tx, row, made, {"how": "marked", "by": actor.id, **body.evidence}, item, by=actor.id)
    return made


def read_answer(tx: Tx, item_id: str) -> str:
    """What a debtor's message says to an offer: "accepted", "refused", "gone" when it taps one that stands no more, or
    "" when nothing.
    """
    item = timeline.find(tx, item_id)
    if item is None or item.direction != "in" or not _is_debtors(tx, item):
        return ""
    row = live(tx, item.case_id)
    made, act, how = _meant(tx, row, item)
    if made is None:
        return ""
    if made.state != "offered" or stands_until(tx, made) <= tx.now:
        return _gone(tx, row, made, item) if act == "accept" else ""
    if act == "refuse":
        for each in _together(tx, made):
            end_plan(tx, row, each, "refused", "by_debtor", by=None, reason=item.text[:500])
        notify(tx, row, row.owner_id, "plan_refused")
        return "refused"
    if act != "accept":
        return ""
    try:
        agree(tx, row, made, {"how": how}, item, by=None)
    except Refusal:  # the offer is no longer true: the agent sees the words too, and answers them
        return _gone(tx, row, made, item) if how == "button" else ""
    return "accepted"


def agree(
    tx: Tx, row: CaseRow, made: PlanRow, evidence: dict[str, Any], item: ItemRow | None, *, by: str | None,
    at: Ms | None = None,
) -> None:  # fmt: skip
    """The plan stands in place of its charges; everything planned is called off. Raises Conflict. `at`: when they
    agreed, where that is told later.
    """
    state = step("plan", made.state, "accepted")
    agreed = tx.now if at is None else at
    must_stand(tx, made, agreed)
    if rows.live_plan(tx, row.debtor_id, row.portfolio_id) is not None:
        raise Conflict("An agreement stands already.")
    offer = timeline.find(tx, made.offer_item_id or "")
    shown = "" if offer is None else offer.text
    proof = {
        **evidence, "at": rfc3339(agreed), "shown": shown, "shown_sha256": hashlib.sha256(shown.encode()).hexdigest(),
        "disclosure": row.disclosure,
        **({} if item is None else {"item": item.id, "text": item.text, "contact_point": item.contact_point_id}),
    }  # fmt: skip
    rows.save(tx, made, state=state, detail="awaiting_down_payment", evidence=dump(proof), accepted_at=tx.now,
              updated_at=tx.now, check_at=next_check(tx, made, state))  # fmt: skip
    bind(tx, made)
    replace_offers(tx, row, [made.id], by=by)
    promise = rows.open_promise(tx, row.debtor_id, row.portfolio_id)
    if promise is not None:
        close_promise(tx, row, promise, "cancelled", "plan", by=by)
    stop_the_clock(tx, row.debtor_id, "plan")
    tell(tx, row, "plan.accepted", made, by=by, how=evidence["how"])
    notify(tx, row, row.owner_id, "plan_accepted")
    refresh_plans(tx, row.debtor_id, row.portfolio_id, row, Effects())
    if row.status == "snoozed":
        wake(tx, row, "plan_accepted")
    recount_row(tx, row)
    if at is None:  # what was paid is thanked for, which says enough
        _confirm(tx, row, made)
    tx.wake("clockwork")


def _meant(tx: Tx, row: CaseRow, item: ItemRow) -> tuple[PlanRow | None, str, str]:
    """(plan, act, how) of a tap that names its plan, of a word while exactly one offer stands, or of the word and a
    plan's number in the offer of several.
    """
    tapped = str(load(item.data).get("detail", {}).get("id", ""))
    if tapped.startswith(PLAN_TAP):
        plan_id, _, act = tapped.removeprefix(PLAN_TAP).partition(":")
        found = rows.find(tx, PlanRow, plan_id)
        theirs = found is not None and (found.debtor_id, found.portfolio_id) == (row.debtor_id, row.portfolio_id)
        return found if theirs else None, act, "button"
    standing = [each for each in rows.open_offers(tx, row.debtor_id, row.portfolio_id) if each.state == "offered"]
    said, number = _NUMBERED.fullmatch(folded(item.text)).groups()  # type: ignore[union-attr]
    if not standing or said not in YES:
        return None, "", ""
    choices = _choices(tx, standing[0])
    if (number is None) != (len(choices) == 1):
        return None, "", ""
    if number is None:
        return standing[0], "accept", "word"
    chosen = choices[int(number) - 1 : int(number)] if int(number) else []
    return next((each for each in standing if each.id in chosen), None), "accept", "word"


def _choices(tx: Reader, made: PlanRow) -> list[str]:
    """The plans of the message that offered this one, in its order, whether each still stands or not."""
    offer = timeline.find(tx, made.offer_item_id or "")
    told: list[str] = [] if offer is None else load(offer.data).get("detail", {}).get("plans", [])
    return told or [made.id]


def _together(tx: Tx, made: PlanRow) -> list[PlanRow]:
    """This plan and those that were offered in the same message and still stand."""
    others = rows.open_offers(tx, made.debtor_id, made.portfolio_id)
    return [each for each in others if each.state == "offered" and each.offer_item_id == made.offer_item_id]


def _gone(tx: Tx, row: CaseRow, made: PlanRow, item: ItemRow) -> str:
    """Say kindly, once a message, that the offer stands no more. A second tap on what was agreed says nothing."""
    data = load(item.data)
    if made.state in LIVE_PLAN or made.state == "fulfilled" or data.get("gone"):
        return ""
    revise(tx, row, item, data=dump({**data, "gone": True}))
    language, book = debtor(tx, row.debtor_id).language, get_portfolio(tx, row.portfolio_id)
    facts = {"name": name_of(tx, row.debtor_id), "creditor": load(book.creditor).get("name") or book.name}
    text = texts.in_tongue(texts.GONE, language).format(**facts)
    say(tx, row, (text,), purpose="requested_information", why="offer_gone", kind="acknowledgement")
    return "gone"


def folded(text: str) -> str:
    """Lower case, without accents, punctuation at the end, or space around."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(plain.lower().split()).strip(" .!")


def _evidence_item(tx: Reader, row: CaseRow, given: dict[str, str]) -> ItemRow | None:
    if "item" not in given:
        return None
    item = timeline.find(tx, given["item"])
    if item is None or item.case_id != row.id or item.direction != "in":
        raise Invalid("That is not a message of the debtor on this case.", field="evidence.item")
    if not _is_debtors(tx, item):
        raise Invalid(
            "Somebody beside the debtor wrote that message: it is no consent of the debtor's. Name one of the debtor's "
            "own, or say how they agreed (text).",
            field="evidence.item",
        )
    return item


def _is_debtors(reader: Reader, item: ItemRow) -> bool:
    """Whether it came from an address of the debtor's own: who owes with them agrees to nothing in their name."""
    point = find_point(reader, item.contact_point_id or "")
    return point is None or point.holder == OWN


def _confirm(tx: Tx, row: CaseRow, made: PlanRow) -> None:
    language = debtor(tx, row.debtor_id).language
    book = get_portfolio(tx, row.portfolio_id)
    lines = [(each.n, each.due, Money(each.amount_minor, made.currency)) for each in rows.instalments(tx, made.id)]
    facts = {
        "name": name_of(tx, row.debtor_id), "reference": reference(made.id),
        "creditor": load(book.creditor).get("legal_name") or book.name,
        "lines": texts.schedule_lines(lines, language, short=False),
        "total": texts.money(Money(made.total_minor, made.currency)),
    }  # fmt: skip
    full = texts.in_tongue(texts.ACCEPTED, language).format(**facts)
    items = composition(tx, row.debtor_id, row.portfolio_id, load(made.charges))
    say(
        tx, row,
        ("\n".join(filter(None, (full, items))),
         texts.in_tongue(texts.ACCEPTED_DISCREET, language).format(**facts)),
        purpose="requested_information", why="agreement", kind="acknowledgement",
    )  # fmt: skip


def reference(plan_id: str) -> str:
    """How a plan is called when people speak of it."""
    return f"A{plan_id[-8:].upper()}"
