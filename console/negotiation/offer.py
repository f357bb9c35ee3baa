"""An approved plan goes to the debtor as a message of the agent's: by the ordinary reply verb, epoch and gate."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from msgspec import Struct, field

from channels.choices import Choice
from console.access.actor import Actor
from console.access.visible import must_know
from console.cases.fit import limits_of
from console.cases.guards import still_open, workable
from console.cases.itemise import composition
from console.cases.pairs import pick_own
from console.cases.queries import CaseRow
from console.cases.receive import PLAN_TAP
from console.cases.reply import Reply, reply
from console.debtors.queries import get as debtor
from console.errors import Conflict, GateBlocked, Invalid, NotFound
from console.gate.checks import STOP_CODES
from console.gate.profiles import common_rules
from console.ledger.owed import owed
from console.ledger.states import step
from console.negotiation import incentives, rows, texts
from console.negotiation.disputes import disputed_ids
from console.negotiation.rows import PlanRow
from console.negotiation.settle import name_of
from console.negotiation.tell import tell
from console.negotiation.withdrawn import withdraw_offer
from console.portfolios.queries import get_portfolio
from console.store.base import load
from console.store.transaction import Reader, Tx
from console.wire.shapes import Money

HOLD_CODES = {"time_barred": "TIME_BARRED", "legal": "LEGAL_ONLY"}
"""The gate's codes of holds, in its order; any other is of care."""
MOST = 8  # plans of one offer: a list of WhatsApp's has ten rows, two of which say none and let us talk


class OfferBody(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The body of POST /plans/{id}/offer. `client_id` is the message's; left out, the plan's id stands for it.

    `also`: other plans of the same case among which the debtor chooses one, in this order after the first.
    """

    channel: str
    client_id: str | None = None
    epoch: int | None = None
    also: list[str] = field(default_factory=list)


class Words(Struct, frozen=True):
    """An offer as it leaves. `choices` and `menu` are empty where the channel has nothing to tap; 0 = no limit."""

    text: str
    choices: tuple[Choice, ...]
    menu: str
    most: int


def offer_plan(tx: Tx, actor: Actor, plan_id: str, body: OfferBody) -> tuple[PlanRow, bool]:
    """Send it to the debtor; whether it was sent now. Raises NotFound, NotOwner, Conflict, GateBlocked, Invalid and
    whatever `reply` does.
    """
    made = rows.one(tx, PlanRow, plan_id)
    must_know(tx, actor, made.case_id)
    if made.state == "offered" and made.offer_item_id is not None:
        return made, False
    row = workable(tx, actor, made.case_id, body.epoch)
    still_open(row)
    several = [made, *_others(tx, made, body.also)]
    states = [_offerable(tx, row, each) for each in several]
    said = words(tx, row, several, body.channel)
    wish = Reply(client_id=body.client_id or made.id, epoch=row.epoch, channel=body.channel, text=said.text)
    carries = {"plan": made.id, **({"plans": [each.id for each in several]} if body.also else {})}
    item, _ = reply(tx, actor, row.id, wish, buttons=said.choices, menu=said.menu, carries=carries)
    if said.most and len(item.text) > said.most:
        raise Invalid(
            f"The offer has {len(item.text)} characters, this channel carries {said.most}: offer fewer plans at once, "
            "or in fewer instalments.", field="also" if body.also else "channel",
        )  # fmt: skip
    replace_offers(tx, row, [each.id for each in several], by=actor.id)
    for each, state in zip(several, states, strict=True):
        rows.save(tx, each, state=state, detail="", offer_item_id=item.id, offered_at=tx.now, updated_at=tx.now)
        tell(tx, row, "plan.offered", each, by=actor.id, channel=body.channel)
    return made, True


def replace_offers(tx: Tx, row: CaseRow, but: Collection[str], *, by: str | None) -> None:
    """Every offer that stands ends, except those named: another took its place."""
    for other in rows.open_offers(tx, row.debtor_id, row.portfolio_id):
        if other.id not in but and other.state == "offered":
            rows.save(tx, other, state=step("plan", other.state, "cancelled"), detail="replaced", check_at=None,
                      updated_at=tx.now)  # fmt: skip
            withdraw_offer(tx, other)
            tell(tx, row, "plan.cancelled", other, by=by)


def words(reader: Reader, row: CaseRow, several: Sequence[PlanRow], channel: str) -> Words:
    """The offer in the debtor's language, and what they may tap where the channel has that."""
    language = debtor(reader, row.debtor_id).language
    book = get_portfolio(reader, row.portfolio_id)
    pair = pick_own(reader, row, channel)
    limits = limits_of(pair.inbox)
    taps = limits.buttons > 0
    forms = (texts.SEVERAL, texts.SEVERAL_PLAIN) if len(several) > 1 else (texts.OFFER, texts.OFFER_PLAIN)
    menu = texts.in_tongue(texts.MENU, language) if taps and len(several) > 1 else ""
    text = texts.in_tongue(forms[0] if taps else forms[1], language).format(
        name=name_of(reader, row.debtor_id), creditor=load(book.creditor).get("name") or book.name,
        lines=_lines(reader, several, language, short=channel != "email"), menu=menu,
        total=texts.money(Money(several[0].total_minor, several[0].currency)),
        until=_until(reader, several, language),
        word=texts.in_tongue(texts.ACCEPT, language),
    )  # fmt: skip
    last = texts.in_tongue(texts.LAST, language) if any(load(each.wish).get("last") for each in several) else ""
    text = "\n".join(filter(None, (text, last, _items(reader, row, several))))
    choices = _choices(reader, several, language) if taps else ()
    return Words(text, choices, menu, limits.caption_chars if taps else limits.text_chars)


def _until(reader: Reader, several: Sequence[PlanRow], language: str) -> str:
    first = min(several, key=lambda each: each.expires_at)
    day, hour = incentives.local_end(reader, first.debtor_id, first.expires_at)
    return ", ".join(filter(None, (texts.day(day, language), hour)))


def _items(reader: Reader, row: CaseRow, several: Sequence[PlanRow]) -> str:
    """What the plans' charges are made of, and what a single one takes off."""
    first = several[0]
    charges = {charge for each in several for charge in load(each.charges)}
    discount = sum(amount for each in load(first.granted) for amount in each.values()) if len(several) == 1 else 0
    return composition(reader, row.debtor_id, row.portfolio_id, charges, discount=discount)


def _lines(reader: Reader, several: Sequence[PlanRow], language: str, *, short: bool) -> str:
    if len(several) == 1:
        return texts.schedule_lines(_schedule(reader, several[0]), language, short=short)
    return "\n".join(
        texts.option_line(k, _schedule(reader, each), Money(each.total_minor, each.currency), language, short=short)
        for k, each in enumerate(several, 1)
    )


def _choices(reader: Reader, several: Sequence[PlanRow], language: str) -> tuple[Choice, ...]:
    """Accept, refuse and talk of one plan; of several, a row to accept each of them, and to refuse them all."""
    first = f"{PLAN_TAP}{several[0].id}"
    titles = dict(texts.BUTTONS[texts.tongue(language)])
    if len(several) == 1:
        return tuple(Choice(f"{first}:{act}", title) for act, title in titles.items())
    options = []
    for k, each in enumerate(several, 1):
        title, note = texts.option_row(k, _schedule(reader, each), Money(each.total_minor, each.currency), language)
        options.append(Choice(f"{PLAN_TAP}{each.id}:accept", title, note))
    none = Choice(f"{first}:refuse", texts.in_tongue(texts.NONE_OF_THEM, language))
    return (*options, none, Choice(f"{first}:talk", titles["talk"]))


def _schedule(reader: Reader, made: PlanRow) -> list[tuple[int, str, Money]]:
    return [(each.n, each.due, Money(each.amount_minor, made.currency)) for each in rows.instalments(reader, made.id)]


def _others(tx: Tx, made: PlanRow, also: list[str]) -> list[PlanRow]:
    """The other plans of one offer, each of the same case. A plan of another case is a NotFound, as any unseen one."""
    if len({made.id, *also}) <= len(also):
        raise Invalid("Name each plan of an offer once.", field="also")
    if len(also) >= MOST:
        raise Invalid(f"An offer holds at most {MOST} plans.", field="also")
    found = [rows.one(tx, PlanRow, each) for each in also]
    if any(each.case_id != made.case_id for each in found):
        raise NotFound
    return found


def _offerable(tx: Tx, row: CaseRow, made: PlanRow) -> str:
    """Its state once it is offered. Raises Conflict, GateBlocked."""
    state = step("plan", made.state, "offered")
    if made.state == "needs_approval" or (made.needs_role and made.approved_by is None):
        raise Conflict("This plan waits for an approval.", state=made.state)
    incentives.must_stand(tx, made, tx.now)
    _may_be_offered(tx, row, made)
    if incentives.is_incentive(made):  # an approval took its time: what is left of the offer's still is enough
        first = incentives.least(tx, made.debtor_id, get_portfolio(tx, made.portfolio_id).jurisdiction, tx.now)
        until = max(made.expires_at, first)
        rows.save(tx, made, expires_at=until, check_at=until)
    return state


def _may_be_offered(tx: Tx, row: CaseRow, made: PlanRow) -> None:
    """Domain rules 3.5, rule 9: identity first, nothing disputed, nobody who may not be asked; and still true."""
    if row.disclosure < 2 or (row.disclosure_until is not None and row.disclosure_until <= tx.now):
        raise GateBlocked(
            "Confirm who it is before a plan is offered.", reason="DISCLOSURE_TOO_HIGH", rule="disclosure"
        )
    stops = {each["stop"] for each in load(debtor(tx, row.debtor_id).stops)}
    if code := next((code for stop, code in STOP_CODES.items() if stop in stops), ""):
        raise GateBlocked("This person may not be asked for money.", reason=code, rule=common_rules()[code].rule)
    holds = load(row.holds)
    if holds:
        code = next((code for hold, code in HOLD_CODES.items() if hold in holds), "HARDSHIP_HOLD")
        raise GateBlocked("A hold rests on this debtor.", reason=code, rule=common_rules()[code].rule)
    if disputed_ids(tx, row) & set(load(made.charges)):
        raise Conflict("A charge of this plan is disputed.")
    if rows.live_plan(tx, row.debtor_id, row.portfolio_id) is not None:
        raise Conflict("An agreement stands already.")
    today = owed(tx, row.debtor_id, row.portfolio_id)
    before = sum(each.total for each in today.charges if each.id in load(made.charges))
    wish = load(made.wish)
    if wish.get("last"):
        covered = [each for each in today.charges if each.id in load(made.charges)]
        asked = {each["component"]: each["bp"] for each in wish["discounts"]}
        incentives.must_be_better(tx, row.debtor_id, row.portfolio_id, covered, asked)
    if today.as_of == made.as_of and before != made.before_minor:
        raise Conflict("What is owed has changed since this plan was made: make it again.", before=before)
