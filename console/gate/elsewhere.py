"""The gate for contacts that another system makes: a call, a letter, a visit. Same rules, same memory, no message."""

from __future__ import annotations

from msgspec import Struct

from console.debtors import queries as debtors
from console.gate.guard import Subject, hold_person, keep, must_allow, weigh
from console.gate.models import contact
from console.gate.types import Decision, Message, Way
from console.ledger.owed import owed
from console.portfolios.queries import get_portfolio
from console.store.base import load
from console.store.statement import add
from console.store.transaction import Tx
from console.wire.ids import new_id
from console.wire.moment import Ms


class Elsewhere(Struct, frozen=True):
    """A contact that somebody is about to make outside of this system."""

    debtor: str
    portfolio: str
    channel: Way
    sender: str
    case: str | None


def reserve_elsewhere(tx: Tx, asked: Elsewhere, until: Ms) -> tuple[str, Decision]:
    """The id of the reserved slot, with the decision. Raises what `must_allow` raises."""
    hold_person(tx, asked.debtor)
    person = debtors.get(tx, asked.debtor)
    about = Subject(
        debtor=person,
        point=None,
        address=None,
        inbox=None,
        link=None,
        book=get_portfolio(tx, asked.portfolio),
        debt=owed(tx, asked.debtor, asked.portfolio),
        case_id=asked.case or "",
        disclosure=0,
        disclosure_until=None,
        holds=[each["hold"] for each in load(person.holds)],
        unanswered=False,
        last_inbound_at=None,
    )
    weighed = weigh(tx, about, Message(channel=asked.channel, purpose="proactive", sender=asked.sender))
    must_allow(weighed.decision)
    made = new_id()
    add(
        tx, contact, id=made, debtor_id=person.id, channel=asked.channel, at=tx.now, purpose="proactive",
        author_id=asked.sender, item_id=None, counts=int(weighed.decision.counts), state="reserved", source="dialer",
        portfolio_id=asked.portfolio, until=until,
    )  # fmt: skip
    keep(tx, weighed, item_id=None, case_id=asked.case)
    return made, weighed.decision
