"""An approved plan goes to the debtor as a message of the agent's: by the ordinary reply verb, epoch and gate."""

from __future__ import annotations

from msgspec import Struct

from channels.registry import CHANNELS
from channels.types import Inbox
from console.access.actor import Actor
from console.access.visible import must_know
from console.cases.guards import still_open, workable
from console.cases.pairs import pick
from console.cases.queries import CaseRow
from console.cases.reply import Reply, reply
from console.debtors.queries import get as debtor
from console.errors import Conflict, GateBlocked
from console.ledger.owed import owed
from console.ledger.states import step
from console.negotiation import rows, texts
from console.negotiation.disputes import disputed_ids
from console.negotiation.plans import must_stand
from console.negotiation.rows import PlanRow
from console.negotiation.settle import name_of
from console.negotiation.tell import tell
from console.portfolios.queries import get_portfolio
from console.store.base import load
from console.store.transaction import Reader, Tx
from console.wire.moment import rfc3339
from console.wire.shapes import Money

BUTTON = "plan"  # a button's id is plan:PLAN:accept


class OfferBody(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The body of POST /plans/{id}/offer. `client_id` is the message's; left out, the plan's id stands for it."""

    channel: str
    client_id: str | None = None
    epoch: int | None = None


def offer_plan(tx: Tx, actor: Actor, plan_id: str, body: OfferBody) -> tuple[PlanRow, bool]:
    """Send it to the debtor; whether it was sent now. Raises NotFound, NotOwner, Conflict, GateBlocked and whatever
    `reply` does.
    """
    made = rows.one(tx, PlanRow, plan_id)
    must_know(tx, actor, made.case_id)
    if made.state == "offered" and made.offer_item_id is not None:
        return made, False
    row = workable(tx, actor, made.case_id, body.epoch)
    still_open(row)
    state = step("plan", made.state, "offered")
    if made.state == "needs_approval" or (made.needs_role and made.approved_by is None):
        raise Conflict("This plan waits for an approval.", state=made.state)
    must_stand(made, tx.now)
    _may_be_offered(tx, row, made)
    text, buttons = words(tx, row, made, body.channel)
    wish = Reply(client_id=body.client_id or made.id, epoch=row.epoch, channel=body.channel, text=text)
    item, _ = reply(tx, actor, row.id, wish, buttons=buttons, carries={"plan": made.id})
    for other in rows.open_offers(tx, row.debtor_id, row.portfolio_id):
        if other.id != made.id and other.state == "offered":
            rows.save(tx, other, state=step("plan", other.state, "cancelled"), detail="replaced", check_at=None,
                      updated_at=tx.now)  # fmt: skip
            tell(tx, row, "plan.cancelled", other, by=actor.id)
    rows.save(tx, made, state=state, detail="", offer_item_id=item.id, offered_at=tx.now, updated_at=tx.now)
    tell(tx, row, "plan.offered", made, by=actor.id, channel=body.channel)
    return made, True


def words(reader: Reader, row: CaseRow, made: PlanRow, channel: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The offer in the debtor's language, and its buttons where the channel has them."""
    language = debtor(reader, row.debtor_id).language
    book = get_portfolio(reader, row.portfolio_id)
    pair = pick(reader, row, channel)
    inbox = Inbox(id=pair.inbox.id, channel=pair.inbox.channel, provider=pair.inbox.provider,  # type: ignore[arg-type]
                  address=pair.inbox.address)  # fmt: skip
    has_buttons = CHANNELS[pair.inbox.provider].limits(inbox).buttons > 0
    lines = [(each.n, each.due, Money(each.amount_minor, made.currency)) for each in rows.instalments(reader, made.id)]
    text = texts.in_tongue(texts.OFFER if has_buttons else texts.OFFER_PLAIN, language).format(
        name=name_of(reader, row.debtor_id), creditor=load(book.creditor).get("name") or book.name,
        lines=texts.schedule_lines(lines, language, short=channel != "email"),
        total=texts.money(Money(made.total_minor, made.currency)),
        until=texts.day(rfc3339(made.expires_at - 1)[:10], language), word=texts.in_tongue(texts.ACCEPT, language),
    )  # fmt: skip
    titles = texts.BUTTONS[texts.tongue(language)] if has_buttons else ()
    return text, tuple((f"{BUTTON}:{made.id}:{act}", title) for act, title in titles)


def _may_be_offered(tx: Tx, row: CaseRow, made: PlanRow) -> None:
    """Domain rules 3.5, rule 9: identity first, nothing disputed, nobody who may not be asked; and still true."""
    if row.disclosure < 2 or (row.disclosure_until is not None and row.disclosure_until <= tx.now):
        raise GateBlocked(
            "Confirm who it is before a plan is offered.", reason="DISCLOSURE_TOO_HIGH", rule="disclosure"
        )
    if stops := load(debtor(tx, row.debtor_id).stops):
        raise GateBlocked(
            "This person may not be asked for money.", reason=stops[0]["stop"].upper(), rule="person_stop"
        )
    if load(row.holds):
        raise GateBlocked("A hold rests on this debtor.", reason="HARDSHIP_HOLD", rule="hold")
    if disputed_ids(tx, row) & set(load(made.charges)):
        raise Conflict("A charge of this plan is disputed.")
    if rows.live_plan(tx, row.debtor_id, row.portfolio_id) is not None:
        raise Conflict("An agreement stands already.")
    today = owed(tx, row.debtor_id, row.portfolio_id)
    before = sum(each.total for each in today.charges if each.id in load(made.charges))
    if today.as_of == made.as_of and before != made.before_minor:
        raise Conflict("What is owed has changed since this plan was made: make it again.", before=before)
