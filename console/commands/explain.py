"""What the gate would say, told to a person: the decision, its rule and source, and every check on the way."""

from __future__ import annotations

from msgspec import Struct

from console.cases.pairs import Pair, channels_of, pick
from console.cases.queries import CaseRow, find, of_debtor
from console.cases.subject import subject
from console.commands.finding import find_portfolio
from console.commands.installation import Trouble
from console.gate.guard import MISSING, judge
from console.gate.types import Decision, Message
from console.store.transaction import Reader
from console.wire.moment import Ms, rfc3339


class Question(Struct, frozen=True):
    """Of whom, where, and when (None: now). Without a channel each is asked; without a text no content is judged."""

    debtor: str | None
    case: str | None
    portfolio: str | None
    channel: str | None
    purpose: str
    text: str | None
    at: Ms | None


def explain(reader: Reader, asked: Question) -> list[str]:
    """Lines for a terminal. Raises Trouble for an unknown debtor or case, Invalid when there is no way to them."""
    row = _case(reader, asked)
    channels = [asked.channel] if asked.channel else channels_of(reader, row, own=True)
    if not channels:
        raise Trouble("this debtor cannot be reached on any channel of the portfolio")
    lines: list[str] = []
    for channel in channels:
        pair = pick(reader, row, channel)
        message = Message(
            channel=channel, purpose=asked.purpose, text=asked.text, sender="command"  # type: ignore[arg-type]
        )  # fmt: skip
        lines += ([""] if lines else []) + _told(
            judge(reader, subject(reader, row, pair), message, at=asked.at), row, pair
        )
    return lines


def _case(reader: Reader, asked: Question) -> CaseRow:
    if asked.case is not None:
        found = find(reader, asked.case)
        if found is None:
            raise Trouble("there is no such case")
        return found
    book = None if asked.portfolio is None else find_portfolio(reader, asked.portfolio).id
    cases = [each for each in of_debtor(reader, asked.debtor or "") if book in (None, each.portfolio_id)]
    if not cases:
        raise Trouble("this debtor has no case: open one first, or name a case by --case")
    if len({each.portfolio_id for each in cases}) > 1:
        raise Trouble("this debtor has cases in several portfolios: name one by --portfolio")
    return next((each for each in cases if each.is_open), cases[0])


def _told(decision: Decision, row: CaseRow, pair: Pair) -> list[str]:
    lines = [
        f"{decision.outcome.upper()}  {decision.code}",
        f"rule        {decision.rule or '-'}",
        f"source      {decision.source or '-'}",
        f"profile     {decision.profile or '-'}",
        f"purpose     {decision.purpose}{', counts as a contact' if decision.counts else ''}",
        f"case        {row.id}",
        f"inbox       {pair.inbox.name} ({pair.inbox.channel})",
    ]
    if decision.allowed_at is not None:
        lines.append(f"allowed at  {rfc3339(decision.allowed_at)}")
    if decision.approver is not None:
        lines.append(f"approver    {decision.approver}")
    if decision.warnings:
        lines.append(f"warnings    {', '.join(decision.warnings)}")
    if decision.mend is not None:
        lines.append(f"to mend     {MISSING[decision.code]}")
        lines += [f"  add       {each}" for each in decision.mend.text.splitlines()]
    return [*lines, "checks", *(f"  {each.outcome:<15} {each.name}" for each in decision.checks)]
