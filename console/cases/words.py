"""What a debtor's words mean before anybody reads them: stop, start, wrong person, distress, dispute.

Opt-out words count on every channel and in pt, es and en (reference: domain rules 1.5); a stop holds for the address, a
"never again" for the person. Distress and hardship put a hold and ring the alarm (GT-7).
"""

from __future__ import annotations

from channels.optout import classify, possible_opt_out
from channels.types import Inbound
from console.cases.automatic import answer_help, confirm_opt_out, greet
from console.cases.changed import told, with_contact_points
from console.cases.queries import CaseRow
from console.cases.requests import raise_request
from console.cases.requirements import care_needs, require
from console.cases.specialist import to_specialist
from console.cases.standing import Held, settle
from console.cases.stop_clock import stop_the_clock
from console.debtors.consents import log_consent
from console.debtors.holders import OWN
from console.debtors.models import address, contact_point, debtor
from console.debtors.resolve import Found, hold
from console.debtors.states import step
from console.portfolios.queries import InboxRow, get_portfolio
from console.store.base import dump, load
from console.store.statement import change
from console.store.transaction import Tx
from console.timeline.add import add_event

POSSIBLE = "possible"  # the source of an opt-out that somebody must read and confirm
GRAVEST = ("distress", "deceased", "hardship")
ALARMS = frozenset(GRAVEST)  # flags of the routing rules that stop collection


def heed(tx: Tx, row: CaseRow, inbox: InboxRow, message: Inbound, found: Found, stands: Held) -> None:
    """Act on what the message says by itself; the case's row is live and is saved by the caller's verb. `stands`: what
    the debtor promised and agreed to, which no words change before somebody has read them.

    Greets, too: but neither somebody who just asked us to stop nor somebody in distress.
    """
    meaning = message.opt or classify(message.text)
    if meaning == "stop":
        opt_out(tx, row, inbox, found, source="provider" if message.opt else "message", confirmed=bool(message.opt))
    elif meaning == "start":
        _opt_in(tx, row, found)
    elif meaning == "cease" and found.point.holder != OWN:  # their own wish, of their own address
        opt_out(tx, row, inbox, found, source="message", confirmed=False)
    elif meaning == "cease":
        _cease(tx, row, found)
    elif meaning == "wrong_person":
        _wrong_person(tx, row, found)
    elif meaning == "" and possible_opt_out(message.text):
        _maybe_opt_out(tx, row, found)
    book = get_portfolio(tx, inbox.portfolio_id)
    asked = require(tx, row, book, found.debtor, channel=inbox.channel, words=message.text)
    grave = [flag for flag in asked.flags if flag in ALARMS]
    for flag in grave:
        _care(tx, row, found, flag, [fired.phrase for fired in asked.fired if fired.rule == flag and fired.phrase])
    settle(tx, row, stands)
    if grave:
        flag = min(grave, key=GRAVEST.index)
        named = {need.name for need in care_needs(tx, row, book, found.debtor, flag)}
        to_specialist(tx, row, flag, [need for need in asked.needs if need.name in named])
        return
    if meaning == "help" and not message.opt:  # a provider that told us so has answered it itself
        answer_help(tx, row, inbox, found)
    elif meaning in ("", "start") and found.address.opted_out_at is None:
        greet(tx, row, inbox, message, found)


def opt_out(tx: Tx, row: CaseRow, inbox: InboxRow, found: Found, *, source: str, confirmed: bool) -> None:
    """The address wants no more messages on this channel. Planned ones are cancelled; one confirmation may leave."""
    if found.address.opted_out_at is not None:
        return
    found.address.opted_out_at = tx.now
    change(tx, address, {"id": found.address.id}, opted_out_at=tx.now, opt_out_source=source)
    _log(tx, found, "opted_out", source)
    stop_the_clock(tx, row.debtor_id, "opt_out")
    add_event(tx, row, "consent.opted_out", {"channel": inbox.channel, "source": source})
    with_contact_points(tx, row)
    if not confirmed:
        confirm_opt_out(tx, row, inbox, found)


def _maybe_opt_out(tx: Tx, row: CaseRow, found: Found) -> None:
    """Words that may mean it (domain §1.5): nothing more leaves here until somebody has read them and says which."""
    if found.address.opted_out_at is not None:
        return
    found.address.opted_out_at = tx.now
    change(tx, address, {"id": found.address.id}, opted_out_at=tx.now, opt_out_source=POSSIBLE)
    stop_the_clock(tx, row.debtor_id, "possible_opt_out")
    data = {"channel": found.address.channel, "contact_point": found.point.id}
    add_event(tx, row, "consent.possible_opt_out", data)
    raise_request(tx, row, "alarm", "possible_opt_out", detail=data)
    with_contact_points(tx, row)


def _log(tx: Tx, found: Found, act: str, source: str = "message") -> None:
    """Into the ledger of consent."""
    log_consent(tx, found.debtor.id, act, channel=found.address.channel, point_id=found.point.id, source=source)


def _opt_in(tx: Tx, row: CaseRow, found: Found) -> None:
    if found.address.opted_out_at is None:
        return
    found.address.opted_out_at = None
    change(tx, address, {"id": found.address.id}, opted_out_at=None, opt_out_source="")
    _log(tx, found, "opted_in")
    add_event(tx, row, "consent.opted_in", {"channel": found.address.channel, "source": "message"})
    with_contact_points(tx, row)


def _cease(tx: Tx, row: CaseRow, found: Found) -> None:
    stops = load(found.debtor.stops)
    if any(each["stop"] == "cease_contact" for each in stops):
        return
    stops.append({"stop": "cease_contact", "at": tx.now, "by": "debtor", "until": None})
    change(tx, debtor, {"id": found.debtor.id}, stops=dump(stops), updated_at=tx.now)
    log_consent(tx, found.debtor.id, "ceased", source="message")
    stop_the_clock(tx, row.debtor_id, "cease_contact")
    add_event(tx, row, "consent.ceased", {"source": "message"})
    told(tx, row)


def _wrong_person(tx: Tx, row: CaseRow, found: Found) -> None:
    """ "That is not me" ends the contact point for this debtor."""
    change(tx, contact_point, {"id": found.point.id}, state=step(found.point.state, "wrong_number"), disclosure=0,
           verified=0)  # fmt: skip
    _log(tx, found, "wrong_person")
    stop_the_clock(tx, row.debtor_id, "wrong_person")
    row.disclosure, row.disclosure_until = 0, None
    add_event(tx, row, "contact_point.wrong", {"channel": found.address.channel, "contact_point": found.point.id})
    with_contact_points(tx, row)


def _care(tx: Tx, row: CaseRow, found: Found, flag: str, phrases: list[str]) -> None:
    """Collection stops, the alarm rings, a specialist is called; a human may always answer with care."""
    if flag in load(row.holds):
        return
    row.holds = dump(sorted({*load(row.holds), *hold(tx, found.debtor, flag, "words")}))
    stop_the_clock(tx, row.debtor_id, flag)
    add_event(tx, row, "hold.placed", {"hold": flag, "phrases": phrases})
    raise_request(tx, row, "alarm", flag, detail={"phrases": phrases})
    told(tx, row)
