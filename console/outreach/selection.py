"""One template to many: what would leave now, later, or not at all and why; then it leaves, each through the gate."""

from __future__ import annotations

from collections import Counter
from typing import Any

from msgspec import Struct, field
from sqlalchemy import select

from console.access.actor import Actor
from console.access.debtors import must_see_debtor
from console.access.idempotent import body_hash, remember, repeated
from console.cases.changed import told
from console.cases.compose import put_out
from console.cases.fit import text_most
from console.cases.itemise import breakdown, itemised
from console.cases.open import start
from console.cases.pairs import Pair, pick_own
from console.cases.queries import CaseRow, last_resolved, live, open_case
from console.cases.standing import settle
from console.cases.subject import subject
from console.cases.templates import Filled, fill, render, shown_minor
from console.debtors import queries as debtors
from console.errors import Invalid
from console.gate.guard import judge
from console.gate.types import Decision, Message, TemplateFacts
from console.ledger.owed import owed
from console.negotiation.texts import day, money
from console.outreach.chances import unopened
from console.portfolios.models import template
from console.portfolios.queries import get_portfolio
from console.store.base import dump, load
from console.store.statement import rows, value
from console.store.transaction import Reader, Tx
from console.wire.moment import DAY
from console.wire.shapes import Money

MOST = 500  # people of one selection
AT_ONCE = 25  # people of one transaction: nobody else waits long for the writer
SILENCE = 7 * DAY  # how long the case of somebody who does not answer stands aside
ROUTE = "to-contact:send"


class Wish(Struct, frozen=True, forbid_unknown_fields=True):
    """`variables` that every text has in common; the debtor's own are filled in by themselves."""

    name: str
    variables: dict[str, str] = field(default_factory=dict)


class Selection(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whom, and what: a `template` in each debtor's language, or a `text` where the channel needs no template, with
    {{first_name}}, {{creditor}}, {{amount}}, {{invoice}}, {{due_date}}, {{days_late}}.
    """

    portfolio: str
    debtors: list[str]
    channel: str
    template: Wish | None = None
    text: str | None = None
    client_id: str = ""  # for sending


class Fate(Struct, frozen=True):
    """What becomes of one. fate: now, later, blocked. code and rule say why it does not leave now."""

    debtor: str
    fate: str
    code: str
    rule: str
    source: str
    text: str
    item: str = ""  # once it is sent: the message
    case: str = ""


class Why(Struct, frozen=True):
    code: str
    rule: str
    source: str
    count: int


class Outlook(Struct, frozen=True):
    """Counts, reasons, the words as the first three would read them."""

    now: int
    later: int
    blocked: int
    why: list[Why]
    examples: list[str]


def must_be_sound(reader: Reader, actor: Actor, wish: Selection) -> None:
    """Raises NotFound for a debtor whom the actor may not see, Invalid naming what is wrong with the selection."""
    if not 1 <= len(wish.debtors) <= MOST:
        raise Invalid(f"Choose 1 to {MOST} debtors.", field="debtors")
    if len(set(wish.debtors)) != len(wish.debtors):
        raise Invalid("A debtor is chosen twice.", field="debtors")
    if (wish.template is None) == (not (wish.text or "").strip()):
        raise Invalid("Give a template or a text.", field="template")
    if wish.channel == "whatsapp" and wish.template is None:
        raise Invalid("WhatsApp begins a conversation by a template.", field="template")
    most = text_most(reader, wish.portfolio, wish.channel)
    if len(wish.text or "") > most:
        raise Invalid(f"The text is longer than {most} characters.", field="text", limit=most)
    for debtor_id in wish.debtors:
        must_see_debtor(reader, actor, debtor_id)
        if not debtors.is_in_portfolio(reader, debtor_id, wish.portfolio):
            raise Invalid("The debtor does not stand in that portfolio.", field="debtors", debtor=debtor_id)


def foresee(reader: Reader, actor: Actor, wish: Selection, chunk: list[str]) -> list[Fate]:
    """What would become of each at this moment. Stores nothing."""
    return [_foreseen(reader, actor, wish, debtor_id)[0] for debtor_id in chunk]


def outlook(fates: list[Fate]) -> Outlook:
    many = Counter(each.fate for each in fates)
    why = Counter((each.code, each.rule, each.source) for each in fates if each.fate != "now")
    return Outlook(
        many["now"], many["later"], many["blocked"],
        [Why(code, rule, source, count) for (code, rule, source), count in why.most_common()],
        [each.text for each in fates if each.text][:3],
    )  # fmt: skip


def send(tx: Tx, actor: Actor, wish: Selection, chunk: list[str]) -> list[Fate]:
    """Put each on its way: a case that stands aside until the debtor answers, and a message in the outbox, which asks
    the gate again. Whoever was done under this client_id before is not written to again.
    """
    actor.must_be("supervisor", "integration")
    return [_sent(tx, actor, wish, debtor_id) for debtor_id in chunk]


def _sent(tx: Tx, actor: Actor, wish: Selection, debtor_id: str) -> Fate:
    digest, route = body_hash(wish, without=("client_id", "debtors")), f"{ROUTE}:{debtor_id}"
    before = repeated(tx, actor, route, wish.client_id, digest)
    if before is not None:
        done: dict[str, Any] = load(before)
        return Fate(**done)
    fate, ready = _foreseen(tx, actor, wish, debtor_id)
    if ready is not None and fate.fate != "blocked":
        fate = _put(tx, actor, wish, fate, ready)
    remember(tx, actor, route, wish.client_id, digest, dump(fate))
    return fate


class _Ready(Struct):
    pair: Pair
    filled: Filled | None
    text: str
    decision: Decision


def _foreseen(reader: Reader, actor: Actor, wish: Selection, debtor_id: str) -> tuple[Fate, _Ready | None]:
    if open_case(reader, debtor_id, wish.portfolio) is not None:
        return _blocked(debtor_id, "HAS_CASE", "There is a conversation already: write there."), None
    row = unopened(reader, debtor_id, wish.portfolio)
    try:
        pair = pick_own(reader, row, wish.channel)
        filled, text = _words(reader, row, pair, wish)
    except Invalid as refusal:
        field_named = str(refusal.facts.get("field", ""))
        code = "NO_CONTACT_POINT" if field_named == "channel" else "NO_TEXT"
        return _blocked(debtor_id, code, refusal.detail), None
    decision = judge(reader, subject(reader, row, pair, sender=actor.id), _message(wish, actor, filled, text))
    fate = {"allow": "now", "defer": "later"}.get(decision.outcome, "blocked")
    told_as = Fate(debtor_id, fate, decision.code, decision.rule, decision.source, text)
    return told_as, _Ready(pair, filled, text, decision)


def _blocked(debtor_id: str, code: str, why: str) -> Fate:
    return Fate(debtor_id, "blocked", code, "selection", why, "")


def _message(wish: Selection, actor: Actor, filled: Filled | None, text: str) -> Message:
    facts = None
    if filled is not None:
        facts = TemplateFacts(
            name=filled.name, language=filled.language, category=filled.category, state=filled.state,
            level=filled.level, body=filled.body,
        )  # fmt: skip
    return Message(
        channel=wish.channel, purpose="proactive", text=None if filled else text, template=facts, automated=True,  # type: ignore[arg-type]
        shown_minor=None if filled is None else shown_minor(filled.variables), sender=actor.id,
    )  # fmt: skip


def _put(tx: Tx, actor: Actor, wish: Selection, fate: Fate, ready: _Ready) -> Fate:
    book = get_portfolio(tx, wish.portfolio)
    person = debtors.get(tx, fate.debtor)
    row = live(tx, start(tx, book, person, previous=last_resolved(tx, person.id, book.id), queued=False).id)
    row.status, row.snooze_until = "snoozed", tx.now + SILENCE
    settle(tx, row)
    item = put_out(
        tx, row, ready.pair, text=ready.text, purpose=ready.decision.purpose, sort="outreach", author=_author(actor),
        automated=True, due_at=ready.decision.allowed_at, template=ready.filled.used() if ready.filled else None,
        subject=book.name if ready.pair.inbox.channel == "email" else None,
    )  # fmt: skip
    told(tx, row, "case.snoozed")
    return Fate(fate.debtor, fate.fate, fate.code, fate.rule, fate.source, fate.text, item.id, row.id)


def _author(actor: Actor) -> str | None:
    return None if actor.role == "integration" else actor.id


def _words(reader: Reader, row: CaseRow, pair: Pair, wish: Selection) -> tuple[Filled | None, str]:
    """What this debtor would read. Raises Invalid when it cannot be said to them."""
    own = _own(reader, row)
    if wish.template is None:
        text = render(wish.text or "", own)
        if "{{" in text:
            raise Invalid("A variable of the text is not known of this debtor.", field="text")
        return None, itemised(reader, row.debtor_id, row.portfolio_id, text)
    language = _language(reader, pair, wish.template.name, debtors.get(reader, row.debtor_id).language)
    wanted = _variables(reader, pair, wish.template.name, language)
    given = {**{name: own[name] for name in wanted if own.get(name)}, **wish.template.variables}
    filled = fill(reader, row, pair, wish.template.name, language, given)
    return filled, filled.body


def _own(reader: Reader, row: CaseRow) -> dict[str, str]:
    """What is known of a debtor by the names of the usual variables."""
    person, book = debtors.get(reader, row.debtor_id), get_portfolio(reader, row.portfolio_id)
    creditor = load(book.creditor)
    debt = owed(reader, row.debtor_id, row.portfolio_id)
    oldest = next((each for each in debt.charges if each.total > 0), None)
    found = {
        "first_name": (person.name.split() or [""])[0],
        "creditor": creditor.get("name") or book.name,
        "help": creditor.get("help", ""),
        "days_late": str(debt.days_late),
    }
    if oldest is not None:
        found |= {
            "invoice": oldest.number,
            "due_date": day(oldest.due, person.language),
            "amount": money(Money(debt.total_minor or 0, debt.currency)),
            "breakdown": breakdown(reader, row.debtor_id, row.portfolio_id),
        }
    return {name: each for name, each in found.items() if each}


def _language(reader: Reader, pair: Pair, name: str, spoken: str) -> str:
    """The language in which the inbox has the template: the debtor's own, else another form of it."""
    clause = select(template.c.language).where(template.c.inbox_id == pair.inbox.id, template.c.name == name)
    held = rows(reader, clause.order_by(template.c.language), value)
    wanted = spoken.replace("-", "_")
    found = [each for each in held if each == wanted] or [each for each in held if each[:2] == wanted[:2]]
    if not found:
        raise Invalid("There is no such template in the debtor's language.", field="template.name")
    return str(found[0])


def _variables(reader: Reader, pair: Pair, name: str, language: str) -> list[str]:
    clause = select(template.c.variables).where(
        template.c.inbox_id == pair.inbox.id, template.c.name == name, template.c.language == language
    )
    wanted: list[str] = load(rows(reader, clause, value)[0])
    return wanted
