"""Documents of a debt, made when they are asked for: the agreement, the clearance letter, the statement (LD-9).

What is made is a file of whoever asked, to be attached to a message like any other. It carries what it was made of, so
that it is refused once that is no longer so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from msgspec import Struct

from console.access.actor import Actor
from console.access.idempotent import body_hash, remember, repeated
from console.access.visible import must_read
from console.cases.itemise import composition, itemised
from console.cases.queries import CaseRow, get
from console.debtors import queries as debtors
from console.errors import Conflict, Invalid
from console.gate.validation import KIND
from console.ledger import charge_files, codes
from console.ledger.itemise import ADDED
from console.ledger.owed import Owed, date_of, owed
from console.negotiation import paper_words, rows, texts
from console.negotiation.accept import reference
from console.negotiation.charge_files import Chosen, choose, words
from console.negotiation.sheet import Drawn, Paper
from console.negotiation.validation import notice
from console.portfolios.queries import PortfolioRow, get_portfolio
from console.store.base import dump, load
from console.store.transaction import Reader, Tx
from console.timeline import queries as timeline
from console.timeline import upload
from console.timeline.queries import AttachmentRow
from console.wire.shapes import Money

GIVEN = tuple(dict.fromkeys((*charge_files.KINDS, *codes.KINDS)))
KINDS = ("agreement", "clearance", "statement", KIND, *GIVEN)
CHANNELS = ("whatsapp", "sms", "email")
STANDING = frozenset({"accepted", "active", "fulfilled"})
ROUTE = "documents"
TEXT = "text"  # what is remembered of a call that made no file


class NewDocument(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The body of POST /cases/{id}/documents. Without a `kind` the right one: the agreement that stands, the clearance
    letter when all is paid, else what the creditor gave last and is still true (an invoice or boleto as a file, the
    boleto's line, a Pix code, a link as text), else the statement; a `validation_notice` only when it is named.
    `charge`: of which charge the creditor's is meant; `channel`: where it is to leave, since a text message takes no
    picture of the Pix code.
    """

    client_id: str
    kind: str | None = None
    charge: str | None = None
    channel: str | None = None


class Handed(Struct, frozen=True):
    """What the creditor gave, with the words that carry its codes."""

    chosen: Chosen
    text: str


def draw(reader: Reader, actor: Actor, case_id: str, wish: NewDocument) -> Drawn | Handed:
    """What is to be printed, or what the creditor gave. Raises NotFound, Forbidden, Invalid for an unknown kind,
    Conflict when there is no such document to give.
    """
    must_read(reader, actor, case_id)
    actor.must_be("agent", "supervisor")
    kind = wish.kind
    if kind is not None and kind not in KINDS:
        raise Invalid(f"kind is one of {', '.join(KINDS)}.", field="kind")
    if wish.charge is not None and kind not in GIVEN:
        raise Invalid(f"A charge is named for {' or '.join(GIVEN)}.", field="charge")
    if wish.channel not in (None, *CHANNELS):
        raise Invalid(f"channel is one of {', '.join(CHANNELS)}.", field="channel")
    row = get(reader, case_id)
    debt = owed(reader, row.debtor_id, row.portfolio_id)
    plan = _standing(reader, row)
    chosen = kind or _right_one(debt, plan)
    if kind in GIVEN or (kind is None and chosen == "statement"):
        handed = choose(reader, row, kind, wish.charge)
        if handed is not None:
            return Handed(handed, itemised(reader, row.debtor_id, row.portfolio_id, words(reader, handed)))
    if chosen == KIND:
        return notice(reader, row, debt)
    if chosen == "agreement":
        return _agreement(reader, row, plan)
    return _clearance(reader, row, debt) if chosen == "clearance" else _statement(reader, row, debt)


def clearance(reader: Reader, row: CaseRow) -> Drawn | None:
    """The clearance letter, whoever asks; None where there was no debt or something is open."""
    debt = owed(reader, row.debtor_id, row.portfolio_id)
    return _clearance(reader, row, debt) if debt.charges and not debt.total_minor else None


def keep(
    tx: Tx, actor: Actor, case_id: str, wish: NewDocument, file: AttachmentRow | None
) -> tuple[AttachmentRow | None, bool]:
    """The file as an upload of the actor's, and whether it is new under this client_id; None where all is text."""
    digest, route = body_hash(wish, without=("client_id",)), f"{ROUTE}:{case_id}"
    before = repeated(tx, actor, route, wish.client_id, digest)
    if before is not None:
        known = timeline.file(tx, before) if before != TEXT else None
        if known is not None or before == TEXT:
            return known, False
        raise Conflict("That document was made and is gone: ask again with a new client_id.", field="client_id")
    if file is not None:
        upload.keep(tx, [file])
    remember(tx, actor, route, wish.client_id, digest, TEXT if file is None else file.id)
    return file, True


def _right_one(debt: Owed, plan: rows.PlanRow | None) -> str:
    if debt.charges and not debt.total_minor:
        return "clearance"
    return "agreement" if plan is not None and plan.state != "fulfilled" else "statement"


def _standing(reader: Reader, row: CaseRow) -> rows.PlanRow | None:
    """The agreement that stands, or the last one that was kept."""
    found = [
        each for each in rows.all_of(reader, rows.PlanRow, row.debtor_id, row.portfolio_id) if each.state in STANDING
    ]
    return max(found, key=lambda each: each.accepted_at or 0, default=None)


def _agreement(reader: Reader, row: CaseRow, plan: rows.PlanRow | None) -> Drawn:
    if plan is None:
        raise Conflict("There is no agreement that was accepted and stands.", field="kind")
    tongue = _tongue(reader, row)
    accepted = date_of(reader, row.debtor_id, plan.accepted_at or reader.now).isoformat()
    lines = [
        (paper_words.DOWN[tongue] if each.n == 0 else str(each.n), texts.day(each.due, tongue),
         texts.money(Money(each.amount_minor, plan.currency)))
        for each in rows.instalments(reader, plan.id)
    ]  # fmt: skip
    total = texts.money(Money(plan.total_minor, plan.currency))
    facts = {"reference": reference(plan.id), "accepted": texts.day(accepted, tongue)}
    made_of = {"plan": plan.id, "state": plan.state}
    items = composition(reader, row.debtor_id, row.portfolio_id, load(plan.charges))
    after = (paper_words.TOTAL[tongue].format(total=total), *([items] if items else []))
    return _drawn(reader, row, "agreement", facts, lines, after, made_of)


def _clearance(reader: Reader, row: CaseRow, debt: Owed) -> Drawn:
    if not debt.charges:
        raise Conflict("There is no debt here to be cleared.", field="kind")
    if debt.total_minor:
        raise Conflict("Something is still open: a clearance letter is given when all is paid.", field="kind")
    tongue = _tongue(reader, row)
    lines = [
        (each.number, texts.day(each.due, tongue), texts.money(Money(each.principal, debt.currency)))
        for each in debt.charges
    ]
    return _drawn(reader, row, "clearance", {}, lines, (), {"balance": 0})


def _statement(reader: Reader, row: CaseRow, debt: Owed) -> Drawn:
    if not debt.total_minor:
        raise Conflict("Nothing is open: there is no statement to give.", field="kind")
    tongue = _tongue(reader, row)
    heads, lines = _itemised(debt, tongue)
    total = texts.money(Money(debt.total_minor, debt.currency))
    made_of = {"balance": debt.total_minor}
    after = (paper_words.TOTAL[tongue].format(total=total),)
    return _drawn(reader, row, "statement", {}, lines, after, made_of, heads)


def _itemised(debt: Owed, tongue: str) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The headings and a line a charge: its original amount and each addition by name, what was taken off, the rest."""
    charges = [each for each in debt.charges if each.total > 0]
    names = ["principal", *(name for name in ADDED if any(getattr(each, name) for each in charges))]
    has_off = any(each.discount or each.paid for each in charges)
    heads = ["number", "due", "days", *names, *(["off"] if has_off else []), "total"]

    def of(minor: int) -> str:
        return texts.money(Money(minor, debt.currency))

    lines = [
        (each.number, texts.day(each.due, tongue), str(each.days_late), *(of(getattr(each, name)) for name in names),
         *([of(-each.discount - each.paid)] if has_off else []), of(each.total))
        for each in charges
    ]  # fmt: skip
    return tuple(paper_words.STATEMENT[tongue][name] for name in heads), lines


def _drawn(
    reader: Reader, row: CaseRow, kind: str, more: dict[str, str], lines: Sequence[tuple[str, ...]],
    after: tuple[str, ...], made_of: dict[str, Any], heads: tuple[str, ...] = (),
) -> Drawn:  # fmt: skip
    book, tongue = get_portfolio(reader, row.portfolio_id), _tongue(reader, row)
    today: date = date_of(reader, row.debtor_id, reader.now)
    creditor: dict[str, str] = load(book.creditor)
    facts = {
        "creditor": _creditor(book), "name": debtors.get(reader, row.debtor_id).name,
        "date": texts.day(today.isoformat(), tongue), "help": creditor.get("help", "-"), **more,
    }  # fmt: skip
    paper = Paper(
        title=paper_words.TITLES[kind][tongue],
        language=debtors.get(reader, row.debtor_id).language,
        head=tuple(each for each in (_creditor(book), creditor.get("tax_id"), creditor.get("address")) if each),
        body=(paper_words.BODIES[kind][tongue].format(**facts),),
        rows=(heads or paper_words.COLUMNS[kind][tongue], *lines),
        after=after,
        foot=paper_words.ISSUED[tongue].format(**facts),
    )
    about = {"kind": kind, "debtor": row.debtor_id, "portfolio": row.portfolio_id, **made_of}
    return Drawn(paper, f"{paper_words.FILES[kind][tongue]}-{today.isoformat()}.pdf", about)


def made_of(file: AttachmentRow, drawn: Drawn) -> AttachmentRow:
    """The file with what it was made of."""
    file.source = dump({"document": drawn.made_of})
    return file


def _tongue(reader: Reader, row: CaseRow) -> str:
    return texts.tongue(debtors.get(reader, row.debtor_id).language)


def _creditor(book: PortfolioRow) -> str:
    return str(load(book.creditor).get("legal_name") or book.name)
