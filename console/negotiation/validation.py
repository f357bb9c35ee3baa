"""The validation notice as a document (12 CFR 1006.34): what was owed at the itemisation date, what was added and taken
off since, what is owed now, and until when it may be disputed.

The itemisation date is that of the last statement as we know it: the latest due date that has passed.
"""

from __future__ import annotations

from datetime import date

from console.cases.queries import CaseRow
from console.debtors.queries import get as debtor
from console.errors import Conflict
from console.gate.guard import places_of
from console.gate.profiles import wants
from console.gate.validation import KIND, NoticeText, disputable_until, text_in
from console.ledger.owed import Owed, owed
from console.ledger.said import long_day
from console.negotiation import paper_words, texts
from console.negotiation.sheet import Drawn, Paper
from console.portfolios.queries import PortfolioRow, get_portfolio
from console.store.base import load
from console.store.transaction import Reader
from console.wire.shapes import Money


def notice(reader: Reader, row: CaseRow, debt: Owed) -> Drawn:
    """Raises Conflict where none is owed, nothing is open, or nobody is named as collector."""
    person, book = debtor(reader, row.debtor_id), get_portfolio(reader, row.portfolio_id)
    settings = load(book.settings)
    if settings.get("billing", "first_party") == "first_party" or not wants(KIND, places_of(person)):
        raise Conflict("The law of the debtor's place asks for no validation notice of this portfolio.", field="kind")
    if not debt.total_minor:
        raise Conflict("Nothing is open: there is nothing to give notice of.", field="kind")
    collector = settings.get("collector")
    if not collector:
        raise Conflict(
            "A notice names who collects: say it with `acordo portfolio conduct --collector`, or PUT "
            "/portfolios/{id}/conduct.", field="collector",
        )  # fmt: skip
    said, today = text_in(person.language), date.fromisoformat(debt.as_of)
    then = _itemisation_date(debt, today)
    before = owed(reader, row.debtor_id, row.portfolio_id, then)
    until = disputable_until(today, person.jurisdiction[:2])
    facts = {
        **{name: str(value) for name, value in collector.items() if name != "name"}, "collector": collector["name"],
        "creditor": _creditor(book), "name": person.name, "then": long_day(then, person.language),
        "now": long_day(today, person.language), "until": long_day(until, person.language),
        "numbers": ", ".join(each.number for each in debt.charges if each.total > 0),
    }  # fmt: skip
    paper = Paper(
        title=said.title,
        language=person.language,
        head=(collector["name"], collector["address"], collector["contact"]),
        body=tuple(each.format(**facts) for each in (said.to, said.collector, said.account)),
        rows=(said.heads, *_rows(said, before, debt, facts)),
        after=tuple(each.format(**facts) for each in said.rights),
        foot=paper_words.ISSUED[texts.tongue(person.language)].format(
            creditor=collector["name"], date=facts["now"], help=collector["contact"]
        ),
    )
    about = {"kind": KIND, "debtor": row.debtor_id, "portfolio": row.portfolio_id, "balance": debt.total_minor,
             "as_of": debt.as_of, "then": then.isoformat(), "until": until.isoformat()}  # fmt: skip
    return Drawn(paper, f"{said.file}-{debt.as_of}.pdf", about)


def _rows(said: NoticeText, before: Owed, debt: Owed, facts: dict[str, str]) -> list[tuple[str, str]]:
    """What was owed then, what came to it and went off it since, what is owed now: they add up."""

    def of(state: Owed, *names: str) -> int:
        return sum(getattr(each, name) for each in state.charges for name in names)

    found = [(getattr(said, name), of(debt, name) - of(before, name)) for name in ("fine", "interest", "fees")]
    found.append((said.off, of(before, "paid", "discount") - of(debt, "paid", "discount")))
    since = [each for each in found if each[1]]
    shown = [(said.then, before.total_minor or 0), *since, (said.now, debt.total_minor or 0)]
    return [(words.format(**facts), texts.money(Money(minor, debt.currency))) for words, minor in shown]


def _itemisation_date(debt: Owed, today: date) -> date:
    dues = [date.fromisoformat(each.due) for each in debt.charges if each.total > 0]
    return max((due for due in dues if due <= today), default=today)


def _creditor(book: PortfolioRow) -> str:
    return str(load(book.creditor).get("legal_name") or book.name)
