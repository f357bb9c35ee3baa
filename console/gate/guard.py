"""The one door (invariant 6): gathers the facts, asks `decide`, keeps the answer, and alone makes permits.

The same answer in composer, API and at the moment of sending; at sending it is taken in the transaction that reserves
the contact, so that two messages cannot both pass the last slot of a day.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, bindparam, func, or_, select

from channels.types import Permit
from console.debtors import phones
from console.debtors.queries import AddressRow, DebtorRow, LinkRow, PointRow
from console.errors import GateBlocked, GateDeferred, GateNeedsApproval, Refusal
from console.gate import models, points
from console.gate.decide import decide
from console.gate.granted import Granted
from console.gate.house import house_facts, windows_of
from console.gate.itemised import mending
from console.gate.prescribed import barred
from console.gate.profiles import wants, years_of
from console.gate.quotes import quotes
from console.gate.receipts import claimed_until, was_paid_lately
from console.gate.types import Contact, Decision, Facts, Mend, Message, Place, Window
from console.gate.validation import KIND, disputable_until, text_in
from console.ledger.itemise import sums_of
from console.ledger.links import standing
from console.ledger.owed import Owed
from console.ledger.said import long_day
from console.portfolios.health import health_of, limit_of, trouble, written_to
from console.portfolios.queries import InboxRow, PortfolioRow, find_template
from console.store.base import dump, load
from console.store.statement import Query, add, change, value
from console.store.transaction import Reader, Tx
from console.wire.ids import new_id
from console.wire.moment import DAY, Ms, rfc3339

HISTORY_MS = 15 * DAY
CARING = frozenset({"hardship", "vulnerable", "deceased"})  # a death that was said and not proven yet, too
MISSING = {
    "MISSING_ELEMENT:itemisation": "The text names a sum that is owed without what it is made of: add the original "
    "amount and each addition by its name, as in mend.text.",
    "MISSING_ELEMENT:validation_notice": "The validation notice is overdue: attach the document of that kind (POST "
    "/cases/{id}/documents) to this message, or write down the letter that carried it (POST /contacts).",
}
"""What is missing and how it is put in, for who calls the API."""
NOT_THEIRS = (
    "The address is of somebody to whom nothing may be said of the debt. Where they wrote within the day, a person may "
    "answer in neutral words; a co-debtor, guarantor or representative counts as such once the proof is written down."
)
DEADLINE_MS = 10_000  # after the claim, the call must have started

_CONTACTS = Query(
    select(
        models.contact.c.at,
        models.contact.c.channel,
        models.contact.c.counts,
        models.contact.c.purpose,
        models.contact.c.author_id,
    ).where(
        models.contact.c.debtor_id == bindparam("debtor_id"),
        models.contact.c.at > bindparam("since"),
        models.contact.c.state != "returned",
        func.coalesce(models.contact.c.item_id, "") != bindparam("item_id"),
        or_(models.contact.c.until.is_(None), models.contact.c.until > bindparam("now")),
    ),
    lambda at, channel, counts, purpose, author: Contact(
        at=at, channel=channel, counts=bool(counts), purpose=purpose, sender=author
    ),
)
_APPROVALS = Query(
    select(models.approval.c.profile, models.approval.c.version).where(
        models.approval.c.portfolio_id == bindparam("portfolio_id"), models.approval.c.revoked_at.is_(None)
    ),
    lambda *columns: columns,
)


def _of_contacts(moment: ColumnElement[Any], which: ColumnElement[bool]) -> Query[Any]:
    """A moment of the contacts that left, of one person for one portfolio."""
    spent = models.contact.c
    return Query(
        select(moment).where(
            spent.debtor_id == bindparam("debtor_id"),
            spent.portfolio_id == bindparam("portfolio_id"),
            spent.state == "spent",
            which,
        ),
        value,
    )


_FIRST = _of_contacts(
    func.min(models.contact.c.at),
    models.contact.c.purpose.not_in(("greeting", "away", "acknowledgement", "optout_confirmation")),
)
_NOTICED = _of_contacts(func.max(models.contact.c.at), models.contact.c.purpose == KIND)
_STOPS = Query(select(models.stop.c.scope), value)


class Weighed(msgspec.Struct, frozen=True):
    """A decision with what it was made of, for the evidence."""

    decision: Decision
    message: Message
    facts: Facts


class Subject(msgspec.Struct):
    """Whom a message concerns and how it stands between us: what the facts are read from."""

    debtor: DebtorRow
    point: PointRow | None  # the address and what belongs to it: None for a contact that is made elsewhere
    address: AddressRow | None
    inbox: InboxRow | None
    link: LinkRow | None
    book: PortfolioRow
    debt: Owed
    case_id: str
    disclosure: int
    disclosure_until: Ms | None
    holds: list[str]
    unanswered: bool
    last_inbound_at: Ms | None
    item_id: str = ""  # the message judged, so that it does not count against itself
    sender_active: bool = True
    reason_given: bool = False  # the writer said why they send it all the same
    granted: Granted | None = None  # what a supervisor approved of this very message


def judge(reader: Reader, subject: Subject, message: Message, at: Ms | None = None) -> Decision:
    """The gate's answer now, or at another moment. Stores nothing."""
    return weigh(reader, subject, message, at).decision


def weigh(reader: Reader, subject: Subject, message: Message, at: Ms | None = None) -> Weighed:
    """The same with its inputs, for those who keep it."""
    known = facts(reader, subject, message)
    words = " ".join((message.text or "", message.subject, message.template.body if message.template else ""))
    if links := standing(reader, subject.debtor.id, subject.book.id, words):
        known = msgspec.structs.replace(known, pay_links=links)
    if message.template is not None and message.template.category == "marketing":
        known = msgspec.structs.replace(known, consents=(*known.consents, *points.offers(reader, subject.point)))
    if lines := quotes(reader, subject.case_id, message.body):
        known = msgspec.structs.replace(known, quoted=lines)
    if message.body and wants("itemisation", known.places):
        known = msgspec.structs.replace(known, itemised=sums_of(subject.debt))
    if known.billing != "first_party" and wants(KIND, known.places):
        whose = {"debtor_id": subject.debtor.id, "portfolio_id": subject.book.id}
        known = msgspec.structs.replace(
            known, first_contact_at=_FIRST.first(reader, **whose), noticed_at=_NOTICED.first(reader, **whose)
        )
    decision = decide(message, known, reader.now if at is None else at)
    return Weighed(_mended(reader, decision, subject, message, known), message, known)


def _mended(reader: Reader, decision: Decision, subject: Subject, message: Message, known: Facts) -> Decision:
    """With what is missing and known to us, ready to be put in."""
    if decision.code == "MISSING_ELEMENT:itemisation":
        mend = Mend(mending(message.body, known.itemised, subject.debtor.language))
    elif decision.code == "MISSING_ELEMENT:validation_notice" or "NOTICE_DUE" in decision.warnings:
        mend = Mend(_covering(reader, subject), KIND)
    else:
        return decision
    return msgspec.structs.replace(decision, mend=mend)


def _covering(reader: Reader, subject: Subject) -> str:
    """The words of a message that carries the notice."""
    person, house = subject.debtor, house_facts(subject.book)
    until = disputable_until(date.fromisoformat(subject.debt.as_of), person.jurisdiction[:2])
    return text_in(person.language).message.format(
        name=(person.name.split() or [""])[0], collector=house.collector or subject.book.name, creditor=house.creditor,
        until=long_day(until, person.language),
    )  # fmt: skip


def must_allow(decision: Decision) -> None:
    """Raises GateBlocked, GateDeferred or GateNeedsApproval with the domain's code in `reason`."""
    if decision.outcome == "allow":
        return
    raise refusal(decision)


def refusal(decision: Decision) -> Refusal:
    told: dict[str, Any] = {"reason": decision.code, "rule": decision.rule, "source": decision.source}
    if decision.allowed_at is not None:
        told["allowed_at"] = rfc3339(decision.allowed_at)
    if decision.spans:
        told["spans"] = [list(span) for span in decision.spans]
    detail = ""
    if decision.code == "THIRD_PARTY":
        detail = NOT_THEIRS
    if decision.mend is not None and decision.code in MISSING:
        told["mend"] = decision.mend
        detail = MISSING[decision.code]
    if decision.outcome == "defer":
        return GateDeferred(**told)
    if decision.outcome == "needs_approval":
        return GateNeedsApproval(approver=decision.approver, **told)
    return GateBlocked(detail, **told)


def keep(tx: Tx, weighed: Weighed, *, item_id: str | None, case_id: str | None) -> str:
    """Store a decision and everything it was made of, less the words of the message; its id."""
    made, decision, known = new_id(), weighed.decision, weighed.facts
    lifted = {"approved": {"approval": known.approval, "by": known.approved_by, "codes": sorted(known.approved)}}
    add(
        tx, models.decision, id=made, at=tx.now, item_id=item_id, case_id=case_id, outcome=decision.outcome,
        code=decision.code, rule=decision.rule, source=decision.source, allowed_at=decision.allowed_at,
        detail=dump({"checks": [[each.name, each.outcome] for each in decision.checks], "purpose": decision.purpose,
                     "profile": decision.profile, "warnings": decision.warnings, **(lifted if known.approval else {})}),
        inputs=inputs(weighed),
    )  # fmt: skip
    return made


def inputs(weighed: Weighed) -> str:
    """What a decision was made of, as JSON. The words stand on the timeline, and are no part of it."""
    message = msgspec.structs.replace(weighed.message, text=None, subject="", template=None)
    template = weighed.message.template
    known: dict[str, object] = {"message": message, "facts": weighed.facts}
    if template is not None:
        known["template"] = msgspec.structs.replace(template, body="")
    return msgspec.json.encode(known, enc_hook=str, order="sorted").decode()


def permit(tx: Tx, subject: Subject, weighed: Weighed, item_id: str) -> Permit:
    """Reserve the contact and give leave for this one message. Only for a decision that allows, of this transaction.

    Two workers cannot both pass the last slot: whoever reserves holds the debtor to the end of the transaction, and
    asks `weigh` only then.
    """
    message, decision = weighed.message, weighed.decision
    must_allow(decision)
    add(
        tx, models.contact, id=new_id(), debtor_id=subject.debtor.id, channel=message.channel, at=tx.now,
        purpose=message.kind or decision.purpose, author_id=message.sender, item_id=item_id,
        counts=int(decision.counts), state="reserved", inbox_id=subject.inbox.id if subject.inbox else None,
        portfolio_id=subject.book.id,
    )  # fmt: skip
    made = keep(tx, weighed, item_id=item_id, case_id=subject.case_id)
    return Permit(ref=item_id, decision=made, until=tx.now + DEADLINE_MS)


def hold_person(tx: Tx, debtor_id: str) -> None:
    """Nobody else reserves a contact with this person until this transaction ends."""
    tx.lock(f"contact:{debtor_id}")


def spend(tx: Tx, item_id: str) -> None:
    """The provider took it, or may have: the contact counts."""
    change(tx, models.contact, {"item_id": item_id, "state": "reserved"}, state="spent")


def give_back(tx: Tx, item_id: str) -> None:
    """It surely did not leave: the contact is free again."""
    change(tx, models.contact, {"item_id": item_id, "state": "reserved"}, state="returned")


def facts(reader: Reader, subject: Subject, message: Message) -> Facts:
    """Everything the decision reads, in this transaction."""
    person, point, where = subject.debtor, subject.point, subject.address
    places, ambiguous = places_for(person.jurisdiction, person.timezone, where.phone if where is not None else "")
    house = house_facts(subject.book)
    contacts = _CONTACTS.all(
        reader, debtor_id=person.id, since=reader.now - HISTORY_MS, now=reader.now, item_id=subject.item_id or "-"
    )
    old = barred(reader, subject.debt, person.id, subject.book.id, years_of(places))
    proven = points.session_level(reader, point, subject.disclosure, subject.disclosure_until)
    state = points.point_state(point, where, reader.now)
    return Facts(
        sender_active=subject.sender_active,
        inbox_connected=subject.inbox is None or subject.inbox.state == "active",
        channel_trouble=trouble(health_of(reader, subject.inbox.id), reader.now) if subject.inbox else "",
        kill_switches=_switches(reader, subject, message),
        profile_approvals=frozenset(_APPROVALS.all(reader, portfolio_id=subject.book.id)),
        billing=house.billing,
        whatsapp_attested=house.whatsapp_attested,
        wa_limit_reached=_limit_reached(reader, subject),
        creditor_names=house.creditor_names,
        link_domains=house.link_domains,
        point_state="active" if state == "reverify" and proven else state,
        opt_outs=points.opt_outs(reader, point, where),
        optout_confirmed=any(
            each.purpose == "optout_confirmation" and where is not None and each.at >= (where.opted_out_at or 0)
            for each in contacts
        ),
        recipient=points.recipient_of(point),
        shared=bool(person.shared),
        consents=points.consents(point),
        disclosure=max(points.level_of(point, reader.now), proven),
        amounts_at_level_1=house.amounts_at_level_1,
        stops=frozenset(each["stop"] for each in load(person.stops)),
        hold=_hold(subject.holds),
        paid=subject.debt.total_minor == 0,
        balance_minor=subject.debt.total_minor,
        disputed_all="DISPUTED" in subject.debt.overlays and all(each.overlays for each in subject.debt.charges),
        disputed_charges=frozenset(each.id for each in subject.debt.charges if "DISPUTED" in each.overlays),
        prescribed="time_barred" in subject.holds or old.every,
        barred_charges=old.charges,
        barred=old.sums,
        legal="legal" in subject.holds,
        proceedings_started=house.proceedings_started,
        days_past_due=subject.debt.days_late if subject.debt.charges else None,
        places=places,
        location_ambiguous=ambiguous,
        extra_holidays=house.closed_days,
        window_closes_at=subject.link.window_closes_at if subject.link else None,
        last_inbound_at=subject.last_inbound_at,
        point_last_inbound_at=point.last_inbound_at if point else None,
        unanswered=subject.unanswered,
        information_requested_at=subject.last_inbound_at if subject.unanswered else None,
        claimed_until=claimed_until(reader, person.id, subject.book.id),
        payment_confirmed=was_paid_lately(reader, person.id, subject.book.id),
        contacts=tuple(contacts),
        debtor_windows=_convenient(person),
        policy_windows=house.windows,
        creditor_numbers=house.numbers,
        reason_given=subject.reason_given,
        proven_lately=points.is_proven_lately(point, reader.now),
        approved=subject.granted.codes if subject.granted else frozenset(),
        approved_by=subject.granted.by if subject.granted else "",
        approval=subject.granted.id if subject.granted else "",
    )


def _hold(names: list[str]) -> Any:
    """The gravest: distress, else any other reason to collect nothing for now."""
    if "distress" in names:
        return "distress"
    return "hardship" if CARING.intersection(names) else ""


def places_of(person: DebtorRow) -> tuple[Place, ...]:
    """Where somebody lives, whatever their phone says: enough for what holds in a whole country."""
    return (_place(person.jurisdiction, person.timezone),)


@lru_cache(maxsize=4_096)  # asked for with every message
def places_for(jurisdiction: str, zone: str | None, phone: str) -> tuple[tuple[Place, ...], bool]:
    """Residence first; where the phone's prefix says another place, or a state where none was told, both count, and it
    is told as ambiguous (domain 1.1, 2). A prefix of the same country that names no state says nothing new.
    """
    home = _place(jurisdiction, zone)
    hint = phones.jurisdiction(phone) if phone else ""
    if hint in ("", jurisdiction, home.country):
        return (home,), False
    return (home, _place(hint, None)), True


def _place(code: str, zone: str | None) -> Place:
    country, _, subdivision = code.partition("-")
    return Place(country=country, subdivision=subdivision, tz=zone)


def _switches(reader: Reader, subject: Subject, message: Message) -> frozenset[str]:
    """The kill switches that are on and hold for this message."""
    thrown = frozenset(_STOPS.all(reader))
    scopes = {"all", f"portfolio:{subject.book.id}", f"channel:{message.channel}"}
    if subject.inbox is not None:
        scopes.add(f"inbox:{subject.inbox.id}")
        if message.template is not None and any(each.startswith("template:") for each in thrown):
            used = find_template(reader, subject.inbox.id, message.template.name, message.template.language)
            scopes |= {f"template:{used.id}"} if used is not None else set()
    return thrown & scopes


def _convenient(person: DebtorRow) -> tuple[Window, ...]:
    """The hours the debtor declared: [{"days": ["MON", …], "from": "18:00", "to": "20:00"}], or null for any."""
    return windows_of(load(person.preferred_hours) or ())


def _limit_reached(reader: Reader, subject: Subject) -> bool:
    """WhatsApp's daily number of people, where its provider or the inbox' configuration tells it."""
    if subject.inbox is None or subject.inbox.channel != "whatsapp":
        return False
    limit = limit_of(subject.inbox, health_of(reader, subject.inbox.id))
    return limit is not None and written_to(reader, subject.inbox.id) >= limit
