"""The debtor agrees: by a button, by a word, or by the agent's mark. The plan stands from then on, and is confirmed in
writing.
"""

from __future__ import annotations

import hashlib
import unicodedata
from typing import Any

from msgspec import Struct

from console.access.actor import Actor
from console.access.visible import must_know
from console.cases.guards import still_open, workable
from console.cases.queries import CaseRow, live
from console.cases.recount import recount_row
from console.cases.stop_clock import stop_the_clock
from console.cases.work import wake
from console.debtors.queries import get as debtor
from console.errors import Conflict, Invalid, Refusal
from console.ledger.states import step
from console.negotiation import rows, texts
from console.negotiation.offer import BUTTON
from console.negotiation.plans import end_plan, must_stand
from console.negotiation.promises import close_promise
from console.negotiation.rows import PlanRow
from console.negotiation.say import say
from console.negotiation.settle import Effects, bind, name_of, next_check, notify, refresh_plans
from console.negotiation.tell import tell
from console.portfolios.queries import get_portfolio
from console.store.base import dump, load
from console.store.transaction import Reader, Tx
from console.timeline import queries as timeline
from console.timeline.queries import ItemRow
from console.wire.moment import rfc3339
from console.wire.shapes import Money

YES = frozenset({
    "aceito", "aceito a proposta", "aceito o acordo", "aceito sim", "sim aceito", "sim, aceito", "fechado",
    "pode fechar",
    "acepto", "acepto la propuesta", "acepto el acuerdo", "si acepto", "si, acepto", "trato hecho",
    "i accept", "accept", "accepted", "yes i accept", "yes, i accept",
})  # fmt: skip
"""Whole messages, lower-cased and without accents, that agree to an offer. A mere yes does not: it may answer
anything."""


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
    """What a debtor's message says to the offer that stands: "accepted", "refused" or "" when nothing."""
    item = timeline.find(tx, item_id)
    if item is None or item.direction != "in":
        return ""
    row = live(tx, item.case_id)
    made, act, how = _meant(tx, row, item)
    if made is None or made.state != "offered" or made.expires_at <= tx.now:
        return ""
    if act == "refuse":
        end_plan(tx, row, made, "refused", "by_debtor", by=None, reason=item.text[:500])
        notify(tx, row, row.owner_id, "plan_refused")
        return "refused"
    if act != "accept":
        return ""
    try:
        agree(tx, row, made, {"how": how}, item, by=None)
    except Refusal:
        return ""  # the offer is no longer true: the agent sees the words and answers them
    return "accepted"


def agree(
    tx: Tx, row: CaseRow, made: PlanRow, evidence: dict[str, Any], item: ItemRow | None, *, by: str | None
) -> None:
    """The plan stands in place of its charges; everything planned is called off. Raises Conflict."""
    state = step("plan", made.state, "accepted")
    must_stand(made, tx.now)
    if rows.live_plan(tx, row.debtor_id, row.portfolio_id) is not None:
        raise Conflict("An agreement stands already.")
    offer = timeline.find(tx, made.offer_item_id or "")
    shown = "" if offer is None else offer.text
    proof = {
        **evidence, "at": rfc3339(tx.now), "shown": shown, "shown_sha256": hashlib.sha256(shown.encode()).hexdigest(),
        "disclosure": row.disclosure,
        **({} if item is None else {"item": item.id, "text": item.text, "contact_point": item.contact_point_id}),
    }  # fmt: skip
    rows.save(tx, made, state=state, detail="awaiting_down_payment", evidence=dump(proof), accepted_at=tx.now,
              updated_at=tx.now, check_at=next_check(tx, made, state))  # fmt: skip
    bind(tx, made)
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
    _confirm(tx, row, made)
    tx.wake("clockwork")


def _meant(tx: Tx, row: CaseRow, item: ItemRow) -> tuple[PlanRow | None, str, str]:
    """(plan, act, how) of a button that names its plan, or of a word while exactly one offer stands."""
    kind, _, rest = str(load(item.data).get("detail", {}).get("id", "")).partition(":")
    if kind == BUTTON:
        plan_id, _, act = rest.partition(":")
        found = next(
            (each for each in rows.open_offers(tx, row.debtor_id, row.portfolio_id) if each.id == plan_id), None
        )
        return found, act, "button"
    standing = [each for each in rows.open_offers(tx, row.debtor_id, row.portfolio_id) if each.state == "offered"]
    if len(standing) == 1 and folded(item.text) in YES:
        return standing[0], "accept", "word"
    return None, "", ""


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
    return item


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
    say(
        tx, row,
        (texts.in_tongue(texts.ACCEPTED, language).format(**facts),
         texts.in_tongue(texts.ACCEPTED_DISCREET, language).format(**facts)),
        purpose="requested_information", why="agreement", kind="acknowledgement",
    )  # fmt: skip


def reference(plan_id: str) -> str:
    """How a plan is called when people speak of it."""
    return f"A{plan_id[-8:].upper()}"
